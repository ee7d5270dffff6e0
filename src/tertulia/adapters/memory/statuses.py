"""`ports.statuses.Statuses` in memory: what the port means, in its simplest form. For tests."""

from collections.abc import Sequence

from tertulia.domain.status import Status


class MemoryStatuses:
    def __init__(self) -> None:
        self._statuses: dict[str, Status] = {}

    async def of(self, usernames: Sequence[str]) -> dict[str, Status]:
        return {name: self._statuses[name] for name in usernames if name in self._statuses}

    async def put(self, username: str, status: Status) -> None:
        self._statuses[username] = status
