"""The hub: who is told, what, in which order, and what bounds it."""

import asyncio

import pytest
from tests.adapters.hub_world import Broken, Connection, World, encode, message, settled

from tertulia.adapters.hub.hub import WAITING_MAX, Hub
from tertulia.domain import limits
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import (
    History,
    MemberAdded,
    MemberRemoved,
    ReactionAdded,
    SettingsChanged,
)
from tertulia.domain.events import (
    ConversationChanged,
    EntryEvent,
    Membership,
    PresenceEvent,
    TypingEvent,
)
from tertulia.domain.members import Member
from tertulia.domain.presence import Presence
from tertulia.ports.store import Committed


async def test_an_entry_reaches_the_members_and_nobody_else() -> None:
    """Every connection of every active member, once, the author's own too."""
    world = World()
    await world.converse("g", "ana", "bea")
    ana, ana2, bea, eve = (world.connect(name) for name in ("ana", "ana", "bea", "eve"))
    entry = await world.say("g", "hola")
    await settled()
    assert ana.events == ana2.events == bea.events == [EntryEvent("g", entry)]
    assert eve.frames == []


async def test_a_frame_is_the_same_object_for_all() -> None:
    """Encoded once: a thousand receivers share the bytes."""
    world = World()
    await world.converse("g", "ana", "bea")
    ana, bea = world.connect("ana"), world.connect("bea")
    await world.say("g", "hola")
    await settled()
    await world.say("g", "otra vez")
    assert ana.frames[-1] is bea.frames[-1]


async def test_a_new_conversation_is_told_to_its_members() -> None:
    """Each member hears that the conversation is theirs, then its first entry; no load is needed."""
    world = World()
    bea = world.connect("bea")
    await world.converse("g", "ana", "bea")
    first, second = bea.events
    assert first == ConversationChanged("g", Membership.JOINED)
    assert isinstance(second, EntryEvent)
    assert world.hub.counts.loads == 0


async def test_what_one_commit_holds_for_a_conversation_is_one_piece() -> None:
    """Entries of one batch are handed over together, in order, and counted one by one."""
    world = World()
    bea = world.connect("bea")
    await world.converse("g", "ana", "bea")
    bea.frames.clear()
    count = world.hub.counts.deliveries
    batch = [Committed("g", message(n)) for n in (2, 3, 4)]
    world.hub.committed(batch)
    assert len(bea.frames) == 1
    assert bea.entries == [(2, False), (3, False), (4, False)]
    assert world.hub.counts.deliveries - count == 3


async def test_a_large_batch_goes_out_in_pieces() -> None:
    """A piece is bounded, so that a slow reader's bound is not passed by one step."""
    world = World()
    bea = world.connect("bea")
    await world.converse("g", "ana", "bea")
    bea.frames.clear()
    text = "x" * limits.TEXT_MAX
    batch = [Committed("g", message(n, text)) for n in range(2, 40)]
    world.hub.committed(batch)
    assert max(map(len, bea.frames)) <= 64 * 1024
    assert [seq for seq, _ in bea.entries] == list(range(2, 40))


async def test_the_removal_is_the_last_that_the_removed_get() -> None:
    """Contract 6: the entry of the removal is readable, nothing that is committed later is."""
    world = World()
    await world.converse("g", "ana", "bea")
    bea = world.connect("bea")
    await world.say("g", "uno")
    removed = await world.append("g", MemberRemoved, subject="bea")
    await world.say("g", "dos")
    await settled()
    assert bea.entries[-1] == (removed.seq, False)
    assert ConversationChanged("g", Membership.LEFT) in bea.events
    world.hub.to_conversation("g", TypingEvent("g", "ana"))
    assert not any(isinstance(e, TypingEvent) for e in bea.events)


async def test_a_removal_in_the_middle_of_a_batch_cuts_there() -> None:
    """Within one commit too: before the removal yes, after it no."""
    world = World()
    bea = world.connect("bea")
    await world.converse("g", "ana", "bea")
    earlier = message(2)
    removal = MemberRemoved(seq=3, timestamp=2 * 10**15 + 3, author="ana", username="bea")
    later = message(4)
    world.hub.committed([Committed("g", earlier), Committed("g", removal), Committed("g", later)])
    assert [seq for seq, _ in bea.entries] == [1, 2, 3]


async def test_what_is_about_an_earlier_message_is_hidden_from_who_came_later() -> None:
    """The log stays without gaps for them, and says nothing."""
    world = World()
    await world.converse("g", "ana")
    ana, bea = world.connect("ana"), world.connect("bea")
    before = await world.say("g", "antes de bea")
    added = await world.append("g", MemberAdded, subject="bea")
    reaction = await world.append("g", ReactionAdded, target=before.timestamp, emoji="👍")
    after = await world.say("g", "con bea")
    seen = await world.append("g", ReactionAdded, target=after.timestamp, emoji="👍")
    await settled()
    assert bea.entries == [(added.seq, False), (reaction.seq, True), (after.seq, False), (seen.seq, False)]
    assert not any(hidden for _, hidden in ana.entries)
    assert b"antes" not in b"".join(bea.frames)


async def test_open_history_hides_nothing() -> None:
    """From the change of the setting on, entries about earlier messages are shown."""
    world = World()
    await world.converse("g", "ana")
    before = await world.say("g", "antes de bea")
    await world.append("g", MemberAdded, subject="bea")
    bea = world.connect("bea")
    await world.append("g", ReactionAdded, target=before.timestamp, emoji="1")
    await settled()
    await world.append("g", SettingsChanged, history=History.ALL)
    await world.append("g", ReactionAdded, target=before.timestamp, emoji="2")
    await world.append("g", SettingsChanged, history=History.JOINED)
    await world.append("g", ReactionAdded, target=before.timestamp, emoji="3")
    assert [hidden for _, hidden in bea.entries] == [True, False, False, False, True]


async def test_who_connects_later_gets_what_comes_from_then_on() -> None:
    """Connecting and leaving change the audiences that are already loaded."""
    world = World()
    await world.converse("g", "ana", "bea")
    world.connect("ana")
    await world.say("g", "uno")
    await settled()
    bea = world.connect("bea")
    entry = await world.say("g", "dos")
    assert bea.events == [EntryEvent("g", entry)]
    world.hub.remove(bea)
    await world.say("g", "tres")
    assert len(bea.frames) == 1
    world.hub.remove(bea)


async def test_events_wait_in_order_while_the_audience_is_loaded() -> None:
    """Entries and events of the moment that come meanwhile are delivered after the load, in their order."""
    gate = asyncio.Event()
    world = World()
    await world.converse("g", "ana", "bea")

    async def slow(conversation: str) -> tuple[Conversation, list[Member]] | None:
        loaded = await world.store.audience(conversation)
        await gate.wait()
        return loaded

    hub = Hub(slow, encode)
    world.store.listen(hub.committed)
    bea = Connection()
    hub.add(bea, "bea", "s")
    first = await world.say("g", "uno")
    hub.to_conversation("g", TypingEvent("g", "ana"))
    second = await world.say("g", "dos")
    await settled()
    assert bea.frames == []
    gate.set()
    await settled()
    assert bea.events == [EntryEvent("g", first), TypingEvent("g", "ana"), EntryEvent("g", second)]


async def test_a_failed_load_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """A store that can't answer for a moment loses nobody an entry."""
    world = World()
    await world.converse("g", "ana", "bea")
    tries = 0

    async def failing(conversation: str) -> tuple[Conversation, list[Member]] | None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise OSError
        return await world.store.audience(conversation)

    hub = Hub(failing, encode)
    world.store.listen(hub.committed)
    bea = Connection()
    hub.add(bea, "bea", "s")
    entry = await world.say("g", "uno")
    async with asyncio.timeout(10):
        while not bea.frames:
            await asyncio.sleep(0.01)
    assert bea.events == [EntryEvent("g", entry)]
    assert "could not be loaded" in caplog.text


async def test_what_waits_for_a_load_is_bounded() -> None:
    """Beyond the bound events are lost, which the contract allows a broadcast; the process doesn't fill."""

    async def never(_: str) -> None:
        await asyncio.Event().wait()

    hub = Hub(never, encode)
    hub.add(Connection(), "bea", "s")
    for _ in range(WAITING_MAX + 5):
        hub.to_conversation("g", TypingEvent("g", "ana"))
    assert hub.counts.lost == 5
    await hub.close()


async def test_a_fault_at_one_receiver_touches_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    """The others get everything; the broken one is let go."""
    world = World()
    await world.converse("g", "ana", "bea")
    broken = Broken()
    world.hub.add(broken, "bea", "s")
    bea, ana = world.connect("bea"), world.connect("ana")
    await world.say("g", "hola")
    await settled()
    assert len(bea.entries) == len(ana.entries) == 1
    assert broken.closed == "internal"
    assert len(world.hub) == 2
    assert "let go" in caplog.text


async def test_a_person_keeps_the_newest_connections() -> None:
    """As many as the limit stay; one more closes the oldest."""
    world = World()
    connections = [world.connect("ana") for _ in range(limits.CONNECTIONS_PER_USER_MAX)]
    assert not any(c.closed for c in connections)
    world.connect("ana")
    assert [c.closed for c in connections][:2] == ["too_many_connections", ""]
    assert len(world.hub) == limits.CONNECTIONS_PER_USER_MAX


async def test_ended_sessions_close_their_connections_only() -> None:
    """The named sessions of that person, or all of them; nobody else's."""
    world = World()
    one, two, other = world.connect("ana", "s1"), world.connect("ana", "s2"), world.connect("bea", "s1")
    world.hub.end_sessions("ana", sessions=["s1"], reason="session_ended")
    assert [c.closed for c in (one, two, other)] == ["session_ended", "", ""]
    world.hub.end_sessions("ana", sessions=None, reason="session_ended")
    assert [c.closed for c in (two, other)] == ["session_ended", ""]
    world.hub.to_user("ana", ConversationChanged("g", Membership.JOINED))
    assert one.frames == two.frames == []


async def test_watchers_follow_exactly_whom_they_named_last() -> None:
    """A new list takes the place of the old one; who has left follows nobody."""
    world = World()
    watcher, other = world.connect("ana"), world.connect("bea")
    world.hub.watch(watcher, ["caio", "dora"])
    world.hub.to_watchers("caio", PresenceEvent("caio", Presence.ONLINE))
    world.hub.watch(watcher, ["dora"])
    world.hub.to_watchers("caio", PresenceEvent("caio", Presence.AWAY))
    assert watcher.events == [PresenceEvent("caio", Presence.ONLINE)]
    assert other.frames == []
    world.hub.remove(watcher)
    world.hub.to_watchers("dora", PresenceEvent("dora", Presence.AWAY))
    world.hub.watch(watcher, ["dora"])
    world.hub.to_watchers("dora", PresenceEvent("dora", Presence.AWAY))
    assert len(watcher.frames) == 1


async def test_events_of_the_moment_skip_who_caused_them() -> None:
    """All devices of that person are skipped."""
    world = World()
    await world.converse("g", "ana", "bea")
    ana, ana2, bea = world.connect("ana"), world.connect("ana"), world.connect("bea")
    await world.say("g", "hola")
    await settled()
    world.hub.to_conversation("g", TypingEvent("g", "ana"), skip="ana")
    assert [len(c.frames) for c in (ana, ana2, bea)] == [1, 1, 2]


async def test_audiences_are_bounded_by_their_members() -> None:
    """The least recently used are forgotten, and loaded again when they are needed."""
    world = World(members_max=4)
    ana = world.connect("ana")
    for number in range(5):
        await world.converse(f"g{number}", "ana", "bea")
    assert world.hub.counts.loads == 0
    await world.say("g0", "hola")
    await settled()
    assert world.hub.counts.loads == 1
    assert ana.entries[-1] == (2, False)


async def test_without_connections_nothing_is_loaded() -> None:
    """Nobody to tell, nothing to read."""
    world = World()
    await world.converse("g", "ana", "bea")
    world.hub = Hub(world.store.audience, encode)
    world.store.listen(world.hub.committed)
    await world.say("g", "hola")
    await settled()
    assert world.hub.counts.loads == 0
