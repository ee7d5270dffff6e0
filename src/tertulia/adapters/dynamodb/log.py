"""Reading the log: two tables, merged."""

from typing import Final

from tertulia.adapters.dynamodb import items, keys
from tertulia.adapters.dynamodb.database import Database
from tertulia.adapters.dynamodb.items import Head
from tertulia.adapters.dynamodb.keys import MILESTONE
from tertulia.adapters.dynamodb.sight import Range
from tertulia.domain.entries import Entry, VisibleEntry, hide, target_of
from tertulia.domain.members import Member

_BEGINNING: Final = 0


async def log(
    database: Database, name: str, reader: Member, *, after: int, limit: int
) -> tuple[list[VisibleEntry], int]:
    """Entries after the cursor that `reader` may read, and the seq up to which the answer is complete.

    The range ends where the head was read, so what is in it was committed before either table was looked at.
    """
    row = await database.get(keys.head(name))
    if row is None or row["seq"] <= after:
        return [], after
    head = items.head_from(row)
    everything = reader.active and head.conversation.open_history
    attempts = database.attempts()
    low = await _milestone(database, name, after // MILESTONE * MILESTONE)
    start = after
    if not everything:
        start, low = await _skip_unreadable(database, name, reader, after, low)
    span = low + 1, await _end(database, head, start + limit)
    while True:
        entries = await _merged(database, name, span, start, limit)
        if entries or start >= head.conversation.seq:
            break
        # A transaction that the head shows already isn't to be seen in the other tables yet.
        await attempts.again()
    readable: list[VisibleEntry] = []
    for entry in entries:
        if not everything and not reader.sees(entry.timestamp):
            continue
        target = target_of(entry)
        hidden = target is not None and not everything and not reader.sees(target)
        readable.append(hide(entry) if hidden else entry)
    return readable, entries[-1].seq if entries else start


async def _merged(database: Database, name: str, span: Range, start: int, limit: int) -> list[Entry]:
    """Up to `limit` entries after `start` as far as none is missing."""
    found: list[Entry] = []
    for table in (keys.MESSAGES, keys.CHANGES):
        rows = [row async for row in database.query(table, name, span)]
        found += [items.entry_from(row) for row in rows if row["seq"] > start]
    found.sort(key=lambda entry: entry.seq)
    return [entry for place, entry in enumerate(found[:limit], start + 1) if entry.seq == place]


async def _milestone(database: Database, name: str, seq: int) -> int:
    """The timestamp of an entry whose seq is a multiple of MILESTONE."""
    if seq == 0:
        return _BEGINNING
    found = await database.get(keys.milestone(name, seq))
    return _BEGINNING if found is None else int(found["timestamp"])


async def _end(database: Database, head: Head, seq: int) -> int:
    """A timestamp at or after that of `seq`: at most 63 entries later."""
    milestone = -(-seq // MILESTONE) * MILESTONE
    if milestone >= head.conversation.seq:
        return head.conversation.timestamp
    return await _milestone(database, head.conversation.id, milestone)


async def _skip_unreadable(database: Database, name: str, reader: Member, after: int, low: int) -> tuple[int, int]:
    """The largest cursor from which the reader misses nothing, and a timestamp before its next entry: what came before
    a period of membership isn't looked at. `low` is the timestamp of an entry at or before `after`."""
    for first, last in reader.periods:
        if last is not None and last <= low:
            continue
        if first > low:
            begins = await _seq_at(database, name, first)
            if after < begins:
                return begins - 1, first - 1
        if last is None or after < await _seq_at(database, name, last):
            return after, low
    return after, low


async def _seq_at(database: Database, name: str, timestamp: int) -> int:
    """The seq of an entry that begins or ends a membership."""
    row = await database.get(keys.change(name, timestamp), only=("seq",))
    return 0 if row is None else int(row["seq"])
