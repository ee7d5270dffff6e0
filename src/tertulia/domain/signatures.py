"""What a content is, by its first bytes, and whether that is what its name and type say.

A table of our own: libraries for this disagree about HEIC and M4A, and what matters here is short. What passes as a
picture is then decoded, so that its first bytes alone decide nothing.
"""

import re
from typing import Final

from msgspec import Struct

from tertulia.domain.errors import InvalidError
from tertulia.domain.media import MediaKind

_PLAIN: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\xff\x0a", "image/jxl"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    # One without entries is nothing but its end (APPNOTE.TXT, 4.3.16).
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-elf"),
)
_BRANDS: Final = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"hevc": "image/heic",
    b"hevx": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
    b"crx ": "image/x-canon-cr3",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
}
"""Major brands (ISO/IEC 14496-12, 4.3); every other one is taken for MP4."""
_ALIASES: Final = {
    "audio/m4a": "audio/mp4",
    "audio/mp3": "audio/mpeg",
    "audio/opus": "audio/ogg",
    "audio/vnd.wave": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/x-aac": "audio/aac",
    "audio/x-flac": "audio/flac",
    "audio/x-m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "application/ogg": "audio/ogg",
    "image/apng": "image/png",
    "image/heif": "image/heic",
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "video/3gpp": "video/mp4",
    "video/x-m4v": "video/mp4",
    "application/x-zip-compressed": "application/zip",
}
_EXTENSIONS: Final = {
    **dict.fromkeys(("jpg", "jpeg", "jpe", "jfif"), "image/jpeg"),
    **dict.fromkeys(("png", "apng"), "image/png"),
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    **dict.fromkeys(("heic", "heif"), "image/heic"),
    **dict.fromkeys(("tif", "tiff"), "image/tiff"),
    "jxl": "image/jxl",
    "svg": "image/svg+xml",
    "aac": "audio/aac",
    "flac": "audio/flac",
    **dict.fromkeys(("m4a", "m4b"), "audio/mp4"),
    "mp3": "audio/mpeg",
    **dict.fromkeys(("ogg", "oga", "opus"), "audio/ogg"),
    "wav": "audio/wav",
    "weba": "audio/webm",
    **dict.fromkeys(("mp4", "m4v", "3gp"), "video/mp4"),
    "mov": "video/quicktime",
    "ogv": "video/ogg",
    "webm": "video/webm",
    "pdf": "application/pdf",
    "zip": "application/zip",
    **dict.fromkeys(("exe", "dll"), "application/x-msdownload"),
    **dict.fromkeys(("htm", "html"), "text/html"),
}
_FAMILIES: Final = (
    frozenset({"audio/mp4", "video/mp4", "video/quicktime"}),
    frozenset({"audio/ogg", "video/ogg"}),
    frozenset({"audio/webm", "video/webm"}),
)
"""Types that only a look inside can tell apart."""
LOOKED_INTO: Final = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "audio/aac", "audio/flac", "audio/mpeg", "audio/wav"}
    | frozenset().union(*_FAMILIES)
)
"""Types of which more is found out than their first bytes say."""
UNSUPPORTED: Final = frozenset({"image/avif", "image/heic", "image/jxl", "image/tiff", "image/x-canon-cr3"})
"""Pictures that say where they were taken, and that we can't rewrite."""
_SIGNED: Final = (
    LOOKED_INTO
    | UNSUPPORTED
    | {"application/pdf", "application/zip", "application/gzip", "application/x-msdownload", "application/x-elf"}
)
_GENERIC: Final = frozenset({"application/octet-stream", "binary/octet-stream"})
_EXTENSION: Final = re.compile(r"\.([a-z0-9]{1,5})$")


class Found(Struct, frozen=True):
    """What a content is. `type` is the one that it is given from now on."""

    kind: MediaKind
    type: str


def examine(name: str, declared: str, head: bytes) -> Found:
    """What the content that begins with `head` is. Raises `media_mismatch` where that isn't what its name or type say,
    and `media_unsupported`."""
    claims = _claims(name, declared)
    found = recognise(head) or next((claim for claim in claims if _confirmed(claim, head)), "")
    for claim in claims:
        if not _agrees(claim, found):
            raise InvalidError("media_mismatch", found=found or "application/octet-stream", claimed=claim)
    if found in UNSUPPORTED:
        raise InvalidError("media_unsupported", found=found)
    if found not in LOOKED_INTO:
        return Found(MediaKind.FILE, declared)
    # Only what was claimed tells a voice note from a film, before it is looked into.
    exact = next((claim for claim in claims if claim != found and found.partition("/")[0] != "image"), found)
    return Found(MediaKind(exact.partition("/")[0]), found if "video/quicktime" in (exact, found) else exact)


def recognise(head: bytes) -> str:
    """The media type of what begins like this; "" where it is none of those that we know."""
    for magic, kind in _PLAIN:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], "")
    if head[:4] == b"OggS":
        return "video/ogg" if b"\x80theora" in head or b"\x01video" in head else "audio/ogg"
    if head[:4] == b"\x1aE\xdf\xa3":
        # EBML: the document type is in the header (RFC 8794, 11.2.4).
        return "video/webm" if b"webm" in head[:64] else ""
    if head[4:8] == b"ftyp":
        return _brand(head)
    return "video/quicktime" if head[4:8] in (b"moov", b"mdat", b"wide") else ""


def _brand(head: bytes) -> str:
    kind = _BRANDS.get(head[8:12], "video/mp4")
    compatible = head[16 : int.from_bytes(head[:4], "big")]
    if kind == "image/heic" and b"avif" in compatible:
        return "image/avif"
    return kind


def _confirmed(claim: str, head: bytes) -> bool:
    """Whether a content begins as such a type may: too little to recognise it by."""
    if len(head) < 2 or head[0] != 0xFF:
        return False
    layer = head[1] >> 1 & 3
    if claim == "audio/mpeg":
        return head[1] >> 5 == 7 and layer != 0
    return claim == "audio/aac" and head[1] >> 4 == 15 and layer == 0


def _claims(name: str, declared: str) -> list[str]:
    """What the type and the extension say, where they say something."""
    claims = [] if declared in _GENERIC else [_ALIASES.get(declared, declared)]
    extension = _EXTENSION.search(name.lower())
    if extension and extension[1] in _EXTENSIONS:
        claims.append(_EXTENSIONS[extension[1]])
    return claims


def _agrees(claim: str, found: str) -> bool:
    if claim == found or any(claim in family and found in family for family in _FAMILIES):
        return True
    if found in LOOKED_INTO or found in UNSUPPORTED:
        # A raw picture is a TIFF with a type of its own.
        return found == "image/tiff" and claim.startswith("image/") and claim not in _SIGNED
    # Documents are zips; what has no signature of its own can begin with anything.
    return claim not in _SIGNED
