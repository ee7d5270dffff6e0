"""The link to the server's WebSocket: connects, and connects again, until there is no use in it."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from tertulia.api.events import AnyAction, SetPresence
from tertulia.client.backoff import Retries
from tertulia.client.connection import Connection, Ended, LostError, open_connection
from tertulia.client.errors import may_help
from tertulia.client.feed import Pushed
from tertulia.client.operations import Operations
from tertulia.client.transport import Transport
from tertulia.client.wire import convert_result
from tertulia.domain.errors import ChatError
from tertulia.domain.events import PresenceEvent
from tertulia.domain.presence import Presence

RECONNECT: Final = Retries(base=0.5, cap=30.0)
"""Full jitter from the start: a server that comes back is not met by everybody at once."""
_SETTLED: Final = 5.0
"""Seconds after which a connection counts as a good one, and the next wait is a short one again."""


class _Present(Struct, frozen=True):
    presence: dict[str, Presence]


class Link:
    """At most one connection at a time. `receive` gets every event, `opened` is called once a connection is open,
    `told` with True and False as one begins and ends, but for the end that the application itself asks for."""

    def __init__(
        self,
        transport: Transport,
        reconnect: Retries,
        *,
        receive: Callable[[Pushed], None],
        opened: Callable[[], None],
        told: Callable[[bool], None],
    ) -> None:
        self._transport: Final = transport
        self._api: Final = Operations(transport)
        self._reconnect: Final = reconnect
        self._receive: Final = receive
        self._opened: Final = opened
        self._told: Final = told
        self._connection: Connection | None = None
        self._watching: SetPresence | None = None
        self.trouble: ChatError | None = None
        """Why the last attempt failed."""

    @property
    def connected(self) -> bool:
        return self._connection is not None

    async def run(self) -> ChatError:
        """Stays connected; returns what makes it useless to go on."""
        clock = asyncio.get_running_loop()
        attempt = 0
        while True:
            began, wait, token = clock.time(), 0.0, self._token()
            try:
                ended = await self._connect_once()
            except ChatError as error:
                if not may_help(error):
                    return error
                self.trouble = error
                wait = error.retry_after or 0.0
            else:
                async with self._transport.replacing:
                    renewed = ended.reason == "session_ended" and self._token() != token
                if not (ended.resume or renewed):
                    return ended.error()
                if clock.time() - began > _SETTLED:
                    attempt = 0
                wait = 1.0 if ended.reason == "rate_limited" else 0.0
            await asyncio.sleep(wait + self._reconnect.delay(attempt))
            attempt += 1

    async def act(self, action: AnyAction) -> dict[str, Any]:
        """The action's result; temporary errors are waited for and tried again. Raises LostError where there is no
        connection, or no answer: whether the action was carried out is not known then."""
        attempt = 0
        while True:
            if self._connection is None:
                raise LostError
            try:
                return await self._connection.ask(action)
            except ChatError as error:
                wait = self._transport.retries.wait(attempt, error)
                if wait is None:
                    raise
            attempt += 1
            await asyncio.sleep(wait)

    async def hint(self, action: AnyAction) -> None:
        """An action of the moment: done at once or not at all."""
        try:
            if self._connection is not None:
                await self._connection.ask(action)
        except LostError:
            return

    async def watch(self, watching: SetPresence) -> dict[str, Presence]:
        """Says it now and after each reconnection. Empty while there is no connection."""
        self._watching = watching
        try:
            return convert_result(await self.act(watching), _Present).presence
        except LostError:
            return {}

    async def _connect_once(self) -> Ended:
        """Connects and stays so until the connection ends."""
        ticket = await self._api.create_ticket()
        url = (await self._transport.endpoints()).websocket
        connection = await open_connection(url, ticket.ticket, self._receive)
        self._connection = connection
        self._opened()
        self._told(True)
        renewal = asyncio.create_task(self._renew_presence())
        try:
            ended = await connection.run()
        finally:
            self._connection = None
            renewal.cancel()
            await connection.close()
            await asyncio.gather(renewal, return_exceptions=True)
        self._told(False)
        return ended

    async def _renew_presence(self) -> None:
        if self._watching is None:
            return
        try:
            for username, status in (await self.watch(self._watching)).items():
                self._receive(PresenceEvent(username, status))
        except ChatError:
            return

    def _token(self) -> str:
        """The access token now: where it is another than before, a session that ended may not be the present one."""
        return self._transport.session.access_token if self._transport.session else ""
