"""Who is there: a lease per connected device, so that closing one of two tabs doesn't show a person offline."""

from collections.abc import Sequence
from typing import Protocol

from tertulia.domain.presence import Presence


class PresenceBoard(Protocol):
    async def renew(self, username: str, device: str, status: Presence, until: float) -> Presence:
        """Takes or renews the lease of one device until `until` (monotonic seconds); the person's presence after it."""
        ...

    async def end(self, username: str, device: str) -> Presence:
        """Ends one device's lease; the person's presence after it."""
        ...

    async def expire(self, now: float) -> list[str]:
        """Ends the leases that ran out; the people whose presence changed by it. Until then they count, so that what
        `presence` says is what watchers were told last. To be called every few seconds."""
        ...

    async def presence(self, usernames: Sequence[str]) -> dict[str, Presence]:
        """The presence of each; offline for who is unknown."""
        ...
