"""Conversations: the head of a log, and how an entry changes it.

The head holds what every append needs, so an append costs the same at any length of the history.
"""

import hashlib
from base64 import b32encode

from msgspec import UNSET, Struct
from msgspec.structs import replace

from tertulia.domain.entries import (
    ConversationCreated,
    ConversationKind,
    Entry,
    History,
    MemberAdded,
    MemberRemoved,
    MessageSent,
    RoleChanged,
    SettingsChanged,
    Stamp,
    TitleChanged,
)
from tertulia.domain.members import Role


class Conversation(Struct, frozen=True, kw_only=True):
    """The head: `seq` and `timestamp` of the last entry, `messages` sent so far, `members` and `owners` there are
    now."""

    id: str
    kind: ConversationKind
    created: int
    seq: int
    timestamp: int
    messages: int = 0
    members: int = 0
    owners: int = 0
    title: str = ""
    live_typing: bool = False
    history: History = History.JOINED

    @property
    def open_history(self) -> bool:
        return self.history is History.ALL


def next_stamp(conversation: Conversation, now: int) -> Stamp:
    """The place of the next entry. `now` is in microseconds; a clock that stands or jumps back changes no order."""
    return Stamp(conversation.seq + 1, max(now, conversation.timestamp + 1))


def begin(conversation_id: str, entry: ConversationCreated) -> Conversation:
    """The head after the first entry."""
    owners = sum(m.role is Role.OWNER for m in entry.members)
    return Conversation(
        id=conversation_id,
        kind=entry.type,
        created=entry.timestamp,
        seq=entry.seq,
        timestamp=entry.timestamp,
        members=len(entry.members),
        owners=owners,
        title=entry.title,
    )


def apply(conversation: Conversation, entry: Entry, *, role_before: Role | None = None) -> Conversation:
    """The head after one more entry. `role_before` is the role that the entry's member had, where it is about one."""
    head = replace(conversation, seq=entry.seq, timestamp=entry.timestamp)
    match entry:
        case MessageSent():
            return replace(head, messages=entry.number)
        case MemberAdded():
            return replace(head, members=head.members + 1, owners=head.owners + (entry.role is Role.OWNER))
        case MemberRemoved():
            return replace(head, members=head.members - 1, owners=head.owners - (role_before is Role.OWNER))
        case RoleChanged():
            change = (entry.role is Role.OWNER) - (role_before is Role.OWNER)
            return replace(head, owners=head.owners + change)
        case TitleChanged():
            return replace(head, title=entry.title)
        case SettingsChanged():
            return replace(
                head,
                live_typing=head.live_typing if entry.live_typing is UNSET else entry.live_typing,
                history=head.history if entry.history is UNSET else entry.history,
            )
        case _:
            return head


def direct_id(one: str, other: str) -> str:
    """The id of the direct conversation of two people: the same whoever begins it, so there is only ever one."""
    return "d_" + _digest("direct", *sorted((one, other)))


def group_id(creator: str, request_id: str) -> str:
    """The id of a group from its creator and the id the creator gave the request: a retry names the same group."""
    return "g_" + _digest("group", creator, request_id)


def _digest(*parts: str) -> str:
    """130 bits, in lower-case base 32 (RFC 4648)."""
    return b32encode(hashlib.sha256("\0".join(parts).encode()).digest()).decode().lower()[:26]
