"""The log out of the tables, as the records of an export. May run while people chat.

Each conversation is as of one moment: its head says how far its log goes, and its members are those of that moment.
"""

from collections.abc import AsyncIterator
from typing import Any, Final

from tertulia.adapters.dynamodb import items, keys
from tertulia.adapters.dynamodb.attempts import Attempts
from tertulia.adapters.dynamodb.database import ConflictedError, Database
from tertulia.adapters.dynamodb.items import Item
from tertulia.adapters.dynamodb.keys import HEAD
from tertulia.domain.entries import Entry, MessageSent
from tertulia.ports.portable import LogRecord, PortableConversation, PortableEntry, PortableMember

BATCH: Final = 100
"""Entries whose digests are looked up in one call."""
_LAST: Final = "\U0010ffff"
"""Sorts after every username."""


async def read_log(database: Database) -> AsyncIterator[LogRecord]:
    """Every conversation, in no order, with its members and entries. One that is being imported is left out: it isn't
    whole yet. Raises UnavailableError where a conversation's members don't stand still, or an entry is missing."""
    async for found in database.scan(keys.CONVERSATIONS, HEAD, only=("conversation",)):
        async for record in read_conversation(database, found["conversation"]):
            yield record


async def read_conversation(database: Database, name: str) -> AsyncIterator[LogRecord]:
    """One conversation; nothing where there is none, or it is being imported."""
    rows = await _rows(database, name)
    if not rows or "importing" in rows[0]:
        return
    head = items.head_from(rows[0])
    yield PortableConversation(head.conversation)
    for row in rows[1:]:
        yield PortableMember(name, items.member_from(row, head))
    batch: list[Entry] = []
    async for entry in _entries(database, name, head.conversation.seq, head.conversation.timestamp):
        batch.append(entry)
        if len(batch) == BATCH:
            for record in await _with_digests(database, name, batch):
                yield record
            batch = []
    for record in await _with_digests(database, name, batch):
        yield record


async def _rows(database: Database, name: str) -> list[Item]:
    """Head and members, those who left too, as of one moment.

    The range may show one half of a transaction that is under way. The head is then read once more in a transaction of
    its own, which meets such a one; where it stands where it stood, nobody came or went in between.
    """
    attempts = database.attempts()
    while True:
        rows = [row async for row in database.query(keys.CONVERSATIONS, name, (HEAD, _LAST))]
        if not rows or rows[0]["username"] != HEAD:
            return []
        try:
            after = await database.get_together([keys.head(name)])
        except ConflictedError:
            after = {}
        if after and after[keys.head(name)]["seq"] == rows[0]["seq"]:
            return rows
        await attempts.again()


async def _entries(database: Database, name: str, seq: int, timestamp: int) -> AsyncIterator[Entry]:
    """The log up to that place, both tables merged. What the head shows and the tables don't yet is waited for."""
    last, at = 0, 0
    attempts: Attempts | None = None
    while last < seq:
        async for entry in _merged(database, name, (at + 1, timestamp)):
            if entry.seq != last + 1:
                break
            last, at, attempts = entry.seq, entry.timestamp, None
            yield entry
        if last < seq:
            attempts = attempts or database.attempts()
            await attempts.again()


async def _merged(database: Database, name: str, span: tuple[int, int]) -> AsyncIterator[Entry]:
    """Two ranges, each in order, as one; a page of each is in memory."""
    streams = [database.query(table, name, span).__aiter__() for table in (keys.MESSAGES, keys.CHANGES)]
    heads: list[Item | None] = [await _next(stream) for stream in streams]
    while any(head is not None for head in heads):
        first = min((i for i, head in enumerate(heads) if head is not None), key=lambda i: _timestamp(heads[i]))
        yield items.entry_from(heads[first] or {})
        heads[first] = await _next(streams[first])


async def _next(stream: AsyncIterator[Item]) -> Item | None:
    return await anext(stream, None)


def _timestamp(item: Item | None) -> Any:
    return item["timestamp"] if item else None


async def _with_digests(database: Database, name: str, entries: list[Entry]) -> list[PortableEntry]:
    """With what tells a retry of each message from another message under its id."""
    places = {e.seq: keys.sent(name, e.author, e.id) for e in entries if isinstance(e, MessageSent)}
    found = await database.get_many(list(places.values()))
    digests = {seq: found[key]["digest"].hex() for seq, key in places.items() if key in found}
    return [PortableEntry(name, entry, digests.get(entry.seq, "")) for entry in entries]
