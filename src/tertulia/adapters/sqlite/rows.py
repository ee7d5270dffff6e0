"""Between rows and the domain's structs."""

from typing import Any, Final

import msgspec
from msgspec import Struct

from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import ConversationKind as Kind
from tertulia.domain.entries import Entry, History, MessageSent
from tertulia.domain.members import Cursor, Member, Period, Role
from tertulia.domain.messages import Message


class HeadItem(Struct, frozen=True, kw_only=True):
    """What a head's row holds beside its columns."""

    kind: Kind
    created: int
    members: int
    owners: int
    title: str
    live_typing: bool
    history: History


class MemberItem(Struct, frozen=True):
    """What a member's row holds beside its columns."""

    role: Role
    periods: tuple[Period, ...]


_HEAD: Final = msgspec.json.Decoder(HeadItem)
_MEMBER: Final = msgspec.json.Decoder(MemberItem)
_ENTRY: Final[msgspec.json.Decoder[Any]] = msgspec.json.Decoder(Entry)
_ENTRIES: Final[msgspec.json.Decoder[list[Any]]] = msgspec.json.Decoder(list[Entry])
_MESSAGE: Final = msgspec.json.Decoder(Message)
_MESSAGES: Final = msgspec.json.Decoder(list[Message])
_SENT: Final = msgspec.json.Decoder(MessageSent)
_ENCODER: Final = msgspec.json.Encoder()


def encode(value: Struct) -> str:
    return _ENCODER.encode(value).decode()


def head_item(conversation: Conversation) -> str:
    return encode(
        HeadItem(
            kind=conversation.kind,
            created=conversation.created,
            members=conversation.members,
            owners=conversation.owners,
            title=conversation.title,
            live_typing=conversation.live_typing,
            history=conversation.history,
        )
    )


def conversation_from(name: str, item: str, seq: int, timestamp: int, messages: int) -> Conversation:
    head = _HEAD.decode(item)
    return Conversation(
        id=name,
        kind=head.kind,
        created=head.created,
        seq=seq,
        timestamp=timestamp,
        messages=messages,
        members=head.members,
        owners=head.owners,
        title=head.title,
        live_typing=head.live_typing,
        history=head.history,
    )


def cursors(member: Member) -> tuple[int, int, int | None, int | None]:
    """The values of the columns `read_timestamp`, `read_number`, `shown_timestamp`, `shown_number`."""
    shown = member.shown
    return (
        member.read.timestamp,
        member.read.number,
        None if shown is None else shown.timestamp,
        None if shown is None else shown.number,
    )


def member_item(member: Member) -> str:
    return encode(MemberItem(member.role, member.periods))


def member_from(
    username: str,
    active: int,
    read_timestamp: int,
    read_number: int,
    shown_timestamp: int | None,
    shown_number: int | None,
    item: str,
) -> Member:
    rest = _MEMBER.decode(item)
    shown = None if shown_timestamp is None or shown_number is None else Cursor(shown_timestamp, shown_number)
    return Member(
        username=username,
        role=rest.role,
        active=bool(active),
        read=Cursor(read_timestamp, read_number),
        shown=shown,
        periods=rest.periods,
    )


def entry_from(text: str) -> Entry:
    entry: Entry = _ENTRY.decode(text)
    return entry


def entries_from(joined: str | None) -> list[Entry]:
    """From the entries of many rows, joined by commas. In one string, because every row that is stepped to gives the
    interpreter's lock away and has to win it back."""
    entries: list[Entry] = _ENTRIES.decode(f"[{joined}]") if joined else []
    return entries


def sent_from(text: str) -> MessageSent:
    return _SENT.decode(text)


def message_from(text: str) -> Message:
    """From a message's state, or where there is none from its entry, which has the same fields."""
    return _MESSAGE.decode(text)


def messages_from(joined: str | None) -> list[Message]:
    return _MESSAGES.decode(f"[{joined}]") if joined else []
