"""uvicorn's HTTP/1.1 protocol with the bounds that it leaves to a proxy: of a request's head, and of waiting.

Without them a connection could send headers for ever, or nothing at all and stay (RFC 9112, 3 and 9.5).
"""

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class BoundedHttpProtocol(HttpToolsProtocol):
    """Closes a connection whose request has too large a head or stalls, or whose client doesn't read its answer.

    `head_bytes` bounds request line and headers together, trailers too. `stall_seconds` is how long a head may take to
    arrive, how long nothing may arrive of a body, and how long an answer may wait for a client that reads none of it.
    `discard_bytes` is how much of a body is still taken after its request was refused, so that the client reads why.
    `connections_max` bounds all connections of the process, WebSockets among them; one more is closed as it comes.
    uvicorn's `limit_concurrency` looks at requests only, so that silent connections could use up the open files.
    """

    connections_max: ClassVar[int] = 19_500
    head_bytes: ClassVar[int] = 32 * 1024
    headers_max: ClassVar[int] = 100
    stall_seconds: ClassVar[float] = 30.0
    discard_bytes: ClassVar[int] = 1024 * 1024

    _heard = 0.0
    _pending = 0
    _head = 0
    _discarded = 0
    _unsent = 0
    _in_head = True
    _waiting = True
    _watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.connections_max:
            transport.abort()
            return
        self._heard = self.loop.time()
        self._watch = self.loop.call_later(self.stall_seconds, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self._unwatch()
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        if not self._in_head:
            self._heard = self.loop.time()
        if not self._waiting and self.cycle.response_complete:
            self._waiting = True
        # What the parser keeps of a field that doesn't end shows in no callback, so what brings no callback is counted.
        self._pending += len(data)
        super().data_received(data)
        if self._pending > self.head_bytes and not self.transport.is_closing():
            self.send_400_response("The request's head is too large.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._pending = self._head = self._discarded = 0
        self._waiting = self._in_head = True
        self._heard = self.loop.time()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        if len(self.headers) >= self.headers_max:
            raise ValueError("too many headers")
        super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        self._pending = 0
        if self.cycle.response_complete:
            self._discarded += len(body)
            if self._discarded > self.discard_bytes:
                self.transport.close()
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._pending = 0
        self._waiting, self._in_head = False, True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._heard = self.loop.time()
        super().on_response_complete()

    def _count(self, size: int) -> None:
        """Raises ValueError, which the parser turns into an answer of 400 and the end of the connection."""
        self._pending = 0
        self._head += size
        if self._head > self.head_bytes:
            raise ValueError("the head is too large")

    def _look(self) -> None:
        """Ends the connection where the other side has been still for too long; else looks again when it could be."""
        now = self.loop.time()
        unsent = self.transport.get_write_buffer_size()
        stuck = unsent > 0 and unsent == self._unsent
        silent = self._waiting and not self.flow.read_paused and now - self._heard >= self.stall_seconds
        if stuck or silent:
            self.transport.abort()
            return
        self._unsent = unsent
        due = self._heard + self.stall_seconds - now if self._waiting else self.stall_seconds
        self._watch = self.loop.call_later(max(due, self.stall_seconds / 10), self._look)

    def _unwatch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None


def bounded(**bounds: Any) -> type[BoundedHttpProtocol]:
    """The protocol with other bounds than the usual ones."""
    return type("BoundedHttpProtocol", (BoundedHttpProtocol,), bounds)
