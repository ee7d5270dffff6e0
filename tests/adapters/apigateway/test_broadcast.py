"""Pushing by `@connections`: who is told what, in which order, and that nobody holds up anybody else."""

import asyncio
import json
import random
from typing import Any

import msgspec
import pytest
from tests.adapters.apigateway.gateway import Gateway
from tests.adapters.apigateway.world import Pushing
from tests.adapters.hub_world import PEOPLE

from tertulia.adapters.apigateway import broadcast as module
from tertulia.domain import limits
from tertulia.domain.entries import (
    Attachment,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageEdited,
    MessageSent,
    ReactionAdded,
)
from tertulia.domain.events import ReadEvent, TypingEvent
from tertulia.domain.members import Cursor
from tertulia.ports.store import Committed

pytestmark = pytest.mark.slow


async def test_members_are_told_on_every_device_in_order_and_nobody_else_is(world: Pushing) -> None:
    """Each connection of each member gets each entry, once, in the log's order."""
    for connection, username in (("a1", "ana"), ("a2", "ana"), ("b1", "bea"), ("e1", "eve")):
        await world.enter(connection, username)
    await world.converse("c", "ana", "bea", "caio")
    for number in range(5):
        await world.say("c", f"text {number}")
    assert world.gateway.frames == {}, "nothing leaves before the flush"
    await world.broadcast.flush()
    for connection in ("a1", "a2", "b1"):
        assert world.seqs(connection) == [1, 2, 3, 4, 5, 6]
        assert world.gateway.events(connection)[0] == {"type": "conversation", "conversation": "c", "change": "joined"}
    assert world.gateway.frames["e1"] == []
    await world.broadcast.flush()
    assert world.seqs("a1") == [1, 2, 3, 4, 5, 6], "a flush tells once"


async def random_step(world: Pushing, dice: random.Random, sent: list[int]) -> None:
    """One of what can happen in a conversation of changing members."""
    someone = dice.choice(PEOPLE[1:])
    match dice.randrange(6):
        case 0 if not world.active("c", someone):
            await world.append("c", MemberAdded, "ana", someone)
        case 1 if world.active("c", someone):
            await world.append("c", MemberRemoved, "ana", someone)
        case 2 if sent:
            await world.append("c", ReactionAdded, "ana", target=dice.choice(sent), emoji="👍")
        case 3 if sent:
            await world.append("c", MessageEdited, "ana", target=dice.choice(sent), text="changed")
        case 4 if sent:
            await world.append("c", MessageDeleted, "ana", target=sent.pop())
        case _:
            sent.append((await world.say("c", "hola")).timestamp)


@pytest.mark.parametrize("seed", range(6))
async def test_who_sees_what_is_what_the_hub_of_one_machine_says(world: Pushing, seed: int) -> None:
    """After the same events every connection was told the same by both, whole or hidden, in the same order."""
    dice, sent = random.Random(seed), list[int]()
    hub = {username: world.connect(username) for username in PEOPLE}
    for username in PEOPLE:
        await world.enter(f"c-{username}", username)
    await world.converse("c", "ana", "bea")
    for _ in range(25):
        await random_step(world, dice, sent)
        await asyncio.sleep(0)
        await world.broadcast.flush()
    for username, connection in hub.items():
        expected = [json.loads(msgspec.json.encode(event)) for event in connection.events]
        assert world.gateway.events(f"c-{username}") == expected, username


async def test_one_call_can_add_and_remove(world: Pushing) -> None:
    """Whoever is removed in a later entry of the same flush gets the earlier ones, and is told of the end last."""
    await world.enter("b1", "bea")
    await world.converse("c", "ana", "bea")
    await world.say("c", "for both")
    await world.append("c", MemberRemoved, "ana", "bea")
    await world.say("c", "for ana alone")
    await world.broadcast.flush()
    assert [event["type"] for event in world.gateway.events("b1")] == ["conversation"] + ["entry"] * 3 + [
        "conversation"
    ]
    assert world.seqs("b1") == [1, 2, 3]


async def test_events_of_the_moment_reach_active_members_but_for_who_is_skipped(world: Pushing) -> None:
    """Typing isn't shown to who types; a read cursor is told to all; to one person goes what is that person's."""
    for username in PEOPLE:
        await world.enter(f"c-{username}", username)
    await world.converse("c", "ana", "bea", "caio")
    await world.append("c", MemberRemoved, "ana", "caio")
    await world.broadcast.flush()
    world.gateway.frames.clear()
    world.broadcast.to_conversation("c", TypingEvent("c", "ana"), skip="ana")
    world.broadcast.to_conversation("c", ReadEvent("c", "bea", Cursor(7, 1)))
    world.broadcast.to_user("dora", ReadEvent("d", "dora", Cursor(8, 1)))
    await world.broadcast.flush()
    kinds = {each: [event["type"] for event in world.gateway.events(f"c-{each}")] for each in PEOPLE}
    assert kinds == {"ana": ["read"], "bea": ["typing", "read"], "caio": [], "dora": ["read"]}


# Faults


async def test_a_slow_connection_holds_up_no_other(world: Pushing, gateway: Gateway) -> None:
    """While one post doesn't end, everybody else has been told; nothing is marked as pushed until it ends."""
    await world.converse("c", *PEOPLE)
    await world.broadcast.flush()
    for username in PEOPLE:
        await world.enter(f"c-{username}", username)
    gateway.slow = {"c-ana"}
    await world.say("c", "one")
    await world.say("c", "two")
    flush = asyncio.create_task(world.broadcast.flush())
    await world.until(lambda: all(world.seqs(f"c-{username}") == [2, 3] for username in PEOPLE[1:]))
    assert not flush.done()
    assert (await world.places.pushed.through(["c"]))["c"] == 1
    gateway.release.set()
    await flush
    assert world.seqs("c-ana") == [2, 3]
    assert (await world.places.pushed.through(["c"]))["c"] == 3


async def test_a_flush_ends_in_time_whatever_connections_do(world: Pushing, gateway: Gateway) -> None:
    """A function has to answer: what isn't pushed by then is left to the stream, unmarked."""
    await world.converse("c", *PEOPLE)
    await world.broadcast.flush()
    for username in PEOPLE:
        await world.enter(f"c-{username}", username)
    gateway.slow = {"c-ana"}
    await world.say("c", "one")
    async with asyncio.timeout(10):
        await world.broadcast.flush(seconds=1.0)
    gateway.release.set()
    assert (await world.places.pushed.through(["c"]))["c"] == 1


async def test_posts_run_beside_each_other_within_a_bound(world: Pushing, gateway: Gateway) -> None:
    """Never more at once than the bound, and as many as that where there are enough receivers."""
    people = [f"p{number}" for number in range(30)]
    await world.converse("c", "ana", *people)
    await world.broadcast.flush()
    await asyncio.gather(*(world.enter(f"c-{name}", name) for name in people))
    gateway.slow = {f"c-{name}" for name in people}
    await world.say("c", "to all")
    flush = asyncio.create_task(world.broadcast.flush())
    # botocore's pool of threads starts more of them as they are needed.
    await world.until(lambda: gateway.most >= module.PARALLEL)
    gateway.release.set()
    await flush
    assert gateway.most == module.PARALLEL
    assert all(world.seqs(f"c-{name}") == [2] for name in people)


@pytest.mark.parametrize("fault", ["throttled", "failing"])
async def test_a_connection_that_fails_touches_nobody_else_and_leaves_the_rest_to_the_stream(
    world: Pushing, gateway: Gateway, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are told, the connection stays, the conversation isn't marked, and the log says no text."""
    await world.converse("c", *PEOPLE)
    await world.broadcast.flush()
    for username in PEOPLE:
        await world.enter(f"c-{username}", username)
    getattr(gateway, fault).add("c-bea")
    await world.say("c", "a secret text")
    await world.broadcast.flush()
    assert [world.seqs(f"c-{username}") for username in PEOPLE] == [[2], [], [2], [2]]
    assert await world.here("bea") == {"bea": ["c-bea"]}
    assert (await world.places.pushed.through(["c"]))["c"] == 1
    assert caplog.records
    assert "secret" not in caplog.text


async def test_an_audience_that_cannot_be_loaded_is_no_error_and_no_mark(world: Pushing) -> None:
    """The commit stands; the stream pushes it."""
    await world.enter("a1", "ana")
    await world.converse("c", "ana")

    async def fail(conversation: str) -> Any:
        raise TimeoutError

    world.broadcast._load = fail
    await world.broadcast.flush()
    assert world.seqs("a1") == []
    assert await world.places.pushed.through(["c"]) == {}


async def test_a_dead_connection_goes_once_it_is_older_than_the_connect_window(
    world: Pushing, gateway: Gateway
) -> None:
    """410 removes what has been there for more than ten seconds, and at the second of the window it stays."""
    await world.converse("c", "ana", "bea")
    await world.enter("dead", "ana")
    gateway.gone = {"dead"}
    world.clock.advance(10)
    await world.say("c", "one")
    await world.broadcast.flush()
    assert await world.here("ana") == {"ana": ["dead"]}
    world.clock.advance(0.000001)
    await world.say("c", "two")
    await world.broadcast.flush()
    assert await world.here("ana") == {}
    assert await world.places.caller("dead") is None
    assert (await world.places.pushed.through(["c"]))["c"] == 3, "whoever is gone was told as well as can be"


async def test_a_connection_that_came_again_under_the_same_id_is_not_removed(world: Pushing, gateway: Gateway) -> None:
    """The condition is on the same moment of connecting."""
    await world.enter("c1", "ana")
    old = (await world.places.directory.connections(["ana"]))["ana"][0]
    world.clock.advance(60)
    await world.enter("c1", "ana")
    assert not await world.places.directory.remove_gone(old)
    assert await world.here("ana") == {"ana": ["c1"]}
    assert await world.places.caller("c1") is not None


async def test_of_sixty_that_connect_while_messages_are_pushed_none_is_lost(world: Pushing, gateway: Gateway) -> None:
    """A push between `$connect` and the opening of the socket meets 410; the connection still gets the next push."""
    people = [f"p{number}" for number in range(60)]
    await world.converse("c", "ana", *people)
    await world.broadcast.flush()
    gateway.gone = {f"c-{name}" for name in people}

    async def connect(name: str) -> None:
        await world.enter(f"c-{name}", name)
        # A push that was on its way meets the connection before its socket is open.
        world.broadcast.to_user(name, ReadEvent("c", name, Cursor(1, 1)))
        await world.broadcast.flush()
        gateway.gone.discard(f"c-{name}")

    async def speak() -> None:
        for number in range(5):
            await world.say("c", f"text {number}")
            await world.broadcast.flush()

    await asyncio.gather(speak(), *map(connect, people))
    assert world.broadcast.counts.gone >= len(people)
    await world.say("c", "the last")
    await world.broadcast.flush()
    lost = [name for name in people if not world.seqs(f"c-{name}") or world.seqs(f"c-{name}")[-1] != 7]
    assert lost == []


# Sizes


async def test_what_is_too_large_for_a_frame_is_told_by_the_head_alone(world: Pushing) -> None:
    """The longest text there can be is pushed whole; with long descriptions of files only the place is told."""
    await world.converse("c", "ana")
    await world.broadcast.flush()
    await world.enter("a1", "ana")
    await world.say("c", "😀" * limits.TEXT_MAX)
    files = tuple(
        Attachment(media=f"m{n}", name="n", type="image/png", size=1, alt="é" * limits.TEXT_MAX) for n in range(3)
    )
    await world.append("c", MessageSent, "ana", id="files", text="", attachments=files)
    await world.broadcast.flush()
    whole, head = world.gateway.events("a1")
    assert whole["entry"]["text"] == "😀" * limits.TEXT_MAX
    assert head == {"type": "head", "conversation": "c", "seq": 3}
    assert all(len(frame) <= module.FRAME_BYTES for frame in world.gateway.frames["a1"])


async def test_what_is_gathered_is_bounded(world: Pushing) -> None:
    """One call can't make a function hold more than a bounded number of events; what is over is counted."""
    entry = MessageSent(seq=1, timestamp=1, author="ana", id="i", number=1, text="t")
    world.broadcast.committed([Committed("c", entry)] * (module.GATHERED_MAX + 1))
    assert world.broadcast.counts.lost == 1


# Ending


async def test_ending_sessions_says_goodbye_and_closes_only_those(world: Pushing) -> None:
    """The named sessions of that person, on all devices; tickets of theirs open nothing any more."""
    for connection, username, session in (("a1", "ana", "s1"), ("a2", "ana", "s2"), ("b1", "bea", "s1")):
        await world.enter(connection, username, session)
    of_ended = await world.places.tickets.issue(world.ticket("ana", "s1"))
    of_other = await world.places.tickets.issue(world.ticket("ana", "s2"))
    world.broadcast.end_sessions("ana", sessions=["s1"], reason="session_ended")
    await world.broadcast.flush()
    assert world.gateway.closed == ["a1"]
    assert world.gateway.events("a1") == [{"type": "goodbye", "reason": "session_ended", "resume": False}]
    assert await world.here("ana", "bea") == {"ana": ["a2"], "bea": ["b1"]}
    assert await world.places.caller("a1") is None
    assert await world.places.tickets.consume(of_ended, world.clock.now()) is None
    assert await world.places.tickets.consume(of_other, world.clock.now()) is not None


async def test_a_session_that_ends_while_its_connection_is_made_has_none(world: Pushing) -> None:
    """Whoever consumed the ticket just before sees the end, whoever entered just before is found by it."""
    ticket = world.ticket("ana", "s1")
    consumed = await world.places.tickets.consume(await world.places.tickets.issue(ticket), world.clock.now())
    assert consumed == ticket
    world.broadcast.end_sessions("ana", sessions=None, reason="session_ended")
    await world.broadcast.flush()
    assert await world.places.add("a1", ticket) is None
    assert await world.here("ana") == {}
    world.clock.advance(1)
    assert await world.places.add("a2", world.ticket("ana", "s2")) == [], "a later session is another one"


async def test_the_oldest_of_too_many_connections_is_named(world: Pushing) -> None:
    """One over the bound gives the oldest; what is older than a connection can be doesn't count and is let go."""
    for number in range(limits.CONNECTIONS_PER_USER_MAX):
        assert await world.enter(f"c{number}", "ana") == []
        world.clock.advance(1)
    assert [each.id for each in await world.enter("one more", "ana")] == ["c0"]
    world.clock.advance(2 * 3600 + 290)
    assert await world.enter("later", "ana") == []
    assert (await world.here("ana"))["ana"][-2:] == ["one more", "later"]
