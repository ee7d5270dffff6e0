"""Entries: what a conversation's log is made of.

A conversation is a log. Every entry has a gap-free `seq` (1, 2, 3 ...) and a `timestamp` (integer microseconds) that
strictly increases with it. On the wire the field `kind` tells the entries apart; an absent field has its default value.
"""

from collections.abc import Callable
from enum import StrEnum

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from tertulia.domain.members import MemberRole, Role


class ConversationKind(StrEnum):
    DIRECT = "direct"
    GROUP = "group"


class History(StrEnum):
    """What a new member may read: what comes after joining, or all of it."""

    JOINED = "joined"
    ALL = "all"


class Attachment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that a message carries. `media` is the id of the upload; `type` is a media type (RFC 6838); `size` in
    bytes.

    The rest lets a client keep its place before the file is there: `width` and `height` in pixels; `thumbhash`, a
    blurred picture (base64); `animated`: it moves; `duration` in seconds; `alt` says in words what it shows. `voice`:
    it is a voice note; `peaks` are how loud it is over its length, from 0 to 255. `library` is `sticker` or `gif` where
    it is one of the server's own pictures, which all messages share and an administrator may remove.
    """

    media: str
    name: str
    type: str
    size: int
    width: int = 0
    height: int = 0
    thumbhash: str = ""
    animated: bool = False
    duration: float = 0
    alt: str = ""
    voice: bool = False
    peaks: tuple[int, ...] = ()
    library: str = ""


class Preview(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a page that a message links to says of itself. `url` is the link as it stands in the message; `site` its
    host, in ASCII, so that no other one can look like it; `picture` a file of the server's own.

    One without a `title` was taken away by somebody: it isn't shown, and doesn't come again.
    """

    url: str
    title: str = ""
    description: str = ""
    site: str = ""
    picture: Attachment | None = None


class Stamp(Struct, frozen=True):
    """The place of an entry in its log."""

    seq: int
    timestamp: int


class BaseEntry(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """What every entry has. `author` is the username of who caused it."""

    seq: int
    timestamp: int
    author: str


class ConversationCreated(BaseEntry, frozen=True, kw_only=True, tag="created"):
    """The first entry of every log."""

    type: ConversationKind
    members: tuple[MemberRole, ...]
    title: str = ""


class MessageSent(BaseEntry, frozen=True, kw_only=True, tag="message"):
    """A message. `id` is the client's own; `number` counts the conversation's messages from 1; `reply_to` is a
    timestamp, and so is `live_until`: until then the author shows where they are. `thread` is the timestamp of the
    message that the replies began with: the server's own, 0 where the message replies to none. `mentions` are
    usernames, and `@all` or `@here` where it names everybody.

    When the message is deleted, what it said is erased from its entry too, and `erased` is true.
    """

    id: str
    number: int
    text: str = ""
    reply_to: int = 0
    attachments: tuple[Attachment, ...] = ()
    mentions: tuple[str, ...] = ()
    live_until: int = 0
    thread: int = 0
    erased: bool = False


class MessageEdited(BaseEntry, frozen=True, kw_only=True, tag="edited"):
    """The message at `target` (a timestamp) says `text` from now on. `unlinked` are links that are no longer in it and
    had previews, which go with them."""

    target: int
    text: str = ""
    mentions: tuple[str, ...] = ()
    unlinked: tuple[str, ...] = ()
    erased: bool = False


class MessageDeleted(BaseEntry, frozen=True, kw_only=True, tag="deleted"):
    """The message at `target` is gone; a tombstone stays."""

    target: int


class ReactionAdded(BaseEntry, frozen=True, kw_only=True, tag="reaction_added"):
    target: int
    emoji: str


class ReactionRemoved(BaseEntry, frozen=True, kw_only=True, tag="reaction_removed"):
    target: int
    emoji: str


class MessagePreviewed(BaseEntry, frozen=True, kw_only=True, tag="previewed"):
    """The message at `target` has these previews from now on: found by the server for the message's author, or what
    `author` has left of them."""

    target: int
    previews: tuple[Preview, ...] = ()
    erased: bool = False


class MemberAdded(BaseEntry, frozen=True, kw_only=True, tag="member_added"):
    username: str
    role: Role = Role.MEMBER


class MemberRemoved(BaseEntry, frozen=True, kw_only=True, tag="member_removed"):
    """`username` is no longer a member: removed by `author`, or left when both are the same."""

    username: str


class RoleChanged(BaseEntry, frozen=True, kw_only=True, tag="role_changed"):
    username: str
    role: Role


class TitleChanged(BaseEntry, frozen=True, kw_only=True, tag="title_changed"):
    title: str


class SettingsChanged(BaseEntry, frozen=True, kw_only=True, tag="settings_changed"):
    """What is absent did not change."""

    live_typing: bool | UnsetType = UNSET
    history: History | UnsetType = UNSET


class Hidden(Struct, frozen=True, kw_only=True, tag_field="kind", tag="hidden"):
    """An entry about a message that the reader may not read: it keeps the log free of gaps and says nothing else."""

    seq: int
    timestamp: int


Entry = (
    ConversationCreated
    | MessageSent
    | MessageEdited
    | MessageDeleted
    | ReactionAdded
    | ReactionRemoved
    | MessagePreviewed
    | MemberAdded
    | MemberRemoved
    | RoleChanged
    | TitleChanged
    | SettingsChanged
)
AboutMessage = MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved | MessagePreviewed
"""Entries about an earlier message, named by its timestamp in `target`."""
VisibleEntry = Entry | Hidden
"""What a reader is given."""


def target_of(entry: Entry | Hidden) -> int | None:
    """The timestamp of the message that the entry is about, if it is about one."""
    return entry.target if isinstance(entry, AboutMessage) else None


def hide(entry: Entry) -> Hidden:
    """What a reader gets who may not read the message that `entry` is about."""
    return Hidden(seq=entry.seq, timestamp=entry.timestamp)


def is_same(one: Entry, other: Entry) -> bool:
    """Whether both are the same entry of one log: an entry never changes, but what it said may have been erased, and
    one of an earlier version has no `thread`, which follows from the rest of the log."""
    one, other = _without_thread(one), _without_thread(other)
    if one == other or not (getattr(one, "erased", False) or getattr(other, "erased", False)):
        return one == other
    return without_words(one) == without_words(other)


def with_thread(entry: Entry, thread_at: Callable[[int], int]) -> Entry:
    """The entry of an export, with its thread where an earlier version wrote it without: it follows from the message
    that it replies to. `thread_at` gives the thread of the message at a timestamp, 0 where it is in none."""
    if not isinstance(entry, MessageSent) or entry.thread or not entry.reply_to:
        return entry
    return replace(entry, thread=thread_at(entry.reply_to) or entry.reply_to)


def _without_thread(entry: Entry) -> Entry:
    return replace(entry, thread=0) if isinstance(entry, MessageSent) and entry.thread else entry


def without_words(entry: Entry) -> Entry:
    """What is left of an entry that is erased."""
    match entry:
        case MessageSent():
            return replace(entry, text="", attachments=(), mentions=(), reply_to=0, live_until=0, erased=True)
        case MessageEdited():
            return replace(entry, text="", mentions=(), unlinked=(), erased=True)
        case MessagePreviewed():
            return replace(entry, previews=(), erased=True)
        case _:
            return entry
