"""The functions of the serverless home, running on ministack with IAM enforced: two people chat, and what follows."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from tests.emulators.emulators import Emulator
from tests.homes.aws_stack import ORIGIN, Stack, running_stack
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

PASSWORD = "a fine long sentence"
JSON = dict[str, Any]
PATIENCE = 60
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def stack(ministack: Emulator) -> Iterator[Stack]:
    with running_stack(ministack, "Home-", "home-media") as stack:
        yield stack


@pytest.fixture
async def http(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=stack.api, timeout=PATIENCE) as client:
        yield client


class Someone:
    """A person with a session and a connection."""

    def __init__(self, http: httpx.AsyncClient, stack: Stack, username: str) -> None:
        self._http = http
        self._stack = stack
        self.username = username
        self.headers: dict[str, str] = {}
        self.events: list[JSON] = []
        self.socket: ClientConnection | None = None

    async def sign_in(self) -> None:
        body = {"username": self.username, "password": PASSWORD}
        answer = await self._http.post("/api/auth/sign-up", json=body)
        assert answer.status_code == 201, answer.text
        answer = await self._http.post("/api/auth/sign-in", json=body)
        assert answer.status_code == 200, answer.text
        self.headers = {"authorization": f"Bearer {answer.json()['access_token']}"}

    async def call(self, method: str, path: str, status: int = 200, **how: Any) -> JSON:
        answer = await self._http.request(method, path, headers=self.headers, **how)
        assert answer.status_code == status, answer.text
        answered: JSON = answer.json()
        return answered

    async def ticket(self) -> str:
        ticket: str = (await self.call("POST", "/api/tickets", 201))["ticket"]
        return ticket

    async def connect(self, stack: AsyncExitStack) -> None:
        url = f"{self._stack.websocket}?ticket={await self.ticket()}"
        self.socket = await stack.enter_async_context(connect(url, proxy=None))

    async def act(self, action: str, **fields: Any) -> JSON:
        """The answer; what is pushed meanwhile is kept."""
        assert self.socket is not None
        await self.socket.send(json.dumps({"action": action, "request": 1, **fields}))
        return await self.until(lambda event: event["type"] in ("result", "error"))

    async def until(self, holds: Any) -> JSON:
        """The first event of which it holds, so far or to come."""
        assert self.socket is not None
        async with asyncio.timeout(PATIENCE):
            while True:
                found = next((event for event in self.events if holds(event)), None)
                if found is not None:
                    self.events.remove(found)
                    return found
                self.events.append(json.loads(await self.socket.recv()))


async def people(http: httpx.AsyncClient, stack: Stack, *usernames: str) -> list[Someone]:
    found = [Someone(http, stack, username) for username in usernames]
    for each in found:
        await each.sign_in()
    return found


async def test_two_people_chat(http: httpx.AsyncClient, stack: Stack) -> None:
    """Accounts, tickets, sending and pushing over both APIs; signing out closes one's connections and tells who
    watches."""
    ana, ben = await people(http, stack, "ana", "ben")
    direct = await ana.call("POST", "/api/conversations", 201, json={"kind": "direct", "members": ["ben"]})
    async with AsyncExitStack() as sockets:
        await ana.connect(sockets)
        await ben.connect(sockets)
        sent = await ana.act("send", conversation=direct["id"], id="m1", text="hola")
        assert sent["result"]["created"]
        entry = await ben.until(lambda event: event["type"] == "entry")
        assert (entry["entry"]["text"], entry["entry"]["seq"]) == ("hola", 2)
        answered = await ben.call(
            "POST", f"/api/conversations/{direct['id']}/messages", 201, json={"id": "m1", "text": "¡hola!"}
        )
        pushed = await ana.until(lambda event: event["type"] == "entry" and event["entry"]["seq"] == answered["seq"])
        assert pushed["entry"]["text"] == "¡hola!"
        again = await ana.act("send", conversation=direct["id"], id="m1", text="hola")
        assert not again["result"]["created"]
        assert (await ben.act("presence", watch=["ana"]))["result"] == {"presence": {"ana": "offline"}}
        await ana.act("presence", status="online")
        online = await ben.until(lambda event: event["type"] == "presence")
        assert (online["username"], online["status"]) == ("ana", "online")
        await ana.call("POST", "/api/auth/sign-out", json={"everywhere": True})
        goodbye = await ana.until(lambda event: event["type"] == "goodbye")
        assert goodbye == {"type": "goodbye", "reason": "session_ended", "resume": False}
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(ana.until(lambda event: False), PATIENCE)
        offline = await ben.until(lambda event: event["type"] == "presence")
        assert (offline["username"], offline["status"]) == ("ana", "offline")


async def test_who_may_not_connect_is_refused(http: httpx.AsyncClient, stack: Stack) -> None:
    """A made-up ticket, a ticket used twice, a page of another origin."""
    (caio,) = await people(http, stack, "caio")

    async def refused(ticket: str, **how: Any) -> None:
        with pytest.raises(InvalidStatus):
            await connect(f"{stack.websocket}?ticket={ticket}", proxy=None, **how)

    await refused("made-up")
    ticket = await caio.ticket()
    await refused(ticket, origin="https://evil.example")
    async with connect(f"{stack.websocket}?ticket={ticket}", proxy=None):
        await refused(ticket)
    await refused(await caio.ticket(), origin=ORIGIN)


async def test_what_is_not_understood_is_answered(http: httpx.AsyncClient, stack: Stack) -> None:
    """No JSON, no action, an action that fails: a JSON error each time, and the connection goes on."""
    (dora,) = await people(http, stack, "dora")
    async with AsyncExitStack() as sockets:
        await dora.connect(sockets)
        assert dora.socket is not None
        for text in (
            "no json",
            '{"request": 5}',
            '{"action": "dance", "request": 5}',
            '{"action": "send", "request": 5}',
        ):
            await dora.socket.send(text)
            error = await dora.until(lambda event: event["type"] == "error")
            assert error["code"] == "invalid_request"
        assert (await dora.act("typing", conversation="g_" + "a" * 26))["code"] == "conversation_not_found"
        assert (await dora.act("ping"))["type"] == "result"


async def test_paths_that_nothing_has_are_problems_too(http: httpx.AsyncClient) -> None:
    """404 and 405 with a code, security headers and no caching; the documents are served."""
    answer = await http.get("/api/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    answer = await http.request("DELETE", "/api/users/me")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, PATCH, OPTIONS"
    assert (await http.get("/api/openapi.json")).json()["openapi"].startswith("3.1")


async def test_what_was_committed_and_not_pushed_is_pushed_from_the_stream(
    http: httpx.AsyncClient, stack: Stack
) -> None:
    """A process that dies right after its commit: whoever is connected hears of it all the same."""
    eva, fay = await people(http, stack, "eva", "fay")
    direct = await eva.call("POST", "/api/conversations", 201, json={"kind": "direct", "members": ["fay"]})
    async with AsyncExitStack() as sockets:
        await fay.connect(sockets)
        await append_and_die(stack, direct["id"])
        entry = await fay.until(lambda event: event["type"] == "entry" and event["entry"].get("text") == "last words")
        assert entry["entry"]["author"] == "eva"


async def append_and_die(stack: Stack, conversation: str) -> None:
    """Commits as eva's function does, and stops before it tells anybody."""
    from tests.emulators.pools import clients_of

    from tertulia.adapters.dynamodb.store import DynamoStore
    from tertulia.adapters.memory.clock import SystemClock
    from tertulia.adapters.memory.library import MemoryLibrary
    from tertulia.adapters.memory.media import MemoryMedia
    from tertulia.adapters.memory.rates import Unlimited
    from tertulia.ports.accounts import Identity
    from tertulia.services.messages import Messages, NewMessage

    with clients_of(stack.emulator) as clients:
        store = DynamoStore(clients, SystemClock(), prefix=stack.prefix)
        eva = Identity(username="eva", session="s", admin=False, expires=2**40)
        await Messages(store, MemoryMedia(), MemoryLibrary(), Unlimited()).send(
            eva, conversation, NewMessage(id="last", text="last words")
        )
