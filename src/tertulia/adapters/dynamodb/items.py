"""The form of the items: what each table holds, and how the domain's structs are made of it.

| Table | Item | Attributes beside the key |
|---|---|---|
| `Chat-Conversations` | head, under `#` | those of `Conversation`; `last`, `recent` (1), `importing` (6) |
| | member, under the username | `role`, `active`, `periods` [[first, last?]], `read_`, `sent_`, `shown_` (2) |
| `Chat-Messages` | message | those of the entry `MessageSent`; `state` (3) |
| `Chat-Changes` | entry | those of the entry |
| `Chat-Index` | `sent#<author>#<client id>` | `timestamp`, `digest` of the message |
| | `seq#<16 digits>` | `timestamp` of every 64th entry |
| | `about#<target>#<timestamp>` | `kind` of the entry |
| | `thread#<first message>#<timestamp>` | none: a reply of the thread that began with a message |
| | `<conversation>`, of the owner `@<username>` | none: the person is an active member |
| | `<conversation>`, of the owner `~<username>` | a draft, see `drafts.py` |
| `Chat-Search` | segment, under its number | `first`, `last`, `count`, `pack`, `version` (4) |
| | mark, under -1 | `through`, `packed`, `last` (5) |

1. `last` is the timestamp of the last message, or 0; `recent` has [username, timestamp, number] of the last message of
   each of the last eight authors, newest first.
2. `read_timestamp`, `read_number`: the cursor that the person moved; `sent_timestamp`, `sent_number`: the own message
   that fell out of `recent`. The cursor is the latest of these and of `recent`. `shown_timestamp`, `shown_number`: of
   the first what others are shown, who are also shown the other two; all of it where there is none.
3. In what people see now differs from what was sent: reactions, say, or an edited text. There is none before the first
   entry about the message.

4. `pack` is `segments.pack` of the `count` messages from the timestamp `first` to `last`; `version` counts writes.
5. Every edit and deletion up to the timestamp `through` is in the segments; they hold the messages up to the number
   `packed`, at the timestamp `last`, and maybe more.
6. While the conversation is being imported: the seq of the last entry that comes. What is missing is still to come.

Attributes that have their default value may be absent. Timestamps are in microseconds.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tertulia.adapters.dynamodb import keys
from tertulia.domain import messages
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import Entry, MessageSent
from tertulia.domain.members import Cursor, Member, Period, Role
from tertulia.domain.messages import Message
from tertulia.domain.receipts import advance, with_cursors

RECENT: Final = 8
"""Authors whose last message the head knows. The last of these eight is in the member's row too, so that a head and a
row that were read one after the other never miss it."""

SHOWN: Final = ("shown_timestamp", "shown_number")
"""The attributes of a member's row that are there while others are shown less than was read."""

Item = dict[str, Any]
"""An item, or a part of one, as plain values."""
_STATE: Final = (
    *("text", "reply_to", "attachments", "mentions", "live_until"),
    *("reactions", "previews", "edited", "deleted", "changed"),
)
"""What entries about a message change of it."""
_MESSAGE: Final = (
    *("seq", "timestamp", "number", "author", "id"),
    *("text", "reply_to", "attachments", "mentions", "live_until", "thread"),
)
"""What a message has in common with the entry that it began with."""


class Recent(Struct, frozen=True, array_like=True):
    """The last message of an author."""

    username: str
    timestamp: int
    number: int


class Head(Struct, frozen=True):
    """A conversation's head, and what this adapter keeps in it."""

    conversation: Conversation
    last: int = 0
    recent: tuple[Recent, ...] = ()

    def cursor(self, username: str) -> Cursor:
        """The cursor of an author's last message, where the head knows it."""
        return next((Cursor(r.timestamp, r.number) for r in self.recent if r.username == username), Cursor())


def head_item(head: Head) -> Item:
    """All but the key."""
    item: Item = msgspec.to_builtins(head.conversation)
    del item["id"]
    return {**item, "last": head.last, "recent": msgspec.to_builtins(head.recent)}


def head_from(item: Mapping[str, Any]) -> Head:
    conversation = msgspec.convert({**item, "id": item["conversation"]}, Conversation)
    recent = msgspec.convert(item.get("recent", []), tuple[Recent, ...])
    return Head(conversation, item.get("last", 0), recent)


def member_item(member: Member) -> Item:
    """All but the key."""
    return {**membership_item(member), **cursors_item(member)}


def cursors_item(member: Member) -> Item:
    """What was read, and what others are shown of it. Where that is all, an attribute from before has to go (SHOWN)."""
    shown = {} if member.shown is None else cursor_item(member.shown, "shown")
    return {**cursor_item(member.read), **shown}


def membership_item(member: Member) -> Item:
    """All but key and cursor: that may move meanwhile."""
    periods = [[first] if last is None else [first, last] for first, last in member.periods]
    return {"role": str(member.role), "active": member.active, "periods": periods}


def cursor_item(cursor: Cursor, of: str = "read") -> Item:
    """`of` is `read` or `shown`, or `sent` for the message of one's own that fell out of `recent`."""
    return {f"{of}_timestamp": cursor.timestamp, f"{of}_number": cursor.number}


def member_from(item: Mapping[str, Any], head: Head) -> Member:
    """The member, with the cursor where row and head together have it."""
    username = item["username"]
    read = Cursor(item["read_timestamp"], item["read_number"])
    sent = Cursor(item.get("sent_timestamp", 0), item.get("sent_number", 0))
    written = advance(sent, head.cursor(username))
    read = advance(read, written)
    shown = advance(Cursor(item["shown_timestamp"], item["shown_number"]), written) if SHOWN[0] in item else read
    member = Member(
        username=username,
        role=Role(item["role"]),
        active=item["active"],
        periods=tuple(Period(*period) for period in item["periods"]),
    )
    return with_cursors(member, read, shown)


def entry_item(entry: Entry) -> Item:
    """All but the partition key."""
    item: Item = msgspec.to_builtins(entry)
    return item


def entry_from(item: Mapping[str, Any]) -> Entry:
    entry: Entry = msgspec.convert(item, Entry)
    return entry


def sent_from(item: Mapping[str, Any]) -> MessageSent:
    """A message as it was sent, or what is left of it."""
    return msgspec.convert(item, MessageSent)


def message_from(item: Mapping[str, Any]) -> Message:
    """A message as people see it now."""
    shown = {name: item[name] for name in _MESSAGE if name in item}
    return msgspec.convert({**shown, **item.get("state", {})}, Message)


def state_item(sent: MessageSent, message: Message) -> Item:
    """Where the message differs from what was sent, or from what is left of that."""
    before = messages.begin(sent)
    changed = [name for name in _STATE if getattr(message, name) != getattr(before, name)]
    return {name: msgspec.to_builtins(getattr(message, name)) for name in changed}


def erased(sent: MessageSent) -> MessageSent:
    """What is left of a message that was deleted."""
    return replace(sent, text="", attachments=(), mentions=(), reply_to=0, live_until=0, erased=True)


def sent_item(entry: MessageSent, digest: bytes) -> Item:
    return {"timestamp": entry.timestamp, "digest": digest}


def with_key(key: keys.Key, item: Mapping[str, Any]) -> Item:
    """A whole item."""
    return {**item, **keys.columns(key)}


def newest_first(recent: Sequence[Recent], entry: MessageSent) -> tuple[tuple[Recent, ...], Recent | None]:
    """`recent` after a message, and whose last message has to be written into the row of its author now.

    Who moves to the last place is written; who is there already was.
    """
    others = [each for each in recent if each.username != entry.author]
    after = (Recent(entry.author, entry.timestamp, entry.number), *others)[:RECENT]
    last = after[-1] if len(after) == RECENT else None
    written = recent[-1] if len(recent) == RECENT else None
    return after, None if last == written else last
