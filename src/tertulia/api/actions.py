"""From an action of the WebSocket API to the service that performs it, and back to what the answer holds."""

from typing import Any

from msgspec import UNSET

from tertulia.api import events
from tertulia.api.handlers.messages import new_message
from tertulia.ports.accounts import Identity
from tertulia.services.chat import Chat


async def perform(chat: Chat, identity: Identity, device: str, action: events.AnyAction) -> dict[str, Any]:
    """Performs the action; what its answer's `result` holds.

    A send reaches the service before anything is awaited here: actions that are started in the order in which they
    arrived reach it in that order. Raises the errors of the services.
    """
    match action:
        case events.Send():
            message, created = await chat.messages.send(identity, action.conversation, new_message(action))
            return {"message": message, "created": created}
        case events.Read():
            read, unread = await chat.receipts.move(
                identity, action.conversation, action.timestamp, private=action.private
            )
            return {"read": read, "unread": unread}
        case events.Typing():
            await chat.typing.typing(identity, action.conversation, action.thread)
        case events.Draft():
            await chat.typing.draft(identity, action.conversation, action.text, action.version)
        case events.Locate():
            await chat.locations.show(
                identity,
                action.conversation,
                action.timestamp,
                latitude=action.latitude,
                longitude=action.longitude,
                accuracy=action.accuracy,
            )
        case events.SetPresence():
            watch = None if action.watch is UNSET else action.watch
            return {"presence": await chat.presence.set(identity, device, action.status, watch)}
        case events.Ping():
            pass  # The session answers it and keeps the lease.
    return {}
