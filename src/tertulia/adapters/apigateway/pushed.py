"""Up to where each conversation was pushed, so that a delivery isn't paid twice: the function on the stream pushes what
this doesn't cover."""

from collections.abc import Iterable
from typing import Final

from tertulia.adapters.apigateway.rows import Condition, Rows, number
from tertulia.aws.clients import Clients
from tertulia.ports.clock import Clock

PUSHED_SECONDS: Final = 25 * 3600
"""How long it is remembered: a little longer than a stream keeps its records."""


class Pushed:
    """A sequence number for each conversation, which only grows."""

    def __init__(self, clients: Clients, clock: Clock, *, prefix: str = "") -> None:
        self._rows = Rows(clients, prefix)
        self._clock = clock

    async def mark(self, conversation: str, seq: int) -> None:
        """All up to `seq` was pushed. One write unit."""
        expires = self._clock.now() // 1_000_000 + PUSHED_SECONDS
        changes = {"seq": number(seq), "expires": number(expires)}
        further = Condition("attribute_not_exists(#q) OR #q < :q", {"#q": "seq"}, {":q": number(seq)})
        await self._rows.update(f"pushed#{conversation}", set_to=changes, only=further)

    async def through(self, conversations: Iterable[str]) -> dict[str, int]:
        """Up to where; of those of which it is known. One read unit each."""
        items = await self._rows.get_all(f"pushed#{conversation}" for conversation in conversations)
        return {key.removeprefix("pushed#"): int(item["seq"]["N"]) for key, item in items.items()}
