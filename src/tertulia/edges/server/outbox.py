"""What a turn of the event loop has for each connection, joined: the system call is what a delivery costs."""

import asyncio
from typing import Final, Protocol

CHUNK: Final = 512
"""Connections that are written to before others get their turn: some two milliseconds. What comes meanwhile for those
that still wait is joined to it."""


class Outgoing(Protocol):
    def flush(self) -> None:
        """Writes what waits. May not raise."""
        ...


class Outbox:
    """Flushes each connection that asked for it once per turn of the loop."""

    __slots__ = ("_running", "_waiting")

    def __init__(self) -> None:
        self._waiting: list[Outgoing] = []
        self._running = False

    def add(self, outgoing: Outgoing) -> None:
        """Flushes at the end of this turn. To be called once per connection and turn."""
        self._waiting.append(outgoing)
        if not self._running:
            self._running = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        waiting = self._waiting
        if len(waiting) > CHUNK:
            self._waiting = waiting[CHUNK:]
            del waiting[CHUNK:]
            asyncio.get_running_loop().call_soon(self._flush)
        else:
            self._waiting = []
            self._running = False
        for outgoing in waiting:
            outgoing.flush()
