"""What people say of themselves: asked for by everybody, told to who follows them and to their own devices."""

import pytest
from msgspec.structs import replace
from tests.services.refused import refused
from tests.services.world import World, who

from tertulia.domain import limits
from tertulia.domain.events import StatusEvent
from tertulia.domain.status import Status

HOUR = 3_600_000_000


async def test_a_status_is_told_and_can_be_asked_for(world: World) -> None:
    """Own devices and followers get the same event; a later one takes its place, and without anything it is over."""
    now = world.clock.now()
    said = await world.chat.statuses.set(who("ana"), Status(emoji="🌴", text=" away ", until=now + HOUR))
    assert said == Status(emoji="🌴", text="away", until=now + HOUR, since=now)
    assert world.told(StatusEvent) == [("ana", StatusEvent("ana", said), None)] * 2
    assert await world.chat.statuses.of(["ana", "ben", "nobody", "ana"]) == {"ana": said}
    world.clock.advance(3600)
    assert await world.chat.statuses.of(["ana"]) == {"ana": Status(since=now)}
    busy = await world.chat.statuses.set(who("ana"), Status(dnd=True))
    assert await world.chat.statuses.of(["ana"]) == {"ana": busy}
    over = await world.chat.statuses.set(who("ana"), Status())
    assert over == Status(since=world.clock.now())


@pytest.mark.parametrize(
    "wrong", [{"text": "x" * (limits.STATUS_TEXT_MAX + 1)}, {"text": "two\nlines"}, {"emoji": "x"}, {"emoji": "🌴🌴"}]
)
async def test_what_is_no_status_is_refused(world: World, wrong: dict[str, str]) -> None:
    """Nothing is said, and nobody is told."""
    with refused("invalid_request"):
        await world.chat.statuses.set(who("ana"), replace(Status(), **wrong))
    assert world.told(StatusEvent) == []


async def test_people_asked_for_are_bounded(world: World) -> None:
    """As many as a page has, and one more is refused."""
    names = [f"p{number}" for number in range(limits.PAGE_MAX)]
    assert await world.chat.statuses.of(names) == {}
    with refused("invalid_request"):
        await world.chat.statuses.of([*names, "one"])
