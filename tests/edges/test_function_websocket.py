"""The WebSocket edge of functions: each frame a call of its own, the connection's row as memory."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from tests.edges.function_events import CONNECTION, JSON, ORIGIN, connecting, disconnecting, event, message
from tests.services.world import World, who

from tertulia.adapters.memory.connections import MemoryConnections
from tertulia.api.session import Rates
from tertulia.domain import limits
from tertulia.domain.events import PresenceEvent
from tertulia.domain.presence import Presence
from tertulia.edges.functions import logs, websocket
from tertulia.edges.functions.websocket import WebSocketFunction, WebSocketSettings
from tertulia.ports.connections import Connection


class Api:
    """The function, over services and connections in memory; what it says goodbye to is kept."""

    def __init__(self, **settings: Any) -> None:
        self.world = World()
        self.connections = MemoryConnections(self.world.clock)
        self.goodbyes: list[tuple[str, str, bool]] = []
        self.flushed = 0
        self.settings = WebSocketSettings(**{"origins": frozenset({ORIGIN}), **settings})
        self.function = self.container()

    def container(self) -> WebSocketFunction:
        """Another container of the same function: it remembers nothing of the first."""
        return WebSocketFunction(
            self.world.chat, self.connections, self, self.world.clock, settings=self.settings, flush=self._flush
        )

    async def say_goodbye(self, connection: Connection, reason: str, *, resume: bool) -> None:
        await self.connections.retire(connection)
        self.goodbyes.append((connection.id, reason, resume))

    async def ticket(self, username: str, origin: str = ORIGIN) -> str:
        name, _ = await self.world.chat.tickets.issue(who(username), origin)
        return name

    async def connect(self, username: str, connection: str = CONNECTION) -> None:
        answer = await self.function.handle(connecting(await self.ticket(username), connection=connection))
        assert answer == {"statusCode": 200}

    async def act(self, action: str, *, connection: str = CONNECTION, **fields: Any) -> JSON:
        made = message({"action": action, "request": 9, **fields}, connection=connection)
        return answered(await self.function.handle(made))

    async def _flush(self) -> None:
        self.flushed += 1


def answered(answer: JSON) -> JSON:
    assert answer["statusCode"] == 200
    body: JSON = json.loads(answer["body"])
    return body


@pytest.fixture
async def api() -> Api:
    made = Api()
    await made.world.people("ana", "bea")
    return made


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logger = logging.getLogger("tertulia")
    before = (logger.handlers, logger.level, logger.propagate)
    logs.configure(stream=stream)
    yield stream
    logger.handlers, logger.level, logger.propagate = before


# Connecting


async def test_a_ticket_opens_one_connection(api: Api) -> None:
    """The second use is refused with 401, as are unknown and missing tickets."""
    ticket = await api.ticket("ana")
    assert await api.function.handle(connecting(ticket)) == {"statusCode": 200}
    assert await api.function.handle(connecting(ticket)) == {"statusCode": 401}
    for name in ("made-up", ""):
        assert await api.function.handle(connecting(name)) == {"statusCode": 401}
    caller = await api.connections.caller(CONNECTION)
    assert caller is not None
    assert caller.connection.username == "ana"


async def test_a_page_of_another_origin_is_refused(api: Api) -> None:
    """403, and the ticket stays good; a program sends no origin, and needs a ticket without one."""
    ticket = await api.ticket("ana")
    assert await api.function.handle(connecting(ticket, origin="https://evil.example")) == {"statusCode": 403}
    assert await api.function.handle(connecting(ticket)) == {"statusCode": 200}
    assert await api.function.handle(connecting(await api.ticket("ana"), origin=None)) == {"statusCode": 401}
    assert await api.function.handle(connecting(await api.ticket("ana", ""), origin=None)) == {"statusCode": 200}


async def test_a_session_that_ended_meanwhile_opens_nothing(api: Api) -> None:
    """Between consuming the ticket and entering the connection."""
    api.connections.ended.add("session-of-ana")
    assert await api.function.handle(connecting(await api.ticket("ana"))) == {"statusCode": 401}


async def test_the_oldest_of_too_many_says_goodbye(api: Api) -> None:
    """One over the bound."""
    for number in range(limits.CONNECTIONS_PER_USER_MAX):
        await api.connect("ana", f"c{number}")
    assert api.goodbyes == []
    await api.connect("ana", "one more")
    assert api.goodbyes == [("c0", "too_many_connections", False)]


async def test_a_fault_while_connecting_is_a_status(api: Api, lines: io.StringIO) -> None:
    """Nothing is raised: 500, and the log has the reason."""

    async def fail(*_: Any) -> None:
        raise RuntimeError

    api.connections.add = fail  # type: ignore[method-assign, assignment]
    assert await api.function.handle(connecting(await api.ticket("ana"))) == {"statusCode": 500}
    assert "RuntimeError" in lines.getvalue()


# Messages


async def test_who_speaks_is_the_row_s(api: Api) -> None:
    """A message sends as the person whose ticket opened the connection; the answer repeats the number."""
    group = await api.world.group("ana", "bea")
    await api.connect("bea")
    answer = await api.act("send", conversation=group, id="m1", text="hola")
    assert (answer["type"], answer["request"]) == ("result", 9)
    assert (answer["result"]["message"]["author"], answer["result"]["created"]) == ("bea", True)
    assert api.flushed == 2, "what a call led to is pushed before it ends"


async def test_every_route_leads_to_the_same_session(api: Api) -> None:
    """The recorded frame, and one of each action."""
    group = await api.world.group("ana", "bea")
    await api.connect("ana")
    assert answered(await api.function.handle(event("websocket_message"))) == {
        "type": "result",
        "request": 1,
        "result": {},
    }
    sent = await api.world.say("bea", group)
    assert (await api.act("read", conversation=group, timestamp=sent.timestamp))["result"]["unread"] == 0
    assert (await api.act("typing", conversation=group))["type"] == "result"
    assert (await api.act("draft", conversation=group, text="ho", version=1))["code"] == "live_typing_off"
    assert (await api.act("presence", watch=["bea"]))["result"] == {"presence": {"bea": "offline"}}
    assert api.connections.watched == {CONNECTION: ["bea"]}


@pytest.mark.parametrize(
    "text", ["no json", "[]", '{"action": "dance", "request": 3}', '{"action": "send"}', "\ud800", ""]
)
async def test_what_is_not_understood_is_answered(api: Api, text: str) -> None:
    """With an error in JSON, never with what an interpreter says."""
    await api.connect("ana")
    made = message("x")
    made["body"] = text
    assert answered(await api.function.handle(made))["code"] == "invalid_request"


async def test_a_fault_in_an_action_is_answered(api: Api, lines: io.StringIO) -> None:
    """`internal`, with the request's number; the log has the reason and nothing of the message."""
    await api.connect("ana")

    async def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    api.world.store.append = fail  # type: ignore[method-assign, assignment]
    answer = await api.act("send", conversation="g_" + "a" * 26, id="m1", text="a secret text")
    assert (answer["type"], answer["request"], answer["code"]) == ("error", 9, "internal")
    assert "RuntimeError" in lines.getvalue()
    assert "secret" not in lines.getvalue()


async def test_a_connection_that_nobody_knows_is_closed(api: Api) -> None:
    """Its row is gone: it is told to come again, with a ticket."""
    assert await api.function.handle(message({"action": "ping"})) == {"statusCode": 200}
    assert api.goodbyes == [(CONNECTION, "internal", True)]


async def test_a_message_over_the_limit_closes_the_connection(api: Api) -> None:
    """At 64 KiB it is read, one byte over it is closed, as on one machine."""
    await api.connect("ana")
    padded = '{"action": "ping"}' + " " * (limits.FRAME_BYTES_MAX - 18)
    assert answered(await api.function.handle(message(padded)))["type"] == "result"
    assert await api.function.handle(message(padded + " ")) == {"statusCode": 200}
    assert api.goodbyes == [(CONNECTION, "too_large", False)]


async def test_an_answer_fits_into_a_frame(api: Api) -> None:
    """The longest text does; a long message with files is refused before anything is done, and goes by POST."""
    group = await api.world.group("ana", "bea")
    await api.connect("ana")
    made = message({"action": "send", "request": 2**53 - 1, "conversation": group, "id": "i" * 64, "text": "😀" * 8000})
    answer = await api.function.handle(made)
    assert answered(answer)["type"] == "result"
    assert len(answer["body"].encode()) <= websocket.FRAME_BYTES
    media = await api.world.upload("ana")
    attachments = [{"media": media, "alt": "é" * 8000}]
    large = await api.act("send", conversation=group, id="m2", text="é" * 3000, attachments=attachments)
    assert large["code"] == "too_large"
    assert len(api.world.entries(group)) == 2
    small = await api.act("send", conversation=group, id="m3", text="é" * 1000, attachments=attachments)
    assert small["type"] == "result"


# Rates


async def test_a_connection_is_limited_within_a_container(api: Api) -> None:
    """Over the rate an error, far over it goodbye; another connection has a bucket of its own."""
    api = Api(rates=Rates(actions=1, burst=2, refused=1))
    await api.world.people("ana")
    await api.connect("ana")
    kinds = [(await api.act("ping"))["type"] for _ in range(3)]
    assert kinds == ["result", "result", "error"]
    assert await api.function.handle(message({"action": "ping"})) == {"statusCode": 200}
    assert api.goodbyes == [(CONNECTION, "rate_limited", True)]
    await api.connect("ana", "another")
    assert (await api.act("ping", connection="another"))["type"] == "result"


async def test_a_container_remembers_a_bounded_number_of_connections(api: Api) -> None:
    """The one used longest ago is forgotten, and begins with a full bucket."""
    await api.connect("ana")
    await api.act("ping")
    caller = await api.connections.caller(CONNECTION)
    assert caller is not None
    for number in range(websocket.SESSIONS_MAX + 5):
        other = Connection(f"c{number}", "ana", "s", 0)
        api.function._recall(type(caller)(connection=other, admin=False), 0.0)
    assert len(api.function._remembered) == websocket.SESSIONS_MAX
    assert (await api.act("ping"))["type"] == "result"


# Presence


async def test_presence_is_remembered_by_the_row(api: Api) -> None:
    """A ping that another container serves renews the lease, and not more often than a third of it."""
    await api.connect("ana")
    await api.act("presence", status="away")
    api.world.clock.advance(limits.PRESENCE_LEASE_SECONDS - 1)
    api.function = api.container()
    await api.act("ping")
    api.world.clock.advance(limits.PRESENCE_LEASE_SECONDS - 1)
    await api.world.chat.presence.expire()
    assert await api.world.board.presence(["ana"]) == {"ana": Presence.AWAY}
    await api.act("ping")
    api.world.clock.advance(2)
    await api.act("ping")
    api.world.clock.advance(limits.PRESENCE_LEASE_SECONDS - 2)
    await api.world.chat.presence.expire()
    assert await api.world.board.presence(["ana"]) == {"ana": Presence.OFFLINE}


async def test_who_disconnects_is_offline_and_watchers_hear_of_it(api: Api) -> None:
    """Also where it was ended before; a second `$disconnect` changes nothing."""
    for ended in (False, True):
        await api.connect("ana")
        await api.act("presence")
        caller = await api.connections.caller(CONNECTION)
        assert caller is not None
        if ended:
            await api.say_goodbye(caller.connection, "session_ended", resume=False)
        api.world.broadcast.told.clear()
        for _ in range(2):
            assert await api.function.handle(disconnecting()) == {"statusCode": 200}
        assert api.world.broadcast.told == [("ana", PresenceEvent("ana", Presence.OFFLINE), None)]
        assert await api.connections.leaving(CONNECTION) is None


async def test_each_call_is_one_line(api: Api, lines: io.StringIO) -> None:
    """Function, operation, status, milliseconds, request id, who; nothing of the message, nor the ticket."""
    group = await api.world.group("ana", "bea")
    ticket = await api.ticket("ana")
    await api.function.handle(connecting(ticket))
    await api.act("send", conversation=group, id="m1", text="a secret text")
    await api.act("typing", conversation="g_" + "a" * 26)
    await api.function.handle(disconnecting())
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [line["operation"] for line in found] == ["connect", "send", "typing", "disconnect"]
    assert [line.get("code") for line in found] == [None, None, "conversation_not_found", None]
    assert all(line["function"] == "Chat-WebSocket" and line["ms"] > 0 and line["request_id"] for line in found)
    assert ticket not in lines.getvalue()
    assert "secret" not in lines.getvalue()
