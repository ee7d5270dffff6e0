"""Asking the function that looks at links, without waiting for what it finds.

Lambda keeps what is asked in a queue of its own ("Invoking a Lambda function asynchronously"). How long, and that
nothing is tried again, the template says.
"""

from typing import Final

import msgspec

from tertulia.aws.clients import Clients
from tertulia.services.previews import Linking


class PreviewAsking:
    """`function` is the whole name of `Chat-Previews`."""

    def __init__(self, clients: Clients, function: str) -> None:
        self._clients: Final = clients
        self._function: Final = function

    async def ask(self, linking: Linking) -> None:
        """It is in the queue once this returns. The event says where the message is, and nothing of what is in it.
        Raises what calls of AWS do."""
        await self._clients.call(
            self._clients.client("lambda").invoke,
            FunctionName=self._function,
            InvocationType="Event",
            Payload=msgspec.json.encode(linking),
        )
