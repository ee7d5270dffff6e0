"""One request and its answer (RFC 9112), read no further than it is wanted."""

import asyncio
import re
import zlib
from collections.abc import AsyncGenerator, Mapping
from typing import Final

from msgspec import Struct

from tertulia.adapters.web.refusals import RefusedError
from tertulia.adapters.web.targets import Target

USER_AGENT: Final = "Tertulia (link preview)"
_PIECE: Final = 16 * 1024
_FIELDS_MAX: Final = 100
_STATUS: Final = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: .*)?")
_NAME: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LENGTH: Final = re.compile(r"[0-9]{1,15}")
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?\r?\n")
_ENDED: Final = (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError)


class Head(Struct, frozen=True):
    """`fields` by their names in lower case; of one that came twice the first."""

    status: int
    fields: Mapping[str, str]


class Body(Struct, frozen=True):
    """`whole`: there was no more of it."""

    content: bytes
    whole: bool


def request(target: Target, accept: str) -> bytes:
    """Without cookies, credentials, Referer or anything else that says who asks."""
    lines = (
        f"GET {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        f"User-Agent: {USER_AGENT}",
        f"Accept: {accept}",
        "Accept-Encoding: gzip, identity;q=0.5",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


async def read_head(reader: asyncio.StreamReader) -> Head:
    """Raises RefusedError for what isn't HTTP/1."""
    try:
        first, *lines = (await reader.readuntil(b"\r\n\r\n"))[:-4].split(b"\r\n")
    except _ENDED:
        raise RefusedError("no answer in HTTP") from None
    status = _STATUS.fullmatch(first)
    if status is None or len(lines) > _FIELDS_MAX:
        raise RefusedError("no answer in HTTP")
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not _NAME.fullmatch(name):
            raise RefusedError("no answer in HTTP")
        fields.setdefault(name.decode("ascii").lower(), value.decode("latin-1").strip(" \t"))
    return Head(int(status[1]), fields)


async def read_body(reader: asyncio.StreamReader, head: Head, most: int) -> Body:
    """At most `most` bytes of the content, decompressed, and never more than that over the wire or in memory. Raises
    RefusedError."""
    content, came = bytearray(), 0
    unpack = _unpacker(head.fields.get("content-encoding", ""))
    pieces = _pieces(reader, head)
    async for piece in pieces:
        came += len(piece)
        content += unpack.decompress(piece, most + 1 - len(content)) if unpack else piece
        if len(content) > most or came > most:
            await pieces.aclose()
            return Body(bytes(content[:most]), whole=False)
    return Body(bytes(content), whole=True)


class _Unpacker:
    """gzip and zlib; never gives more than it is asked for, so that a bomb stays small."""

    def __init__(self) -> None:
        # 32: which of the two it is stands in its header (zlib's manual, inflateInit2).
        self._inner: Final = zlib.decompressobj(zlib.MAX_WBITS | 32)

    def decompress(self, piece: bytes, most: int) -> bytes:
        try:
            return self._inner.decompress(piece, most)
        except zlib.error:
            raise RefusedError("what can't be unpacked") from None


def _unpacker(encoding: str) -> _Unpacker | None:
    match encoding.lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip" | "deflate":
            return _Unpacker()
        case _:
            raise RefusedError("an unknown encoding")


async def _pieces(reader: asyncio.StreamReader, head: Head) -> AsyncGenerator[bytes, None]:
    """The content as it comes over the wire (RFC 9112, 6.3). What breaks off simply ends."""
    coding = head.fields.get("transfer-encoding", "").lower()
    if coding not in ("", "identity", "chunked"):
        raise RefusedError("an unknown encoding")
    if coding == "chunked":
        async for piece in _chunks(reader):
            yield piece
        return
    length = head.fields.get("content-length", "")
    left = int(length) if _LENGTH.fullmatch(length) else None
    while left is None or left > 0:
        piece = await reader.read(_PIECE if left is None else min(_PIECE, left))
        if not piece:
            return
        left = None if left is None else left - len(piece)
        yield piece


async def _chunks(reader: asyncio.StreamReader) -> AsyncGenerator[bytes, None]:
    while True:
        try:
            size = _CHUNK.fullmatch(await reader.readline())
        except ValueError:
            size = None
        if size is None:
            raise RefusedError("no answer in HTTP")
        left = int(size[1], 16)
        if not left:
            return
        while left:
            piece = await reader.read(min(_PIECE, left))
            if not piece:
                return
            left -= len(piece)
            yield piece
        await reader.readline()
