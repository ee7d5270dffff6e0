"""What people do over a WebSocket: the answers, their order, and what others get of it."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from tests.edges.raw_client import TEXT, RawClient, frame
from tests.edges.websocket_server import ChatServer

from tertulia.api.session import Rates
from tertulia.domain import limits
from tertulia.edges.server.websocket import WebSocketSettings
from tertulia.ports.media import Upload


@pytest.fixture(scope="module")
def server() -> Iterator[ChatServer]:
    with ChatServer(WebSocketSettings(rates=Rates(actions=1e6, burst=1_000_000))) as running:
        running.converse("g_1", "alice", "bob")
        running.converse("g_live", "alice", "bob", live_typing=True)
        yield running


@pytest.fixture
def pair(server: ChatServer) -> Iterator[tuple[RawClient, RawClient]]:
    with RawClient(server.port) as alice, RawClient(server.port) as bob:
        assert alice.shake(server.ticket("alice")) == 101
        assert bob.shake(server.ticket("bob")) == 101
        yield alice, bob


def answer(client: RawClient, request: int) -> dict[str, Any]:
    """The answer to that request; what comes before it is passed over."""
    while True:
        message = client.receive_json()
        if message.get("request") == request:
            return message


def entries(client: RawClient, count: int) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    while len(seen) < count:
        message = client.receive_json()
        if message["type"] == "entry":
            seen.append(message["entry"])
    return seen


def test_a_message_reaches_everybody_and_is_answered(pair: tuple[RawClient, RawClient]) -> None:
    """The sender gets the answer and the entry, the other the entry."""
    alice, bob = pair
    alice.act("send", request=1, conversation="g_1", id="first", text="hola")
    result = answer(alice, 1)
    assert result["type"] == "result"
    assert result["result"]["created"] is True
    (entry,) = entries(bob, 1)
    assert (entry["text"], entry["id"], entry["author"]) == ("hola", "first", "alice")
    assert entry["timestamp"] == result["result"]["message"]["timestamp"]


def test_a_retry_over_another_connection_has_no_second_effect(
    server: ChatServer, pair: tuple[RawClient, RawClient]
) -> None:
    """The same id gives the first result, and nothing is pushed again."""
    alice, bob = pair
    alice.act("send", request=1, conversation="g_1", id="once", text="hola")
    first = answer(alice, 1)["result"]
    with RawClient(server.port) as again:
        again.shake(server.ticket("alice"))
        again.act("send", request=1, conversation="g_1", id="once", text="hola")
        assert answer(again, 1)["result"] == {"message": first["message"], "created": False}
    alice.act("send", request=2, conversation="g_1", id="next", text="y más")
    assert [entry["id"] for entry in entries(bob, 2)] == ["once", "next"]


def test_sends_are_committed_in_the_order_in_which_they_arrived(pair: tuple[RawClient, RawClient]) -> None:
    """Many more than are worked on at a time, in one write: every one is answered, and the order is theirs."""
    alice, bob = pair
    names = [f"ordered{number}" for number in range(10 * limits.ACTIONS_IN_FLIGHT_MAX)]
    sends = [
        f'{{"action":"send","request":{number},"conversation":"g_1","id":"{name}","text":"x"}}'
        for number, name in enumerate(names, 1)
    ]
    alice.send(b"".join(frame(TEXT, send.encode()) for send in sends))
    seen = entries(bob, len(names))
    assert [entry["id"] for entry in seen] == names
    assert [entry["seq"] for entry in seen] == list(range(seen[0]["seq"], seen[0]["seq"] + len(names)))
    assert answer(alice, len(names))["type"] == "result"


def test_errors_of_the_services_are_answers(pair: tuple[RawClient, RawClient]) -> None:
    """A code and a sentence; the connection goes on."""
    alice, _ = pair
    alice.act("send", request=1, conversation="g_none", id="x", text="hola")
    alice.act("read", request=2, conversation="g_none", timestamp=1)
    alice.act("draft", request=3, conversation="g_1", text="h", version=1)
    alice.act("send", request=4, conversation="g_1", id="empty", text="")
    codes = {m["request"]: m["code"] for m in (alice.receive_json() for _ in range(4))}
    assert codes == {
        1: "conversation_not_found",
        2: "conversation_not_found",
        3: "live_typing_off",
        4: "invalid_request",
    }


def test_a_read_cursor_is_answered_and_told(pair: tuple[RawClient, RawClient]) -> None:
    """Who reads gets the state, the members get the cursor."""
    alice, bob = pair
    alice.act("send", request=1, conversation="g_1", id="to-read", text="lee")
    (entry,) = entries(bob, 1)
    bob.act("read", request=2, conversation="g_1", timestamp=entry["timestamp"])
    result = answer(bob, 2)["result"]
    assert result["unread"] == 0
    assert result["read"]["timestamp"] == entry["timestamp"]
    while (event := alice.receive_json())["type"] != "read":
        pass
    assert (event["username"], event["read"]) == ("bob", result["read"])


def test_typing_and_drafts_reach_the_others_only(pair: tuple[RawClient, RawClient]) -> None:
    """They are of the moment, and not for who types."""
    alice, bob = pair
    alice.act("typing", request=1, conversation="g_live")
    assert answer(alice, 1)["result"] == {}
    alice.act("draft", request=2, conversation="g_live", text="hol", version=4)
    assert alice.receive_json() == {"type": "result", "request": 2, "result": {}}
    assert bob.receive_json() == {"type": "typing", "conversation": "g_live", "username": "alice", "thread": 0}
    assert bob.receive_json() == {
        "type": "draft",
        "conversation": "g_live",
        "username": "alice",
        "text": "hol",
        "version": 4,
    }


def test_presence_is_told_to_who_follows_it(server: ChatServer, pair: tuple[RawClient, RawClient]) -> None:
    """Only people with whom one shares a conversation are followed; closing the last device shows offline."""
    alice, bob = pair
    bob.act("presence", request=1, status="online", watch=["alice", "stranger"])
    assert answer(bob, 1)["result"] == {"presence": {"alice": "offline"}}
    alice.act("presence", request=1, status="away")
    assert answer(alice, 1)["result"] == {"presence": {}}
    assert bob.receive_json() == {"type": "presence", "username": "alice", "status": "away"}
    with RawClient(server.port) as second:
        second.shake(server.ticket("alice"))
        second.act("presence", request=1, status="online")
        assert bob.receive_json() == {"type": "presence", "username": "alice", "status": "online"}
    assert bob.receive_json() == {"type": "presence", "username": "alice", "status": "away"}
    alice.socket.close()
    assert bob.receive_json() == {"type": "presence", "username": "alice", "status": "offline"}


def test_a_wrong_message_is_answered_and_the_connection_goes_on(pair: tuple[RawClient, RawClient]) -> None:
    """What isn't JSON of the documented form is an answer, not an end."""
    alice, _ = pair
    alice.send(frame(TEXT, b"hola"), frame(TEXT, b'{"action":"dance","request":2}'))
    alice.act("ping", request=3)
    seen = [alice.receive_json() for _ in range(3)]
    assert [m.get("code") for m in seen] == ["invalid_request", "invalid_request", None]
    assert [m["request"] for m in seen] == [0, 2, 3]


def test_the_oldest_connection_of_one_too_many_closes(server: ChatServer) -> None:
    """A person has so many; opening one more closes the oldest, with a reason, and no other."""
    with ExitStack() as stack:
        clients = [stack.enter_context(RawClient(server.port)) for _ in range(limits.CONNECTIONS_PER_USER_MAX + 1)]
        for client in clients[:-1]:
            assert client.shake(server.ticket("dave")) == 101
        clients[0].act("ping", request=1)
        assert clients[0].receive_json()["request"] == 1
        assert clients[-1].shake(server.ticket("dave")) == 101
        goodbye = {"type": "goodbye", "reason": "too_many_connections", "resume": False}
        assert clients[0].until_close() == ([goodbye], 4002)
        for client in clients[1:]:
            client.act("ping", request=1)
            assert client.receive_json()["request"] == 1


def test_beyond_the_rate_actions_are_refused_and_then_the_connection() -> None:
    """The burst passes, then errors say when to come again, then the server has had enough."""
    rates = Rates(actions=0.001, burst=10, refused=5)
    with ChatServer(WebSocketSettings(rates=rates)) as server, RawClient(server.port) as client:
        client.shake(server.ticket("alice"))
        for number in range(16):
            client.act("ping", request=number)
        messages, code = client.until_close()
        assert [m["type"] for m in messages] == ["result"] * 10 + ["error"] * 5 + ["goodbye"]
        assert {m["code"] for m in messages if m["type"] == "error"} == {"rate_limited"}
        assert (messages[-1]["reason"], code) == ("rate_limited", 4008)


def test_a_message_that_waits_for_its_files_keeps_its_place(
    server: ChatServer, pair: tuple[RawClient, RawClient]
) -> None:
    """A send with attachments reads before it writes; what is sent meanwhile to that conversation waits."""
    alice, bob = pair
    released = asyncio.Event()
    get = server.media.get

    async def slow(media: str) -> Upload | None:
        await released.wait()
        return await get(media)

    server.media.get = slow  # type: ignore[method-assign]
    alice.act("send", request=1, conversation="g_1", id="file", text="1", attachments=[{"media": "none"}])
    alice.act("send", request=2, conversation="g_1", id="after", text="2")
    alice.act("send", request=3, conversation="g_live", id="elsewhere", text="3")
    assert answer(alice, 3)["result"]["created"] is True
    assert [entry["id"] for entry in entries(bob, 1)] == ["elsewhere"]
    server.call(released.set)
    codes = {m["request"]: m.get("code") for m in (answer(alice, 1), answer(alice, 2))}
    server.media.get = get  # type: ignore[method-assign]
    assert codes == {1: "attachment_not_found", 2: None}
    assert [entry["id"] for entry in entries(bob, 1)] == ["after"]
