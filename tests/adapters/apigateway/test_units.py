"""What connections cost in DynamoDB's units, as docs/decisions/0010-aws.md says; by dynalite's own account."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.adapters.apigateway.gateway import Gateway
from tests.adapters.apigateway.world import Pushing
from tests.contracts.connection_adapters import connections_table

from tertulia.adapters.apigateway.presence_board import DynamoPresenceBoard
from tertulia.domain.events import PresenceEvent
from tertulia.domain.presence import Presence
from tertulia.services.presence import Presences

pytestmark = pytest.mark.slow
READING = ("get_item", "batch_get_item")


class Meter:
    """The units of what is called between two looks: (writes, reads)."""

    def __init__(self, dynamodb: Any) -> None:
        self._dynamodb = dynamodb
        self.writes = self.reads = 0.0

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._dynamodb, name)

        def call(**parameters: Any) -> Any:
            answer = operation(ReturnConsumedCapacity="TOTAL", **parameters)
            consumed = answer["ConsumedCapacity"]
            units = sum(each["CapacityUnits"] for each in (consumed if isinstance(consumed, list) else [consumed]))
            if name in READING:
                self.reads += units
            else:
                self.writes += units
            return answer

        return call

    async def of(self, work: Awaitable[Any]) -> tuple[float, float]:
        self.writes = self.reads = 0.0
        await work
        return self.writes, self.reads


@contextmanager
def metered(request: pytest.FixtureRequest, gateway: Gateway) -> Iterator[tuple[Pushing, Meter, Presences]]:
    with connections_table(request.getfixturevalue("dynalite")) as (clients, prefix):
        meter = Meter(clients.client("dynamodb"))
        clients._dynamodb = meter
        world = Pushing(clients, prefix, gateway)
        board = DynamoPresenceBoard(clients, world.clock, prefix=prefix)
        try:
            yield world, meter, Presences(world.store, board, world.broadcast, world.clock)
        finally:
            clients._dynamodb = meter._dynamodb
            world.close()


Measure = Callable[[Awaitable[Any]], Awaitable[tuple[float, float]]]


async def test_connections_cost_what_the_decision_says(request: pytest.FixtureRequest, gateway: Gateway) -> None:
    """From the ticket to the end, for one of three people, with nobody's history or number of conversations in it."""
    from tests.services.world import who

    with metered(request, gateway) as (world, meter, presences):
        ticket = world.ticket("ana")
        assert await meter.of(world.places.tickets.issue(ticket)) == (1, 0)
        name = await world.places.tickets.issue(ticket)

        async def connect() -> None:
            assert await world.places.tickets.consume(name, world.clock.now()) == ticket
            assert await world.places.add("a1", ticket) == []

        assert await meter.of(connect()) == (3, 1)
        caller = await world.places.caller("a1")
        assert caller is not None
        assert await meter.of(world.places.caller("a1")) == (0, 1)
        ana = who("ana")
        assert await meter.of(presences.set(ana, "a1", Presence.ONLINE, None)) == (1, 1)
        assert await meter.of(world.places.remember_presence(caller, Presence.ONLINE)) == (1, 0)
        assert await meter.of(presences.renew(ana, "a1")) == (1, 1)
        assert await meter.of(world.places.watch("a1", ["bea", "caio"])) == (3, 1)
        assert await meter.of(world.places.watch("a1", ["bea", "caio"])) == (0, 1)
        assert await meter.of(world.places.watch("a1", ["bea", "dora"])) == (3, 1)
        await world.broadcast.flush()
        await world.converse("c", "ana", "bea", "caio")
        assert await meter.of(world.broadcast.flush()) == (1, 3)
        await world.say("c", "x" * 500)
        await world.say("c", "y" * 500)
        assert await meter.of(world.broadcast.flush()) == (1, 3), "one mark for all that a call committed"
        world.broadcast.to_watchers("bea", PresenceEvent("bea", Presence.ONLINE))
        assert await meter.of(world.broadcast.flush()) == (0, 1)

        async def disconnect() -> None:
            leaving = await world.places.leaving("a1")
            assert leaving is not None
            await world.places.remove(leaving.connection)
            await presences.end(ana, "a1")
            await world.broadcast.flush()

        assert await meter.of(disconnect()) == (4, 3)
