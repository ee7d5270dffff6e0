"""Rate limits."""

from typing import Protocol


class Rate(Protocol):
    """A token bucket (Turner, 1986) per key: `burst` at once, then `per_second`. Holds a bounded number of keys; a
    forgotten key is a full bucket."""

    def take(self, key: str, cost: float = 1.0) -> float:
        """0 where the bucket had enough, and it is taken; else how many seconds to wait, and nothing is taken."""
        ...
