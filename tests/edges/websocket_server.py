"""A real server for the tests of the WebSocket edge: uvicorn on uvloop in a thread, services over memory adapters."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar, cast

import uvicorn
from msgspec import UNSET

from tertulia.adapters.hub.hub import Hub
from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.adapters.memory.library import MemoryLibrary
from tertulia.adapters.memory.media import MemoryMedia
from tertulia.adapters.memory.presence_board import MemoryPresenceBoard
from tertulia.adapters.memory.rates import Unlimited
from tertulia.adapters.memory.store import MemoryStore
from tertulia.adapters.memory.tickets import MemoryTickets
from tertulia.domain.entries import ConversationCreated, ConversationKind, SettingsChanged, Stamp
from tertulia.domain.members import MemberRole, Role
from tertulia.edges.server.caller import CallerReader
from tertulia.edges.server.frames import encode_frame
from tertulia.edges.server.protocol import bind
from tertulia.edges.server.websocket import Gateway, WebSocketSettings
from tertulia.ports.accounts import Identity
from tertulia.ports.store import Append, Decision, Snapshot
from tertulia.services.chat import Chat
from tertulia.services.messages import Messages
from tertulia.services.presence import Presences
from tertulia.services.receipts import Receipts
from tertulia.services.tickets import Tickets
from tertulia.services.typing import Typing

T = TypeVar("T")


class ChatServer:
    """Everything real but the durability: the log is in memory. `with ChatServer() as server: ...`"""

    def __init__(
        self, settings: WebSocketSettings | None = None, *, loop: Literal["uvloop", "asyncio"] = "uvloop"
    ) -> None:
        clock = SystemClock()
        entropy = SystemEntropy()
        rate = Unlimited()
        self.store = MemoryStore(clock)
        self.media = MemoryMedia()
        self.library = MemoryLibrary()
        self.hub = Hub(self.store.audience, encode_frame)
        self.store.listen(self.hub.committed)
        self.tickets = MemoryTickets(clock, entropy)
        absent = cast("Any", UNSET)
        self.chat = Chat(
            accounts=absent,
            conversations=absent,
            members=absent,
            messages=Messages(self.store, self.media, self.library, rate),
            history=absent,
            receipts=Receipts(self.store, self.hub, rate),
            typing=Typing(self.store, self.hub),
            presence=Presences(self.store, MemoryPresenceBoard(), self.hub, clock),
            search=absent,
            media=absent,
            library=absent,
            locations=absent,
            notifying=absent,
            statuses=absent,
            drafts=absent,
            figures=absent,
            tickets=Tickets(self.tickets, clock, rate),
        )
        self.gateway = Gateway(self.chat, self.hub, CallerReader(), clock, entropy, settings or WebSocketSettings())
        config = uvicorn.Config(
            _nothing,
            host="127.0.0.1",
            port=0,
            ws=bind(self.gateway),
            loop=loop,
            http="httptools",
            lifespan="off",
            log_level="error",
            timeout_graceful_shutdown=5,
        )
        self.uvicorn = uvicorn.Server(config)
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "ChatServer":
        self._thread.start()
        assert self._started.wait(10), "the server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends as SIGTERM would; returns when the server has."""
        self.uvicorn.should_exit = True
        self._thread.join(15)
        assert not self._thread.is_alive(), "the server did not stop"

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Runs something on the server's loop."""

        async def awaited() -> T:
            return await work()

        return asyncio.run_coroutine_threadsafe(awaited(), self.loop).result(10)

    def call(self, work: Callable[[], object]) -> None:
        """Calls something on the server's loop."""

        async def called() -> None:
            work()

        asyncio.run_coroutine_threadsafe(called(), self.loop).result(10)

    def until(self, holds: Callable[[], object], seconds: float = 10) -> None:
        """Waits until it holds, as seen from the server's loop."""
        deadline = time.monotonic() + seconds
        while not self.run(lambda: _awaitable(holds())):
            assert time.monotonic() < deadline, "it never held"
            time.sleep(0.01)

    def ticket(self, username: str, *, origin: str = "", session: str = "s1") -> str:
        return self.run(lambda: self.chat.tickets.issue(identity(username, session), origin))[0]

    def converse(self, conversation: str, *usernames: str, live_typing: bool = False) -> None:
        """A group of these; the first is its owner."""
        roles = [MemberRole(usernames[0], Role.OWNER), *map(MemberRole, usernames[1:])]

        def decide(stamp: Stamp) -> ConversationCreated:
            return ConversationCreated(
                seq=stamp.seq,
                timestamp=stamp.timestamp,
                author=usernames[0],
                type=ConversationKind.GROUP,
                members=tuple(roles),
            )

        self.run(lambda: self.store.create(conversation, decide))
        if live_typing:
            self.run(lambda: self.store.append(Append(conversation=conversation, author=usernames[0], decide=_live)))

    def _run(self) -> None:
        config = self.uvicorn.config
        factory = config.get_loop_factory()
        assert factory is not None
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        serving = asyncio.create_task(self.uvicorn.serve())
        while not self.uvicorn.started and not serving.done():
            await asyncio.sleep(0.005)
        self.port: int = self.uvicorn.servers[0].sockets[0].getsockname()[1]
        self._started.set()
        await serving
        await self.gateway.drain(2)
        await self.hub.close()


def identity(username: str, session: str = "s1") -> Identity:
    return Identity(username=username, session=session, admin=False, expires=2**40)


def _live(_: Snapshot, stamp: Stamp) -> Decision:
    return Decision(SettingsChanged(seq=stamp.seq, timestamp=stamp.timestamp, author="alice", live_typing=True))


async def _awaitable(value: T) -> T:
    return value


async def _nothing(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """No HTTP here."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})
