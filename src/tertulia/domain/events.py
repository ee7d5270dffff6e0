"""What people are told while they are connected. On the wire the field `type` tells the events apart.

Entries are the log's own and can always be read again; the other events are of the moment and are not stored.
"""

from enum import StrEnum

from msgspec import Struct

from tertulia.domain.entries import VisibleEntry
from tertulia.domain.members import Cursor
from tertulia.domain.presence import Presence
from tertulia.domain.status import Status


class EntryEvent(Struct, frozen=True, tag_field="type", tag="entry"):
    """An entry was committed."""

    conversation: str
    entry: VisibleEntry


class HeadEvent(Struct, frozen=True, tag_field="type", tag="head"):
    """The log has an entry at `seq` that is too large to be pushed: read it."""

    conversation: str
    seq: int


class ReadEvent(Struct, frozen=True, tag_field="type", tag="read"):
    """Somebody's read cursor moved. What was read privately is told to that person's own devices alone."""

    conversation: str
    username: str
    read: Cursor


class TypingEvent(Struct, frozen=True, tag_field="type", tag="typing"):
    """Somebody is typing; shown for five seconds unless it comes again or a message of that person does. `thread` is
    what they answer: the timestamp of the message that a thread began with, 0 for none."""

    conversation: str
    username: str
    thread: int = 0


class DraftEvent(Struct, frozen=True, tag_field="type", tag="draft"):
    """Live typing: what somebody has typed so far. Empty when the person stopped. `version` grows; an older one is
    dropped."""

    conversation: str
    username: str
    text: str
    version: int


class KeptDraftEvent(Struct, frozen=True, tag_field="type", tag="kept_draft"):
    """What the receiver has written and not sent yet in a conversation is another now, or none: for the devices of that
    person alone. `timestamp` is what whoever changed it was answered. What it says, `GET /api/drafts` does."""

    conversation: str
    timestamp: int


class LocationEvent(Struct, frozen=True, tag_field="type", tag="location"):
    """Where somebody is whose message at `timestamp` began a live location: degrees (WGS 84), and by how many metres
    that may be wrong. The next one takes its place."""

    conversation: str
    username: str
    timestamp: int
    latitude: float
    longitude: float
    accuracy: float


class Membership(StrEnum):
    JOINED = "joined"
    LEFT = "left"


class ConversationChanged(Struct, frozen=True, tag_field="type", tag="conversation"):
    """The receiver is now a member of the conversation, or no longer."""

    conversation: str
    change: Membership


class PresenceEvent(Struct, frozen=True, tag_field="type", tag="presence"):
    username: str
    status: Presence


class StatusEvent(Struct, frozen=True, tag_field="type", tag="status"):
    """Somebody whom the receiver follows, or the receiver, says something else of themselves now."""

    username: str
    status: Status


class ReceiptsEvent(Struct, frozen=True, tag_field="type", tag="receipts"):
    """Whether the receiver shows others from now on what was read, as another device has set it: see
    `set_receipts`."""

    shown: bool


class Goodbye(Struct, frozen=True, tag_field="type", tag="goodbye"):
    """The last event before the server closes. `reason` is one of the documented close reasons; `resume` says
    whether to connect again."""

    reason: str
    resume: bool


ConversationEvent = EntryEvent | ReadEvent | TypingEvent | DraftEvent | LocationEvent
UserEvent = ConversationChanged | PresenceEvent | ReadEvent | StatusEvent | ReceiptsEvent | KeptDraftEvent
Event = (
    EntryEvent
    | HeadEvent
    | ReadEvent
    | TypingEvent
    | DraftEvent
    | KeptDraftEvent
    | LocationEvent
    | ConversationChanged
    | PresenceEvent
    | StatusEvent
    | ReceiptsEvent
    | Goodbye
)
