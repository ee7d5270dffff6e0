"""Presence: a lease per device, told to who watches."""

from tests.services.world import World, who

from tertulia.domain import limits
from tertulia.domain.events import PresenceEvent
from tertulia.domain.presence import Presence

ONLINE, AWAY, OFFLINE = Presence.ONLINE, Presence.AWAY, Presence.OFFLINE


def told(world: World) -> list[tuple[str, Presence]]:
    return [(whom, event.status) for whom, event, _ in world.told(PresenceEvent) if isinstance(event, PresenceEvent)]


async def test_closing_one_of_two_tabs_tells_nobody_anything(world: World) -> None:
    """A person is offline when the last device is."""
    await world.chat.presence.renew(who("ana"), "one")
    await world.chat.presence.renew(who("ana"), "two")
    await world.chat.presence.end(who("ana"), "one")
    assert told(world) == [("ana", ONLINE)]
    await world.chat.presence.end(who("ana"), "two")
    assert told(world) == [("ana", ONLINE), ("ana", OFFLINE)]


async def test_a_lease_runs_out_after_its_time(world: World) -> None:
    """A device that isn't heard of is offline after a lease, and renewing in time keeps it."""
    await world.chat.presence.renew(who("ana"), "one")
    world.clock.advance(limits.PRESENCE_LEASE_SECONDS - 1)
    await world.chat.presence.renew(who("ana"), "one")
    world.clock.advance(limits.PRESENCE_LEASE_SECONDS - 1)
    await world.chat.presence.expire()
    assert told(world) == [("ana", ONLINE)]
    world.clock.advance(1)
    await world.chat.presence.expire()
    await world.chat.presence.expire()
    assert told(world) == [("ana", ONLINE), ("ana", OFFLINE)]


async def test_a_connection_that_ends_with_its_lease_shows_the_person_offline(world: World) -> None:
    """A lease may have run out by the time its connection is closed: who watches is told all the same."""
    await world.chat.presence.renew(who("ana"), "one")
    world.clock.advance(limits.PRESENCE_LEASE_SECONDS)
    await world.chat.presence.end(who("ana"), "one")
    await world.chat.presence.expire()
    assert told(world)[-1] == ("ana", OFFLINE)


async def test_away_is_told_and_online_wins(world: World) -> None:
    """A person is away when every device is."""
    await world.chat.presence.set(who("ana"), "one", ONLINE, None)
    await world.chat.presence.set(who("ana"), "two", AWAY, None)
    await world.chat.presence.set(who("ana"), "one", AWAY, None)
    await world.chat.presence.set(who("ana"), "one", AWAY, None)
    assert told(world) == [("ana", ONLINE), ("ana", AWAY)]
    await world.chat.presence.end(who("ana"), "one")
    assert told(world)[-1] == ("ana", AWAY)


async def test_one_watches_people_with_whom_one_shares_a_conversation(world: World, group: str) -> None:
    """Of strangers and unknown people nothing is said, and nothing is remembered to follow."""
    await world.chat.presence.renew(who("eve"), "one")
    await world.chat.presence.renew(who("ben"), "one")
    watched = await world.chat.presence.set(who("ana"), "x", ONLINE, ["ben", "dan", "eve", "nobody", "ben"])
    assert watched == {"ben": ONLINE, "dan": OFFLINE}
    assert await world.chat.presence.set(who("ana"), "x", ONLINE, []) == {}


async def test_who_left_is_no_longer_watched(world: World, group: str) -> None:
    """Sharing a conversation once is not enough."""
    await world.chat.members.remove(who("ana"), group, "ben")
    assert await world.chat.presence.set(who("ana"), "x", ONLINE, ["ben"]) == {}


async def test_people_watched_are_bounded(world: World, group: str) -> None:
    """The first ones, as many as the limit; one more is left out."""
    strangers = [f"p{n}" for n in range(limits.WATCH_MAX)]
    assert await world.chat.presence.set(who("ana"), "x", ONLINE, [*strangers[1:], "ben"]) == {"ben": OFFLINE}
    assert await world.chat.presence.set(who("ana"), "x", ONLINE, [*strangers, "ben"]) == {}


async def test_watchers_are_told_when_the_last_online_device_lapses_and_another_is_away(world: World) -> None:
    """Also where the other device renews its lease before anybody looked: what was told last is what counts."""
    await world.chat.presence.set(who("ana"), "phone", ONLINE, None)
    world.clock.advance(limits.PRESENCE_LEASE_SECONDS - 1)
    await world.chat.presence.set(who("ana"), "laptop", AWAY, None)
    world.clock.advance(2)
    await world.chat.presence.renew(who("ana"), "laptop", AWAY)
    await world.chat.presence.expire()
    assert told(world) == [("ana", ONLINE), ("ana", AWAY)]
