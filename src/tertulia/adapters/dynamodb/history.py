"""Reading messages: pages, single ones, and each as its reader may see it."""

from collections.abc import Mapping
from typing import Any

from tertulia.adapters.dynamodb import items, keys
from tertulia.adapters.dynamodb.database import Database
from tertulia.adapters.dynamodb.sight import Sight
from tertulia.domain import limits
from tertulia.domain import messages as folding
from tertulia.domain.entries import AboutMessage, MessageEdited, MessageSent
from tertulia.domain.messages import Message
from tertulia.domain.versions import LookedAt, Saying, page_of


async def page(
    database: Database, name: str, sight: Sight, *, before: int | None = None, after: int | None = None, limit: int
) -> list[Message]:
    """Up to `limit` messages, ascending: one query for each period of membership that they lie in."""
    found: list[Mapping[str, Any]] = []
    async for span in sight.ranges(before, after):
        rows = database.query(keys.MESSAGES, name, span, limit=limit - len(found), descending=after is None)
        found += [row async for row in rows]
        if len(found) >= limit:
            break
    found.sort(key=lambda row: int(row["timestamp"]))
    return [await as_seen(database, name, sight, row) for row in found]


async def message(database: Database, name: str, sight: Sight, timestamp: int) -> Message | None:
    row = await database.get(keys.message(name, timestamp))
    if row is None or not await sight.sees_span(timestamp, timestamp):
        return None
    return await as_seen(database, name, sight, row)


async def message_of(database: Database, name: str, sight: Sight, author: str, client_id: str) -> Message | None:
    sent = await database.get(keys.sent(name, author, client_id))
    return None if sent is None else await message(database, name, sight, sent["timestamp"])


async def as_seen(database: Database, name: str, sight: Sight, row: Mapping[str, Any]) -> Message:
    """The message without what was changed while the reader was no member. A deletion holds for everybody."""
    found = items.message_from(row)
    if not found.changed or found.deleted or await sight.sees_span(found.timestamp, found.changed):
        return found
    about = database.query(keys.INDEX, name, keys.about_range(found.timestamp), only=("key",))
    stamps = [stamp async for item in about if sight.reader.sees(stamp := keys.timestamp_of(item["key"]))]
    there = await database.get_many([keys.change(name, stamp) for stamp in stamps])
    entries = sorted(map(items.entry_from, there.values()), key=lambda entry: entry.seq)
    return folding.fold(items.sent_from(row), [entry for entry in entries if isinstance(entry, AboutMessage)])


async def versions(
    database: Database, name: str, sight: Sight, timestamp: int, *, before: int | None = None, limit: int
) -> tuple[list[Saying], int | None]:
    """The entries that gave a message its texts, newest first: one query for each period of membership, and one
    batch."""
    looked_at: list[LookedAt] = []
    async for first, last in sight.ranges(before, None):
        left = limits.EDITS_LOOKED_AT_MAX - len(looked_at)
        between = keys.about_range(timestamp, max(first, timestamp), last)
        about = database.query(keys.INDEX, name, between, limit=left, descending=True, only=("key", "kind"))
        looked_at += [LookedAt(keys.timestamp_of(item["key"]), item["kind"] == "edited") async for item in about]
        if first <= timestamp or len(looked_at) >= limits.EDITS_LOOKED_AT_MAX:
            break
    whole = len(looked_at) < limits.EDITS_LOOKED_AT_MAX
    if whole and (before is None or timestamp < before):
        looked_at.append(LookedAt(timestamp, True))
    stamps, cursor = page_of(looked_at, limit, whole=whole)
    places = [keys.message(name, at) if at == timestamp else keys.change(name, at) for at in stamps]
    there = await database.get_many(places)
    entries = [items.entry_from(there[place]) for place in places if place in there]
    return [each for each in entries if isinstance(each, MessageSent | MessageEdited)], cursor
