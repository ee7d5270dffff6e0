"""The port `Search` on DynamoDB: segments of packed texts suggest, the log says what is found (decision 0011)."""

import asyncio
from collections.abc import Sequence
from typing import Final

from tertulia.adapters.dynamodb import items, keys, people
from tertulia.adapters.dynamodb.finding import Asked, Scan, newest_first, same_sight
from tertulia.adapters.dynamodb.indexing import Indexer
from tertulia.adapters.dynamodb.items import Head
from tertulia.adapters.dynamodb.metering import MeteredDatabase
from tertulia.adapters.dynamodb.segments import Packing
from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.aws.clients import Clients
from tertulia.domain import searching
from tertulia.domain.errors import UnavailableError
from tertulia.domain.limits import TIMESTAMP_MAX
from tertulia.domain.members import Member
from tertulia.ports.clock import Clock
from tertulia.ports.search import Findings, Found, SearchQuery, page_of
from tertulia.ports.store import Committed

SEARCH_UNITS: Final = 512
"""Read units, two megabytes, after which a call begins no other read. The reader's conversations come on top: up to two
for each."""
SEARCH_SECONDS: Final = 3.0
STEPS: Final = 4
"""Steps of the index for one conversation in one call of the stream's function."""
_PARALLEL: Final = 8
_TRIES: Final = 3
"""Of a search that a change of the reader's memberships disturbed."""
_AFTER: Final = "!"
"""Sorts after nothing, and before all that an id of a conversation may go on with."""

Key = tuple[int, str]


class DynamoSearch:
    """Over the log of `store`. What isn't in the index is found all the same; it only costs more to find."""

    def __init__(
        self, store: DynamoStore, clients: Clients, *, prefix: str = "", packing: Packing | None = None
    ) -> None:
        self._packing = packing or Packing()
        self._clients = clients
        self._clock: Clock = store.clock
        self._prefix = prefix
        self._indexer = Indexer(store.database, store.clock, self._packing)

    async def search(self, reader: str, query: SearchQuery, *, before: Key | None = None, limit: int) -> Findings:
        """What the port promises. Raises UnavailableError where the reader's memberships don't stand still."""
        wanted = searching.needles(query.terms, query.phrases)
        asked = Asked(
            query,
            wanted,
            low=0 if query.after is None else query.after + 1,
            high=TIMESTAMP_MAX if query.before is None else query.before - 1,
            packing=self._packing,
        )
        if (not wanted and (query.terms or query.phrases)) or reader in ("", keys.HEAD):
            return Findings([])
        for _ in range(_TRIES):
            finder = _Search(MeteredDatabase(self._clients, self._clock, self._prefix), self._clock, reader, asked)
            findings = await finder.run(before, limit)
            if findings is not None:
                return findings
        raise UnavailableError("unavailable", retry_after=1.0)

    async def index(self, records: Sequence[Committed]) -> None:
        """Brings the index up where these entries call for it. They may come twice, late, in any order or never: what
        is missed now is done with a later one. May be called by many at once."""
        names = list(dict.fromkeys(record.conversation for record in records if self._indexer.is_called_for(record)))
        gate = asyncio.Semaphore(_PARALLEL)

        async def bring_up(name: str) -> None:
            async with gate:
                for _ in range(STEPS):
                    if not await self._indexer.step(name):
                        break

        await asyncio.gather(*map(bring_up, names))

    async def catch_up(self, conversation: str) -> None:
        """Makes all of a conversation's index, however much it is: after an import, or where the stream was off."""
        while await self._indexer.step(conversation):
            pass


class _Search:
    """One try of one call."""

    def __init__(self, database: MeteredDatabase, clock: Clock, reader: str, asked: Asked) -> None:
        self._database = database
        self._clock = clock
        self._reader = reader
        self._asked = asked

    async def run(self, before: Key | None, limit: int) -> Findings | None:
        """None where the reader's memberships changed meanwhile."""
        until = self._clock.monotonic() + SEARCH_SECONDS
        scans = [self._scan(head, member, before) for head, member in await self._scope()]
        most = self._database.units + SEARCH_UNITS
        found: list[Found] = []
        done, rest = self._complete(found, scans)
        first = rest
        while rest is not None and len(done) <= limit:
            scan = next(scan for scan in scans if (scan.place, scan.name) == rest)
            found += await scan.step(limit + 1 - len(done))
            done, rest = self._complete(found, scans)
            enough = self._database.units >= most or self._clock.monotonic() >= until
            if enough and rest != first:
                break
        if not await self._unchanged({each.conversation for each in done}, scans):
            return None
        if len(done) > limit or rest is None:
            return page_of(done, limit)
        return Findings(done, (rest[0], rest[1] + _AFTER))

    def _complete(self, found: Sequence[Found], scans: Sequence[Scan]) -> tuple[list[Found], Key | None]:
        """What was found above all that is left to look at, newest first, and where that begins."""
        places = [(scan.place, scan.name) for scan in scans if scan.place is not None]
        rest = max(places) if places else None
        done = [each for each in found if rest is None or (each.message.timestamp, each.conversation) > rest]
        return newest_first(done), rest

    def _scan(self, head: Head, member: Member, before: Key | None) -> Scan:
        high = TIMESTAMP_MAX
        if before is not None:
            high = before[0] if head.conversation.id < before[1] else before[0] - 1
        return Scan(self._database, head, member, self._asked, high)

    async def _scope(self) -> list[tuple[Head, Member]]:
        """The conversations in which the reader is and asks."""
        name = self._asked.query.conversation
        if name is not None:
            found = await people.pair(self._database, name, self._reader)
            return [found] if found is not None and found[1].active else []
        return await self._pairs(sorted(await people.all_listed(self._database, self._reader)))

    async def _pairs(self, names: Sequence[str]) -> list[tuple[Head, Member]]:
        heads = [keys.head(name) for name in names]
        own = [keys.member(name, self._reader) for name in names]
        rows = await self._database.get_many([*heads, *own])
        found = []
        for head, member in zip(heads, own, strict=True):
            if head in rows and member in rows and rows[member]["active"]:
                of = items.head_from(rows[head])
                found.append((of, items.member_from(rows[member], of)))
        return found

    async def _unchanged(self, names: set[str], scans: Sequence[Scan]) -> bool:
        """Whether the reader may still read all of it: a membership may have ended while it was looked for."""
        now = {head.conversation.id: (head, member) for head, member in await self._pairs(sorted(names))}
        return all(scan.name in now and same_sight(*now[scan.name], scan) for scan in scans if scan.name in names)
