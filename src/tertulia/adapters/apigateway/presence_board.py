"""`ports.presence.PresenceBoard` in the `user#` items: leases by wall-clock seconds, since containers share no other
clock.

There is no timer here. A lease that ran out counts as offline as soon as anybody reads, and those who watch are told
when the connection ends (`$disconnect`, or a push that finds it gone), not when the lease does: `expire` names nobody.
Where both fail, a watcher shows somebody as online until it asks again.
"""

from collections.abc import Sequence

from tertulia.adapters.apigateway.rows import LIFE_SECONDS, Item, Rows, exists, number, text, under
from tertulia.aws.clients import Clients
from tertulia.domain import limits
from tertulia.domain.presence import Lease, Presence, live, presence_of
from tertulia.ports.clock import Clock

_MICROSECONDS = 1_000_000


class DynamoPresenceBoard:
    """`clock.monotonic()` is to be the wall clock's seconds. Of each person as many leases are held as there can be
    connections; the ones that end first go."""

    def __init__(self, clients: Clients, clock: Clock, *, prefix: str = "") -> None:
        self._rows = Rows(clients, prefix)
        self._clock = clock

    async def renew(self, username: str, device: str, status: Presence, until: float) -> Presence:
        """One write unit, one more where old leases are to be swept."""
        changes = {
            f"p#{device}": {"M": {"s": text(status), "u": number(until)}},
            "expires": number(self._clock.now() // _MICROSECONDS + LIFE_SECONDS),
        }
        leases = _leases(await self._rows.update(f"user#{username}", set_to=changes) or {})
        surplus = sorted(leases, key=lambda each: leases[each].until)[: -limits.CONNECTIONS_PER_USER_MAX]
        if surplus:
            await self._rows.update(f"user#{username}", remove=[f"p#{each}" for each in surplus])
            for each in surplus:
                del leases[each]
        return presence_of(leases.values(), self._clock.monotonic())

    async def end(self, username: str, device: str) -> Presence:
        """One write unit."""
        attribute = f"p#{device}"
        item = await self._rows.update(f"user#{username}", remove=[attribute], only=exists(attribute))
        if item is None:
            return (await self.presence([username]))[username]
        return presence_of(_leases(item).values(), self._clock.monotonic())

    async def expire(self, now: float) -> list[str]:  # noqa: ARG002 - the port's name
        """Nobody: see above."""
        return []

    async def presence(self, usernames: Sequence[str]) -> dict[str, Presence]:
        """One read unit a person."""
        items = await self._rows.get_all(f"user#{username}" for username in usernames)
        now = self._clock.monotonic()
        found = {}
        for username in usernames:
            leases = live(_leases(items.get(f"user#{username}", {})), now)
            found[username] = presence_of(leases.values(), now)
        return found


def _leases(item: Item) -> dict[str, Lease]:
    return {
        device: Lease(Presence(value["M"]["s"]["S"]), float(value["M"]["u"]["N"]))
        for device, value in under("p#", item).items()
    }
