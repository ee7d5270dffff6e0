"""Read cursors: one conditional update of a member's row, forward only."""

from typing import Final

from tertulia.adapters.dynamodb import items, keys, people
from tertulia.adapters.dynamodb.database import Database, Update
from tertulia.adapters.dynamodb.items import Head
from tertulia.domain.errors import NotFoundError
from tertulia.domain.members import Cursor
from tertulia.domain.receipts import advance
from tertulia.ports.store import CursorMove

_FORWARD: Final = "#active = :active AND #read_number < :read_number"


async def move_cursor(database: Database, name: str, username: str, timestamp: int) -> CursorMove:
    """Moves the cursor to the last message at or before `timestamp`. Raises `conversation_not_found`.

    The number of messages is that of the moment before: the cursor is never beyond it but by what came since.
    """
    attempts = database.attempts()
    while True:
        found = await people.pair(database, name, username)
        if found is None or not found[1].active:
            raise NotFoundError("conversation_not_found")
        head, member = found
        wanted = advance(member.read, await _last_at(database, head, timestamp))
        messages = head.conversation.messages
        if wanted == member.read:
            return CursorMove(wanted, False, messages)
        move = Update(
            keys.member(name, username),
            items.cursor_item(wanted),
            condition=_FORWARD,
            values={"active": True},
            names=("active",),
        )
        if await database.write(move):
            return CursorMove(wanted, True, messages)
        # Another device was faster, or the membership has ended: it is looked at again.
        await attempts.again()


async def _last_at(database: Database, head: Head, timestamp: int) -> Cursor:
    """The last message at or before `timestamp`. Mostly it is the conversation's last one, which the head knows."""
    conversation = head.conversation
    if timestamp >= head.last:
        return Cursor(head.last, conversation.messages)
    span = 0, timestamp
    found = database.query(keys.MESSAGES, conversation.id, span, limit=1, descending=True, only=("timestamp", "number"))
    async for row in found:
        return Cursor(row["timestamp"], row["number"])
    return Cursor()
