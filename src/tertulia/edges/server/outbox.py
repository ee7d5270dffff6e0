"""What each connection is to be sent, joined: the system call is what a delivery costs.

The rest of a delivery's price is Python's, so the loops here are plain and call as little as they can.
"""

import asyncio
import logging
import os
from collections.abc import Iterable
from typing import Final, Protocol

CHUNK: Final = 512
"""Connections that are written to before others get their turn: some milliseconds. What comes meanwhile for those
that still wait is joined to it."""
_logger: Final = logging.getLogger("tertulia.websocket")


class Outgoing(Protocol):
    """A connection: the frame or frames that wait, whether its other side reads, and the descriptor of its socket while
    nothing that was written before waits there; else -1."""

    pending: bytes | list[bytes] | None
    queued: int
    writable: bool
    fd: int
    transport: asyncio.Transport

    def write(self, data: bytes) -> None:
        """Writes what the socket didn't take at once."""
        ...


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
        ready: list[Outgoing] = []
        fds: list[int] = []
        data: list[bytes] = []
        for outgoing in batch:
            pending = outgoing.pending
            if pending is None or not outgoing.writable:
                continue
            outgoing.pending = None
            if isinstance(pending, list):
                outgoing.queued = 0
                pending = b"".join(pending)
            ready.append(outgoing)
            fds.append(outgoing.fd)
            data.append(pending)
        sent = _write_all(fds, data)
        if sent != list(map(len, data)):
            for outgoing, frames, size in zip(ready, data, sent, strict=True):
                if size != len(frames):
                    self._write_rest(outgoing, frames[size:])

    def _write_rest(self, outgoing: Outgoing, rest: bytes) -> None:
        try:
            outgoing.write(rest)
        except Exception:
            _logger.exception("a connection could not be written to; it is let go")
            outgoing.transport.abort()


def _write_all(fds: Iterable[int], data: Iterable[bytes]) -> list[int]:
    """One system call after the other, with nothing between: who reads in another process stays awake, and waking costs
    more than all else. The bytes that each socket took; 0 where it took none."""
    sent: list[int] = []
    writing = map(os.write, fds, data)
    while True:
        try:
            sent.extend(writing)
        except OSError:
            sent.append(0)
        else:
            return sent
