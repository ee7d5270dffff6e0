"""Clocks that only a home needs."""

import time
from pathlib import Path


class OffsetClock:
    """The machine's clock, moved by what a file says: for tests of what a jumping clock does. Reads the file at each
    call. A missing or broken file moves nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> int:
        try:
            offset = int(self._path.read_text())
        except (OSError, ValueError):
            offset = 0
        return time.time_ns() // 1000 + offset

    def monotonic(self) -> float:
        return time.monotonic()


class WallClock:
    """For what several containers share, such as leases: they have no other clock in common, so `monotonic` is the wall
    clock's seconds too, and may jump as it does."""

    def now(self) -> int:
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        return time.time()
