"""How often a password may be tried: a sliding window, as a pure rule over the times of the tries that failed."""

from collections.abc import Sequence
from typing import Final

TRIES_MAX: Final = 10
"""Failed tries in the window, for one username from one address; then nobody tries again until the oldest is
outside."""
TRIES_ANYWHERE_MAX: Final = 100
"""The same over all addresses, against a guess that comes from many at once."""
TRIES_SECONDS: Final = 15 * 60


def recent(times: Sequence[float], now: float) -> tuple[float, ...]:
    """Those of the times (monotonic seconds) that still count."""
    return tuple(t for t in times if t > now - TRIES_SECONDS)


def wait(times: Sequence[float], now: float, limit: int) -> float:
    """Seconds until another try is free; 0 where one is.

    A try that is refused is not counted, so that a lock ends by itself however often somebody knocks.
    """
    counted = recent(times, now)
    return 0.0 if len(counted) < limit else counted[len(counted) - limit] + TRIES_SECONDS - now
