"""What people say of themselves: one status a person."""

from collections.abc import Sequence
from typing import Protocol

from tertulia.domain.status import Status


class Statuses(Protocol):
    """What has been returned is durable. Raises UnavailableError."""

    async def of(self, usernames: Sequence[str]) -> dict[str, Status]:
        """Those of them that are kept, in one look-up; some have ended (`status.current`)."""
        ...

    async def put(self, username: str, status: Status) -> None:
        """From now on this is the person's, in place of the one before. One that has ended may be forgotten."""
        ...
