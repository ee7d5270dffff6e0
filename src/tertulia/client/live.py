"""The real-time stream of one person: it stays connected, and what it gives out has no gap and no repetition."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

import msgspec
from msgspec import Struct

from tertulia.api.events import Draft, Locate, Read, Send, SetPresence, Typing
from tertulia.api.requests import AttachmentRef
from tertulia.api.responses import ReadState
from tertulia.client.backoff import Retries
from tertulia.client.catch_up import do_job
from tertulia.client.connection import LostError
from tertulia.client.errors import may_help
from tertulia.client.feed import Feed, ListAll, LiveEvent, Pushed, Start
from tertulia.client.ids import new_id
from tertulia.client.link import RECONNECT, Link
from tertulia.client.operations import Operations
from tertulia.client.transport import Transport
from tertulia.client.wire import convert_result
from tertulia.domain import limits
from tertulia.domain.errors import ChatError, UnavailableError
from tertulia.domain.messages import Message
from tertulia.domain.presence import Presence

CATCH_UP_AT_ONCE: Final = 4
"""Requests to the log at the same time."""
LOOK_AGAIN_SECONDS: Final = 300.0
"""How often, about, the conversations are listed without a reason: should the last event of a conversation have been
lost, nothing else would tell of it."""
FRAME_BYTES: Final = 16 * 1024
"""A message that takes more goes by POST: a WebSocket frame can be too small for it, or for its answer (API Gateway:
32 KB)."""
_PATIENCE: Final = 30.0
"""Seconds that the first connection may take."""


class _Sent(Struct, frozen=True):
    message: Message


class Live(AsyncIterator[LiveEvent]):
    """An async context manager, and an async iterator over events for one reader.

    Entries come once, in their log's order, without a gap, over any number of disconnections. The other events are of
    the moment; read cursors and memberships that changed in an absence are told afterwards. Iteration ends with the
    error that makes connecting again useless (such as `session_ended`), or when the stream is closed. Memory is bounded
    however slowly the application reads.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        cursors: Mapping[str, int] | None = None,
        start: Start = Start.NOW,
        on_connection: Callable[[bool], None] | None = None,
        reconnect: Retries = RECONNECT,
    ) -> None:
        self._transport: Final = transport
        self._api: Final = Operations(transport)
        self._given: Final = dict(cursors or {})
        self._start: Final = start
        self._on_connection: Final = on_connection
        self._reconnect: Final = reconnect
        self._link: Final = Link(
            transport, reconnect, receive=self._receive, opened=self._opened, told=on_connection or _nobody
        )
        self._feed = Feed("", {}, start)
        self._failure: ChatError | None = None
        self._closed = False
        self._tasks: list[asyncio.Task[None]] = []
        self._ready: Final = asyncio.Event()
        self._work: Final = asyncio.Event()
        self._synchronised: Final = asyncio.Event()

    # The stream

    async def __aenter__(self) -> Self:
        """Connects: what is committed from now on is given out. Raises what makes that impossible, and a temporary
        error after 30 seconds of trying."""
        session = self._transport.session
        me = session.username if session and session.username else (await self._api.get_me()).username
        self._feed = Feed(me, self._given, self._start)
        self._start_task(self._stay_connected())
        self._start_task(self._look_again())
        for _ in range(CATCH_UP_AT_ONCE):
            self._start_task(self._catch_up())
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._synchronised.wait()
            if self._failure is not None:
                raise self._failure
        except TimeoutError:
            await self.close()
            raise self._link.trouble or UnavailableError("unavailable") from None
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the stream and everything that it started."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._ready.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> LiveEvent:
        while True:
            event = self._feed.take()
            if event is not None:
                self._work.set()
                return event
            if self._failure is not None:
                raise self._failure
            if self._closed:
                raise StopAsyncIteration
            self._ready.clear()
            await self._ready.wait()

    @property
    def connected(self) -> bool:
        return self._link.connected

    @property
    def cursors(self) -> dict[str, int]:
        """For each conversation the `seq` of the last entry that was given out: what a later stream goes on from."""
        return self._feed.cursors

    # What a person does

    async def send(
        self,
        conversation: str,
        text: str = "",
        *,
        client_id: str | None = None,
        reply_to: int = 0,
        attachments: Sequence[AttachmentRef] = (),
        live_seconds: int = 0,
    ) -> Message:
        """Sends a message, once, whatever happens to the connection. Raises what the server refuses it with."""
        name = client_id or new_id()
        action = Send(
            conversation=conversation,
            id=name,
            text=text,
            reply_to=reply_to,
            attachments=list(attachments),
            live_seconds=live_seconds,
        )
        if len(msgspec.json.encode(action)) <= FRAME_BYTES:
            with suppress(LostError):
                return convert_result(await self._link.act(action), _Sent).message
        return await self._api.send_message(
            conversation, text, client_id=name, reply_to=reply_to, attachments=attachments, live_seconds=live_seconds
        )

    async def read(self, conversation: str, timestamp: int, *, private: bool = False) -> ReadState:
        """Moves the read cursor forward to the message at `timestamp`. `private`: others are shown nothing of it; to
        be said where `get_notifications` says that this person shows no `receipts`."""
        try:
            result = await self._link.act(Read(conversation=conversation, timestamp=timestamp, private=private))
            return convert_result(result, ReadState)
        except LostError:
            return await self._api.move_cursor(conversation, timestamp, private=private)

    async def typing(self, conversation: str, thread: int = 0) -> None:
        """Says that this person is typing; to be repeated every three seconds. `thread`: the timestamp of the message
        that a thread began with. Without a connection it is not said."""
        await self._link.hint(Typing(conversation=conversation, thread=thread))

    async def draft(self, conversation: str, text: str, version: int) -> None:
        """Live typing: all that is typed so far, and a number that grows. Without a connection it is not said."""
        await self._link.hint(Draft(conversation=conversation, text=text[: limits.DRAFT_MAX], version=version))

    async def locate(
        self, conversation: str, timestamp: int, *, latitude: float, longitude: float, accuracy: float = 0
    ) -> None:
        """Says where this person is, whose message at `timestamp` began a live location. Raises what the server refuses
        it with. Without a connection it is not said."""
        action = Locate(
            conversation=conversation, timestamp=timestamp, latitude=latitude, longitude=longitude, accuracy=accuracy
        )
        with suppress(LostError):
            await self._link.act(action)

    async def presence(self, status: Presence = Presence.ONLINE, *, watch: Sequence[str] = ()) -> dict[str, Presence]:
        """Says how this device is and whom to follow, also after a reconnection. How those are, where it is known."""
        return await self._link.watch(SetPresence(status=status, watch=list(watch)))

    # Inside

    async def _stay_connected(self) -> None:
        self._fail(await self._link.run())

    async def _catch_up(self) -> None:
        failures = 0
        while True:
            job = self._feed.job()
            if job is None:
                self._work.clear()
                await self._work.wait()
                continue
            try:
                further = await do_job(self._feed, self._api, job)
            except ChatError as error:
                self._feed.failed(job)
                if not may_help(error):
                    return self._fail(error)
                further = False
            if isinstance(job, ListAll) and further:
                self._synchronised.set()
            failures = 0 if further else failures + 1
            self._changed()
            if not further:
                await asyncio.sleep(self._reconnect.delay(failures))

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AGAIN_SECONDS * random.uniform(0.7, 1.3))  # noqa: S311 - jitter, not a secret
            self._opened()

    def _opened(self) -> None:
        self._feed.missed()
        self._changed()

    def _receive(self, event: Pushed) -> None:
        self._feed.happened(event)
        self._changed()

    def _changed(self) -> None:
        """Something may have become possible: for the application, or for those who catch up."""
        self._ready.set()
        self._work.set()

    def _fail(self, error: ChatError) -> None:
        self._failure = error
        self._ready.set()
        self._synchronised.set()

    def _start_task(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(self._task_ended)
        self._tasks.append(task)

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        """A task that ends with another error than a ChatError is the client's fault: the stream says so and ends."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(ChatError("internal", f"The stream failed: {error!r}", cause=repr(error)))


def _nobody(_connected: bool) -> None:
    """Nobody wants to be told."""
