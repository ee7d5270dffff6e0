"""Many processes write to one conversation at once."""

import asyncio
import itertools

import pytest
from tests.adapters.dynamodb.faults import FaultyClient
from tests.contracts import store_adapters as do
from tests.emulators.emulators import Emulator
from tests.emulators.tables import EmulatorClients, dynamodb_client

from tertulia.adapters.dynamodb import attempts
from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.adapters.memory.clock import SetClock
from tertulia.domain.entries import MessageSent

PROCESSES, WRITERS = 25, 200
"""Each process has one writer at the table at a time; the others of it wait their turn."""


@pytest.mark.slow
async def test_two_hundred_writers_of_many_processes_make_one_order(ministack: Emulator) -> None:
    """However often they come in each other's way, all are committed, with no gap."""
    clock = SetClock()
    async with do.on_tables(ministack, clock) as first:
        client = FaultyClient(dynamodb_client(ministack))
        clients = EmulatorClients(ministack, client)
        stores = [DynamoStore(clients, clock, prefix=first.database.prefix) for _ in range(PROCESSES)]
        await do.begin(first)
        outcomes = await asyncio.gather(
            *(do.send(stores[n % PROCESSES], "ana", f"{n}", f"m{n}") for n in range(WRITERS))
        )
        assert sorted(outcome.entry.seq for outcome in outcomes if outcome.entry) == list(range(2, WRITERS + 2))
        entries, through = await first.log(do.GROUP, await do.reader(first, "ana"), after=0, limit=500)
        assert through == WRITERS + 1
        assert len({entry.text for entry in entries if isinstance(entry, MessageSent)}) == WRITERS
        assert all(one.timestamp < other.timestamp for one, other in itertools.pairwise(entries))
        tries = client.calls.count("transact_write_items") / WRITERS
        print("tries for each message:", tries)
        assert tries < attempts.TRIES / 2, "far from the bound"
        clients.close()
