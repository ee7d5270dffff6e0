"""Animations without anything but their frames: GIF, WebP and PNG are taken apart and put together again from the
pieces that are needed to show them. Comments, EXIF, XMP, profiles and whatever comes after the end stay behind.

No frame is decoded here, so nothing is lost, and how many there are is known before any is.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from tertulia.adapters.pillow.failures import broken

_PNG_KEPT: Final = frozenset(
    (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"acTL", b"fcTL", b"fdAT", b"IDAT", b"IEND")
)
_PNG_START: Final = b"\x89PNG\r\n\x1a\n"
_WEBP_KEPT: Final = frozenset((b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"))
_WEBP_SAYS_MORE: Final = 0x20 | 0x08 | 0x04
"""The bits of VP8X that announce a profile, EXIF and XMP."""
_GIF_LOOPS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


class Cleaned(NamedTuple):
    """`frames` is 1 where nothing moves; `lossless`: the frames have lost nothing yet."""

    content: bytes
    frames: int
    lossless: bool = True


def clean(content: bytes, media_type: str) -> Cleaned:
    """Raises RefusedError `media_broken` where the pieces don't make a whole."""
    try:
        return {"image/gif": _gif, "image/png": _png, "image/webp": _webp}[media_type](content)
    except (IndexError, struct.error) as error:
        raise broken() from error


def _png(content: bytes) -> Cleaned:
    kept, frames, ended = [_PNG_START], 0, False
    for name, chunk in _png_chunks(content):
        if name in _PNG_KEPT:
            kept.append(chunk)
        frames += name == b"fcTL"
        ended = name == b"IEND"
        if ended:
            break
    if not ended or not content.startswith(_PNG_START):
        raise broken()
    return Cleaned(b"".join(kept), max(1, frames))


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The name and all the bytes of each chunk (PNG, 5.3)."""
    at = len(_PNG_START)
    while at < len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        (check,) = struct.unpack_from(">I", content, end - 4)
        if check != zlib.crc32(content[at + 4 : end - 4]):
            raise broken()
        yield name, content[at:end]
        at = end


def _webp(content: bytes) -> Cleaned:
    (size,) = struct.unpack_from("<I", content, 4)
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or size + 8 > len(content) + 1:
        raise broken()
    kept, frames, lossless = [], 0, False
    for name, body in _riff_chunks(content, 12, min(size + 8, len(content))):
        if name not in _WEBP_KEPT:
            continue
        kept.append(_riff(name, _webp_body(name, body)))
        frames += name == b"ANMF"
        lossless = lossless or name == b"VP8L"
    whole = b"".join(kept)
    if not whole:
        raise broken()
    return Cleaned(b"RIFF" + struct.pack("<I", len(whole) + 4) + b"WEBP" + whole, max(1, frames), lossless)


def _webp_body(name: bytes, body: bytes) -> bytes:
    if name == b"VP8X":
        return bytes((body[0] & ~_WEBP_SAYS_MORE,)) + body[1:]
    if name == b"ANMF":
        inner = [_riff(n, b) for n, b in _riff_chunks(body, 16, len(body)) if n in _WEBP_KEPT]
        return body[:16] + b"".join(inner)
    return body


def _riff_chunks(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    while start + 8 <= end:
        name, length = struct.unpack_from("<4sI", content, start)
        if start + 8 + length > end:
            raise broken()
        yield name, content[start + 8 : start + 8 + length]
        start += 8 + length + length % 2


def _riff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _gif(content: bytes) -> Cleaned:
    flags = content[10]
    at = 13 + _palette(flags)
    kept, frames = [content[:at]], 0
    while content[at] != 0x3B:
        start = at
        if content[at] == 0x2C:
            # An image: its place, its colours if it has its own, the code size, then the data.
            at = _after_blocks(content, at + 10 + _palette(content[at + 9]) + 1)
            kept.append(content[start:at])
            frames += 1
        elif content[at] == 0x21:
            label, named = content[at + 1], content[at + 3 : at + 14]
            at = _after_blocks(content, at + 2)
            if label == 0xF9 or (label == 0xFF and named in _GIF_LOOPS):
                kept.append(content[start:at])
        else:
            raise broken()
    if not frames:
        raise broken()
    return Cleaned(b"".join((*kept, b"\x3b")), frames)


def _palette(flags: int) -> int:
    """The bytes of a table of colours (GIF89a, 18 and 20)."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_blocks(content: bytes, at: int) -> int:
    while content[at]:
        at += content[at] + 1
    return at + 1
