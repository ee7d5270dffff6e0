"""Rate limits, as every service applies them."""

from tertulia.domain.errors import LimitedError
from tertulia.ports.rates import Rate


def take(rate: Rate, key: str) -> None:
    """Takes one from the bucket of `key`. Raises LimitedError `rate_limited`, which says how long to wait."""
    wait = rate.take(key)
    if wait:
        raise LimitedError("rate_limited", retry_after=wait)
