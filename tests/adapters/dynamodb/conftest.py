"""Stores of DynamoDB under faults."""

from collections.abc import AsyncIterator

import pytest
from tests.adapters.dynamodb.faults import FaultyClient
from tests.adapters.dynamodb.world import World
from tests.contracts.store_adapters import on_tables
from tests.emulators.emulators import Emulator
from tests.emulators.tables import EmulatorClients, dynamodb_client

from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.adapters.memory.clock import SetClock


@pytest.fixture
async def world(ministack: Emulator) -> AsyncIterator[World]:
    clock = SetClock()
    client = FaultyClient(dynamodb_client(ministack))
    async with on_tables(ministack, clock, client) as store:
        clients = EmulatorClients(ministack)
        other = DynamoStore(clients, clock, prefix=store.database.prefix)
        yield World(store, client, other, clock)
        client.heal()
        await other.close()
        clients.close()


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Tries follow each other at once; the waits that there would have been, in seconds."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("tertulia.adapters.dynamodb.attempts.sleep", sleep)
    return waits
