"""Handlers of files."""

import re
from typing import Final

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api.calls import Answer, Call
from tertulia.domain.errors import InvalidError
from tertulia.domain.media import CACHE_CONTROL, delivered_type, disposition
from tertulia.ports.media import Upload
from tertulia.services.chat import Chat

_RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


async def create_media(chat: Chat, call: Call[q.Nothing, q.Nothing, q.CreateMedia]) -> Answer:
    b = call.body
    upload, address = await chat.media.announce(call.identity, b.name, b.type, b.size)
    body = r.MediaUpload(
        id=upload.id, method=address.method, url=address.url, headers=address.headers, expires=address.expires
    )
    return Answer(status=201, body=body)


async def get_media(chat: Chat, call: Call[q.MediaPath, q.Nothing, None]) -> Answer:
    upload, url, expires = await chat.media.describe(call.identity, call.path.id)
    body = r.Media(id=upload.id, name=upload.name, type=upload.type, size=upload.size, url=url, expires=expires)
    return Answer(status=200, body=body)


async def upload_content(chat: Chat, call: Call[q.MediaPath, q.SignedQuery, None]) -> Answer:
    if call.incoming.content is None:
        raise InvalidError("invalid_request", "The body is the content of the file.")
    await chat.media.receive(call.path.id, call.incoming.content, call.query.expires, call.query.signature)
    return Answer(status=200, body=r.Empty())


async def get_content(chat: Chat, call: Call[q.MediaPath, q.SignedQuery, None]) -> Answer:
    upload = await chat.media.open(call.path.id, call.query.expires, call.query.signature)
    asked = byte_range(call.incoming.range, upload.size)
    start, end = asked or (0, upload.size)
    headers = {**_headers(upload), "Content-Length": str(end - start)}
    if asked:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{upload.size}"
    return Answer(status=206 if asked else 200, headers=headers, content=chat.media.read(upload.id, start, end))


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """Start and exclusive end of a single byte range (RFC 9110, 14.1.2). None, which means all of it, where there is no
    header, or one that can't be satisfied or isn't understood, as the RFC allows."""
    match = _RANGE.fullmatch(header.strip())
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        start, end = max(0, size - int(match[2])), size
    else:
        start, end = int(match[1]), min(size, int(match[2]) + 1) if match[2] else size
    return (start, end) if start < end else None


def _headers(upload: Upload) -> dict[str, str]:
    return {
        "Content-Type": delivered_type(upload.type),
        "Content-Disposition": disposition(upload.name, upload.type),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "Cache-Control": CACHE_CONTROL,
    }
