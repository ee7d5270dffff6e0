"""Writing many entries of a conversation at once, with all that follows from them. Every write can be repeated."""

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from tertulia.adapters.dynamodb import items, keys
from tertulia.adapters.dynamodb.database import WRITE_BATCH, Database, Delete, Put, Update
from tertulia.domain import messages
from tertulia.domain.entries import AboutMessage, Entry, MessageSent
from tertulia.domain.errors import InvalidError
from tertulia.domain.limits import TIMESTAMP_MAX

PARALLEL: Final = 8
"""Calls under way at once."""
_INDEX_RANGE: Final = ("a", "u")
"""The sort keys of a conversation's items in the index: they begin with `about#`, `sent#`, `seq#` and `thread#`."""


class Line(Struct, frozen=True):
    """An entry, and of a message what tells a retry from another message."""

    entry: Entry
    digest: bytes


class Placing:
    """Of the conversation `name`."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        self._gate = asyncio.Semaphore(PARALLEL)

    async def place(self, new: Sequence[Line], again: Sequence[Line] = ()) -> None:
        """Writes entries in the log's order: `new` ones, and of `again` what is left of those that were erased.

        What erased a message is among `new` then, or comes later. A message whose changes are all among `new` is
        written as people see it now. Others are folded from what is in the tables afterwards. Raises InvalidError where
        an entry is about no message.
        """
        sent = {line.entry.timestamp: line.entry for line in new if isinstance(line.entry, MessageSent)}
        about: dict[int, list[AboutMessage]] = {}
        for line in new:
            if isinstance(line.entry, AboutMessage):
                about.setdefault(line.entry.target, []).append(line.entry)
        puts: list[Put | Delete] = [Put(keys.entry(self._name, e.entry), items.entry_item(e.entry)) for e in again]
        for line in new:
            puts += self._puts(line, about.get(line.entry.timestamp, []))
        await self.write_all(puts)
        elsewhere = {target for target in about if target not in sent}
        await asyncio.gather(*map(self._fold, sorted(elsewhere)))

    async def write_all(self, writes: Sequence[Put | Delete]) -> None:
        """Each by itself, some calls beside each other. No two may have one key."""
        if len({write.key for write in writes}) < len(writes):
            raise InvalidError("invalid_request", f"In {self._name} two records have one id.")

        async def write(part: Sequence[Put | Delete]) -> None:
            async with self._gate:
                await self._database.write_many(part)

        parts = [writes[n : n + WRITE_BATCH] for n in range(0, len(writes), WRITE_BATCH)]
        await asyncio.gather(*map(write, parts))

    def _puts(self, line: Line, changes: Sequence[AboutMessage]) -> list[Put]:
        name, entry = self._name, line.entry
        item = items.entry_item(entry)
        puts = []
        if entry.seq % keys.MILESTONE == 0:
            puts.append(Put(keys.milestone(name, entry.seq), {"timestamp": entry.timestamp}))
        if isinstance(entry, MessageSent):
            puts.append(Put(keys.sent(name, entry.author, entry.id), items.sent_item(entry, line.digest)))
            if entry.thread:
                puts.append(Put(keys.reply(name, entry.thread, entry.timestamp)))
            if changes:
                item["state"] = items.state_item(entry, messages.fold(entry, changes))
        elif isinstance(entry, AboutMessage):
            puts.append(Put(keys.about(name, entry.target, entry.timestamp), {"kind": item["kind"]}))
        return [Put(keys.entry(name, entry), item), *puts]

    async def _fold(self, target: int) -> None:
        """Makes the message at `target` what the entries about it say."""
        database, place = self._database, keys.message(self._name, target)
        async with self._gate:
            row = await database.get(place)
            if row is None:
                raise InvalidError("invalid_request", f"In the log of {self._name} there is no message at {target}.")
            about = database.query(keys.INDEX, self._name, keys.about_range(target), only=("key",))
            stamps = [keys.timestamp_of(item["key"]) async for item in about]
            there = await database.get_many([keys.change(self._name, stamp) for stamp in stamps])
            entries = sorted(map(items.entry_from, there.values()), key=lambda entry: entry.seq)
            sent = items.sent_from(row)
            after = messages.fold(sent, [entry for entry in entries if isinstance(entry, AboutMessage)])
            await database.write(Update(place, {"state": items.state_item(sent, after)}))


async def undo(database: Database, name: str) -> None:
    """Deletes a conversation that nobody has seen yet; its head last, so that it can be repeated."""
    placing = Placing(database, name)
    ranges: tuple[tuple[str, tuple[int | str, int | str]], ...] = (
        (keys.MESSAGES, (0, TIMESTAMP_MAX)),
        (keys.CHANGES, (0, TIMESTAMP_MAX)),
        (keys.INDEX, _INDEX_RANGE),
    )
    for table, span in ranges:
        sort = keys.SORT[table]
        batch: list[Put | Delete] = []
        async for item in database.query(table, name, span, only=(sort,)):
            batch.append(Delete(keys.Key(table, name, item[sort])))
            if len(batch) == WRITE_BATCH * PARALLEL:
                await placing.write_all(batch)
                batch = []
        await placing.write_all(batch)
    await placing.write_all([Delete(keys.head(name))])
