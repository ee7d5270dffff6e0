"""What each connection is to be sent, joined: the system call is what a delivery costs.

The rest of a delivery's price is Python's, so the loops here are plain and call as little as they can.
"""

import asyncio
import logging
from typing import Final, Protocol

CHUNK: Final = 512
"""Connections that are written to before others get their turn: some milliseconds. What comes meanwhile for those
that still wait is joined to it."""
_logger: Final = logging.getLogger("tertulia.websocket")


class Outgoing(Protocol):
    """A connection: the frame or frames that wait, and whether its other side reads."""

    pending: bytes | list[bytes] | None
    queued: int
    writable: bool
    transport: asyncio.Transport


class Outbox:
    """Writes once to each connection for all that it gets within a turn of the loop.

    A connection with nothing pending and a readable other side appends itself to `waiting`, after `schedule` where that
    is empty.
    """

    __slots__ = ("waiting",)

    def __init__(self) -> None:
        self.waiting: Final[list[Outgoing]] = []

    def add(self, outgoing: Outgoing) -> None:
        if not self.waiting:
            self.schedule()
        self.waiting.append(outgoing)

    def schedule(self) -> None:
        """Writes at the end of the next turn: those who waited for a commit answer in that turn, and what they say goes
        out together with what the commit led to."""
        asyncio.get_running_loop().call_soon(self._ripen)

    def _ripen(self) -> None:
        asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        waiting = self.waiting
        batch = waiting[:CHUNK]
        del waiting[:CHUNK]
        if waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        for outgoing in batch:
            pending = outgoing.pending
            if pending is None or not outgoing.writable:
                continue
            outgoing.pending = None
            if type(pending) is list:
                outgoing.queued = 0
                pending = b"".join(pending)
            try:
                outgoing.transport.write(pending)  # type: ignore[arg-type] # mypy doesn't narrow by `type() is`
            except Exception:
                _logger.exception("a connection could not be written to; it is let go")
                outgoing.transport.abort()
