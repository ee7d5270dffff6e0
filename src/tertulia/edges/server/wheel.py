"""One timer for all connections: a timing wheel (Varghese and Lauck, 1987) instead of a timer each."""

import asyncio
from typing import Protocol


class Timed(Protocol):
    """Whoever wants to be called at a moment. `due` belongs to the wheel; 0 where the wheel doesn't hold it."""

    due: int

    def tick(self, now: float) -> None:
        """The moment has come. To be called again, schedule again. May not raise."""
        ...


class Wheel:
    """Calls each at its moment, at most two ticks late. Holds each once; the timer runs while it holds any."""

    def __init__(self, tick: float = 1.0) -> None:
        """`tick` is in seconds."""
        self._tick = tick
        self._slots: dict[int, dict[Timed, None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._turned = 0
        self._size = 0

    def schedule(self, timed: Timed, moment: float, loop: asyncio.AbstractEventLoop) -> None:
        """Calls `timed` at `moment` (the loop's time), and no more at the moment that was scheduled before."""
        if timed.due:
            self.remove(timed)
        if self._timer is None:
            self._turned = int(loop.time() / self._tick)
            self._timer = loop.call_later(self._tick, self._turn, loop)
        timed.due = max(int(moment / self._tick), self._turned) + 1
        self._slots.setdefault(timed.due, {})[timed] = None
        self._size += 1

    def remove(self, timed: Timed) -> None:
        """Never calls `timed`, until it is scheduled again."""
        slot = self._slots.get(timed.due)
        if slot is not None and timed in slot:
            del slot[timed]
            self._size -= 1
        timed.due = 0

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        reached = int(now / self._tick)
        while self._turned < reached:
            self._turned += 1
            for timed in self._slots.pop(self._turned, ()):
                timed.due = 0
                self._size -= 1
                timed.tick(now)
        self._timer = loop.call_later(self._tick, self._turn, loop) if self._size else None
