"""The adapters of the port `Search`, each with the store that it searches."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

from tests.contracts.store_adapters import GROUP
from tests.emulators.emulators import Emulator
from tests.emulators.tables import EmulatorClients, drop_tables, empty_tables

from tertulia.adapters.dynamodb.search import DynamoSearch
from tertulia.adapters.dynamodb.segments import Packing
from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.search import MemorySearch
from tertulia.adapters.memory.store import MemoryStore
from tertulia.adapters.sqlite.search import SqliteSearch
from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.aws.clients import Clients
from tertulia.domain.entries import Attachment, MessageSent, Stamp
from tertulia.ports.search import Findings, Found, Search, SearchQuery
from tertulia.ports.store import Append, Committed, Decision, Snapshot, Store

NEVER = 3600.0
"""Seconds that an index may gather entries: in a test, for ever."""

SMALL = Packing(segment=4, every=1)
"""So that a few messages make several segments."""


class Told:
    """Hands what is committed to an index as the stream's function does, when the test says so."""

    def __init__(self, store: Store, search: DynamoSearch) -> None:
        self.committed: list[Committed] = []
        self._search = search
        store.listen(self.committed.extend)

    async def settle(self) -> None:
        """Packs also what is too little for the stream to call for work."""
        await self._search.index(self.committed)
        for name in {each.conversation for each in self.committed}:
            await self._search.catch_up(name)
        self.committed.clear()


class Searched:
    """A store and a search over it. `indexed` brings the index up where there is one."""

    def __init__(self, store: Store, search: Search, told: SqliteSearch | Told | None) -> None:
        self.store = store
        self.search = search
        self.told = told

    async def indexed(self) -> None:
        if self.told is not None:
            await self.told.settle()

    async def find(self, reader: str, *terms: str, limit: int = 50, before: tuple[int, str] | None = None) -> list[str]:
        """The texts that `reader` finds by `terms`, newest first."""
        return await self.ask(reader, SearchQuery(terms=terms), before=before, limit=limit)

    async def ask(
        self, reader: str, query: SearchQuery, *, limit: int = 50, before: tuple[int, str] | None = None
    ) -> list[str]:
        return texts((await self.page(reader, query, before, limit)).found)

    async def page(self, reader: str, query: SearchQuery, before: tuple[int, str] | None, limit: int) -> Findings:
        """Up to `limit` messages, as whoever goes on gets them. Each step comes nearer to the end."""
        found: list[Found] = []
        while True:
            part = await self.search.search(reader, query, before=before, limit=limit - len(found))
            assert len(part.found) <= limit - len(found)
            found += part.found
            if part.through is None or len(found) == limit:
                return Findings(found, part.through)
            assert before is None or part.through < before
            before = part.through


def texts(found: Sequence[Found]) -> list[str]:
    return [each.message.text for each in found]


@contextmanager
def emptied_tables(emulator: Emulator) -> Iterator[tuple[Clients, str]]:
    """Clients of the emulator, and the prefix of tables that are there until the block ends."""
    prefix = empty_tables(emulator)
    clients = EmulatorClients(emulator)
    try:
        yield clients, prefix
    finally:
        clients.close()
        drop_tables(emulator, prefix)


S = TypeVar("S", bound="Searched")


def on_dynamodb(clients: Clients, prefix: str, clock: SetClock, packing: Packing, made: type[S]) -> S:
    """A store and its search; `made` holds them."""
    store = DynamoStore(clients, clock, prefix=prefix)
    search = DynamoSearch(store, clients, prefix=prefix, packing=packing)
    return made(store, search, Told(store, search))


@asynccontextmanager
async def opened_search(
    adapter: str, folder: Path, clock: SetClock, *, gather: float, emulator: Emulator | None = None
) -> AsyncIterator[Searched]:
    """The adapter of that name over an empty store, or over the one in the folder; closed afterwards."""
    if adapter == "memory":
        memory = MemoryStore(clock)
        yield Searched(memory, MemorySearch(memory), None)
        return
    if emulator is not None:
        with emptied_tables(emulator) as (clients, prefix):
            yield on_dynamodb(clients, prefix, clock, SMALL, Searched)
        return
    store = SqliteStore(folder / "chat.db", clock)
    search = SqliteSearch(store, gather=gather)
    try:
        yield Searched(store, search, search)
    finally:
        await search.close()
        await store.close()


async def send_files(store: Store, author: str, text: str, *names: str) -> None:
    """A message with attachments of these names."""

    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        files = tuple(
            Attachment(media=name, name=name, type="image/png", size=1, alt=f"alt of {name}") for name in names
        )
        return Decision(
            MessageSent(
                seq=stamp.seq,
                timestamp=stamp.timestamp,
                author=author,
                id=f"files{stamp.seq}",
                number=snapshot.conversation.messages + 1,
                text=text,
                attachments=files,
            )
        )

    await store.append(Append(conversation=GROUP, author=author, decide=decide))
