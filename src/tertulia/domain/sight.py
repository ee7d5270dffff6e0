"""Who is told of an entry: what each member may see of it, and whose membership it changes."""

from enum import Enum

from tertulia.domain.entries import ConversationCreated, Entry, MemberAdded, MemberRemoved, target_of
from tertulia.domain.events import ConversationChanged, Membership
from tertulia.domain.members import Member


class Sight(Enum):
    """How much of an entry a member may see."""

    NOTHING = "nothing"
    HIDDEN = "hidden"
    """That there is one: it is about a message that the member may not read."""
    WHOLE = "whole"


def sight(member: Member, entry: Entry, *, open_history: bool) -> Sight:
    """What `member`, as of this entry or of any later moment, may see of it."""
    if not member.sees(entry.timestamp, open_history=open_history):
        return Sight.NOTHING
    target = target_of(entry)
    if target is None or member.sees(target, open_history=open_history):
        return Sight.WHOLE
    return Sight.HIDDEN


def memberships_changed(conversation: str, entry: Entry) -> list[tuple[str, ConversationChanged]]:
    """Who joins or leaves by the entry, and what each is told. Whoever joins hears of it before the first entry,
    whoever leaves after the last: see `ends_membership`."""
    match entry:
        case MemberAdded():
            return [(entry.username, ConversationChanged(conversation, Membership.JOINED))]
        case MemberRemoved():
            return [(entry.username, ConversationChanged(conversation, Membership.LEFT))]
        case ConversationCreated():
            joined = ConversationChanged(conversation, Membership.JOINED)
            return [(member.username, joined) for member in entry.members]
        case _:
            return []


def ends_membership(entry: Entry) -> bool:
    """Whether what `memberships_changed` gives is told after the entry, and not before it."""
    return isinstance(entry, MemberRemoved)
