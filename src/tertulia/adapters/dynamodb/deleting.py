"""Erasing what a deleted message said, also from its edits."""

from typing import Final

from tertulia.adapters.dynamodb import keys
from tertulia.adapters.dynamodb.database import Database
from tertulia.adapters.dynamodb.writing import erasure

IN_TRANSACTION: Final = 80
"""Edits that are erased in the transaction of the deletion; DynamoDB takes a hundred items in one."""

_SAYING: Final = ("edited", "previewed")
"""Kinds of entries about a message that hold something of what it said."""


async def edits_of(database: Database, conversation: str, target: int) -> list[int]:
    """The timestamps of the entries that said what a message says or shows, newest first."""
    found = database.query(keys.INDEX, conversation, keys.about_range(target), descending=True, only=("key", "kind"))
    return [keys.timestamp_of(item["key"]) async for item in found if item["kind"] in _SAYING]


async def finish_deletion(database: Database, conversation: str, target: int) -> int:
    """Erases the edits of a deleted message that its transaction had no place for; how many there were. May be called
    again."""
    edits = await edits_of(database, conversation, target)
    there = await database.get_many([keys.change(conversation, edit) for edit in edits])
    left = [key.sort for key, item in there.items() if not item.get("erased")]
    for update in erasure(conversation, [int(timestamp) for timestamp in left]):
        await database.write(update)
    return len(left)
