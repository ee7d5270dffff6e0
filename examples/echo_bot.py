"""A bot that answers in every conversation that it is in. It goes on over lost connections and restarts of the server.

TERTULIA_URL=http://127.0.0.1:8080 BOT_USERNAME=echo BOT_PASSWORD=... python examples/echo_bot.py
"""

import asyncio
import os

from tertulia.client import Client
from tertulia.domain.entries import MessageSent
from tertulia.domain.events import EntryEvent


async def answer(client: Client, me: str) -> None:
    """Says back whatever somebody else says."""
    async with client.connect() as live:
        print("listening", flush=True)
        async for event in live:
            match event:
                case EntryEvent(conversation, MessageSent(author=author, text=text)) if author != me:
                    await live.send(conversation, f"You said: {text}")


async def main() -> None:
    url = os.environ.get("TERTULIA_URL", "http://127.0.0.1:8080")
    username, password = os.environ["BOT_USERNAME"], os.environ["BOT_PASSWORD"]
    async with Client.sign_in(url, username, password) as client:
        await answer(client, username)


if __name__ == "__main__":
    asyncio.run(main())
