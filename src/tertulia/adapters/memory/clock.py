"""Clocks: the machine's, and one that tests set."""

import time


class SystemClock:
    def now(self) -> int:
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        return time.monotonic()


class SetClock:
    """Stands still until it is moved, forwards or back."""

    def __init__(self, now: int = 1_700_000_000_000_000) -> None:
        self.time = now
        self.ticks = 0.0

    def now(self) -> int:
        return self.time

    def monotonic(self) -> float:
        return self.ticks

    def advance(self, seconds: float) -> None:
        """Moves both clocks."""
        self.time += int(seconds * 1_000_000)
        self.ticks += seconds
