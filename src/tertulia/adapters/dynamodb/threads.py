"""Reading one thread: its places in the index, then the messages."""

from collections.abc import Sequence
from typing import Any

from tertulia.adapters.dynamodb import keys
from tertulia.adapters.dynamodb.database import Database
from tertulia.adapters.dynamodb.history import as_seen
from tertulia.adapters.dynamodb.keys import Key
from tertulia.adapters.dynamodb.sight import Sight
from tertulia.domain.messages import Message


async def page(
    database: Database,
    name: str,
    sight: Sight,
    thread: int,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int,
) -> list[Message]:
    """Up to `limit` messages, ascending, of those that the one at `thread` began, and that one: one query of the index
    for each period of membership that they lie in, and the messages a hundred a call."""
    stamps: list[int] = []
    # Nothing of it is earlier than what it began with: what lies there is neither asked for nor paid.
    async for first, last in sight.ranges(before, None if after is None else max(after, thread - 1)):
        span = str(keys.reply(name, thread, first).sort), str(keys.reply(name, thread, last).sort)
        left = limit - len(stamps)
        found = database.query(keys.INDEX, name, span, limit=left, descending=after is None, only=("key",))
        stamps += [keys.timestamp_of(item["key"]) async for item in found]
        if first <= thread <= last:
            stamps.append(thread)
        if len(stamps) >= limit or (after is None and first <= thread):
            break
    stamps.sort()
    chosen = stamps[-limit:] if after is None else stamps[:limit]
    rows = await _rows(database, [keys.message(name, stamp) for stamp in chosen], optional=keys.message(name, thread))
    return [await as_seen(database, name, sight, row) for row in rows]


async def _rows(database: Database, wanted: Sequence[Key], optional: Key) -> list[dict[str, Any]]:
    """The messages. A transaction that the index shows already may not be seen in the other table yet; `optional` is
    what somebody asked for, and may be no message."""
    attempts = database.attempts()
    while True:
        found = await database.get_many(wanted)
        if all(key in found or key == optional for key in wanted):
            return [found[key] for key in wanted if key in found]
        await attempts.again()
