"""What people say of themselves, and who is told when that changes."""

from collections.abc import Sequence

from msgspec.structs import replace

from tertulia.domain import limits, status
from tertulia.domain.errors import InvalidError
from tertulia.domain.events import StatusEvent
from tertulia.domain.status import Status
from tertulia.ports.accounts import Identity
from tertulia.ports.broadcast import Broadcast
from tertulia.ports.clock import Clock
from tertulia.ports.rates import Rate
from tertulia.ports.statuses import Statuses as StatusesPort
from tertulia.services import limiting


class Statuses:
    def __init__(self, statuses: StatusesPort, broadcast: Broadcast, clock: Clock, rate: Rate) -> None:
        self._statuses = statuses
        self._broadcast = broadcast
        self._clock = clock
        self._rate = rate

    async def set(self, identity: Identity, said: Status) -> Status:
        """What the caller says from now on, as others see it: those who follow the person are told, and the caller's
        own devices. Raises `invalid_request`."""
        limiting.take(self._rate, identity.username)
        now = self._clock.now()
        after = status.current(replace(status.checked(said), since=now), now)
        await self._statuses.put(identity.username, after)
        event = StatusEvent(identity.username, after)
        self._broadcast.to_user(identity.username, event)
        self._broadcast.to_watchers(identity.username, event)
        return after

    async def of(self, usernames: Sequence[str]) -> dict[str, Status]:
        """What at most 100 people say of themselves now; who has said nothing is left out. Raises `invalid_request`."""
        if len(usernames) > limits.PAGE_MAX:
            raise InvalidError("invalid_request", f"Ask for up to {limits.PAGE_MAX} people.", maximum=limits.PAGE_MAX)
        now = self._clock.now()
        # Nobody has a longer name, and a store may refuse it.
        names = [each for each in dict.fromkeys(usernames) if len(each) <= limits.USERNAME_MAX]
        found = await self._statuses.of(names)
        return {username: status.current(each, now) for username, each in found.items()}
