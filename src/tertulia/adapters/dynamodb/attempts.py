"""Trying again: exponential waits with full jitter, and an end to it.

Full jitter (a wait between nothing and the bound) spreads writers that met each other at the same moment.
"""

import random
from asyncio import sleep
from typing import Final

from tertulia.domain.errors import UnavailableError
from tertulia.ports.clock import Clock

TRIES: Final = 40
"""Of one request."""
SECONDS: Final = 15.0
"""From the first try to the beginning of the last one. API Gateway waits 29 s for an answer."""
FIRST_WAIT: Final = 0.05
"""The bound of the first wait; it doubles with each. Seconds."""
LONGEST_WAIT: Final = 1.6
"""Seconds."""
RETRY_AFTER: Final = 1.0


class Attempts:
    """The tries of one request. `made` counts those that were in vain."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._end = clock.monotonic() + SECONDS
        self.made = 0

    async def again(self) -> None:
        """Waits before the next try. Raises UnavailableError `overloaded` where there have been enough."""
        wait = random.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2.0**self.made))  # noqa: S311 (jitter, not a secret)
        self.made += 1
        if self.made >= TRIES or self._clock.monotonic() + wait > self._end:
            raise UnavailableError("overloaded", retry_after=RETRY_AFTER)
        await sleep(wait)
