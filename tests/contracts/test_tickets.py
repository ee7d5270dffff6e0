"""The contract of one-time tickets, held against every adapter of the port."""

import asyncio
from collections.abc import Iterator

import pytest
from tests.contracts.connection_adapters import ADAPTERS, connections_table

from tertulia.adapters.apigateway import tickets as dynamo
from tertulia.adapters.apigateway.tickets import DynamoTickets
from tertulia.adapters.memory import tickets as memory
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.adapters.memory.tickets import MemoryTickets
from tertulia.domain import limits
from tertulia.domain.errors import LimitedError
from tertulia.ports.connections import Ticket, Tickets


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(params=ADAPTERS)
def tickets(request: pytest.FixtureRequest, clock: SetClock) -> Iterator[Tickets]:
    technology, _, emulator = request.param.partition("-")
    if technology == "memory":
        yield MemoryTickets(clock, SystemEntropy())
        return
    with connections_table(request.getfixturevalue(emulator)) as (clients, prefix):
        yield DynamoTickets(clients, clock, SystemEntropy(), prefix=prefix)


def ticket(clock: SetClock, username: str = "ana", session: str = "s", origin: str = "") -> Ticket:
    expires = clock.now() + limits.TICKET_SECONDS * 1_000_000
    return Ticket(username=username, session=session, admin=username == "root", origin=origin, expires=expires)


async def test_a_ticket_is_consumed_once(tickets: Tickets, clock: SetClock) -> None:
    """The first to come gets it, as it was issued."""
    for issued in (ticket(clock), ticket(clock, "root", "s2", "https://chat.example")):
        name = await tickets.issue(issued)
        assert await tickets.consume(name, clock.now()) == issued
        assert await tickets.consume(name, clock.now()) is None


async def test_of_ten_who_come_at_once_one_gets_it(tickets: Tickets, clock: SetClock) -> None:
    """Exactly one of ten that consume the same ticket beside each other."""
    name = await tickets.issue(ticket(clock))
    taken = await asyncio.gather(*(tickets.consume(name, clock.now()) for _ in range(10)))
    assert [each is not None for each in taken].count(True) == 1


@pytest.mark.parametrize("name", ["", "another", "%00", "x" * 500, "x~ana", "x~", "~ana", "x~ana~ben", "x~" + "y" * 99])
async def test_what_is_no_ticket_gives_nothing(tickets: Tickets, clock: SetClock, name: str) -> None:
    """Any text may come as the name of a ticket."""
    await tickets.issue(ticket(clock))
    assert await tickets.consume(name, clock.now()) is None


async def test_a_ticket_lasts_until_it_expires(tickets: Tickets, clock: SetClock) -> None:
    """Good in the last microsecond, not in the next."""
    first, second = await tickets.issue(ticket(clock)), await tickets.issue(ticket(clock))
    clock.advance(limits.TICKET_SECONDS - 0.000001)
    assert await tickets.consume(first, clock.now()) is not None
    clock.time += 1
    assert await tickets.consume(second, clock.now()) is None


async def test_a_person_has_a_bounded_number_of_tickets(tickets: Tickets, clock: SetClock) -> None:
    """One more is refused, for that person alone, and until one is used or has expired."""
    assert memory.PER_USER_MAX == dynamo.PER_USER_MAX
    names = [await tickets.issue(ticket(clock)) for _ in range(memory.PER_USER_MAX)]
    with pytest.raises(LimitedError) as refused:
        await tickets.issue(ticket(clock))
    assert refused.value.retry_after == limits.TICKET_SECONDS
    await tickets.issue(ticket(clock, "bea"))
    await tickets.consume(names[0], clock.now())
    await tickets.issue(ticket(clock))
    clock.advance(limits.TICKET_SECONDS)
    await tickets.issue(ticket(clock))
