"""The contract of presence, held against every adapter of the port."""

from collections.abc import Iterator

import pytest
from tests.contracts.connection_adapters import ADAPTERS, connections_table

from tertulia.adapters.apigateway.presence_board import DynamoPresenceBoard
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.presence_board import MemoryPresenceBoard
from tertulia.domain import limits
from tertulia.domain.presence import Presence
from tertulia.ports.presence import PresenceBoard


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(params=ADAPTERS)
def board(request: pytest.FixtureRequest, clock: SetClock) -> Iterator[PresenceBoard]:
    technology, _, emulator = request.param.partition("-")
    if technology == "memory":
        yield MemoryPresenceBoard()
        return
    with connections_table(request.getfixturevalue(emulator)) as (clients, prefix):
        yield DynamoPresenceBoard(clients, clock, prefix=prefix)


async def test_a_person_is_there_while_any_device_is(board: PresenceBoard) -> None:
    """Closing one of two tabs shows nobody offline; the better status counts."""
    assert await board.renew("ana", "phone", Presence.AWAY, 60) is Presence.AWAY
    assert await board.renew("ana", "laptop", Presence.ONLINE, 60) is Presence.ONLINE
    assert await board.end("ana", "laptop") is Presence.AWAY
    assert await board.end("ana", "phone") is Presence.OFFLINE
    assert await board.end("ana", "phone") is Presence.OFFLINE
    assert await board.end("eve", "phone") is Presence.OFFLINE


async def test_a_lease_that_ran_out_counts_no_more_once_the_board_was_told(
    board: PresenceBoard, clock: SetClock
) -> None:
    """From the next `expire` on at the latest."""
    await board.renew("ana", "phone", Presence.ONLINE, 10)
    await board.renew("bea", "phone", Presence.ONLINE, 10)
    await board.renew("bea", "laptop", Presence.AWAY, 60)
    clock.advance(9)
    assert await board.expire(clock.monotonic()) == []
    assert (await board.presence(["ana"]))["ana"] is Presence.ONLINE
    clock.advance(1)
    await board.expire(clock.monotonic())
    assert await board.presence(["ana", "bea", "eve"]) == {
        "ana": Presence.OFFLINE,
        "bea": Presence.AWAY,
        "eve": Presence.OFFLINE,
    }
    assert await board.expire(clock.monotonic()) == []


async def test_a_renewed_lease_goes_on(board: PresenceBoard, clock: SetClock) -> None:
    """Renewal replaces the status and the end."""
    await board.renew("ana", "phone", Presence.ONLINE, 10)
    assert await board.renew("ana", "phone", Presence.AWAY, 60) is Presence.AWAY
    clock.advance(30)
    assert await board.expire(clock.monotonic()) == []
    assert await board.presence(["ana"]) == {"ana": Presence.AWAY}


async def test_devices_of_a_person_are_bounded(board: PresenceBoard) -> None:
    """As many as there can be connections; the one renewed longest ago goes."""
    await board.renew("ana", "first", Presence.ONLINE, 60)
    for number in range(limits.CONNECTIONS_PER_USER_MAX):
        await board.renew("ana", f"device{number}", Presence.AWAY, 61 + number)
    assert await board.presence(["ana"]) == {"ana": Presence.AWAY}


async def test_many_people_are_looked_up_at_once(board: PresenceBoard) -> None:
    """As many as one connection can watch; each answers for itself, also who stands twice."""
    names = [f"p{number}" for number in range(limits.WATCH_MAX)]
    for name in names[::40]:
        await board.renew(name, "phone", Presence.ONLINE, 60)
    found = await board.presence([*names, names[0]])
    assert list(found) == names
    assert [name for name, status in found.items() if status is Presence.ONLINE] == names[::40]
