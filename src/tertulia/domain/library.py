"""The library: the server's own pictures, which everybody signed in may see and send.

A picture is a sticker, a GIF or an emoji. Its content is a file like any other; here is what the library knows of it.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from tertulia.domain import limits
from tertulia.domain.entries import Attachment
from tertulia.domain.errors import InvalidError
from tertulia.domain.media import Details, MediaKind
from tertulia.domain.texts import checked_line

OWNER: Final = "#library"
"""In the place of the conversation that a file belongs to: no conversation's id begins with `#`."""
_EMOJI_NAME: Final = re.compile(f"[a-z0-9_+-]{{1,{limits.EMOJI_NAME_MAX}}}")
_PACK: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class PictureKind(StrEnum):
    """What a picture is for. A sticker is a message by itself; a GIF moves; an emoji stands in a line as `:name:`."""

    STICKER = "sticker"
    GIF = "gif"
    EMOJI = "emoji"


class Adding(StrEnum):
    """Who may add GIFs. Everything else only administrators add."""

    EVERYONE = "everyone"
    ADMINISTRATORS = "administrators"


class Picture(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One picture. `media` is its file; `key` its place among those of its kind, by which they are listed; `pack` the
    pack that it came with, or "". `alt` says in words what it shows, "" where the name says it. `added` is in
    microseconds; the rest is as `Attachment` has it."""

    kind: PictureKind
    key: str
    media: str
    name: str
    type: str
    size: int
    added_by: str
    added: int
    width: int = 0
    height: int = 0
    thumbhash: str = ""
    animated: bool = False
    alt: str = ""
    tags: tuple[str, ...] = ()
    pack: str = ""


class Pack(Struct, frozen=True, kw_only=True):
    """Pictures of one kind that came, and go, together."""

    id: str
    kind: PictureKind
    title: str
    added: int


class Rules(Struct, frozen=True, kw_only=True):
    """What administrators decide about the library. `house`: the pack that comes with the product is shown."""

    gifs: Adding = Adding.EVERYONE
    house: bool = True


MOST: Final = {
    PictureKind.STICKER: limits.LIBRARY_STICKERS_MAX,
    PictureKind.GIF: limits.LIBRARY_GIFS_MAX,
    PictureKind.EMOJI: limits.LIBRARY_EMOJI_MAX,
}
"""How many of a kind a server has at the most."""
_BYTES: Final = {
    PictureKind.STICKER: limits.STICKER_BYTES_MAX,
    PictureKind.GIF: limits.GIF_BYTES_MAX,
    PictureKind.EMOJI: limits.EMOJI_BYTES_MAX,
}
_SIDES: Final = {
    PictureKind.STICKER: limits.STICKER_SIDE_MAX,
    PictureKind.GIF: limits.IMAGE_SIDE_MAX,
    PictureKind.EMOJI: limits.EMOJI_SIDE_MAX,
}


def key_of(kind: PictureKind, media: str, name: str, added: int, pack: str = "", position: int = 0) -> str:
    """Where a picture stands: an emoji by its name, of which there is one; a sticker in its pack, the rest newest
    first."""
    if kind is PictureKind.EMOJI:
        return name
    if pack:
        return f"{pack}.{position:04}"
    return f"~{limits.TIMESTAMP_MAX - added:016}.{media}"


def claim_of(kind: PictureKind, key: str) -> str:
    """In the place of the client id of the message that a file belongs to: by it the picture of a file is found."""
    return f"{kind}/{key}"


def place_of(claim: str) -> tuple[PictureKind, str]:
    """Kind and key, from what `claim_of` made."""
    kind, _, key = claim.partition("/")
    return PictureKind(kind), key


def checked_name(kind: PictureKind, name: str) -> str:
    """Raises `invalid_request`."""
    if kind is PictureKind.EMOJI:
        if not _EMOJI_NAME.fullmatch(name):
            raise InvalidError(
                "invalid_request",
                f"An emoji's name has up to {limits.EMOJI_NAME_MAX} of the letters a to z, digits, `_`, `+` and `-`.",
            )
        return name
    line = checked_line(name, limits.PICTURE_NAME_MAX, "A picture's name")
    if not line:
        raise InvalidError("invalid_request", "The picture needs a name.")
    return line


def checked_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Each once, in their order, blank ones left out. Raises `invalid_request`."""
    found = dict.fromkeys(checked_line(tag, limits.PICTURE_TAG_MAX, "A tag") for tag in tags)
    found.pop("", None)
    if len(found) > limits.PICTURE_TAGS_MAX:
        raise InvalidError(
            "invalid_request", f"A picture has up to {limits.PICTURE_TAGS_MAX} tags.", maximum=limits.PICTURE_TAGS_MAX
        )
    return tuple(found)


def checked_alt(alt: str) -> str:
    return checked_line(alt, limits.PICTURE_ALT_MAX, "A description")


def is_pack_id(text: str) -> bool:
    """Whether a pack can be called so: never where it would sort among what has none."""
    return _PACK.fullmatch(text) is not None


def require_suitable(kind: PictureKind, details: Details | None, size: int) -> Details:
    """The details of a file that can be such a picture. Raises `picture_unsuitable`."""
    if details is None or details.kind is not MediaKind.IMAGE:
        raise InvalidError("picture_unsuitable", "The file is not a picture that was completed.")
    if kind is PictureKind.GIF and not details.animated:
        raise InvalidError("picture_unsuitable", "The picture doesn't move. GIFs of the library do.")
    if size > _BYTES[kind]:
        raise InvalidError(
            "picture_unsuitable", f"The picture has more than {_BYTES[kind]:,} bytes.", maximum=_BYTES[kind]
        )
    if max(details.width, details.height) > _SIDES[kind]:
        raise InvalidError(
            "picture_unsuitable", f"The picture is wider or higher than {_SIDES[kind]} pixels.", maximum=_SIDES[kind]
        )
    return details


def attachment_of(picture: Picture) -> Attachment:
    """How a message carries it: by reference to the one file."""
    return Attachment(
        media=picture.media,
        name=picture.name,
        type=picture.type,
        size=picture.size,
        width=picture.width,
        height=picture.height,
        thumbhash=picture.thumbhash,
        animated=picture.animated,
        alt=picture.alt or picture.name,
        library=picture.kind.value,
    )


def emoji_named(reaction: str) -> str | None:
    """The name in a reaction of the form `:name:`; None where it is another."""
    return reaction[1:-1] if len(reaction) > 2 and reaction[0] == reaction[-1] == ":" else None
