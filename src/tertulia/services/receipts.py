"""Read cursors: one a person and conversation, shared by that person's devices, moving forward only."""

from tertulia.domain.events import ReadEvent
from tertulia.domain.members import Cursor
from tertulia.domain.receipts import unread
from tertulia.ports.accounts import Identity
from tertulia.ports.broadcast import Broadcast
from tertulia.ports.rates import Rate
from tertulia.ports.store import Store
from tertulia.services import limiting


class Receipts:
    def __init__(self, store: Store, broadcast: Broadcast, rate: Rate) -> None:
        self._store = store
        self._broadcast = broadcast
        self._rate = rate

    async def move(
        self, identity: Identity, conversation: str, timestamp: int, *, private: bool = False
    ) -> tuple[Cursor, int]:
        """The caller's cursor after it, and how many messages are unread. Tells the members what they are shown of it,
        and of what is private the caller's own devices alone. Raises `conversation_not_found`."""
        limiting.take(self._rate, identity.username)
        move = await self._store.move_cursor(conversation, identity.username, timestamp, private=private)
        if move.shown is not None:
            # Where the cursor itself moved too, it is at the same place: own devices learn of it with everybody else.
            self._broadcast.to_conversation(conversation, ReadEvent(conversation, identity.username, move.shown))
        elif move.moved:
            self._broadcast.to_user(identity.username, ReadEvent(conversation, identity.username, move.read))
        return move.read, unread(move.messages, move.read)
