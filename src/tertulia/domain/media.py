"""What a file is, and how its content reaches a browser: the same from every home."""

from enum import StrEnum
from typing import Final
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from tertulia.domain import limits


class MediaKind(StrEnum):
    """How a client shows a file. `file` is only ever a download."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"


class Variant(StrEnum):
    """The contents of one file: what people sent, cleaned, the thumbnails of a picture or of a film's poster, and a
    sound or a film again as every browser plays it."""

    ORIGINAL = "original"
    SMALL = "small"
    LARGE = "large"
    PLAYABLE = "playable"


class Details(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was found when a file was looked at; a file that has them may be sent. What isn't known is 0 or "".

    `width` and `height` are in pixels, as shown; `duration` in seconds. `thumbhash` is the blurred picture in about 25
    bytes (base64). `animated`: the picture moves, and its thumbnails are of the first frame. `small`, `large`,
    `playable`: there is such a variant; the thumbnails and the hash of a film are those of its poster.
    """

    kind: MediaKind
    width: int = 0
    height: int = 0
    thumbhash: str = ""
    animated: bool = False
    duration: float = 0
    small: bool = False
    large: bool = False
    playable: bool = False

    def with_poster(self, poster: "Details") -> "Details":
        """A film's, with the thumbnails of the picture that stands for it."""
        return replace(self, thumbhash=poster.thumbhash, small=poster.small, large=poster.large)

    def variants(self) -> list[Variant]:
        """Those that there are."""
        there = (True, self.small, self.large, self.playable)
        return [variant for variant, has in zip(Variant, there, strict=True) if has]


SHOWN_TYPES: Final = frozenset(
    {
        "audio/aac",
        "audio/flac",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/webm",
        "image/avif",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
        "video/mp4",
        "video/ogg",
        "video/quicktime",
        "video/webm",
    }
)
"""Types that a browser may show in a page. Anything else, SVG and HTML among it, is only ever a download."""
THUMBNAIL_TYPE: Final = "image/webp"
NOT_EVERYWHERE: Final = frozenset({"audio/ogg", "audio/webm", "video/ogg", "video/quicktime", "video/webm"})
"""Types that some browser in use doesn't play; WebKit no Ogg and, before Safari 18.4, no WebM."""
CACHE_CONTROL: Final = "private, max-age=3600, immutable"
"""A content never changes, and its address is good for an hour."""


def delivered_type(media_type: str, variant: Variant = Variant.ORIGINAL) -> str:
    """The Content-Type of a file of type `media_type`, or of a variant of it."""
    if variant is Variant.PLAYABLE:
        return "audio/mp4" if media_type.startswith("audio/") else "video/mp4"
    if variant is not Variant.ORIGINAL:
        return THUMBNAIL_TYPE
    return media_type if media_type in SHOWN_TYPES else "application/octet-stream"


def disposition(name: str, media_type: str, *, download: bool = False) -> str:
    """The Content-Disposition (RFC 6266) of a file of that name and type. `download`: it is saved, whatever it is."""
    shown = "inline" if media_type in SHOWN_TYPES and not download else "attachment"
    return f"{shown}; filename*=UTF-8''{quote(name, safe='')}"


def fitted(size: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """Width and height within the box, in the same proportion and never larger."""
    scale = min(1.0, box[0] / size[0], box[1] / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def part_count(size: int, part_bytes: int) -> int:
    """How many parts a file has; 0 where it comes whole."""
    return -(-size // part_bytes) if part_bytes else 0


def part_size(size: int, part_bytes: int, number: int) -> int:
    """The bytes of the part `number`, which counts from 1; 0 where there is no such part."""
    return max(0, min(part_bytes, size - (number - 1) * part_bytes)) if number > 0 else 0


def part_bytes_for(size: int) -> int:
    """In parts of how many bytes a file of this size is sent; 0: whole."""
    return limits.MEDIA_PART_BYTES if size > limits.MEDIA_WHOLE_MAX else 0
