"""Trying again: exponential waits with full jitter, and an end to it.

Full jitter (a wait between nothing and the bound) spreads writers that met each other at the same moment. The bound
grows with the time that a try takes, as the slots of a shared line do: where the tables are slow because so many write,
waits that are too short for them would only add to it.
"""

import random
from asyncio import get_running_loop, sleep
from typing import Final

from tertulia.domain.errors import UnavailableError
from tertulia.ports.clock import Clock

TRIES: Final = 40
"""Of one request."""
SECONDS: Final = 15.0
"""From the first try to the beginning of the last one. API Gateway waits 29 s for an answer."""
SHORTEST_BOUND: Final = 0.05
"""The bound of the first wait, where a try takes no longer than that; seconds."""
GROWTH_MAX: Final = 16
"""The bound doubles with each try, up to so many times a try's own length."""
LONGEST_WAIT: Final = 5.0
"""Seconds."""
RETRY_AFTER: Final = 1.0


class Attempts:
    """The tries of one request. `made` counts those that were in vain."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._end = clock.monotonic() + SECONDS
        self._began = get_running_loop().time()
        self.made = 0

    async def again(self) -> None:
        """Waits before the next try. Raises UnavailableError `overloaded` where there have been enough."""
        took = get_running_loop().time() - self._began
        bound = max(SHORTEST_BOUND, took) * min(2**self.made, GROWTH_MAX)
        wait = random.uniform(0, min(LONGEST_WAIT, bound))  # noqa: S311 (jitter, not a secret)
        self.made += 1
        if self.made >= TRIES or self._clock.monotonic() + wait > self._end:
            raise UnavailableError("overloaded", retry_after=RETRY_AFTER)
        await sleep(wait)
        self._began = get_running_loop().time()
