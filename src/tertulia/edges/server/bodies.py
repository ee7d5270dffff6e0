"""Request bodies, bounded: read whole where they are JSON, streamed where they are a file's content."""

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from tertulia.domain.errors import InvalidError
from tertulia.edges.server.caller import Headers

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class ClientGoneError(Exception):
    """The client closed the connection before its request was whole. Nobody is there to answer."""


def declared_length(headers: Headers) -> int | None:
    """The length of the body, where the headers declare it. Raises InvalidError `invalid_request`."""
    value = headers.get(b"content-length")
    if value is None:
        return None
    if not value.isdigit():
        raise InvalidError("invalid_request", "Content-Length is not a number.")
    return int(value)


async def read_json(receive: Receive, headers: Headers, at_most: int) -> bytes:
    """The whole body, empty where there is none.

    Raises InvalidError `too_large`, as soon as that is certain, and `invalid_request` where a body is there and doesn't
    call itself JSON: a page of another site can't say so without a preflight, so it can't send one.
    """
    length = declared_length(headers)
    if length is not None and length > at_most:
        raise _too_large(at_most)
    if length == 0 or (length is None and b"transfer-encoding" not in headers):
        return b""
    if not _is_json(headers.get(b"content-type", b"")):
        raise InvalidError("invalid_request", "Send the body as JSON, with Content-Type: application/json.")
    chunks: list[bytes] = []
    size = 0
    async for chunk in _chunks(receive):
        size += len(chunk)
        if size > at_most:
            raise _too_large(at_most)
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def stream(receive: Receive, headers: Headers, at_most: int) -> AsyncIterator[bytes]:
    """The body as it arrives. Raises InvalidError `too_large` where it goes beyond `at_most` bytes."""
    length = declared_length(headers)
    if length is not None and length > at_most:
        raise _too_large(at_most)
    size = 0
    async for chunk in _chunks(receive):
        size += len(chunk)
        if size > at_most:
            raise _too_large(at_most)
        yield chunk


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        body: bytes = message.get("body", b"")
        if body:
            yield body
        if not message.get("more_body", False):
            return


def _is_json(content_type: bytes) -> bool:
    media_type, _, _ = content_type.partition(b";")
    return media_type.strip().lower() == b"application/json"


def _too_large(at_most: int) -> InvalidError:
    return InvalidError("too_large", at_most=at_most)
