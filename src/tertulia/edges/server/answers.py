"""From an operation's `Answer` to Starlette's responses."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, Final

import msgspec
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from tertulia.api.dispatch import Answer, failure
from tertulia.api.http import set_cookie
from tertulia.domain.errors import ChatError
from tertulia.edges.server.exchange import Exchange, Kind

_JSON: Final = msgspec.json.Encoder()


def json_response(body: Any) -> Response:
    return Response(_JSON.encode(body), media_type="application/json")


def error_response(exchange: Exchange, error: ChatError) -> Response:
    """The error as a problem (RFC 9457)."""
    return answer_response(exchange, failure(error, exchange.caller.request_id))


def answer_response(exchange: Exchange, answer: Answer) -> Response:
    exchange.code, exchange.username = answer.code, answer.username
    if answer.content is not None:
        exchange.kind = Kind.CONTENT
        if exchange.method == "HEAD":
            return Response(None, answer.status, answer.headers)
        return ContentResponse(_in_turns(answer.content), answer.status, answer.headers)
    response = Response(_JSON.encode(answer.body), answer.status, answer.headers, "application/json")
    if answer.status in (429, 503):
        response.headers.setdefault("retry-after", "1")
    if not isinstance(answer.cookie, msgspec.UnsetType):
        response.headers.append("set-cookie", set_cookie(answer.cookie, secure=exchange.caller.https))
    return response


class ContentResponse(StreamingResponse):
    """Starlette's stream, with its source closed also where the client leaves. Where the source fails after the status
    went out, the connection is closed early, by which the client knows."""

    body_iterator: AsyncGenerator[bytes, None]

    async def stream_response(self, send: Send) -> None:
        async with aclosing(self.body_iterator):
            await super().stream_response(send)


async def _in_turns(content: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """The content, with a turn of the loop for others after each piece: sending waits only for a full buffer, and never
    for a client that is gone, so without it nobody would notice that."""
    try:
        async for piece in content:
            yield piece
            await asyncio.sleep(0)
    finally:
        if isinstance(content, AsyncGenerator):
            await content.aclose()
