"""Real-time connections: one-time tickets for them (a token never stands in a URL), and who has one, where no process
holds them."""

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

from tertulia.domain.presence import Presence


class Ticket(Struct, frozen=True, kw_only=True):
    """Who may connect with it, from which web origin ("" for a client that isn't a browser), under which sign-in
    session."""

    username: str
    session: str
    admin: bool
    origin: str
    expires: int
    """Microseconds since 1970."""


class Tickets(Protocol):
    async def issue(self, ticket: Ticket) -> str:
        """An unguessable name for the ticket. The number of live tickets is bounded: raises LimitedError over it."""
        ...

    async def consume(self, name: str, now: int) -> Ticket | None:
        """The ticket, once, and not after it has expired; else None."""
        ...


class Connection(Struct, frozen=True):
    """One connection of a person's, under a sign-in session. `since` in microseconds since 1970."""

    id: str
    username: str
    session: str
    since: int


class Caller(Struct, frozen=True, kw_only=True):
    """Who speaks over a connection. `presence` is what the device said last; None until it has."""

    connection: Connection
    admin: bool
    presence: Presence | None = None


class Connections(Protocol):
    """Who is connected, for a home whose connections outlive the calls that serve them. All of it is durable at
    once."""

    async def add(self, connection: str, ticket: Ticket) -> list[Connection] | None:
        """From now on the connection gets what is for that person. The person's surplus connections, the oldest, which
        whoever adds has to close; None, and nothing was added, where the ticket's session has ended meanwhile."""
        ...

    async def caller(self, connection: str) -> Caller | None:
        """None where the connection is not known, or was ended."""
        ...

    async def leaving(self, connection: str) -> Caller | None:
        """The same, also where it was ended: for when it has closed."""
        ...

    async def remember_presence(self, caller: Caller, status: Presence) -> None:
        """What the device says of itself, for the next message."""
        ...

    async def watch(self, connection: str, usernames: Iterable[str]) -> None:
        """The connection follows the presence of exactly these."""
        ...

    async def retire(self, connection: Connection) -> None:
        """The connection is ended: it gets and says nothing more, and is not known but to `leaving`."""
        ...

    async def remove(self, connection: Connection) -> None:
        """The connection gets nothing more, and nobody knows of it. Removing it again changes nothing."""
        ...


class Farewells(Protocol):
    """Ends connections."""

    async def say_goodbye(self, connection: Connection, reason: str, *, resume: bool) -> None:
        """Says goodbye for one of the documented close reasons, and closes. From now on the connection is not known."""
        ...
