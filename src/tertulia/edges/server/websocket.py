"""The WebSocket edge: who may connect, and what each connection's messages do."""

import asyncio
import logging
from collections.abc import Collection, Coroutine, Iterable
from typing import Any, Final, Protocol
from urllib.parse import parse_qs

from msgspec import UNSET, Struct

from tertulia.api import events, session
from tertulia.api.actions import perform
from tertulia.domain import limits
from tertulia.domain.errors import ChatError, UnauthenticatedError
from tertulia.domain.presence import Presence
from tertulia.edges.server.caller import CallerReader
from tertulia.edges.server.doors import Handshake, Refusal, Timing
from tertulia.edges.server.frames import encode_frame
from tertulia.edges.server.outbox import Outbox
from tertulia.edges.server.protocol import WebSocketProtocol
from tertulia.edges.server.wheel import Wheel
from tertulia.ports.accounts import Identity
from tertulia.ports.clock import Clock
from tertulia.ports.entropy import Entropy
from tertulia.services.chat import Chat

PATH: Final = "/ws"
_RENEW_SECONDS: Final = limits.PRESENCE_LEASE_SECONDS / 3
"""A lease is renewed at most so often, by whatever is heard of the device."""
_logger: Final = logging.getLogger("tertulia.websocket")


class Connections(Protocol):
    """Who is connected here; the hub."""

    def add(self, connection: WebSocketProtocol, username: str, session: str) -> None:
        """From now on the connection gets what is for that person."""
        ...

    def remove(self, connection: WebSocketProtocol) -> None: ...

    def watch(self, connection: WebSocketProtocol, usernames: Iterable[str]) -> None:
        """The connection follows the presence of exactly these."""
        ...


class WebSocketSettings(Struct, frozen=True, kw_only=True):
    """`hosts` are the names by which the server may be addressed, without a port; any where there are none. `origins`
    are the foreign web origins whose pages may connect; a page of the server's own origin always may.
    `connections` bounds the connections of this process."""

    hosts: Collection[str] = ()
    origins: Collection[str] = ()
    connections: int = 19_000
    rates: session.Rates = session.DEFAULT_RATES
    timing: Timing = Timing()


class Counts(Struct):
    """What the edge has done since it started, and `open` connections now."""

    open: int = 0
    accepted: int = 0
    refused: int = 0
    messages: int = 0
    errors: int = 0


class Gateway:
    """The doorkeeper (`doors.Doorkeeper`) of all connections of this process."""

    def __init__(
        self,
        chat: Chat,
        connections: Connections,
        callers: CallerReader,
        clock: Clock,
        entropy: Entropy,
        settings: WebSocketSettings,
    ) -> None:
        self.chat: Final = chat
        self.connections: Final = connections
        self.clock: Final = clock
        self.settings: Final = settings
        self.timing: Final = settings.timing
        self.outbox: Final = Outbox()
        self.wheel: Final = Wheel(settings.timing.tick)
        self.counts: Final = Counts()
        self._callers = callers
        self._entropy = entropy
        self._hosts = frozenset(host.lower() for host in settings.hosts)
        self._origins = frozenset(settings.origins)
        self._peers: set[Peer] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._draining = False

    def refuse(self, handshake: Handshake) -> Refusal | None:
        """Wrong path, foreign origin, too many connections, or the server stops."""
        refusal = self._refusal(handshake)
        if refusal is not None:
            self.counts.refused += 1
        return refusal

    async def admit(self, handshake: Handshake, connection: WebSocketProtocol) -> "Peer | str":
        """Redeems the ticket. A browser can't see why an upgrade is refused, so a bad ticket is told by a goodbye."""
        name = parse_qs(handshake.query).get("ticket", [""])[0]
        origin = handshake.headers.get(b"origin", b"").decode("latin-1")
        try:
            ticket = await self.chat.tickets.redeem(name, origin)
        except UnauthenticatedError:
            self.counts.refused += 1
            return "ticket_invalid"
        except Exception:
            _logger.exception("a ticket could not be redeemed")
            return "internal"
        identity = Identity(
            username=ticket.username, session=ticket.session, admin=ticket.admin, expires=limits.TIMESTAMP_MAX
        )
        peer = Peer(self, connection, identity, self._entropy.token(9))
        self._peers.add(peer)
        self.counts.accepted += 1
        self.counts.open += 1
        self.connections.add(connection, ticket.username, ticket.session)
        return peer

    def forget(self, peer: "Peer", connection: WebSocketProtocol) -> None:
        """The connection is gone."""
        self._peers.discard(peer)
        self.counts.open -= 1
        self.connections.remove(connection)

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs it beside everything else. What was started in an order takes its first step in that order."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def drain(self, seconds: float) -> None:
        """Lets nobody in, ends the work in hand, says goodbye to all, and waits that long for it. To be called before
        the store closes; uvicorn's own shutdown has said goodbye by then where it ran."""
        self._draining = True
        for peer in list(self._peers):
            peer.finish("shutting_down")
        deadline = asyncio.get_running_loop().time() + seconds
        while (self._peers or self._tasks) and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)

    def _refusal(self, handshake: Handshake) -> Refusal | None:
        if handshake.path != PATH:
            return Refusal(404, f"WebSocket connections are at {PATH}.")
        headers = handshake.headers
        scope = {"client": handshake.address, "scheme": "wss" if handshake.secure else "ws"}
        caller = self._callers.read(scope, headers)
        if self._hosts and caller.hostname not in self._hosts:
            return Refusal(400, "This server doesn't go by that name. The operator can add it.")
        if b"origin" in headers and caller.origin != caller.own_origin and caller.origin not in self._origins:
            return Refusal(403, "This web origin is not on the server's list.")
        if self._draining or self.counts.open >= self.settings.connections:
            return Refusal(503, "The server takes no more connections now.")
        return None


class Peer:
    """The session of one connection (`doors.Receiver`): steps it, and does what the steps say."""

    __slots__ = (
        "_connection",
        "_device",
        "_ending",
        "_gateway",
        "_identity",
        "_in_flight",
        "_renewed",
        "_session",
        "_slow_sends",
    )

    def __init__(self, gateway: Gateway, connection: WebSocketProtocol, identity: Identity, device: str) -> None:
        now = gateway.clock.monotonic()
        self._gateway = gateway
        self._connection = connection
        self._identity = identity
        self._device = device
        self._session = session.begin(now, gateway.settings.rates)
        self._in_flight = 0
        self._ending: str | None = None
        self._renewed = now
        self._slow_sends: dict[str, asyncio.Task[None]] | None = None

    def received(self, text: bytes) -> None:
        if self._ending is not None:
            return
        gateway = self._gateway
        gateway.counts.messages += 1
        now = gateway.clock.monotonic()
        self._session, steps = session.step(self._session, text, now, gateway.settings.rates)
        for step in steps:
            match step:
                case session.Call(action):
                    self._call(action)
                case session.Reply(answer):
                    self._answer(answer)
                case session.Renew(status):
                    self._renew(status, now)
                case session.Close(reason):
                    self._connection.close(reason)

    def heard(self) -> None:
        status = self._session.presence
        if status is not None:
            self._renew(status, self._gateway.clock.monotonic())

    def finish(self, reason: str) -> None:
        if self._in_flight:
            self._ending = reason
        else:
            self._connection.close(reason)

    def lost(self) -> None:
        self._ending = self._ending or "lost"
        self._gateway.forget(self, self._connection)
        if self._session.presence is not None:
            self._gateway.start(self._end_presence())

    def _call(self, action: events.AnyAction) -> None:
        self._in_flight += 1
        if self._in_flight >= limits.ACTIONS_IN_FLIGHT_MAX:
            self._connection.pause_reading()
        if isinstance(action, events.Send) and (action.attachments or self._slow_sends):
            self._queue_send(action)
        else:
            self._gateway.start(self._perform(action))

    def _queue_send(self, action: events.Send) -> None:
        """A send with attachments reads before it writes: later ones to the same conversation wait, in order."""
        slow = self._slow_sends = self._slow_sends or {}
        earlier = slow.get(action.conversation)
        if earlier is None and not action.attachments:
            self._gateway.start(self._perform(action))
            return
        task = self._gateway.start(self._perform_after(earlier, action))
        slow[action.conversation] = task
        task.add_done_callback(lambda _: slow.pop(action.conversation) if slow[action.conversation] is task else None)

    async def _perform_after(self, earlier: asyncio.Task[None] | None, action: events.Send) -> None:
        if earlier is not None:
            await asyncio.wait([earlier])
        await self._perform(action)

    async def _perform(self, action: events.AnyAction) -> None:
        self._answer(await self._outcome(action))
        self._in_flight -= 1
        if self._ending is None:
            self._connection.resume_reading()
        elif not self._in_flight:
            self._connection.close(self._ending)

    async def _outcome(self, action: events.AnyAction) -> events.Result | events.ActionError:
        try:
            result = await perform(self._gateway.chat, self._identity, self._device, action)
        except ChatError as error:
            return session.answer_error(action.request, error)
        except Exception:
            _logger.exception("the action %s failed", type(action).__name__.lower())
            return session.answer_error(action.request, ChatError("internal"))
        if isinstance(action, events.SetPresence):
            await self._follow(action, result["presence"])
        return events.Result(request=action.request, result=result)

    async def _follow(self, action: events.SetPresence, allowed: dict[str, Presence]) -> None:
        if self._ending == "lost":
            await self._end_presence()
        elif action.watch is not UNSET:
            self._gateway.connections.watch(self._connection, allowed)

    def _answer(self, answer: events.Result | events.ActionError) -> None:
        if isinstance(answer, events.ActionError):
            self._gateway.counts.errors += 1
        self._connection.send(encode_frame(answer))

    def _renew(self, status: Presence, now: float) -> None:
        if now - self._renewed >= _RENEW_SECONDS:
            self._renewed = now
            self._gateway.start(self._renew_presence(status))

    async def _renew_presence(self, status: Presence) -> None:
        try:
            await self._gateway.chat.presence.renew(self._identity, self._device, status)
        except Exception:
            _logger.exception("a presence could not be renewed")

    async def _end_presence(self) -> None:
        try:
            await self._gateway.chat.presence.end(self._identity, self._device)
        except Exception:
            _logger.exception("a presence could not be ended")
