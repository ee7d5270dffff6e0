"""From what happened to who is told what: events in their order, each with its receivers. No I/O."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import hide
from tertulia.domain.events import ConversationEvent, EntryEvent, Event, UserEvent
from tertulia.domain.members import Member
from tertulia.domain.sight import Sight, ends_membership, memberships_changed, sight
from tertulia.ports.store import Committed

Audience = tuple[Conversation, list[Member]]
"""A head and all rows of its members, as `Store.audience` gives them."""


class OfConversation(Struct, frozen=True):
    """An event of the moment for the active members, but for `skip`."""

    conversation: str
    event: ConversationEvent
    skip: str | None = None


class OfUser(Struct, frozen=True):
    username: str
    event: UserEvent


class OfWatchers(Struct, frozen=True):
    """For those who follow the presence of `username`."""

    username: str
    event: UserEvent


Gathered = Committed | OfConversation | OfUser | OfWatchers
"""What happened."""


class Telling(Struct, frozen=True):
    """One event and who gets it: these people, or those who watch `watched`. `conversation` is the one that an entry
    belongs to, "" for events that can't be asked for again."""

    event: Event
    usernames: Sequence[str] = ()
    watched: str = ""
    conversation: str = ""


def conversations_of(gathered: Iterable[Gathered]) -> list[str]:
    """Of which conversations the audience is needed."""
    return list(dict.fromkeys(each.conversation for each in gathered if isinstance(each, Committed | OfConversation)))


def tellings(gathered: Iterable[Gathered], audiences: Mapping[str, Audience]) -> list[Telling]:
    """In order. What belongs to a conversation whose audience is not known is left out."""
    told: list[Telling] = []
    for each in gathered:
        match each:
            case Committed():
                if each.conversation in audiences:
                    told += _entry(each, audiences[each.conversation])
            case OfConversation():
                if each.conversation in audiences:
                    _, rows = audiences[each.conversation]
                    people = [row.username for row in rows if row.active and row.username != each.skip]
                    told.append(Telling(each.event, people))
            case OfUser():
                told.append(Telling(each.event, [each.username]))
            case OfWatchers():
                told.append(Telling(each.event, watched=each.username))
    return [each for each in told if each.usernames or each.watched]


def _entry(committed: Committed, audience: Audience) -> list[Telling]:
    conversation, entry = committed.conversation, committed.entry
    head, rows = audience
    whole, hidden = [], []
    for member in rows:
        match sight(member, entry, open_history=head.open_history):
            case Sight.WHOLE:
                whole.append(member.username)
            case Sight.HIDDEN:
                hidden.append(member.username)
            case Sight.NOTHING:
                pass
    entries = [
        Telling(EntryEvent(conversation, entry), whole, conversation=conversation),
        Telling(EntryEvent(conversation, hide(entry)), hidden, conversation=conversation),
    ]
    changes = [Telling(event, [username]) for username, event in memberships_changed(conversation, entry)]
    return [*entries, *changes] if ends_membership(entry) else [*changes, *entries]
