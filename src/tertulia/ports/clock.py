"""The time."""

from typing import Protocol


class Clock(Protocol):
    """Two clocks. Order never depends on either; expiry and rate limits do."""

    def now(self) -> int:
        """Microseconds since 1970-01-01T00:00:00Z. May stand still or jump, also back."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment. Never goes back."""
        ...
