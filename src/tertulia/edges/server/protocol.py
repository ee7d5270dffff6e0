"""The WebSocket protocol for uvicorn: one connection, its time and memory bounded, its frames joined into few writes.

What messages mean, and who may connect, is for the doorkeeper to know (`websocket.py`).
"""

import asyncio
import os
import random
from typing import Any, ClassVar, Final, cast

from uvicorn.config import Config
from uvicorn.server import ServerState
from websockets.http11 import Request, Response

from tertulia.api.events import CLOSE_REASONS
from tertulia.domain import limits
from tertulia.edges.server.doors import Doorkeeper, Handshake, Receiver
from tertulia.edges.server.frames import GOODBYES, PING
from tertulia.edges.server.inbox import Inbox, Input, Sign

SLICE: Final = 4096
"""Bytes that are parsed before the bounds are looked at: at most 700 empty frames."""
WRITE_BYTES: Final = 256 * 1024
"""What is joined into one write at most."""
_REASONS: Final = {reason.code: reason.reason for reason in CLOSE_REASONS.values()}
_CONNECTING, _OPEN, _CLOSING, _CLOSED = range(4)
"""In `_CLOSING` goodbye is said: nothing more is sent, nothing more is listened to but the other side's close."""


class WebSocketProtocol(asyncio.Protocol):
    """One connection. Made by uvicorn for each upgrade; `bind` makes the class that it is given."""

    doorkeeper: ClassVar[Doorkeeper]

    __slots__ = (
        "_descriptor",
        "_heard",
        "_inbox",
        "_loop",
        "_reading",
        "_receiver",
        "_server",
        "_state",
        "_unread",
        "_waiting",
        "due",
        "fd",
        "pending",
        "queued",
        "transport",
        "writable",
    )

    def __init__(
        self,
        config: Config,  # noqa: ARG002 uvicorn's signature
        server_state: ServerState,
        app_state: dict[str, Any],  # noqa: ARG002
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._loop = _loop or asyncio.get_running_loop()
        self._server = server_state
        self._heard = self._loop.time()
        self._inbox = Inbox(self._heard)
        self._receiver: Receiver | None = None
        self._state = _CONNECTING
        self.pending: bytes | list[bytes] | None = None
        self.queued = 0
        self.writable = False
        self.fd = self._descriptor = -1
        self._reading = True
        self._unread = b""
        self.due = 0
        self._waiting = self.doorkeeper.outbox.waiting

    # Called by the transport and by uvicorn

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._descriptor = _descriptor(transport)
        # Typed for uvicorn's own protocols; what it asks of them is `shutdown`.
        self._server.connections.add(cast("Any", self))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._state = _CLOSED
        # From here on the number may be another connection's.
        self.fd = self._descriptor = -1
        self._server.connections.discard(cast("Any", self))
        self.doorkeeper.wheel.remove(self)
        self.pending = None
        self._unread = b""
        self._part()
        self._inbox.free()

    def data_received(self, data: bytes) -> None:
        self._heard = self._loop.time()
        if self._reading:
            self._feed(data)
        else:
            self._unread += data

    def pause_writing(self) -> None:
        self.writable = False

    def resume_writing(self) -> None:
        self.writable = True
        if self.pending is not None:
            self.doorkeeper.outbox.add(self)

    def shutdown(self) -> None:
        """The server stops."""
        if self._state == _CONNECTING:
            self._answer(self._inbox.conn.reject(503, "The server is stopping.\n"))
        elif self._receiver is not None:
            self._receiver.finish("shutting_down")

    # Called by the outbox

    def write(self, data: bytes) -> None:
        """Straight to the socket, as long as nothing waits in the transport: that queues what it gets until the end of
        the loop's turn, which costs half a microsecond more. What the socket doesn't take the transport writes, in the
        order in which it came; where it takes nothing because it is gone, the transport finds out."""
        if self.fd < 0 <= self._descriptor and not self.transport.get_write_buffer_size():
            self.fd = self._descriptor
        if self.fd >= 0:
            try:
                sent = os.write(self.fd, data)
            except OSError:
                sent = 0
            if sent == len(data):
                return
            self.fd = -1
            data = data[sent:]
        self.transport.write(data)

    # Called by the receiver and the hub

    def send(self, frame: bytes) -> None:
        """Sends a frame at the end of this turn of the loop. The bytes are shared, not copied, while they wait."""
        pending = self.pending
        if pending is None:
            if self._state > _OPEN:
                return
            self.pending = frame
            if self.writable:
                waiting = self._waiting
                if not waiting:
                    self.doorkeeper.outbox.schedule()
                waiting.append(self)
            return
        if isinstance(pending, list):
            pending.append(frame)
        else:
            self.pending = [pending, frame]
            self.queued = len(pending)
        self.queued += len(frame)
        if self.queued > WRITE_BYTES:
            self._relieve()

    def close(self, reason: str) -> None:
        """Says goodbye for one of `CLOSE_REASONS`, and closes."""
        if self._state != _OPEN:
            return
        why = CLOSE_REASONS[reason]
        timing = self.doorkeeper.timing
        # Patience is for those who did nothing wrong.
        patient = self.writable and why.resume and self._receiver and reason != "shutting_down"
        patience = timing.close if patient else timing.part
        self._inbox.conn.send_close(why.code, why.reason)
        self._say_goodbye(reason)
        if reason == "session_ended":
            # Not on the wheel, which is a tick late: the promise is a second.
            self._loop.call_later(0.5, self.transport.abort)
        self._schedule(patience)
        self._unpause()

    def pause_reading(self) -> None:
        """Takes no more messages; the other side finds out by TCP's flow control."""
        if self._reading:
            self._reading = False
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        if self._state == _OPEN:
            self._unpause()

    # Called by the wheel

    def tick(self, now: float) -> None:
        """A ping where it is silent, the end where nothing was heard for too long, or where closing takes too long."""
        if self._state != _OPEN:
            self.transport.abort()
            return
        timing = self.doorkeeper.timing
        silent = now - self._heard
        if silent >= timing.idle:
            self.close("idle")
        elif silent >= timing.heartbeat:
            self.send(PING)
            self._schedule(min(timing.heartbeat, timing.idle - silent))
        else:
            self._schedule(timing.heartbeat - silent)

    # The opening handshake

    def _open(self, request: Request) -> None:
        conn = self._inbox.conn
        response = conn.accept(request)
        if response.status_code != 101:
            # RFC 6455, 4.4: tell which version is spoken here.
            response.headers["Sec-WebSocket-Version"] = "13"
            self._answer(response)
            return
        path, _, query = request.path.partition("?")
        handshake = Handshake(
            path=path,
            query=query,
            headers={name.lower().encode(): value.encode("latin-1") for name, value in request.headers.raw_items()},
            address=self.transport.get_extra_info("peername") or None,
            secure=self.transport.get_extra_info("sslcontext") is not None,
        )
        refusal = self.doorkeeper.refuse(handshake)
        if refusal is not None:
            self._answer(conn.reject(refusal.status, refusal.sentence + "\n"))
            return
        self.pause_reading()
        task = self._loop.create_task(self._enter(handshake, response))
        self._server.tasks.add(task)
        task.add_done_callback(self._server.tasks.discard)

    async def _enter(self, handshake: Handshake, response: Response) -> None:
        """Answers once whoever is admitted gets all that is sent: nothing falls between connecting and listening."""
        try:
            async with asyncio.timeout(self.doorkeeper.timing.handshake):
                admitted = await self.doorkeeper.admit(handshake, self)
        except TimeoutError:
            admitted = "internal"
        if self._state != _CONNECTING:
            if not isinstance(admitted, str):
                admitted.lost()
            return
        conn = self._inbox.conn
        conn.send_response(response)
        self.transport.write(b"".join(conn.data_to_send()))
        self._state = _OPEN
        self.writable = True
        if isinstance(admitted, str):
            self.close(admitted)
            return
        self._receiver = admitted
        # Spread: those who came together are not pinged together.
        self._schedule(self.doorkeeper.timing.heartbeat * random.uniform(0.5, 1.0))  # noqa: S311
        if self.pending is not None:
            self.doorkeeper.outbox.add(self)
        self._unpause()

    def _answer(self, response: Response) -> None:
        """No upgrade: an HTTP response, and the end."""
        self._state = _CLOSING
        self._inbox.conn.send_response(response)
        self._write_last(b"")
        self._schedule(self.doorkeeper.timing.part)
        self._unpause()

    # Input

    def _feed(self, data: bytes) -> None:
        """Parses in slices, so that no read makes more than a bounded amount of work and objects at a time."""
        inbox = self._inbox
        for start in range(0, len(data), SLICE):
            if inbox.has_ended():
                return  # RFC 6455, 7.1.7: what comes after a failure is not processed
            for item in inbox.receive(data[start : start + SLICE], self._heard):
                self._take(item)
            if inbox.has_ended() and self._state == _OPEN:
                self._fail()
            elif inbox.conn.writes:
                for pong in inbox.conn.data_to_send():
                    self.send(pong)
            if not self._reading:
                self._unread = data[start + SLICE :]
                return

    def _take(self, item: Input) -> None:
        if item is Sign.CLOSE:
            # The core has made the answer. RFC 6455, 7.1.1: the server ends TCP first.
            self._state = _CLOSING
            self.pending = None
            self._write_last(b"")
            self.transport.close()
            self._part()
        elif isinstance(item, Request):
            self._open(item)
        elif self._receiver is None:
            return
        elif isinstance(item, bytes):
            self._receiver.received(item)
        else:
            self._receiver.heard()

    def _unpause(self) -> None:
        if self._reading or self._state == _CLOSED:
            return
        self._reading = True
        unread, self._unread = self._unread, b""
        if unread:
            self._feed(unread)
        if self._reading:
            self.transport.resume_reading()

    # The end

    def _fail(self) -> None:
        """The other side broke a rule, and the inbox has failed the connection."""
        sent = self._inbox.conn.close_sent
        self._say_goodbye(_REASONS.get(sent.code if sent else 0, "internal"))
        self._schedule(self.doorkeeper.timing.part)

    def _flush(self) -> None:
        """One write for all that waits, unless the other side doesn't read."""
        pending = self.pending
        if pending is None or not self.writable:
            return
        self.pending = None
        self.queued = 0
        self.write(pending if isinstance(pending, bytes) else b"".join(pending))

    def _relieve(self) -> None:
        """More waits than one write takes: write it now; or, where the other side doesn't read and the bound is
        reached, let it go. It can connect again and read the log."""
        if self.writable:
            self._flush()
        elif self.queued + self.transport.get_write_buffer_size() > limits.BUFFER_BYTES_MAX:
            self.close("resume")

    def _say_goodbye(self, reason: str) -> None:
        """The last frames. What waits for a peer that doesn't read is dropped: it is in the log."""
        self._flush()
        self._state = _CLOSING
        self.pending = None
        self.queued = 0
        self._write_last(GOODBYES[reason])
        self._part()

    def _write_last(self, goodbye: bytes) -> None:
        transport = self.transport
        frames = self._inbox.conn.data_to_send()
        if transport.is_closing():
            return
        transport.write(goodbye + b"".join(frames))
        if self._inbox.has_ended() and transport.can_write_eof():
            transport.write_eof()

    def _part(self) -> None:
        """Tells the receiver, once."""
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            receiver.lost()

    def _schedule(self, seconds: float) -> None:
        self.doorkeeper.wheel.schedule(self, self._loop.time() + seconds, self._loop)


def _descriptor(transport: asyncio.BaseTransport) -> int:
    """Of the socket, where what is written to it is what the other side gets; else -1."""
    if os.name != "posix" or transport.get_extra_info("sslcontext") is not None:
        return -1
    found = transport.get_extra_info("socket")
    return -1 if found is None else found.fileno()


def bind(doorkeeper: Doorkeeper) -> type[asyncio.Protocol]:
    """The class for `uvicorn.Config(ws=...)`, of which uvicorn makes one object for each connection."""
    return type("BoundWebSocketProtocol", (WebSocketProtocol,), {"__slots__": (), "doorkeeper": doorkeeper})
