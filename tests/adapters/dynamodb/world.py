"""A store whose client fails as told, and another one on the same tables that doesn't."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from tests.adapters.dynamodb.faults import Fault, FaultyClient, after

from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.adapters.memory.clock import SetClock


class World(NamedTuple):
    """`store` has the client `client`; `other` is a store of another process on the same tables."""

    store: DynamoStore
    client: FaultyClient
    other: DynamoStore
    clock: SetClock

    def meanwhile(self, act: Callable[[], Coroutine[Any, Any, Any]]) -> Fault:
        """What `act` does is done just before the call, while the store waits for it."""
        loop = asyncio.get_running_loop()
        return after(lambda: asyncio.run_coroutine_threadsafe(act(), loop).result(30))
