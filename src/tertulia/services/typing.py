"""Who is typing, and live typing: every keystroke, where a conversation has it on. Nothing of it is stored."""

from tertulia.domain import limits
from tertulia.domain.errors import ForbiddenError
from tertulia.domain.events import DraftEvent, TypingEvent
from tertulia.domain.texts import checked_text
from tertulia.ports.accounts import Identity
from tertulia.ports.broadcast import Broadcast
from tertulia.ports.store import Store
from tertulia.services import access


class Typing:
    def __init__(self, store: Store, broadcast: Broadcast) -> None:
        self._store = store
        self._broadcast = broadcast

    async def typing(self, identity: Identity, conversation: str, thread: int = 0) -> None:
        """`thread`: the message that the thread began with which is answered. It is passed on as it is said. Raises
        `conversation_not_found`."""
        await access.member_of(self._store, conversation, identity.username)
        self._broadcast.to_conversation(
            conversation, TypingEvent(conversation, identity.username, thread), skip=identity.username
        )

    async def draft(self, identity: Identity, conversation: str, text: str, version: int) -> None:
        """Raises `conversation_not_found`, `live_typing_off`."""
        head, _ = await access.member_of(self._store, conversation, identity.username)
        if not head.live_typing:
            raise ForbiddenError("live_typing_off")
        shown = checked_text(text[: limits.DRAFT_MAX], may_be_empty=True)
        event = DraftEvent(conversation, identity.username, shown, version)
        self._broadcast.to_conversation(conversation, event, skip=identity.username)
