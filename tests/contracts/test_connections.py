"""The contract of connections that outlive the calls which serve them, held against every adapter of the port."""

from collections.abc import Iterator

import pytest
from tests.contracts.connection_adapters import ADAPTERS, connections_table

from tertulia.adapters.apigateway.places import Places
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.connections import MemoryConnections
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.domain import limits
from tertulia.domain.presence import Presence
from tertulia.ports.connections import Connections, Ticket


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(params=ADAPTERS)
def connections(request: pytest.FixtureRequest, clock: SetClock) -> Iterator[Connections]:
    technology, _, emulator = request.param.partition("-")
    if technology == "memory":
        yield MemoryConnections(clock)
        return
    with connections_table(request.getfixturevalue(emulator)) as (clients, prefix):
        yield Places(clients, clock, SystemEntropy(), prefix=prefix)


def ticket(clock: SetClock, username: str = "ana", session: str = "s") -> Ticket:
    expires = clock.now() + limits.TICKET_SECONDS * 1_000_000
    return Ticket(username=username, session=session, admin=username == "root", origin="", expires=expires)


async def test_who_speaks_is_known_by_the_connection(connections: Connections, clock: SetClock) -> None:
    """As the ticket said, until it is removed; unknown ones are nobody's."""
    assert await connections.add("r1", ticket(clock, "root", "s7")) == []
    caller = await connections.caller("r1")
    assert caller is not None
    assert (caller.connection.username, caller.connection.session, caller.admin) == ("root", "s7", True)
    assert caller.connection.since == clock.now()
    assert await connections.caller("another") is None
    for _ in range(2):
        await connections.remove(caller.connection)
        assert await connections.caller("r1") is None
        assert await connections.leaving("r1") is None


async def test_what_a_device_said_is_remembered(connections: Connections, clock: SetClock) -> None:
    """For the next message, which may be served by somebody else; not for what is gone."""
    await connections.add("a1", ticket(clock))
    caller = await connections.caller("a1")
    assert caller is not None
    assert caller.presence is None
    for status in (Presence.AWAY, Presence.ONLINE, Presence.ONLINE):
        await connections.remember_presence(caller, status)
        caller = await connections.caller("a1")
        assert caller is not None
        assert caller.presence is status
    await connections.remove(caller.connection)
    await connections.remember_presence(caller, Presence.AWAY)
    assert await connections.caller("a1") is None


async def test_who_was_ended_says_nothing_more_and_leaves_as_who_it_was(
    connections: Connections, clock: SetClock
) -> None:
    """Its presence is still to be ended when it has closed."""
    await connections.add("a1", ticket(clock))
    caller = await connections.caller("a1")
    assert caller is not None
    await connections.remember_presence(caller, Presence.ONLINE)
    await connections.retire(caller.connection)
    assert await connections.caller("a1") is None
    leaving = await connections.leaving("a1")
    assert leaving is not None
    assert (leaving.connection, leaving.presence) == (caller.connection, Presence.ONLINE)


async def test_surplus_connections_are_the_oldest(connections: Connections, clock: SetClock) -> None:
    """At the limit none, one over it the oldest, and nobody else's; what was ended doesn't count."""
    for number in range(limits.CONNECTIONS_PER_USER_MAX):
        assert await connections.add(f"c{number}", ticket(clock)) == []
        clock.advance(1)
    assert await connections.add("other", ticket(clock, "bea")) == []
    surplus = await connections.add("one more", ticket(clock))
    assert surplus is not None
    assert [each.id for each in surplus] == ["c0"]
    for each in surplus:
        await connections.retire(each)
    second = await connections.caller("c1")
    assert second is not None
    await connections.remove(second.connection)
    assert await connections.add("in its place", ticket(clock)) == []
