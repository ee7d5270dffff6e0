"""What no client can make the server do: wait for ever, hold more than a bounded amount, or not stop."""

import asyncio
import threading
import time
from typing import Any

import psutil
import pytest
from tests.edges.raw_client import CLOSE, PING, PONG, RawClient, close_frame, frame
from tests.edges.websocket_server import ChatServer

from tertulia.domain import limits
from tertulia.domain.events import DraftEvent
from tertulia.edges.server.doors import Timing
from tertulia.edges.server.websocket import WebSocketSettings

QUICK = Timing(heartbeat=0.1, idle=0.5, close=0.3, part=0.3, tick=0.02)
BIG = DraftEvent("g_1", "alice", "🪶" * limits.TEXT_MAX, 1)
"""32 kB, and not stored anywhere."""


def flood(server: ChatServer, count: int) -> None:
    """So many big events to the conversation, in turns of the server's loop."""

    async def push() -> None:
        for _ in range(count):
            server.hub.to_conversation("g_1", BIG)
            await asyncio.sleep(0)

    server.run(push)


@pytest.mark.slow
def test_a_slow_reader_is_told_to_resume() -> None:
    """Who doesn't read gets a goodbye that says so, after what was already under way, and 4000."""
    with ChatServer() as server:
        server.converse("g_1", "alice", "bob")
        with RawClient(server.port, receive_buffer=8192) as slow, RawClient(server.port) as quick:
            slow.shake(server.ticket("bob"))
            quick.shake(server.ticket("alice"))
            reader = threading.Thread(target=quick.until_end, daemon=True)
            reader.start()
            while server.gateway.counts.open == 2:
                flood(server, 20)
            messages, code = slow.until_close()
            assert code == 4000
            assert messages[-1] == {"type": "goodbye", "reason": "resume", "resume": True}
            assert all(m["type"] == "draft" for m in messages[:-1])
            assert slow.until_end() == b""
            assert server.gateway.counts.open == 1, "the quick reader stays"
            quick.send(close_frame(1000))
            reader.join(10)


@pytest.mark.slow
def test_slow_readers_cost_bounded_memory() -> None:
    """Fifteen who never read: what waits for them is shared, dropped at the bound, and they are cut off."""
    with ChatServer(WebSocketSettings(timing=Timing(part=0.3, tick=0.02))) as server:
        server.converse("g_1", "alice", "bob")
        clients = [RawClient(server.port, receive_buffer=8192) for _ in range(15)]
        for client in clients:
            client.shake(server.ticket("bob"))
        before = psutil.Process().memory_info().rss
        peak = 0
        while server.gateway.counts.open:
            flood(server, 20)
            peak = max(peak, psutil.Process().memory_info().rss)
        # The bound for each, as if nothing were shared, and as much again for what isn't ours.
        assert peak - before < 2 * len(clients) * limits.BUFFER_BYTES_MAX
        server.until(lambda: not server.uvicorn.server_state.connections)
        for client in clients:
            client.socket.close()


def test_a_burst_to_a_reader_that_reads_is_no_reason_to_close() -> None:
    """Several times the bound within one turn of the loop reaches whoever reads, whole and in order."""
    with ChatServer() as server, RawClient(server.port) as client:
        server.converse("g_1", "alice", "bob")
        client.shake(server.ticket("bob"))
        server.call(lambda: server.hub.to_conversation("g_1", DraftEvent("g_1", "alice", "", 0)))
        assert client.receive_json()["version"] == 0
        texts = [DraftEvent("g_1", "alice", "x" * 8000, version) for version in range(1, 33)]
        server.call(lambda: [server.hub.to_conversation("g_1", event) for event in texts])
        assert [client.receive_json()["version"] for _ in texts] == list(range(1, 33))


@pytest.mark.slow
def test_who_is_silent_is_pinged_and_who_answers_stays() -> None:
    """A heartbeat: pings while nothing is heard; a pong is enough to stay, far beyond the idle limit."""
    with ChatServer(WebSocketSettings(timing=QUICK)) as server, RawClient(server.port) as client:
        client.shake(server.ticket("alice"))
        until = time.monotonic() + 3 * QUICK.idle
        pings = 0
        while time.monotonic() < until:
            received = client.receive()
            assert received == (PING, b"")
            pings += 1
            client.send(frame(PONG))
        assert 3 <= pings <= 3 * QUICK.idle / QUICK.heartbeat + 1


@pytest.mark.slow
def test_who_is_not_heard_of_is_let_go() -> None:
    """Nothing heard for the idle time: goodbye, 4009, and the end of the stream though the other side says nothing."""
    with ChatServer(WebSocketSettings(timing=QUICK)) as server, RawClient(server.port) as client:
        client.shake(server.ticket("alice"))
        messages, code = client.until_close()
        assert (messages, code) == ([{"type": "goodbye", "reason": "idle", "resume": True}], 4009)
        assert client.until_end() == b""
        server.until(lambda: not server.uvicorn.server_state.connections)


@pytest.mark.slow
def test_who_sends_is_not_pinged() -> None:
    """Any message is a sign of life."""
    timing = Timing(heartbeat=1.0, tick=0.02)
    with ChatServer(WebSocketSettings(timing=timing)) as server, RawClient(server.port) as client:
        client.shake(server.ticket("alice"))
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            client.act("ping", request=1)
            assert client.receive().opcode != PING
            time.sleep(0.05)


@pytest.mark.slow
def test_ended_sessions_lose_their_connections_within_a_second() -> None:
    """The connections of that sign-in session are told and closed, even where the client ignores it; others stay."""
    with ChatServer() as server, RawClient(server.port) as ended, RawClient(server.port) as kept:
        ended.shake(server.ticket("alice", session="s1"))
        kept.shake(server.ticket("alice", session="s2"))
        server.call(lambda: server.hub.end_sessions("alice", sessions=["s1"], reason="session_ended"))
        ended.socket.settimeout(1)
        goodbye = {"type": "goodbye", "reason": "session_ended", "resume": False}
        assert ended.until_close() == ([goodbye], 4001)
        ended.act("send", request=1, conversation="g_1", id="late", text="x")
        ended.socket.settimeout(10)
        assert ended.until_end() == b"", "nothing is answered after the goodbye"
        kept.act("ping", request=2)
        assert kept.receive_json()["request"] == 2


@pytest.mark.slow
def test_stopping_says_goodbye_to_all_and_ends() -> None:
    """SIGTERM's way: goodbye, 1001, and the server ends though half of the clients never answer the close."""
    server = ChatServer(WebSocketSettings(timing=Timing(close=0.5, part=0.5, tick=0.05)))
    with server:
        clients = [RawClient(server.port) for _ in range(10)]
        for client in clients:
            client.shake(server.ticket("alice"))
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        for number, client in enumerate(clients):
            goodbye = {"type": "goodbye", "reason": "shutting_down", "resume": True}
            assert client.until_close() == ([goodbye], 1001)
            if number % 2:
                client.send(frame(CLOSE, (1001).to_bytes(2, "big")))
        stopping.join(10)
        assert not stopping.is_alive()
        for client in clients:
            assert client.until_end() == b""
            client.socket.close()


@pytest.mark.slow
def test_stopping_ends_the_work_in_hand_first() -> None:
    """What was taken on is committed and answered before the goodbye; what comes after that is not."""
    with (
        ChatServer(WebSocketSettings(timing=Timing(close=0.5, part=0.5, tick=0.05))) as server,
        RawClient(server.port) as client,
    ):
        server.converse("g_1", "alice", "bob")
        client.shake(server.ticket("alice"))
        reached, released = threading.Event(), asyncio.Event()
        append = server.store.append

        async def slow(request: Any) -> Any:
            reached.set()
            await released.wait()
            return await append(request)

        server.store.append = slow  # type: ignore[method-assign]
        client.act("send", request=1, conversation="g_1", id="in-hand", text="hola")
        assert reached.wait(10)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        server.until(lambda: server.uvicorn.should_exit and not server.uvicorn.servers[0].is_serving())
        client.act("send", request=2, conversation="g_1", id="too-late", text="hola")
        server.call(released.set)
        messages, code = client.until_close()
        assert [m["type"] for m in messages] in (["entry", "result", "goodbye"], ["result", "entry", "goodbye"])
        assert code == 1001
        assert [e.id for e in server.store.logs["g_1"].entries[1:]] == ["in-hand"]  # type: ignore[union-attr]
        stopping.join(10)
