"""The WebSocket edge of a function: `$connect`, `$disconnect`, and every message, each a call of its own.

The connection's row says who speaks. The token buckets of a connection are kept in the container's memory: another
container begins with a full one, so that they bound what one client costs, together with API Gateway's own throttling,
and are no exact measure. Source: API Gateway Developer Guide, "About WebSocket APIs".
"""

import asyncio
import logging
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import replace

from tertulia.api import events, session
from tertulia.api.actions import perform
from tertulia.domain import limits
from tertulia.domain.errors import ChatError, InvalidError, LimitedError, UnauthenticatedError, UnavailableError
from tertulia.domain.presence import Presence
from tertulia.edges.functions.logs import CallLog
from tertulia.ports.accounts import Identity
from tertulia.ports.clock import Clock
from tertulia.ports.connections import Caller, Connection, Connections, Farewells
from tertulia.services.chat import Chat

FUNCTION: Final = "Chat-WebSocket"
SESSIONS_MAX: Final = 10_000
"""Connections whose buckets one container remembers; the one used longest ago is forgotten first."""
FRAME_BYTES: Final = 32 * 1024
"""API Gateway's quota for one frame, either way."""
ATTACHED_BYTES: Final = 20 * 1024
"""A message with files that is larger goes by POST: with the names of the files, its answer could be over a frame."""
_RENEW_SECONDS: Final = limits.PRESENCE_LEASE_SECONDS / 3
"""A lease is renewed at most so often, by whatever is heard of the device."""
_OK: Final = {"statusCode": 200}
_logger: Final = logging.getLogger("tertulia.websocket")
_encode: Final = msgspec.json.Encoder().encode


class WebSocketSettings(Struct, frozen=True, kw_only=True):
    """`origins` are the web origins whose pages may connect, the product's own among them."""

    origins: frozenset[str] = frozenset()
    rates: session.Rates = session.DEFAULT_RATES


class _Remembered(Struct):
    """What the container knows of a connection. `renewed` is when its presence was, in the clock's monotonic
    seconds."""

    session: session.Session
    renewed: float


class WebSocketFunction:
    """All routes of the WebSocket API."""

    def __init__(
        self,
        chat: Chat,
        connections: Connections,
        farewells: Farewells,
        clock: Clock,
        *,
        settings: WebSocketSettings,
        flush: Callable[[], Awaitable[None]],
    ) -> None:
        """`flush` pushes what a call led to, before it ends."""
        self._chat: Final = chat
        self._connections: Final = connections
        self._farewells: Final = farewells
        self._clock: Final = clock
        self._settings: Final = settings
        self._flush: Final = flush
        self._remembered: OrderedDict[str, _Remembered] = OrderedDict()

    async def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to an event, whatever happens: what a function raises would reach the client as it is."""
        context = event["requestContext"]
        log = CallLog(FUNCTION, context.get("requestId", ""))
        try:
            match context["eventType"]:
                case "CONNECT":
                    log.operation = "connect"
                    answer = await self._connect(event, log)
                case "DISCONNECT":
                    log.operation = "disconnect"
                    answer = await self._disconnect(context["connectionId"])
                case _:
                    log.operation = "message"
                    answer = await self._message(event, log)
        except ChatError as error:
            answer = self._failed(error, log)
        except Exception:
            _logger.exception("a call failed", extra={"fields": {"request_id": log.request_id}})
            answer = self._failed(ChatError("internal"), log)
        await self._flush()
        log.status = answer["statusCode"]
        log.write()
        return answer

    # Connecting

    async def _connect(self, event: Mapping[str, Any], log: CallLog) -> dict[str, Any]:
        """Redeems the ticket. Nothing can be said on a connection before it is open, so a refusal is a status: 401 for
        a ticket that is no good, 403 for a foreign page."""
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        origin = headers.get("origin", "")
        if "origin" in headers and origin not in self._settings.origins:
            log.code = "origin_not_allowed"
            return {"statusCode": 403}
        name = (event.get("queryStringParameters") or {}).get("ticket", "")
        ticket = await self._chat.tickets.redeem(name, origin)
        log.username = ticket.username
        surplus = await self._connections.add(event["requestContext"]["connectionId"], ticket)
        if surplus is None:
            raise UnauthenticatedError("ticket_invalid")
        await asyncio.gather(*(self._part(each, "too_many_connections") for each in surplus))
        return _OK

    async def _disconnect(self, connection: str) -> dict[str, Any]:
        self._remembered.pop(connection, None)
        caller = await self._connections.leaving(connection)
        if caller is not None:
            await self._connections.remove(caller.connection)
            if caller.presence is not None:
                await self._chat.presence.end(_identity(caller), connection)
        return _OK

    async def _part(self, connection: Connection, reason: str) -> None:
        await self._farewells.say_goodbye(connection, reason, resume=events.CLOSE_REASONS[reason].resume)

    # Messages

    async def _message(self, event: Mapping[str, Any], log: CallLog) -> dict[str, Any]:
        connection = event["requestContext"]["connectionId"]
        caller = await self._connections.caller(connection)
        if caller is None:
            # It was ended while this message was on its way, or its row is past its time.
            await self._part(Connection(connection, "", "", 0), "internal")
            log.code = "internal"
            return _OK
        log.username = caller.connection.username
        text = event.get("body") or ""
        data = b64decode(text) if event.get("isBase64Encoded") else text.encode("utf-8", "replace")
        if len(data) > limits.FRAME_BYTES_MAX:
            await self._part(caller.connection, "too_large")
            return _OK
        answer = await self._step(caller, data, log)
        if answer is None:
            return _OK
        if isinstance(answer, events.ActionError):
            log.code = answer.code
        return {**_OK, "body": _bounded(answer).decode()}

    async def _step(self, caller: Caller, data: bytes, log: CallLog) -> events.Result | events.ActionError | None:
        """Does what the session says; the answer, where the message has one."""
        connection = caller.connection.id
        now = self._clock.monotonic()
        known = self._recall(caller, now)
        known.session, steps = session.step(known.session, data, now, self._settings.rates)
        answer: events.Result | events.ActionError | None = None
        for step in steps:
            match step:
                case session.Call(action):
                    log.operation = type(action).__name__.lower()
                    answer = await self._perform(caller, action, len(data))
                case session.Reply(reply):
                    log.operation = "reply"
                    answer = reply
                case session.Renew(status):
                    await self._renew(caller, known, status, now)
                case session.Close(reason):
                    log.code = reason
                    self._remembered.pop(connection, None)
                    await self._part(caller.connection, reason)
        return answer

    async def _perform(self, caller: Caller, action: events.AnyAction, size: int) -> events.Result | events.ActionError:
        try:
            if isinstance(action, events.Send) and action.attachments and size > ATTACHED_BYTES:
                raise InvalidError("too_large", "Send a message of this size with POST.", at_most=ATTACHED_BYTES)
            result = await perform(self._chat, _identity(caller), caller.connection.id, action)
            if isinstance(action, events.SetPresence):
                await self._connections.remember_presence(caller, action.status)
                if action.watch is not UNSET:
                    await self._connections.watch(caller.connection.id, result["presence"])
        except ChatError as error:
            return session.answer_error(action.request, error)
        except Exception:
            _logger.exception("the action %s failed", type(action).__name__.lower())
            return session.answer_error(action.request, ChatError("internal"))
        return events.Result(request=action.request, result=result)

    async def _renew(self, caller: Caller, known: _Remembered, status: Presence, now: float) -> None:
        if now - known.renewed < _RENEW_SECONDS:
            return
        known.renewed = now
        try:
            await self._chat.presence.renew(_identity(caller), caller.connection.id, status)
        except Exception:
            _logger.exception("a presence could not be renewed")

    def _recall(self, caller: Caller, now: float) -> _Remembered:
        connection = caller.connection.id
        known = self._remembered.get(connection)
        if known is None:
            known = self._remembered[connection] = _Remembered(
                session.begin(now, self._settings.rates), now - _RENEW_SECONDS
            )
            if len(self._remembered) > SESSIONS_MAX:
                self._remembered.popitem(last=False)
        self._remembered.move_to_end(connection)
        known.session = replace(known.session, presence=caller.presence)
        return known

    def _failed(self, failure: ChatError, log: CallLog) -> dict[str, Any]:
        """A status for `$connect`, an answer for a message."""
        log.code = failure.code
        if log.operation == "message":
            return {**_OK, "body": _encode(session.answer_error(0, failure)).decode()}
        match failure:
            case UnauthenticatedError():
                return {"statusCode": 401}
            case LimitedError():
                return {"statusCode": 429}
            case UnavailableError():
                return {"statusCode": 503}
            case _:
                return {"statusCode": 500}


def _identity(caller: Caller) -> Identity:
    connection = caller.connection
    return Identity(
        username=connection.username, session=connection.session, admin=caller.admin, expires=limits.TIMESTAMP_MAX
    )


def _bounded(answer: events.Result | events.ActionError) -> bytes:
    """The answer as JSON. What is too large for a frame was done, and is to be asked for by HTTP."""
    frame = _encode(answer)
    if len(frame) <= FRAME_BYTES:
        return frame
    error = InvalidError("too_large", "It was done. The answer is too large for a frame: ask for it by HTTP.")
    return _encode(session.answer_error(answer.request, error))
