"""The types of single fields, with their limits, as both the decoder and the documents need them."""

from typing import Annotated

from msgspec import Meta

from tertulia.domain import limits

USERNAME_PATTERN = r"^[a-z0-9][a-z0-9_.-]*$"
MEDIA_TYPE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}$"
ID_PATTERN = r"^[A-Za-z0-9_-]+$"

Username = Annotated[
    str,
    Meta(
        min_length=limits.USERNAME_MIN,
        max_length=limits.USERNAME_MAX,
        pattern=USERNAME_PATTERN,
        description="Lower-case letters, digits, `_`, `.` and `-`; begins with a letter or digit.",
    ),
]
Name = Annotated[str, Meta(max_length=limits.NAME_MAX, description="A person's name as others see it.")]
StatusEmoji = Annotated[str, Meta(max_length=limits.EMOJI_MAX, description="One emoji, or empty.")]
StatusText = Annotated[str, Meta(max_length=limits.STATUS_TEXT_MAX, description="One line.")]
Email = Annotated[
    str,
    Meta(max_length=limits.EMAIL_MAX, description="Where a code is sent to, where the server asks for one."),
]
NewPassword = Annotated[str, Meta(min_length=limits.PASSWORD_MIN, max_length=limits.PASSWORD_MAX)]
Password = Annotated[str, Meta(min_length=1, max_length=limits.PASSWORD_MAX)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
ConversationId = Annotated[str, Meta(min_length=1, max_length=64, pattern=ID_PATTERN)]
ClientId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=limits.CLIENT_ID_MAX,
        pattern=ID_PATTERN,
        description="The client's own id. A retry with the same id has no second effect; a UUID or ULID is a good one.",
    ),
]
MediaName = Annotated[str, Meta(min_length=1, max_length=limits.MEDIA_NAME_MAX, description="A file's name.")]
MediaType = Annotated[
    str, Meta(max_length=129, pattern=MEDIA_TYPE_PATTERN, description="A media type such as `image/png`.")
]
MediaSize = Annotated[
    int,
    Meta(
        ge=1,
        description="Bytes. How many a file may have `/config.json` says; more is refused as `too_large`.",
    ),
]
PartNumber = Annotated[int, Meta(ge=1, le=10_000, description="Of a part, from 1 on.")]
Peak = Annotated[int, Meta(ge=0, le=limits.PEAK_MAX)]
Peaks = Annotated[
    list[Peak], Meta(max_length=limits.PEAKS_MAX, description="How loud a voice note is over its length.")
]
MediaId = Annotated[str, Meta(min_length=1, max_length=64, pattern=ID_PATTERN)]
Portrait = Annotated[
    str, Meta(max_length=64, pattern=r"^[A-Za-z0-9_-]*$", description="A completed upload; empty: none.")
]
NoPortrait = Annotated[str, Meta(max_length=0, description="Empty: the person's picture is removed.")]
PictureName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=limits.PICTURE_NAME_MAX,
        description="Of an emoji: up to 30 of the letters a to z, digits, `_`, `+` and `-`.",
    ),
]
PictureAlt = Annotated[str, Meta(max_length=limits.PICTURE_ALT_MAX, description="Says in words what it shows.")]
PictureTags = Annotated[
    list[Annotated[str, Meta(max_length=limits.PICTURE_TAG_MAX)]],
    Meta(max_length=limits.PICTURE_TAGS_MAX, description="By what else it is found."),
]
LibraryQuery = Annotated[str, Meta(max_length=limits.LIBRARY_QUERY_MAX)]
PackStart = Annotated[int, Meta(ge=0, le=limits.PACK_PICTURES_MAX, description="`next` of the answer before.")]
Timestamp = Annotated[
    int,
    Meta(ge=0, le=limits.TIMESTAMP_MAX, description="Microseconds; strictly increasing within a conversation."),
]
Seq = Annotated[int, Meta(ge=0, le=limits.TIMESTAMP_MAX, description="Place in the log: 1, 2, 3 ... without gaps.")]
Title = Annotated[str, Meta(max_length=limits.TITLE_MAX)]
Text = Annotated[str, Meta(max_length=limits.TEXT_MAX)]
LiveSeconds = Annotated[
    int,
    Meta(
        ge=0,
        le=limits.LIVE_SECONDS_MAX,
        description=f"For so long the message shows where its author is: 0, or from {limits.LIVE_SECONDS_MIN} on.",
    ),
]
Emoji = Annotated[str, Meta(min_length=1, max_length=limits.EMOJI_MAX)]
Limit = Annotated[int, Meta(ge=1, le=limits.PAGE_MAX)]
LogLimit = Annotated[int, Meta(ge=1, le=limits.LOG_PAGE_MAX)]
MembersLimit = Annotated[int, Meta(ge=1, le=limits.MEMBERS_PAGE_MAX)]
PageCursor = Annotated[
    str,
    Meta(max_length=limits.CURSOR_MAX, description="`cursor` of the page before; absent for the first page."),
]
Minute = Annotated[int, Meta(ge=0, lt=24 * 60, description="Of a day, from midnight on.")]
TimeZone = Annotated[
    str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$", description="Such as `Europe/Madrid`.")
]
ZoneOffset = Annotated[int, Meta(ge=-18 * 60, le=18 * 60, description="Minutes east of Greenwich.")]
Endpoint = Annotated[
    str, Meta(min_length=1, max_length=limits.PUSH_ENDPOINT_MAX, description="The address of a push service, https.")
]
SubscriptionKey = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_-]+=*$")]
DeviceId = Annotated[str, Meta(min_length=1, max_length=64, pattern=ID_PATTERN)]
