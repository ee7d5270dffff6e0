"""Live locations: positions that are passed on while they last. None is stored, so none can be read later."""

from tertulia.domain.events import LocationEvent
from tertulia.domain.locations import check_live, checked_position
from tertulia.ports.accounts import Identity
from tertulia.ports.broadcast import Broadcast
from tertulia.ports.clock import Clock
from tertulia.ports.store import Store
from tertulia.services import access


class Locations:
    def __init__(self, store: Store, broadcast: Broadcast, clock: Clock) -> None:
        self._store = store
        self._broadcast = broadcast
        self._clock = clock

    async def show(
        self,
        identity: Identity,
        conversation: str,
        timestamp: int,
        *,
        latitude: float,
        longitude: float,
        accuracy: float,
    ) -> None:
        """Tells all members where the caller is, whose message at `timestamp` shares it, as long as that lasts.

        Raises `conversation_not_found`, `message_not_found`, `forbidden`, `live_location_over`, `invalid_request`.
        """
        _, member = await access.member_of(self._store, conversation, identity.username)
        position = checked_position(latitude, longitude, accuracy)
        message = await self._store.message(conversation, member, timestamp)
        check_live(message, identity.username, self._clock.now())
        self._broadcast.to_conversation(
            conversation,
            LocationEvent(
                conversation,
                identity.username,
                timestamp,
                position.latitude,
                position.longitude,
                position.accuracy,
            ),
        )
