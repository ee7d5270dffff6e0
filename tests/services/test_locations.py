"""Live locations: told while they last, stored nowhere."""

from typing import Any

import msgspec
import pytest
from tests.services.refused import refused
from tests.services.world import World, who

from tertulia.api.actions import perform
from tertulia.api.events import AnyAction, Locate
from tertulia.domain import limits
from tertulia.domain.events import LocationEvent
from tertulia.domain.messages import Message
from tertulia.services.messages import NewMessage

MADRID: dict[str, Any] = {"latitude": 40.4168, "longitude": -3.7038, "accuracy": 20.0}


async def share(world: World, group: str, username: str = "ben", seconds: int = 60) -> Message:
    message, _ = await world.chat.messages.send(who(username), group, NewMessage(id="live", live_seconds=seconds))
    return message


async def test_all_are_told_and_nothing_is_stored(world: World, group: str) -> None:
    """Also the other devices of who shares; the log has the message alone."""
    message = await share(world, group)
    assert message.live_until == message.timestamp + 60_000_000
    length = len(world.entries(group))
    await world.chat.locations.show(who("ben"), group, message.timestamp, **MADRID)
    assert world.broadcast.told == [
        (group, LocationEvent(group, "ben", message.timestamp, 40.4168, -3.7038, 20.0), None)
    ]
    assert len(world.entries(group)) == length


async def test_a_device_that_hardly_knows_is_passed_on_too(world: World, group: str) -> None:
    """Some know their place to a country; that is said as the most there is, and not refused."""
    message = await share(world, group)
    vague = Locate(conversation=group, timestamp=message.timestamp, latitude=40.0, longitude=-3.0, accuracy=4e5)
    action = msgspec.json.decode(msgspec.json.encode(vague), type=AnyAction)
    await perform(world.chat, who("ben"), "device", action)
    ((_, event, _),) = world.broadcast.told
    assert isinstance(event, LocationEvent)
    assert event.accuracy == limits.ACCURACY_MAX


async def test_the_server_ends_it(world: World, group: str) -> None:
    """At its time, whatever the client says."""
    message = await share(world, group)
    world.clock.advance(61)
    with refused("live_location_over"):
        await world.chat.locations.show(who("ben"), group, message.timestamp, **MADRID)
    assert world.broadcast.told == []


async def test_a_deleted_one_is_over(world: World, group: str) -> None:
    """Deleting the message stops it, and takes its end out of the log."""
    message = await share(world, group)
    await world.chat.messages.delete(who("ben"), group, message.timestamp)
    with refused("live_location_over"):
        await world.chat.locations.show(who("ben"), group, message.timestamp, **MADRID)
    assert "live_until" not in str([entry for entry in world.entries(group) if getattr(entry, "live_until", 0)])


@pytest.mark.parametrize(("username", "code"), [("ana", "forbidden"), ("eve", "conversation_not_found")])
async def test_nobody_else_says_where_somebody_is(world: World, group: str, username: str, code: str) -> None:
    """Not the owner of the group, and no stranger."""
    message = await share(world, group)
    with refused(code):
        await world.chat.locations.show(who(username), group, message.timestamp, **MADRID)
    assert world.broadcast.told == []


async def test_an_ordinary_message_shows_nobody(world: World, group: str) -> None:
    """Only what was sent as a live location is one."""
    message, _ = await world.chat.messages.send(who("ben"), group, NewMessage(id="m", text="here I am"))
    with refused("live_location_over"):
        await world.chat.locations.show(who("ben"), group, message.timestamp, **MADRID)


async def test_a_retry_is_the_same_live_location(world: World, group: str) -> None:
    """The end doesn't move; another length under the same id is another message."""
    message = await share(world, group)
    world.clock.advance(30)
    assert await share(world, group) == message
    with refused("id_reused"):
        await share(world, group, seconds=120)
    with refused("invalid_request"):
        await share(world, group, seconds=limits.LIVE_SECONDS_MAX + 1)
