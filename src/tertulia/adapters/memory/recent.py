"""How many messages were sent lately, counted as they are committed."""

from collections import deque
from collections.abc import Sequence
from typing import Final

from tertulia.domain.entries import MessageSent
from tertulia.ports.clock import Clock
from tertulia.ports.store import Committed

HOUR: Final = 3600
"""Seconds that are remembered."""


class RecentMessages:
    """`committed` is to be registered with `Store.listen`. Counts by the second, and holds at most an hour of them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seconds: deque[tuple[int, int]] = deque(maxlen=HOUR)

    def committed(self, batch: Sequence[Committed]) -> None:
        """Neither blocks nor raises."""
        sent = sum(isinstance(each.entry, MessageSent) for each in batch)
        if not sent:
            return
        second = int(self._clock.monotonic())
        if self._seconds and self._seconds[-1][0] == second:
            sent += self._seconds.pop()[1]
        self._seconds.append((second, sent))

    def within(self, seconds: int) -> int:
        """Messages of the last so many seconds, to the second."""
        oldest = self._clock.monotonic() - seconds
        return sum(sent for second, sent in self._seconds if second > oldest)
