"""What callers get. A field may be added; none changes its meaning."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from tertulia.domain.drafts import KeptDraft
from tertulia.domain.entries import ConversationKind, History, VisibleEntry
from tertulia.domain.library import Adding, PictureKind
from tertulia.domain.media import MediaKind
from tertulia.domain.members import Cursor, Role
from tertulia.domain.messages import Message
from tertulia.domain.notifying import Level
from tertulia.domain.users import User
from tertulia.domain.versions import Version


class Response(Struct, frozen=True, kw_only=True):
    """What every response is built on."""


class Empty(Response, frozen=True):
    """Nothing to say beyond that it is done."""


class Session(Response, frozen=True, omit_defaults=True):
    """`expires_in` is in seconds. `refresh_token` is there only where the request asked for it."""

    access_token: str
    expires_in: int
    user: User
    refresh_token: str | UnsetType = UNSET


class KeySet(Response, frozen=True):
    """A JWK set."""

    keys: list[dict[str, str]]


class Users(Response, frozen=True):
    """`cursor` is null on the last page."""

    users: list[User]
    cursor: str | None = None


class Invite(Response, frozen=True):
    code: str
    expires_in: int


class Head(Response, frozen=True):
    """Where the log stands: the last `seq` and `timestamp`, and how many messages there are."""

    seq: int
    timestamp: int
    messages: int


class MemberView(Response, frozen=True):
    """`read` is how far the member has read, as far as others are shown it."""

    username: str
    role: Role
    read: Cursor


class ConversationView(Response, frozen=True):
    """A conversation as the caller sees it. `members` shows the first ones; `member_count` says how many there are.

    `role`, `read` and `unread` are the caller's. `since` is the timestamp from which the caller may read.
    """

    id: str
    kind: ConversationKind
    title: str
    live_typing: bool
    history: History
    created: int
    head: Head
    last_message: Message | None
    members: list[MemberView]
    member_count: int
    role: Role
    read: Cursor
    unread: int
    since: int


class Conversations(Response, frozen=True):
    """By id, not by time: the client has to hold them all anyway, and sorts by `head.timestamp`."""

    conversations: list[ConversationView]
    cursor: str | None = None


class Members(Response, frozen=True):
    members: list[MemberView]
    cursor: str | None = None


class Messages(Response, frozen=True):
    """Ascending. `more_before` and `more_after`: there are messages beyond this page on that side."""

    messages: list[Message]
    more_before: bool
    more_after: bool
    head: Head


class Versions(Response, frozen=True):
    """Newest first. `cursor` is what to give as `before` for the next page, null on the last one."""

    versions: list[Version]
    cursor: int | None = None


class Log(Response, frozen=True):
    """Every readable entry with `after` < seq <= `through`, in order. What is missing in between is not for this
    reader."""

    entries: list[VisibleEntry]
    through: int
    head: Head


class ReadState(Response, frozen=True):
    read: Cursor
    unread: int


class KeptDrafts(Response, frozen=True):
    """Those of conversations in which the caller is. A file that is named may be gone: an upload that is in no message
    is deleted after a week."""

    drafts: list[KeptDraft]


class DraftKept(Response, frozen=True):
    """When, by the server's clock. The event `kept_draft` says the same to the caller's other devices."""

    timestamp: int


class QuietHoursView(Response, frozen=True):
    """From minute `begin` of the day in the time zone `zone` to minute `end`, nothing is told."""

    begin: int
    end: int
    zone: str
    offset: int


class NotificationChoice(Response, frozen=True):
    """What is told of a conversation; nothing until `muted_until` (microseconds)."""

    level: Level
    muted_until: int


class NotifiedDevice(Response, frozen=True):
    """A browser that is told of messages, by the id that the server gave it. `since` in microseconds."""

    id: str
    show_text: bool
    since: int


class Notifications(Response, frozen=True):
    """`key` is the server's public key for push subscriptions (`applicationServerKey`). Of conversations that aren't in
    `conversations` all is told. Where `receipts` is false, others are not to be shown what the caller reads: a client
    then says `private` when it moves the cursor."""

    key: str
    devices: list[NotifiedDevice]
    quiet: QuietHoursView | None
    conversations: dict[str, NotificationChoice]
    receipts: bool


class SearchResult(Response, frozen=True):
    conversation: str
    message: Message


class SearchResults(Response, frozen=True):
    """`cursor` says from where to go on, also where `results` are few or none; null: that was all."""

    results: list[SearchResult]
    cursor: str | None = None


class Media(Response, frozen=True, omit_defaults=True):
    """A file: what it is, and addresses for its content (`url`) and its thumbnails, where it has any, that are good
    until `expires` (seconds since 1970). `small` lies within 960 x 400 pixels, `large` within 2048 x 2048; both stand
    still; of a film they show its poster. `playable` is a sound or a film again as every browser plays it (MP4), where
    the server makes one: soon after the file was completed.

    To complete what was sent already answers an empty `url`. `kind` is absent until the upload is completed. What isn't
    known is absent. `duration` is in seconds, `thumbhash` is base64.
    """

    id: str
    name: str
    type: str
    size: int
    url: str
    expires: int
    kind: MediaKind | UnsetType = UNSET
    width: int = 0
    height: int = 0
    thumbhash: str = ""
    animated: bool = False
    duration: float = 0
    small: str = ""
    large: str = ""
    playable: str = ""


class PackView(Response, frozen=True):
    """Pictures of one kind that came together."""

    id: str
    kind: PictureKind
    title: str


class LibraryView(Response, frozen=True):
    """What administrators decided about the server's own pictures, and their packs; `house` is the one that comes with
    the product. Who may add GIFs `gifs` says."""

    gifs: Adding
    house: bool
    packs: list[PackView]


class PictureView(Response, frozen=True, omit_defaults=True):
    """One of the server's own pictures. `media` is its id; `alt` says in words what it shows. `url` is its content and
    `still`, where it moves, a picture of it that doesn't; good until `expires` (seconds since 1970), or for ever where
    that is absent. `thumbhash` is base64, sizes are in pixels."""

    media: str
    kind: PictureKind
    name: str
    url: str
    added_by: str = ""
    added: int = 0
    still: str = ""
    expires: int = 0
    type: str = ""
    width: int = 0
    height: int = 0
    thumbhash: str = ""
    animated: bool = False
    alt: str = ""
    tags: tuple[str, ...] = ()
    pack: str = ""


class Pictures(Response, frozen=True):
    """`cursor` says from where to go on, also where `pictures` are few or none; null: that was all."""

    pictures: list[PictureView]
    cursor: str | None = None


class PackProblem(Response, frozen=True):
    """Why a file of a pack was not taken: an error's `code`, and what to do."""

    file: str
    code: str
    detail: str


class PackTaken(Response, frozen=True):
    """How many pictures this call `added`, which files it didn't take, and where the `next` call begins; null: that was
    all."""

    pack: PackView
    added: int
    next: int | None
    problems: list[PackProblem]


class MediaPart(Response, frozen=True):
    """Send this part of the content, counted from 1, with `method` to `url`, with `headers`."""

    number: int
    method: str
    url: str
    headers: dict[str, str]


class MediaUpload(Response, frozen=True, omit_defaults=True):
    """Send the content with `method` to `url`, with `headers`, before `expires` (seconds since 1970).

    A large file has `parts` instead, each of `part_bytes` but the last, which is what is left; in any order, several at
    a time. An upload that broke off goes on with those that `GET /api/media/{id}/parts` says are missing.
    """

    id: str
    expires: int
    method: str = ""
    url: str = ""
    headers: dict[str, str] = {}
    part_bytes: int = 0
    parts: list[MediaPart] = []


class MediaParts(Response, frozen=True):
    """The numbers of the parts that have `arrived`, and where to send the others, before `expires`. A file that comes
    whole has no parts."""

    id: str
    expires: int
    part_bytes: int
    arrived: list[int]
    parts: list[MediaPart]


class WebSocketTicket(Response, frozen=True):
    """Good once, for `expires_in` seconds, for the user and the web origin that asked for it."""

    ticket: str
    expires_in: int


class Status(Response, frozen=True):
    status: str


class Problem(Response, frozen=True, omit_defaults=True):
    """An error (RFC 9457). `code` is stable; `detail` says what to do."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    temporary: bool = False
    retry_after: float | UnsetType = UNSET
    details: dict[str, Any] | UnsetType = UNSET
    request_id: str | UnsetType = UNSET
