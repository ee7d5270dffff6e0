"""`ports.presence.PresenceBoard` in memory: who is connected to this process."""

from collections.abc import Sequence

from tertulia.domain import limits
from tertulia.domain.presence import Lease, Presence, presence_of


class MemoryPresenceBoard:
    """Leases by person and device; of each person as many as there can be connections, the oldest go first."""

    def __init__(self) -> None:
        self._leases: dict[str, dict[str, Lease]] = {}

    async def renew(self, username: str, device: str, status: Presence, until: float) -> Presence:
        leases = self._leases.setdefault(username, {})
        # Taken out first, so that the device renewed last stands last.
        leases.pop(device, None)
        leases[device] = Lease(status, until)
        while len(leases) > limits.CONNECTIONS_PER_USER_MAX:
            del leases[next(iter(leases))]
        return self._presence(username)

    async def end(self, username: str, device: str) -> Presence:
        leases = self._leases.get(username, {})
        leases.pop(device, None)
        if not leases:
            self._leases.pop(username, None)
        return self._presence(username)

    async def expire(self, now: float) -> list[str]:
        changed = []
        for username, leases in list(self._leases.items()):
            lapsed = [device for device, lease in leases.items() if lease.until <= now]
            if not lapsed:
                continue
            told = self._presence(username)
            for device in lapsed:
                del leases[device]
            if self._presence(username) is not told:
                changed.append(username)
            if not leases:
                del self._leases[username]
        return changed

    async def presence(self, usernames: Sequence[str]) -> dict[str, Presence]:
        return {username: self._presence(username) for username in usernames}

    def _presence(self, username: str) -> Presence:
        # Whatever is still held counts, so that this is always what watchers were told last.
        return presence_of(self._leases.get(username, {}).values(), float("-inf"))
