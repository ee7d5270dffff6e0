"""Tickets, presence and rates in memory: what they hold ends, and is bounded."""

import pytest

from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.entropy import SeededEntropy
from tertulia.adapters.memory.presence_board import MemoryPresenceBoard
from tertulia.adapters.memory.rates import MemoryRate
from tertulia.adapters.memory.tickets import PER_USER_MAX, MemoryTickets
from tertulia.domain import limits
from tertulia.domain.errors import LimitedError
from tertulia.domain.presence import Presence
from tertulia.ports.connections import Ticket


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


def ticket(clock: SetClock, username: str = "ana", session: str = "s") -> Ticket:
    expires = clock.now() + limits.TICKET_SECONDS * 1_000_000
    return Ticket(username=username, session=session, admin=False, origin="", expires=expires)


# Tickets


async def test_a_ticket_is_consumed_once(clock: SetClock) -> None:
    """The first to come gets it."""
    tickets = MemoryTickets(clock, SeededEntropy())
    issued = ticket(clock)
    name = await tickets.issue(issued)
    assert await tickets.consume(name, clock.now()) == issued
    assert await tickets.consume(name, clock.now()) is None
    assert await tickets.consume("another", clock.now()) is None


async def test_a_ticket_lasts_until_it_expires(clock: SetClock) -> None:
    """Good in the last microsecond, not in the next."""
    tickets = MemoryTickets(clock, SeededEntropy())
    first, second = await tickets.issue(ticket(clock)), await tickets.issue(ticket(clock))
    clock.advance(limits.TICKET_SECONDS - 0.000001)
    assert await tickets.consume(first, clock.now()) is not None
    clock.time += 1
    assert await tickets.consume(second, clock.now()) is None


async def test_a_person_has_a_bounded_number_of_tickets(clock: SetClock) -> None:
    """One more is refused, for that person alone, and until one is used or has expired."""
    tickets = MemoryTickets(clock, SeededEntropy())
    names = [await tickets.issue(ticket(clock)) for _ in range(PER_USER_MAX)]
    with pytest.raises(LimitedError) as refused:
        await tickets.issue(ticket(clock))
    assert refused.value.retry_after == limits.TICKET_SECONDS
    await tickets.issue(ticket(clock, "bea"))
    await tickets.consume(names[0], clock.now())
    await tickets.issue(ticket(clock))
    clock.advance(limits.TICKET_SECONDS)
    await tickets.issue(ticket(clock))
    assert len(tickets) == 1, "what has expired is forgotten"


async def test_tickets_of_ended_sessions_are_forgotten(clock: SetClock) -> None:
    """Of the named sessions of that person, or of all; nobody else's."""
    tickets = MemoryTickets(clock, SeededEntropy())
    one = await tickets.issue(ticket(clock, "ana", "s1"))
    two = await tickets.issue(ticket(clock, "ana", "s2"))
    other = await tickets.issue(ticket(clock, "bea", "s1"))
    tickets.revoke("ana", ["s1"])
    assert await tickets.consume(one, clock.now()) is None
    tickets.revoke("ana", None)
    assert await tickets.consume(two, clock.now()) is None
    assert await tickets.consume(other, clock.now()) is not None


# Presence


async def test_a_person_is_there_while_any_device_is(clock: SetClock) -> None:
    """Closing one of two tabs shows nobody offline; the better status counts."""
    board = MemoryPresenceBoard()
    assert await board.renew("ana", "phone", Presence.AWAY, 60) is Presence.AWAY
    assert await board.renew("ana", "laptop", Presence.ONLINE, 60) is Presence.ONLINE
    assert await board.end("ana", "laptop") is Presence.AWAY
    assert await board.end("ana", "phone") is Presence.OFFLINE
    assert await board.end("ana", "phone") is Presence.OFFLINE


async def test_a_lease_that_runs_out_counts_no_more(clock: SetClock) -> None:
    """From the next `expire` on, which names those of whom something else was told last, once."""
    board = MemoryPresenceBoard()
    await board.renew("ana", "phone", Presence.ONLINE, 10)
    await board.renew("bea", "phone", Presence.ONLINE, 10)
    await board.renew("bea", "laptop", Presence.ONLINE, 60)
    clock.advance(9)
    assert await board.expire(clock.monotonic()) == []
    clock.advance(1)
    assert await board.presence(["ana"]) == {"ana": Presence.ONLINE}, "as watchers were told"
    assert await board.expire(clock.monotonic()) == ["ana"]
    assert await board.presence(["ana", "bea", "eve"]) == {
        "ana": Presence.OFFLINE,
        "bea": Presence.ONLINE,
        "eve": Presence.OFFLINE,
    }
    assert await board.expire(clock.monotonic()) == []


async def test_a_renewed_lease_goes_on(clock: SetClock) -> None:
    """Renewal replaces the status and the end."""
    board = MemoryPresenceBoard()
    await board.renew("ana", "phone", Presence.ONLINE, 10)
    await board.renew("ana", "phone", Presence.AWAY, 60)
    clock.advance(30)
    assert await board.expire(clock.monotonic()) == []
    assert await board.presence(["ana"]) == {"ana": Presence.AWAY}


async def test_devices_of_a_person_are_bounded(clock: SetClock) -> None:
    """As many as there can be connections; the one renewed longest ago goes."""
    board = MemoryPresenceBoard()
    await board.renew("ana", "first", Presence.ONLINE, 60)
    for number in range(limits.CONNECTIONS_PER_USER_MAX):
        await board.renew("ana", f"device{number}", Presence.AWAY, 60)
    assert await board.presence(["ana"]) == {"ana": Presence.AWAY}


# Rates


def test_a_bucket_gives_its_burst_and_then_its_rate(clock: SetClock) -> None:
    """Over it, it says how long to wait, takes nothing, and after that wait there is enough."""
    rate = MemoryRate(clock, per_second=2, burst=3)
    assert [rate.take("ana") for _ in range(4)] == [0, 0, 0, 0.5]
    assert rate.take("bea") == 0, "each key has its own"
    clock.advance(0.5)
    assert [rate.take("ana"), rate.take("ana")] == [0, 0.5]
    clock.advance(1000)
    assert [rate.take("ana") for _ in range(4)] == [0, 0, 0, 0.5], "no more than the burst is saved up"


def test_a_large_cost_waits_longer(clock: SetClock) -> None:
    """The wait is what is missing, at the rate."""
    rate = MemoryRate(clock, per_second=2, burst=10)
    assert rate.take("ana", 8) == 0
    assert rate.take("ana", 8) == pytest.approx(3)


def test_keys_are_bounded(clock: SetClock) -> None:
    """The key used longest ago is forgotten first, and has a full bucket then."""
    rate = MemoryRate(clock, per_second=1, burst=1, keys_max=2)
    for key in ("ana", "bea", "caio"):
        assert rate.take(key) == 0
    assert len(rate) == 2
    assert rate.take("caio") > 0
    assert rate.take("ana") == 0
