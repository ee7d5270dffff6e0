"""Read cursors: one conditional update of a member's row, forward only."""

from tertulia.adapters.dynamodb import items, keys
from tertulia.adapters.dynamodb.database import Database, Update
from tertulia.adapters.dynamodb.items import SHOWN, Head, Item
from tertulia.domain.errors import NotFoundError
from tertulia.domain.members import Cursor, Member
from tertulia.domain.receipts import move
from tertulia.ports.store import CursorMove


async def move_cursor(
    database: Database, name: str, username: str, timestamp: int, *, private: bool = False
) -> CursorMove:
    """Moves the cursor to the last message at or before `timestamp`. Raises `conversation_not_found`.

    The number of messages is that of the moment before: the cursor is never beyond it but by what came since.
    """
    attempts = database.attempts()
    places = keys.head(name), keys.member(name, username)
    while True:
        found = await database.get_many(places)
        if len(found) < len(places) or not found[places[1]]["active"]:
            raise NotFoundError("conversation_not_found")
        head = items.head_from(found[places[0]])
        before = items.member_from(found[places[1]], head)
        after = move(before, await _last_at(database, head, timestamp), private=private)
        done = CursorMove.between(before, after, head.conversation.messages)
        if after == before or await database.write(_update(name, found[places[1]], after)):
            return done
        # Another device was faster, or the membership has ended: it is looked at again.
        await attempts.again()


def _update(name: str, row: Item, after: Member) -> Update:
    """The row with the member's cursors, where the membership goes on and the cursors are those of `row`."""
    same = "attribute_not_exists(#shown_number)"
    values = {"active": True, "was": row["read_number"]}
    if SHOWN[1] in row:
        same, values["was_shown"] = "#shown_number = :was_shown", row[SHOWN[1]]
    return Update(
        keys.member(name, after.username),
        items.cursors_item(after),
        remove=SHOWN if after.shown is None and SHOWN[1] in row else (),
        condition=f"#active = :active AND #read_number = :was AND {same}",
        values=values,
        names=("active", SHOWN[1]),
    )


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
