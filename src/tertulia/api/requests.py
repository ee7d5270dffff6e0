"""What callers send: paths, queries and bodies. Unknown fields are refused, so that a misspelt one is noticed."""

from typing import Literal, Protocol

from msgspec import UNSET, Struct, UnsetType

from tertulia.api import fields
from tertulia.domain import limits
from tertulia.domain.entries import ConversationKind, History
from tertulia.domain.library import Adding, PictureKind
from tertulia.domain.members import Role
from tertulia.domain.notifying import Level


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every request is built on."""


class Nothing(Request, frozen=True):
    """No parameters."""


# Accounts


class SignUp(Request, frozen=True):
    """`email` is needed where new accounts are confirmed with a code, and not kept where they are not."""

    username: fields.Username
    password: fields.NewPassword
    name: fields.Name = ""
    invite: fields.Code | None = None
    email: fields.Email = ""


class Confirm(Request, frozen=True):
    username: fields.Username
    code: fields.Code


class SignIn(Request, frozen=True):
    """`return_refresh_token`: put the refresh token into the body too, for a client that keeps no cookies."""

    username: fields.Username
    password: fields.Password
    return_refresh_token: bool = False


class Refresh(Request, frozen=True):
    """The token is taken from the cookie where it is absent here."""

    refresh_token: str | None = None
    return_refresh_token: bool = False


class SignOut(Request, frozen=True):
    refresh_token: str | None = None
    everywhere: bool = False


class ChangePassword(Request, frozen=True):
    old: fields.Password
    new: fields.NewPassword
    return_refresh_token: bool = False


class ResendCode(Request, frozen=True):
    username: fields.Username


class ForgotPassword(Request, frozen=True):
    username: fields.Username


class ResetPassword(Request, frozen=True):
    username: fields.Username
    code: fields.Code
    new: fields.NewPassword


class UsersQuery(Request, frozen=True):
    """`usernames` (separated by commas, at most 100) asks for these, and answers where their pictures are; else `query`
    searches the directory."""

    query: str = ""
    usernames: str = ""
    limit: fields.Limit = limits.PAGE_DEFAULT
    cursor: fields.PageCursor = ""


class UserPath(Request, frozen=True):
    username: fields.Username


class UpdateMe(Request, frozen=True):
    """What is absent stays. `picture` is a completed upload of the caller's, "" to have none."""

    name: fields.Name | UnsetType = UNSET
    picture: fields.Portrait | UnsetType = UNSET


class UpdateUser(Request, frozen=True):
    """For administrators."""

    disabled: bool | UnsetType = UNSET
    admin: bool | UnsetType = UNSET
    picture: fields.NoPortrait | UnsetType = UNSET


class CreateInvite(Request, frozen=True):
    """For administrators. `hours` is how long the invitation is good."""

    admin: bool = False
    hours: int = 72


# Conversations


class CreateConversation(Request, frozen=True):
    """`id` names the request: sent again with the same id, it answers with the same group. `members` leaves out the
    caller."""

    kind: ConversationKind
    members: list[fields.Username]
    title: fields.Title = ""
    id: fields.ClientId | None = None


class ConversationPath(Request, frozen=True):
    id: fields.ConversationId


class ConversationsQuery(Request, frozen=True):
    limit: fields.Limit = limits.PAGE_DEFAULT
    cursor: fields.PageCursor = ""


class UpdateConversation(Request, frozen=True):
    """What is absent stays."""

    title: fields.Title | UnsetType = UNSET
    live_typing: bool | UnsetType = UNSET
    history: History | UnsetType = UNSET


class MembersQuery(Request, frozen=True):
    limit: fields.MembersLimit = limits.MEMBERS_PAGE_MAX
    cursor: fields.PageCursor = ""


class MemberPath(Request, frozen=True):
    id: fields.ConversationId
    username: fields.Username


class PutMember(Request, frozen=True):
    """Without a role: a member where the person is new, and unchanged where not."""

    role: Role | UnsetType = UNSET


# Messages


class AttachmentRef(Request, frozen=True):
    """`media` is the id of a completed upload of the sender's; `alt` says in words what it shows. `voice`: it is a
    voice note, with its `peaks`."""

    media: fields.MediaId
    alt: str = ""
    voice: bool = False
    peaks: fields.Peaks = []


class MessageFields(Protocol):
    """What a request and an action to send a message have in common."""

    @property
    def id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def reply_to(self) -> int: ...
    @property
    def attachments(self) -> list[AttachmentRef]: ...
    @property
    def live_seconds(self) -> int: ...


class SendMessage(Request, frozen=True):
    id: fields.ClientId
    text: fields.Text = ""
    reply_to: fields.Timestamp = 0
    attachments: list[AttachmentRef] = []
    live_seconds: fields.LiveSeconds = 0


class MessagesQuery(Request, frozen=True):
    """At most one of `before`, `after`, `around`, each a timestamp; without, the last page. With `thread` only the
    message at that timestamp and the replies of its thread."""

    before: fields.Timestamp | None = None
    after: fields.Timestamp | None = None
    around: fields.Timestamp | None = None
    thread: fields.Timestamp | None = None
    limit: fields.Limit = limits.PAGE_DEFAULT


class LogQuery(Request, frozen=True):
    after: fields.Seq = 0
    limit: fields.LogLimit = limits.LOG_PAGE_MAX


class MessagePath(Request, frozen=True):
    id: fields.ConversationId
    timestamp: fields.Timestamp


class EditMessage(Request, frozen=True):
    text: fields.Text


class VersionsQuery(Request, frozen=True):
    """`before`: the cursor of the page before this one."""

    before: fields.Timestamp | None = None
    limit: fields.Limit = limits.PAGE_DEFAULT


class ReactionPath(Request, frozen=True):
    id: fields.ConversationId
    timestamp: fields.Timestamp
    emoji: fields.Emoji


class MoveCursor(Request, frozen=True):
    """`private`: others are shown nothing of it."""

    timestamp: fields.Timestamp
    private: bool = False


class SearchMessages(Request, frozen=True, rename={"from_": "from"}):
    """`query` may quote phrases. `has` is `attachment` or `link`. Times are timestamps in microseconds."""

    query: str = ""
    conversation: fields.ConversationId | None = None
    from_: fields.Username | None = None
    before: fields.Timestamp | None = None
    after: fields.Timestamp | None = None
    has: str | None = None
    limit: fields.Limit = limits.PAGE_DEFAULT
    cursor: fields.PageCursor = ""


# Drafts


class KeepDraft(Request, frozen=True):
    """What a message would say if it was sent now; a file is described in up to 500 characters. Without text and files
    there is no draft any more."""

    text: fields.Text = ""
    reply_to: fields.Timestamp = 0
    attachments: list[AttachmentRef] = []


# Notifications


class QuietHours(Request, frozen=True):
    """From minute `begin` of the day to minute `end`, also over midnight, in the time zone `zone` (its IANA name),
    which is `offset` minutes east of Greenwich now."""

    begin: fields.Minute
    end: fields.Minute
    zone: fields.TimeZone
    offset: fields.ZoneOffset


class SetQuietHours(Request, frozen=True):
    quiet: QuietHours | None


class ChooseNotifications(Request, frozen=True):
    """What is absent stays. Until `muted_until` (microseconds) nothing is told; 0 unmutes."""

    level: Level | UnsetType = UNSET
    muted_until: fields.Timestamp | UnsetType = UNSET


class PutDevice(Request, frozen=True):
    """A browser's push subscription: its `endpoint` and its keys (base64url). `show_text`: notifications there say what
    was written."""

    endpoint: fields.Endpoint
    p256dh: fields.SubscriptionKey
    auth: fields.SubscriptionKey
    show_text: bool = True


class DevicePath(Request, frozen=True):
    id: fields.DeviceId


# Media


class CreateMedia(Request, frozen=True):
    """`type` is a media type, `size` is in bytes."""

    name: fields.MediaName
    type: fields.MediaType
    size: fields.MediaSize


class CompleteMedia(Request, frozen=True):
    """`poster`: the picture that stands for a film until it plays, a completed upload of the same person's that no
    message carries. Its thumbnails become the film's, and it is deleted. One that isn't so is disregarded."""

    poster: fields.MediaId | None = None


class MediaPath(Request, frozen=True):
    id: fields.MediaId


class PartPath(Request, frozen=True):
    id: fields.MediaId
    number: fields.PartNumber


class SignedQuery(Request, frozen=True):
    """The parts of a signed address."""

    expires: int
    signature: str


class ContentQuery(Request, frozen=True):
    """The parts of a signed address, whose signature is for this `variant` alone."""

    expires: int
    signature: str
    variant: Literal["original", "small", "large", "playable"] = "original"
    download: bool = False


class MediaQuery(Request, frozen=True):
    """`download`: the address in `url` is for saving the file; a browser doesn't show what comes from there."""

    download: bool = False


# Library


class UpdateLibrary(Request, frozen=True):
    """What is absent stays. `gifs`: who may add GIFs; `house`: whether the pack that comes with the product is
    shown."""

    gifs: Adding | UnsetType = UNSET
    house: bool | UnsetType = UNSET


class PicturesQuery(Request, frozen=True):
    """Those of a `kind`, of which each word of `query` begins a word of the name, a tag or the description."""

    kind: PictureKind
    query: fields.LibraryQuery = ""
    limit: fields.Limit = limits.PAGE_DEFAULT
    cursor: fields.PageCursor = ""


class AddPicture(Request, frozen=True):
    """`media` is the id of a completed upload of the caller's."""

    media: fields.MediaId
    kind: PictureKind
    name: fields.PictureName
    alt: fields.PictureAlt = ""
    tags: fields.PictureTags = []


class AddPack(Request, frozen=True):
    """`media` is the id of an upload of the caller's: a zip of stickers or emoji. It is taken in some pictures at a
    time: call again with `start`, until `next` is null."""

    media: fields.MediaId
    kind: PictureKind = PictureKind.STICKER
    title: fields.Title = ""
    start: fields.PackStart = 0


class PackPath(Request, frozen=True):
    id: fields.MediaId
