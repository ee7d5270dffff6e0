"""`ports.statuses.Statuses` in `Chat-Connections`: an item `status#<username>` a person, beside what says who is there.

One that ends has a time to live, so that nobody has to forget it.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from tertulia.adapters.apigateway.rows import Rows, text
from tertulia.aws.clients import Clients
from tertulia.domain.status import Status

_MICROSECONDS: Final = 1_000_000
_PREFIX: Final = "status#"
_decode: Final = msgspec.json.Decoder(Status).decode
_encode: Final = msgspec.json.Encoder().encode


class DynamoStatuses:
    def __init__(self, clients: Clients, *, prefix: str = "") -> None:
        self._rows = Rows(clients, prefix)

    async def of(self, usernames: Sequence[str]) -> dict[str, Status]:
        """One read unit for each who has one, and for each who has none, a hundred a call."""
        items = await self._rows.get_all(f"{_PREFIX}{username}" for username in usernames)
        return {key.removeprefix(_PREFIX): _decode(item["status"]["S"]) for key, item in items.items()}

    async def put(self, username: str, status: Status) -> None:
        """One write unit."""
        item = {"status": text(_encode(status).decode())}
        await self._rows.put(f"{_PREFIX}{username}", item, _end_of(status))


def _end_of(status: Status) -> int:
    """The second in which all of it has ended; 0 where some of it never does."""
    ends = [status.until] if status.emoji or status.text else []
    ends += [status.dnd_until] if status.dnd else []
    return max(ends, default=status.since) // _MICROSECONDS + 1 if all(ends) else 0
