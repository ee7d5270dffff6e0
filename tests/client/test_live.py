"""The stream against a real server: it neither misses nor repeats, whatever happens to the connection."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tests.client.conftest import Register
from tests.client.proxies import CuttingProxy, DroppingProxy, cutting_proxy
from tests.client.server import PASSWORD, QUICK, RunningServer, name_of

from tertulia.client import Client, ConversationState, Live, Start
from tertulia.client.feed import LiveEvent
from tertulia.domain import limits
from tertulia.domain.entries import ConversationKind, Hidden, MemberRemoved, MessageSent, VisibleEntry
from tertulia.domain.errors import LimitedError, UnauthenticatedError
from tertulia.domain.events import ConversationChanged, EntryEvent, Membership, PresenceEvent, ReadEvent
from tertulia.domain.presence import Presence


async def until_entry(live: Live, conversation: str, last: Callable[[VisibleEntry], bool]) -> list[VisibleEntry]:
    """What the stream gives of the conversation up to the entry of which `last` holds."""
    got: list[VisibleEntry] = []
    async with asyncio.timeout(80):
        async for event in live:
            if isinstance(event, EntryEvent) and event.conversation == conversation:
                got.append(event.entry)
                if last(event.entry):
                    return got
    pytest.fail("the stream ended")


async def until_seq(live: Live, conversation: str, seq: int) -> list[VisibleEntry]:
    return await until_entry(live, conversation, lambda entry: entry.seq >= seq)


async def until_said(live: Live, conversation: str, text: str) -> list[VisibleEntry]:
    return await until_entry(live, conversation, lambda entry: isinstance(entry, MessageSent) and entry.text == text)


async def until(live: Live, wanted: type[LiveEvent]) -> LiveEvent:
    async with asyncio.timeout(10):
        async for event in live:
            if isinstance(event, wanted):
                return event
    pytest.fail("the stream ended")


async def group(owner: Client, *others: Client) -> str:
    view = await owner.api.create_conversation(ConversationKind.GROUP, [name_of(o) for o in others], title="Cine")
    return view.id


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_stream_neither_misses_nor_repeats_over_connections_that_are_cut_at_random(
    server: RunningServer, register: Register, seed: int
) -> None:
    """Readers behind a proxy that cuts every connection after a few kilobytes get the log as it is."""
    ana, ben = await register("ana"), await register("ben")
    async with cutting_proxy(server.url, seed, least=1500, most=12_000).running() as proxy:
        behind = await register("carla", url=proxy.url)
        conversation = await group(ana, ben, behind)
        async with behind.connect(start=Start.ALL) as live:
            reading = asyncio.create_task(until_said(live, conversation, "the end"))
            rounds = 0
            # How many cuts a message meets depends on how much of the log comes by pushes: go on until there were some.
            while rounds < 100 or (proxy.cuts < 3 and rounds < 2000):
                await asyncio.gather(
                    ana.send(conversation, f"a{rounds}"), ben.send(conversation, "b" * (1 + rounds % 7 * 40))
                )
                rounds += 1
            await ana.send(conversation, "the end")
            got = await reading
    assert [entry.seq for entry in got] == list(range(1, 2 * rounds + 3))
    assert got == [entry async for entry in ana.log(conversation)]
    assert proxy.cuts >= 3


@pytest.mark.slow
async def test_each_pushed_event_dropped_in_turn_the_client_converges(
    server: RunningServer, register: Register
) -> None:
    """Whichever single pushed event is lost, the stream gives the same entries once a later event tells of it."""
    ana = await register("ana")
    last = 7
    for number in range(30):

        def drop(n: int, message: dict[str, Any], number: int = number) -> bool:
            return n == number and not (message["type"] == "entry" and message["entry"]["seq"] == last)

        async with DroppingProxy(server.url, drop).running() as proxy:
            ben = await register("ben", url=proxy.url)
            async with ben.connect() as live:
                conversation = await group(ana, ben)
                state = ConversationState(conversation, name_of(ben))
                sent = await ana.send(conversation, "uno")
                await ana.api.edit_message(conversation, sent.timestamp, "dos")
                await ana.api.add_reaction(conversation, sent.timestamp, "👍")
                await ana.api.update_conversation(conversation, title="Otra")
                await ana.send(conversation, "tres")
                await ana.send(conversation, "the last, which tells of a hole")
                got = await until_seq(live, conversation, last)
            for entry in got:
                state.apply(entry)
            assert [entry.seq for entry in got] == list(range(1, last + 1)), f"event {number} dropped"
            await assert_fresh(state, ben)
        if not proxy.dropped:
            break
    assert number >= last


async def assert_fresh(state: ConversationState, client: Client) -> None:
    """The state that was built from events is what the server shows."""
    view = await client.api.get_conversation(state.id)
    page = await client.api.list_messages(state.id, limit=100)
    fresh = ConversationState.of(view, state.me, messages=page.messages)
    assert state.timeline == fresh.timeline
    assert (state.head, state.title, state.kind, state.created) == (view.head, view.title, view.kind, view.created)
    assert (state.live_typing, state.history) == (view.live_typing, view.history)
    assert state.roles == fresh.roles
    assert state.reads == fresh.reads
    assert state.unread == view.unread


async def test_the_state_built_from_events_equals_a_fresh_read_after_every_operation(register: Register) -> None:
    """Old state and events give what a fresh read gives."""
    ana, ben, carla = await register("ana"), await register("ben"), await register("carla")
    async with ben.connect() as live:
        conversation = await group(ana, ben)
        state = ConversationState(conversation, name_of(ben))
        api = ana.api
        first = await ana.send(conversation, f"hola @{name_of(ben)}")
        operations = [
            api.send_message(conversation, "respuesta", reply_to=first.timestamp),
            api.edit_message(conversation, first.timestamp, "hola a todos"),
            api.add_reaction(conversation, first.timestamp, "🎉"),
            ben.api.add_reaction(conversation, first.timestamp, "🎉"),
            api.remove_reaction(conversation, first.timestamp, "🎉"),
            api.put_member(conversation, name_of(carla)),
            carla.api.send_message(conversation, "aquí"),
            api.update_conversation(conversation, title="Nuevo", live_typing=True),
            ben.api.move_cursor(conversation, first.timestamp),
            api.put_member(conversation, name_of(ben), role="admin"),  # type: ignore[arg-type]
            api.delete_message(conversation, first.timestamp),
            api.remove_member(conversation, name_of(carla)),
            ben.api.send_message(conversation, "adiós"),
        ]
        for operation in operations:
            await operation
            head = (await ben.api.get_conversation(conversation)).head
            while state.head.seq < head.seq:
                event = await anext(live)
                if isinstance(event, EntryEvent):
                    state.apply(event.entry)
                elif isinstance(event, ReadEvent):
                    state.read(event)
            await settle(live, state, ben)
            await assert_fresh(state, ben)


async def settle(live: Live, state: ConversationState, client: Client) -> None:
    """Waits for the read cursors, which are told beside the log."""
    wanted = {m.username: m.read for m in (await client.api.get_conversation(state.id)).members}
    async with asyncio.timeout(5):
        while state.reads != wanted:
            event = await anext(live)
            if isinstance(event, ReadEvent):
                state.read(event)


@pytest.mark.slow
async def test_a_message_is_sent_once_over_connections_that_are_cut_at_random(
    server: RunningServer, register: Register
) -> None:
    """Every message whose sending returned is in the log once, in the order in which they were sent."""
    ana, ben = await register("ana"), await register("ben")
    conversation = await group(ana, ben)
    async with cutting_proxy(server.url, 7, least=900, most=6_000).running() as proxy:
        behind = Client(proxy.url, refresh_token=tokens(ana), retries=QUICK, reconnect=QUICK)
        async with behind, behind.connect() as live:
            texts = [f"m{number}" for number in range(150)]
            sent = [await live.send(conversation, text) for text in texts]
        assert proxy.cuts >= 3
    log = [entry async for entry in ben.log(conversation, after=1)]
    assert [entry.text for entry in log if isinstance(entry, MessageSent)] == texts
    assert [message.timestamp for message in sent] == [entry.timestamp for entry in log]


def tokens(client: Client) -> str:
    assert client.session is not None
    return client.session.refresh_token


async def test_many_sends_at_once_are_all_answered(register: Register) -> None:
    """More sends than may be in flight wait for their turn; none is lost."""
    ana, ben = await register("ana"), await register("ben")
    conversation = await group(ana, ben)
    async with ana.connect() as live:
        sent = await asyncio.gather(*(live.send(conversation, f"m{n}") for n in range(100)))
    assert sorted(message.number for message in sent) == list(range(1, 101))


async def test_a_program_that_starts_again_goes_on_from_its_cursors(register: Register) -> None:
    """What was committed while the program was not running is given first, and nothing twice."""
    ana, ben = await register("ana"), await register("ben")
    conversation = await group(ana, ben)
    async with ben.connect() as live:
        await ana.send(conversation, "one")
        assert [e.seq for e in await until_seq(live, conversation, 2)] == [2]
        await ana.send(conversation, "two")
        cursors = live.cursors
    await ana.send(conversation, "three")
    async with ben.connect(cursors=cursors) as live:
        await ana.send(conversation, "four")
        assert [e.seq for e in await until_seq(live, conversation, 5)] == [3, 4, 5]


@pytest.mark.slow
async def test_a_stream_survives_the_death_of_the_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """After a kill, and after an orderly stop, the stream and its sends go on when the server is back."""
    server = RunningServer(tmp_path_factory.mktemp("dying"))
    try:
        async with await server.register("ana") as ana, await server.register("ben") as ben:
            conversation = await group(ana, ben)
            async with ben.connect() as reading, ana.connect() as writing:
                await writing.send(conversation, "one")
                server.kill()
                sending = asyncio.create_task(writing.send(conversation, "two"))
                server.start()
                await sending
                await asyncio.to_thread(server.stop)
                sending = asyncio.create_task(writing.send(conversation, "three"))
                server.start()
                await sending
                got = await until_seq(reading, conversation, 4)
        assert [entry.text for entry in got if isinstance(entry, MessageSent)] == ["one", "two", "three"]
    finally:
        server.stop()


async def test_a_session_that_ends_ends_the_stream(register: Register) -> None:
    """Signed out everywhere on another device: what was committed before is given, then `session_ended`."""
    ana = await register("ana")
    other = Client(str(ana.session.url if ana.session else ""), retries=QUICK)
    async with other, ana.connect() as live:
        await other.api.sign_in(name_of(ana), PASSWORD)
        await other.api.sign_out(everywhere=True)
        with pytest.raises(UnauthenticatedError) as ended:
            async with asyncio.timeout(5):
                await anext(live)
        assert ended.value.code == "session_ended"


async def test_a_stream_goes_on_over_a_change_of_ones_own_password(register: Register) -> None:
    """The new session that the change begins takes the place of the one that it ends."""
    ana, ben = await register("ana"), await register("ben")
    conversation = await group(ana, ben)
    async with ana.connect() as live:
        await ana.api.change_password(PASSWORD, "another long phrase")
        await ben.send(conversation, "still there?")
        assert [e.seq for e in await until_seq(live, conversation, 2)] == [2]


async def test_the_stream_of_one_connection_too_many_ends_with_the_reason(register: Register) -> None:
    """The oldest connection is closed for good; it does not fight for its place by connecting again."""
    ana = await register("ana")
    async with ana.connect() as oldest:
        others = [ana.connect() for _ in range(limits.CONNECTIONS_PER_USER_MAX)]
        try:
            for live in others:
                await live.__aenter__()
            with pytest.raises(LimitedError) as ended:
                async with asyncio.timeout(5):
                    await anext(oldest)
            assert ended.value.code == "too_many_connections"
        finally:
            await asyncio.gather(*(live.close() for live in others))


async def test_sending_from_within_the_iteration_never_waits_for_the_application(register: Register) -> None:
    """A bot that answers each message gets its answers' results while events pile up behind it."""
    ana, bot = await register("ana"), await register("bot")
    conversation = await group(ana, bot)
    async with bot.connect() as live, asyncio.timeout(30):
        await asyncio.gather(*(ana.send(conversation, f"{n}") for n in range(60)))
        answered = 0
        async for event in live:
            if isinstance(event, EntryEvent) and event.entry.author == name_of(ana):  # type: ignore[union-attr]
                assert isinstance(event.entry, MessageSent)
                await live.send(conversation, f"re {event.entry.text}")
                answered += 1
                if answered == 60:
                    break
    log = [entry async for entry in ana.log(conversation)]
    assert len(log) == 121


async def test_who_is_added_and_removed_while_the_stream_runs_gets_what_was_committed_between(
    register: Register,
) -> None:
    """The first entry is that of joining, the last that of leaving; both are told as changes too."""
    ana, ben = await register("ana"), await register("ben")
    conversation = await group(ana)
    await ana.send(conversation, "before")
    async with ben.connect() as live:
        await ana.api.put_member(conversation, name_of(ben))
        await ana.send(conversation, "between")
        await ana.api.remove_member(conversation, name_of(ben))
        await ana.send(conversation, "after")
        seen: list[VisibleEntry] = []
        changes: list[Membership] = []
        async with asyncio.timeout(10):
            while Membership.LEFT not in changes or not any(isinstance(e, MemberRemoved) for e in seen):
                event = await anext(live)
                if isinstance(event, EntryEvent):
                    seen.append(event.entry)
                elif isinstance(event, ConversationChanged):
                    changes.append(event.change)
    assert [entry.seq for entry in seen] == [3, 4, 5]
    assert changes == [Membership.JOINED, Membership.LEFT]
    assert not any(isinstance(entry, Hidden) for entry in seen)


async def test_presence_is_followed_over_a_reconnection(server: RunningServer, register: Register) -> None:
    """Whom a person follows, and how this device is, is said again on each new connection."""
    ana = await register("ana")
    async with CuttingProxy(server.url, lambda: 1_000_000, lambda: 0.0).running() as proxy:
        ben = await register("ben", url=proxy.url)
        await group(ana, ben)
        async with ben.connect() as live:
            assert await live.presence(watch=[name_of(ana)]) == {name_of(ana): Presence.OFFLINE}
            proxy.cut_all()
            assert await until(live, PresenceEvent) == PresenceEvent(name_of(ana), Presence.OFFLINE)
            async with ana.connect() as other:
                await other.presence(Presence.ONLINE)
                assert await until(live, PresenceEvent) == PresenceEvent(name_of(ana), Presence.ONLINE)


async def test_connections_and_their_ends_are_told(server: RunningServer, register: Register) -> None:
    """An application can show whether it is connected."""
    told: list[bool] = []
    async with CuttingProxy(server.url, lambda: 1_000_000, lambda: 0.0).running() as proxy:
        ana = await register("ana", url=proxy.url)
        async with ana.connect(on_connection=told.append) as live, asyncio.timeout(10):
            assert live.connected
            proxy.cut_all()
            while told != [True, False, True]:
                await asyncio.sleep(0.01)
    assert told == [True, False, True]


@pytest.fixture
async def no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    async with asyncio.timeout(5):
        while asyncio.all_tasks() - before - {asyncio.current_task()}:
            await asyncio.sleep(0.01)


@pytest.mark.usefixtures("no_task_is_left")
async def test_a_stream_that_is_closed_leaves_nothing_running(server: RunningServer) -> None:
    """Also where it is closed while it connects, while the application waits, and by an error in the application."""
    async with await server.register("ana") as ana:
        with pytest.raises(ZeroDivisionError):
            async with ana.connect():
                raise ZeroDivisionError
        entering = asyncio.create_task(ana.connect().__aenter__())
        await asyncio.sleep(0)
        entering.cancel()
        await asyncio.gather(entering, return_exceptions=True)
        live = await ana.connect().__aenter__()
        waiting = asyncio.ensure_future(anext(live))
        await asyncio.sleep(0)
        await live.close()
        with pytest.raises(StopAsyncIteration):
            await waiting
