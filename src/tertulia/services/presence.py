"""Presence: leases of devices, and who is told when somebody comes or goes."""

from collections.abc import Sequence

from tertulia.domain import limits
from tertulia.domain.events import PresenceEvent
from tertulia.domain.presence import Presence
from tertulia.ports.accounts import Identity
from tertulia.ports.broadcast import Broadcast
from tertulia.ports.clock import Clock
from tertulia.ports.presence import PresenceBoard
from tertulia.ports.store import Store


class Presences:
    def __init__(self, store: Store, board: PresenceBoard, broadcast: Broadcast, clock: Clock) -> None:
        self._store = store
        self._board = board
        self._broadcast = broadcast
        self._clock = clock

    async def set(
        self, identity: Identity, device: str, status: Presence, watch: Sequence[str] | None
    ) -> dict[str, Presence]:
        """Says how one device is, for a lease of a minute. The presence of those in `watch` with whom the caller shares
        a conversation; the edge follows exactly these for the caller's connection."""
        await self._tell(identity.username, await self._renew(identity.username, device, status))
        if not watch:
            return {}
        allowed = await self._store.sharing(identity.username, list(dict.fromkeys(watch))[: limits.WATCH_MAX])
        return await self._board.presence(sorted(allowed))

    async def renew(self, identity: Identity, device: str, status: Presence = Presence.ONLINE) -> None:
        """Keeps the lease of a device that is heard of."""
        await self._tell(identity.username, await self._renew(identity.username, device, status))

    async def end(self, identity: Identity, device: str) -> None:
        """The device is gone; the person is offline when it was the last."""
        before = await self._status(identity.username)
        await self._tell(identity.username, (before, await self._board.end(identity.username, device)))

    async def expire(self) -> None:
        """Ends the leases that ran out, and tells who watches."""
        for username in await self._board.expire(self._clock.monotonic()):
            self._broadcast.to_watchers(username, PresenceEvent(username, await self._status(username)))

    async def _status(self, username: str) -> Presence:
        return (await self._board.presence([username]))[username]

    async def _renew(self, username: str, device: str, status: Presence) -> tuple[Presence, Presence]:
        before = await self._status(username)
        until = self._clock.monotonic() + limits.PRESENCE_LEASE_SECONDS
        return before, await self._board.renew(username, device, status, until)

    async def _tell(self, username: str, change: tuple[Presence, Presence]) -> None:
        before, after = change
        if before is not after:
            self._broadcast.to_watchers(username, PresenceEvent(username, after))
