"""Turns: within one process the writers of a conversation come one after the other.

So they don't meet in the table, and listeners hear of their commits in the log's order.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from tertulia.domain.errors import UnavailableError

WAITING_MAX: Final = 10_000
"""Writers that wait in this process, over all conversations."""


class Turns:
    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._holders: dict[str, int] = {}
        self._waiting = 0

    @asynccontextmanager
    async def of(self, conversation: str) -> AsyncIterator[None]:
        """This writer's turn, in the order in which they came. Raises UnavailableError `overloaded` where too many
        wait."""
        if self._waiting >= WAITING_MAX:
            raise UnavailableError("overloaded", retry_after=1.0)
        lock = self._locks.setdefault(conversation, asyncio.Lock())
        self._holders[conversation] = self._holders.get(conversation, 0) + 1
        self._waiting += 1
        try:
            async with lock:
                yield
        finally:
            self._waiting -= 1
            self._holders[conversation] -= 1
            if not self._holders[conversation]:
                del self._holders[conversation], self._locks[conversation]
