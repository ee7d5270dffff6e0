"""What is evaluated: a home of its own, that is made for it and removed afterwards. One that people use is never
touched."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from tertulia.evaluation.filling import Drawn
from tertulia.evaluation.metering import Units
from tertulia.ports.accounts import Accounts
from tertulia.ports.search import Search
from tertulia.ports.store import Store

Progress = Callable[[str, int, int], None]
"""Told what is done, how much of it, and of how much."""


class UnavailableHomeError(Exception):
    """The home can't be made or reached. The sentence says why, and what helps."""


class Size(Struct, frozen=True):
    """Of one table."""

    items: int
    bytes: int


class Used(Struct, frozen=True):
    """What some work used: `units` by table where the home has such, and pages written to a file where it has one."""

    units: dict[str, Units]
    pages: int | None = None


class Place(Protocol):
    """One home, open. Tables go by their names in the report, without a prefix."""

    @property
    def tables(self) -> Sequence[str]: ...

    @property
    def reads_in(self) -> str:
        """What `read_by_query` and `read_by_scan` count: capacity units, or rows where a home has no such."""
        ...

    @property
    def store(self) -> Store: ...

    @property
    def search(self) -> Search: ...

    @property
    def accounts(self) -> Accounts | None:
        """None where the home has none of its own here."""
        ...

    async def add_users(self, usernames: Sequence[str], progress: Progress) -> None:
        """Users that are there already stay as they are."""
        ...

    async def fill(self, conversations: Iterator[Drawn], total: int, progress: Progress) -> None:
        """Takes in all of them, `total` entries, faster than by appending. Ends between two entries where it is
        cancelled; may be repeated."""
        ...

    async def settle(self, names: Sequence[str], total: int, progress: Progress) -> None:
        """Until these conversations, of `total` entries, are in the search index."""
        ...

    def query(self, table: str, partition: str, limit: int) -> int:
        """One query: the last `limit` items of a partition. How many came. Blocks."""
        ...

    def scan(self, table: str) -> int:
        """Reads all of a table. How many items came. Blocks."""
        ...

    def read_by_query(self, table: str, partition: str, limit: int) -> float:
        """What such a query consumes."""
        ...

    def read_by_scan(self, table: str) -> float: ...

    def size(self, table: str) -> Size: ...

    async def use(self, work: Callable[[], Awaitable[object]]) -> Used:
        """Does the work once, on a store whose use of capacity is counted: `metered` is that store meanwhile."""
        ...

    @property
    def metered(self) -> tuple[Store, Search]:
        """Store and search whose calls `use` counts."""
        ...

    async def close(self) -> None: ...


class Maker(Protocol):
    """Makes places of one kind. `home` is "sqlite" or "dynamodb"; `about` says what else a reader has to know."""

    @property
    def home(self) -> str: ...

    @property
    def about(self) -> str: ...

    @property
    def largest(self) -> int:
        """The largest size that is worth its time here."""
        ...

    async def open(self, name: str) -> Place:
        """The place of that name, made where there is none."""
        ...

    async def remove(self, name: str) -> None:
        """Nothing stays of it. One that isn't there is no error."""
        ...

    def versions(self) -> dict[str, str]:
        """Of what the home consists of."""
        ...

    async def close(self) -> None: ...
