"""The Python client: asynchronous and typed, for any home.

    async with Client.sign_in("http://127.0.0.1:8080", "ana", "a long password") as client:
        await client.send("g_...", "Hello")
        async for event in client.events():
            ...

It knows the domain and the API, and nothing of the server.
"""

from tertulia.client.backoff import Retries
from tertulia.client.client import Client
from tertulia.client.errors import UnreachableError
from tertulia.client.feed import LiveEvent, Start
from tertulia.client.ids import new_id
from tertulia.client.live import Live
from tertulia.client.sessions import MemorySessions, SavedSession, SessionStore
from tertulia.client.state import ConversationState

__all__ = [
    "Client",
    "ConversationState",
    "Live",
    "LiveEvent",
    "MemorySessions",
    "Retries",
    "SavedSession",
    "SessionStore",
    "Start",
    "UnreachableError",
    "new_id",
]
