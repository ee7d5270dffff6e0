"""One HTTP request and its answer, and what is to be remembered of them for the log and the metrics."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, Final

import msgspec

from tertulia.api.errors import problem
from tertulia.api.openapi import PROBLEM
from tertulia.api.responses import Problem
from tertulia.domain.errors import ChatError
from tertulia.edges.server.bodies import ClientGoneError, Message, Receive, Send
from tertulia.edges.server.caller import Caller, Headers, Scope
from tertulia.edges.server.headers import RawHeaders

PROBLEM_TYPE: Final = PROBLEM.encode("ascii")
JSON_TYPE: Final = b"application/json"
_JSON: Final = msgspec.json.Encoder()


class Exchange:
    """`operation` is the name of what was asked for, from a fixed set, so that it can be a label of a metric."""

    __slots__ = (
        "_send",
        "caller",
        "code",
        "headers",
        "method",
        "operation",
        "raw_path",
        "receive",
        "scope",
        "sent",
        "status",
        "username",
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send, caller: Caller, headers: Headers) -> None:
        self.scope: Final = scope
        self.receive: Final = receive
        self.caller: Final = caller
        self.headers: Final = headers
        self.method: Final[str] = scope["method"]
        self.raw_path: Final[bytes] = scope.get("raw_path") or scope["path"].encode()
        self.operation = "unknown"
        self.status = 0
        self.code = ""
        self.username = ""
        self.sent = 0
        self._send: Final = send

    @property
    def started(self) -> bool:
        """Whether the status has gone out, so that no other can."""
        return self.status != 0

    async def send(self, message: Message) -> None:
        """What an ASGI application calls; it adds the request's id and keeps count."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [
                *message.get("headers", ()),
                (b"x-request-id", self.caller.request_id.encode("ascii")),
            ]
        else:
            self.sent += len(message.get("body", b""))
        await self._send(message)

    async def respond(self, status: int, headers: RawHeaders, body: bytes) -> None:
        """Sends a whole answer. `headers` without the length, which 204 and 304 must not have (RFC 9110, 8.6)."""
        if status not in (204, 304):
            headers = [*headers, (b"content-length", b"%d" % len(body))]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": b"" if self.method == "HEAD" else body})

    async def respond_json(self, status: int, headers: RawHeaders, body: Any) -> None:
        await self.respond(status, [(b"content-type", JSON_TYPE), *headers], _JSON.encode(body))

    async def respond_problem(self, headers: RawHeaders, error: ChatError) -> None:
        """Sends an error as a problem (RFC 9457)."""
        self.code = error.code
        body = problem(error, self.caller.request_id)
        headers = [(b"content-type", PROBLEM_TYPE), *headers, *problem_headers(body)]
        await self.respond(body.status, headers, _JSON.encode(body))

    async def respond_stream(self, status: int, headers: RawHeaders, content: AsyncIterator[bytes]) -> None:
        """Sends an answer as it comes. Where `content` fails after the status went out, the connection is closed early,
        by which the client knows. Raises ClientGoneError, and reads no more, where the client closes it."""
        gone = asyncio.ensure_future(_until_gone(self.receive))
        try:
            async with aclosing(content) if hasattr(content, "aclose") else _Open():  # type: ignore[type-var]
                await self.send({"type": "http.response.start", "status": status, "headers": headers})
                if self.method != "HEAD":
                    async for chunk in content:
                        await self.send({"type": "http.response.body", "body": chunk, "more_body": True})
                        # Sending waits only for a full buffer, and never for a client that is gone.
                        await asyncio.sleep(0)
                        if gone.done():
                            raise ClientGoneError
                await self.send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class _Open:
    """Stands where there is nothing to close."""

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *_: object) -> None: ...


def problem_headers(body: Problem) -> RawHeaders:
    """What HTTP says besides the body: how to sign in (RFC 6750, 3) and when to come again (RFC 9110, 10.2.3)."""
    if body.status == 401:
        return [(b"www-authenticate", b'Bearer realm="tertulia"')]
    if body.status in (429, 503):
        wait = body.retry_after if isinstance(body.retry_after, int | float) else 1.0
        return [(b"retry-after", b"%d" % max(1, -int(-wait // 1)))]
    return []
