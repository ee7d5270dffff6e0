"""Writes to somebody and prints the conversation's last messages: the API by the Python client.

    TERTULIA_USER=ana TERTULIA_PASSWORD=... python examples/send_and_read.py ben hello

`TERTULIA_URL` is the server's address, by default http://127.0.0.1:8080.
"""

import asyncio
import os
import sys

from tertulia.client import Client
from tertulia.domain.entries import ConversationKind


async def main(other: str, text: str) -> None:
    url = os.environ.get("TERTULIA_URL", "http://127.0.0.1:8080")
    async with Client.sign_in(url, os.environ["TERTULIA_USER"], os.environ["TERTULIA_PASSWORD"]) as client:
        conversation = await client.api.create_conversation(ConversationKind.DIRECT, [other])
        await client.send(conversation.id, text)
        page = await client.api.list_messages(conversation.id, limit=10)
        for message in page.messages:
            print(f"{message.author}: {message.text}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], " ".join(sys.argv[2:])))
