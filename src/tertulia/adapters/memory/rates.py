"""`ports.rates.Rate` in memory."""

from collections import OrderedDict
from typing import Final

from tertulia.ports.clock import Clock

KEYS_MAX: Final = 100_000


class MemoryRate:
    """A token bucket per key. The key used longest ago is forgotten first; by then its bucket is mostly full."""

    def __init__(self, clock: Clock, *, per_second: float, burst: float, keys_max: int = KEYS_MAX) -> None:
        self._clock = clock
        self._per_second = per_second
        self._burst = burst
        self._keys_max = keys_max
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str, cost: float = 1.0) -> float:
        now = self._clock.monotonic()
        tokens, at = self._buckets.get(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - at) * self._per_second)
        wait = 0.0 if tokens >= cost else (cost - tokens) / self._per_second
        self._buckets[key] = (tokens if wait else tokens - cost, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._keys_max:
            self._buckets.popitem(last=False)
        return wait


class Unlimited:
    """Never makes anybody wait: what stands where the operator has switched a limit off."""

    def take(self, key: str, cost: float = 1.0) -> float:  # noqa: ARG002 - the port's names
        return 0.0
