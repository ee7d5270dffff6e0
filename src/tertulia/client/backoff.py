"""When to try again: exponential backoff with full jitter, bounded in every direction.

Full jitter (a wait between nothing and the bound) spreads clients that lost the same server at the same moment.
"""

import random

from msgspec import Struct

from tertulia.client.errors import may_help
from tertulia.domain.errors import ChatError


class Retries(Struct, frozen=True, kw_only=True):
    """`tries` counts the first attempt too. `base` and `cap` bound a wait; a `Retry-After` over `patience` isn't waited
    for. All times are in seconds.
    """

    tries: int = 6
    base: float = 0.2
    cap: float = 30.0
    patience: float = 60.0

    def delay(self, attempt: int) -> float:
        """A random wait after the attempt number `attempt`, the first being 0."""
        return random.uniform(0.0, min(self.cap, self.base * 2.0 ** min(attempt, 30)))  # noqa: S311 (jitter, not a secret)

    def wait(self, attempt: int, error: ChatError) -> float | None:
        """How long to wait before the request is sent again; None where it is not worth it."""
        if not may_help(error) or attempt + 1 >= self.tries:
            return None
        asked = error.retry_after or 0.0
        return None if asked > self.patience else asked + self.delay(attempt)
