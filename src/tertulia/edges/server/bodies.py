"""Request bodies, bounded: read whole where they are JSON, streamed where they are a file's content."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.datastructures import Headers
from starlette.requests import Request

from tertulia.api.http import require_json
from tertulia.domain.errors import InvalidError


def declared_length(headers: Headers) -> int | None:
    """The length of the body, where the headers declare it. Raises InvalidError `invalid_request`."""
    value = headers.get("content-length")
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()):
        raise InvalidError("invalid_request", "Content-Length is not a number.")
    return int(value)


async def read_json(request: Request, at_most: int) -> bytes:
    """The whole body, empty where there is none.

    Raises InvalidError `too_large`, as soon as that is certain, and `invalid_request` where a body is there and doesn't
    call itself JSON: a page of another site can't say so without a preflight, so it can't send one. Raises
    ClientDisconnect where the client leaves.
    """
    headers = request.headers
    length = declared_length(headers)
    if length == 0 or (length is None and "transfer-encoding" not in headers):
        return b""
    require_json(headers.get("content-type", ""))
    async with aclosing(stream(request, at_most)) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def stream(request: Request, at_most: int) -> AsyncGenerator[bytes]:
    """The body as it arrives. Raises InvalidError `too_large` where it goes beyond `at_most` bytes.

    Starlette's own limit is not used: it answers in plain text, and before the request's origin was looked at.
    """
    size = declared_length(request.headers) or 0
    if size > at_most:
        raise InvalidError("too_large", at_most=at_most)
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > at_most:
            raise InvalidError("too_large", at_most=at_most)
        yield chunk
