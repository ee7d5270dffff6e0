"""Where connections are kept: who follows whom, what is remembered of a connection, what was pushed."""

import pytest
from tests.adapters.apigateway.gateway import Gateway
from tests.adapters.apigateway.world import Pushing

from tertulia.adapters.apigateway.watchers import Watchers
from tertulia.domain import limits
from tertulia.domain.events import PresenceEvent
from tertulia.domain.presence import Presence

pytestmark = pytest.mark.slow


async def told(world: Pushing, username: str, *connections: str) -> list[bool]:
    """Which of the connections hear that somebody came."""
    world.gateway.frames.clear()
    world.broadcast.to_watchers(username, PresenceEvent(username, Presence.ONLINE))
    await world.broadcast.flush()
    expected = {"type": "presence", "username": username, "status": "online"}
    return [world.gateway.events(each) == [expected] for each in connections]


async def test_a_connection_follows_exactly_whom_it_said_last(world: Pushing) -> None:
    """A new list replaces the old one, an empty one ends it; others' lists are their own."""
    await world.places.watch("a1", ["bea", "caio"])
    await world.places.watch("d1", ["bea"])
    assert await told(world, "bea", "a1", "d1") == [True, True]
    await world.places.watch("a1", ["caio", "eve"])
    assert await told(world, "bea", "a1", "d1") == [False, True]
    assert await told(world, "caio", "a1", "d1") == [True, False]
    assert await told(world, "eve", "a1") == [True]
    await world.places.watch("a1", [])
    assert await told(world, "eve", "a1") == [False]


async def test_a_watcher_that_is_gone_is_forgotten(world: Pushing, gateway: Gateway) -> None:
    """The first push that finds it gone is the last."""
    await world.places.watch("a1", ["bea"])
    gateway.gone = {"a1"}
    assert await told(world, "bea", "a1") == [False]
    assert await world.places.watchers.watchers(["bea"]) == {"bea": []}


async def test_following_ends_with_the_longest_life_of_a_connection(world: Pushing) -> None:
    """What nobody ended is not told for ever."""
    await world.places.watch("a1", ["bea"])
    world.clock.advance(2 * 3600 + 299)
    assert await told(world, "bea", "a1") == [True]
    world.clock.advance(2)
    assert await told(world, "bea", "a1") == [False]


async def test_watchers_of_one_person_are_bounded(world: Pushing) -> None:
    """One over the bound isn't followed, until somebody's time is up."""
    watchers = Watchers(world.places.watchers._rows._clients, world.clock, watchers_max=3, prefix=prefix_of(world))
    for number in range(4):
        await watchers.watch(f"c{number}", ["bea"])
    assert (await watchers.watchers(["bea"]))["bea"] == ["c0", "c1", "c2"]
    world.clock.advance(3 * 3600)
    await watchers.watch("late", ["bea"])
    assert (await watchers.watchers(["bea"]))["bea"] == ["late"]


def prefix_of(world: Pushing) -> str:
    table: str = world.places.watchers._rows._table
    return table.removesuffix("Chat-Connections")


async def test_a_connection_follows_a_bounded_number_of_people(world: Pushing) -> None:
    """At the limit all, one past it the first of them."""
    names = [f"p{number:03}" for number in range(limits.WATCH_MAX + 1)]
    await world.places.watch("a1", names)
    found = await world.places.watchers.watchers(names)
    assert sorted(name for name, connections in found.items() if connections) == names[:-1]


async def test_a_caller_is_known_until_it_leaves(world: Pushing) -> None:
    """With what its device said last; another connection of the same person stays."""
    assert await world.places.add("a1", world.ticket("ana", "s1")) == []
    assert await world.places.add("a2", world.ticket("ana", "s2")) == []
    caller = await world.places.caller("a1")
    assert caller is not None
    assert (caller.connection.username, caller.connection.session, caller.admin) == ("ana", "s1", False)
    assert caller.presence is None
    await world.places.remember_presence(caller, Presence.AWAY)
    again = await world.places.caller("a1")
    assert again is not None
    assert again.presence is Presence.AWAY
    await world.places.remove(caller.connection)
    await world.places.remove(caller.connection)
    assert await world.places.caller("a1") is None
    await world.places.remember_presence(caller, Presence.ONLINE)
    assert await world.places.caller("a1") is None, "what comes late makes no row"
    assert await world.here("ana") == {"ana": ["a2"]}


async def test_a_connection_past_its_life_speaks_no_more(world: Pushing) -> None:
    """DynamoDB deletes expired items late; they don't count until then."""
    await world.enter("a1", "ana")
    world.clock.advance(2 * 3600 + 301)
    assert await world.places.caller("a1") is None
    assert await world.here("ana") == {}


async def test_the_mark_of_what_was_pushed_only_grows(world: Pushing) -> None:
    """Two functions that end in the other order leave the later mark."""
    await world.places.pushed.mark("c", 7)
    await world.places.pushed.mark("c", 5)
    await world.places.pushed.mark("d", 1)
    assert await world.places.pushed.through(["c", "d", "e"]) == {"c": 7, "d": 1}


async def test_people_are_looked_up_by_the_hundred(world: Pushing) -> None:
    """More than one BatchGetItem holds, and everybody is found."""
    names = [f"p{number:03}" for number in range(230)]
    for name in names[::23]:
        await world.enter(f"c-{name}", name)
    assert sorted(await world.here(*names)) == names[::23]
