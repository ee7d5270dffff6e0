"""Handlers of files."""

import re
from typing import Final

from msgspec.structs import replace

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api.calls import Answer, Call
from tertulia.domain.errors import InvalidError
from tertulia.domain.media import CACHE_CONTROL, Variant, delivered_type, disposition
from tertulia.services.chat import Chat
from tertulia.services.media import Announced, Described, Opened

_RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


async def create_media(chat: Chat, call: Call[q.Nothing, q.Nothing, q.CreateMedia]) -> Answer:
    b = call.body
    announced = await chat.media.announce(call.identity, b.name, b.type, b.size)
    upload, whole = announced.upload, announced.whole
    body = r.MediaUpload(
        id=upload.id,
        expires=announced.expires,
        method=whole.method if whole else "",
        url=whole.url if whole else "",
        headers=whole.headers if whole else {},
        part_bytes=upload.part_bytes,
        parts=_parts(announced),
    )
    return Answer(status=201, body=body)


async def list_parts(chat: Chat, call: Call[q.MediaPath, q.Nothing, None]) -> Answer:
    announced, arrived = await chat.media.missing(call.identity, call.path.id)
    upload = announced.upload
    body = r.MediaParts(
        id=upload.id,
        expires=announced.expires,
        part_bytes=upload.part_bytes,
        arrived=sorted(arrived),
        parts=_parts(announced),
    )
    return Answer(status=200, body=body)


async def complete_media(chat: Chat, call: Call[q.MediaPath, q.Nothing, q.CompleteMedia]) -> Answer:
    described = await chat.media.complete(call.identity, call.path.id, call.body.poster or "")
    return Answer(status=200, body=_media(described))


async def get_media(chat: Chat, call: Call[q.MediaPath, q.MediaQuery, None]) -> Answer:
    described = await chat.media.describe(call.identity, call.path.id, download=call.query.download)
    return Answer(status=200, body=_media(described))


async def upload_content(chat: Chat, call: Call[q.MediaPath, q.SignedQuery, None]) -> Answer:
    if call.incoming.content is None:
        raise InvalidError("invalid_request", "The body is the content of the file.")
    await chat.media.receive(call.path.id, call.incoming.content, call.query.expires, call.query.signature)
    return Answer(status=200, body=r.Empty())


async def upload_part(chat: Chat, call: Call[q.PartPath, q.SignedQuery, None]) -> Answer:
    if call.incoming.content is None:
        raise InvalidError("invalid_request", "The body is the content of the part.")
    path, query = call.path, call.query
    await chat.media.receive(path.id, call.incoming.content, query.expires, query.signature, path.number)
    return Answer(status=200, body=r.Empty())


async def get_content(chat: Chat, call: Call[q.MediaPath, q.ContentQuery, None]) -> Answer:
    query = call.query
    signed = (query.expires, query.signature, Variant(query.variant))
    opened = await chat.media.open(call.path.id, *signed, download=query.download)
    asked = byte_range(call.incoming.range, opened.size)
    start, end = asked or (0, opened.size)
    headers = {**_headers(opened, download=query.download), "Content-Length": str(end - start)}
    if asked:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{opened.size}"
    return Answer(status=206 if asked else 200, headers=headers, content=chat.media.read(opened, start, end))


def _parts(announced: Announced) -> list[r.MediaPart]:
    return [
        r.MediaPart(number=number, method=address.method, url=address.url, headers=address.headers)
        for number, address in announced.parts
    ]


def _media(described: Described) -> r.Media:
    upload, urls = described.upload, described.urls
    details = upload.details
    body = r.Media(
        id=upload.id,
        name=upload.name,
        type=upload.type,
        size=upload.size,
        url=urls.get(Variant.ORIGINAL, ""),
        expires=described.expires,
        small=urls.get(Variant.SMALL, ""),
        large=urls.get(Variant.LARGE, ""),
        playable=urls.get(Variant.PLAYABLE, ""),
    )
    if details is None:
        return body
    return replace(
        body,
        kind=details.kind,
        width=details.width,
        height=details.height,
        thumbhash=details.thumbhash,
        animated=details.animated,
        duration=details.duration or 0,
    )


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


def _headers(opened: Opened, *, download: bool) -> dict[str, str]:
    delivered = delivered_type(opened.upload.type, opened.variant)
    return {
        "Content-Type": delivered,
        "Content-Disposition": disposition(opened.upload.name, delivered, download=download),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "Cache-Control": CACHE_CONTROL,
    }
