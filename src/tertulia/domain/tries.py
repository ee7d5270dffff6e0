"""How often a password may be tried: a sliding window over the times of the tries that failed, in bounded memory.

Unknown usernames are counted as known ones are.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from tertulia.domain.errors import LimitedError

TRIES_MAX: Final = 10
"""Failed tries in the window, for one username from one address; then nobody tries again until the oldest is
outside."""
TRIES_ANYWHERE_MAX: Final = 100
"""The same over all addresses, against a guess that comes from many at once."""
TRIES_SECONDS: Final = 15 * 60
KEYS_MAX: Final = 20_000
"""Pairs of a username and an address that are remembered; over it the one that was tried longest ago is forgotten."""
ANYWHERE: Final = "*"
"""Stands for all addresses; no network address looks like it."""

_Key = tuple[str, str]


def recent(times: Sequence[float], now: float) -> tuple[float, ...]:
    """Those of the times (monotonic seconds) that still count."""
    return tuple(t for t in times if t > now - TRIES_SECONDS)


def wait(times: Sequence[float], now: float, limit: int) -> float:
    """Seconds until another try is free; 0 where one is.

    A try that is refused is not counted, so that a lock ends by itself however often somebody knocks.
    """
    counted = recent(times, now)
    return 0.0 if len(counted) < limit else counted[len(counted) - limit] + TRIES_SECONDS - now


class Tries:
    """A try counts from its beginning, so that many at once are no way around the limit, until it proves right."""

    def __init__(self, keys_max: int = KEYS_MAX) -> None:
        self._keys_max = keys_max
        self._times: OrderedDict[_Key, tuple[float, ...]] = OrderedDict()
        self._known: OrderedDict[_Key, None] = OrderedDict()

    def begin(self, username: str, address: str, now: float) -> None:
        """Counts a try at `now` (monotonic seconds). Raises LimitedError `rate_limited`, and then it doesn't count."""
        limits = {(username, address): TRIES_MAX}
        if (username, address) not in self._known:
            limits[username, ANYWHERE] = TRIES_ANYWHERE_MAX
        longest = max(wait(self._times.get(key, ()), now, limit) for key, limit in limits.items())
        if longest > 0:
            raise LimitedError("rate_limited", retry_after=longest)
        for key in limits:
            self._times[key] = (*recent(self._times.pop(key, ()), now), now)
        while len(self._times) > self._keys_max:
            self._times.popitem(last=False)

    def succeeded(self, username: str, address: str) -> None:
        """The password was right: mistakes from this address count no longer, and other addresses can't lock it out."""
        self._take_back((username, ANYWHERE), self._times.pop((username, address), ()))
        if address:
            self._known[username, address] = None
            self._known.move_to_end((username, address))
            if len(self._known) > self._keys_max:
                self._known.popitem(last=False)

    def withdraw(self, username: str, address: str, began: float) -> None:
        """The try that began then was never judged."""
        for key in ((username, address), (username, ANYWHERE)):
            self._take_back(key, (began,))

    def _take_back(self, key: _Key, taken: tuple[float, ...]) -> None:
        left = list(self._times.get(key, ()))
        for time in taken:
            if time in left:
                left.remove(time)
        if left:
            self._times[key] = tuple(left)
        else:
            self._times.pop(key, None)
