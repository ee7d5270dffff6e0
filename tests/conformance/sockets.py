"""One WebSocket connection as a client sees it: events as they come, and answers by the number of the request."""

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage

PATIENCE = 10.0
"""Seconds that something which must happen is waited for; a place may need more."""
JSON = dict[str, Any]


class ActionFailedError(Exception):
    """An action was answered with an error."""

    def __init__(self, answer: JSON) -> None:
        super().__init__(f"{answer['code']}: {answer['detail']}")
        self.code: str = answer["code"]
        self.answer = answer


class Socket:
    """A connection. `events` are all that the server pushed so far; `closed` is the close code, once it has one."""

    def __init__(
        self,
        base_url: str,
        ticket: str,
        *,
        origin: str | None = None,
        on_event: Callable[[JSON], None] | None = None,
        **how: Any,
    ) -> None:
        self._url: Final = f"ws{base_url.rstrip('/').removeprefix('http')}/ws?ticket={ticket}"
        self._how: Final = {"origin": origin, "compression": None, "max_size": None, **how}
        self._on_event = on_event
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[JSON]] = {}
        self._changed = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._connection: ClientConnection | None = None
        self.events: list[JSON] = []
        self.closed: int | None = None
        self.on_other: Callable[[JSON], None] | None = None
        """Gets the answers to what was not sent by `act`."""

    async def open(self) -> None:
        """Raises ConnectionError where the server goes away meanwhile, InvalidStatus where it refuses."""
        try:
            self._connection = await connect(self._url, proxy=None, open_timeout=PATIENCE, **self._how)
        except InvalidMessage as error:
            raise ConnectionError(str(error)) from error
        self._reader = asyncio.create_task(self._read(self._connection))

    @property
    def connection(self) -> ClientConnection:
        assert self._connection is not None
        return self._connection

    async def act(self, action: str, **fields: Any) -> JSON:
        """The result of an action. Raises ActionFailedError, or ConnectionError where no answer came."""
        return await asyncio.wait_for(self.start(action, **fields), PATIENCE)

    def start(self, action: str, **fields: Any) -> "asyncio.Future[JSON]":
        """Sends an action; its result later. The frames of several calls leave in the order of the calls."""
        number = next(self._numbers)
        answer: asyncio.Future[JSON] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        body = json.dumps({"action": action, "request": number, **fields}, ensure_ascii=False)
        task = asyncio.ensure_future(self._send(number, body))
        answer.add_done_callback(lambda _: task.cancel())
        return answer

    async def refused(self, code: str, action: str, **fields: Any) -> JSON:
        """The answer of an action that must fail with this code."""
        answer = (await asyncio.gather(self.act(action, **fields), return_exceptions=True))[0]
        assert isinstance(answer, ActionFailedError), f"{action} was answered with {answer!r}"
        assert answer.code == code, f"{action}: {answer.answer}"
        return answer.answer

    async def event(self, kind: str, **fields: Any) -> JSON:
        """The first event of this type, so far or to come, with these fields."""
        found: JSON = await self.until(lambda: next(iter(self.all(kind, **fields)), None))
        return found

    def all(self, kind: str, **fields: Any) -> list[JSON]:
        """Every event of this type so far with these fields."""
        return [e for e in self.events if e["type"] == kind and all(e.get(name) == v for name, v in fields.items())]

    def entries(self, conversation: str) -> list[JSON]:
        """The entries that were pushed so far."""
        return [event["entry"] for event in self.all("entry", conversation=conversation)]

    async def entry(self, conversation: str, seq: int) -> JSON:
        """The entry with this seq, when it has been pushed."""
        found: JSON = await self.until(lambda: next((e for e in self.entries(conversation) if e["seq"] == seq), None))
        return found

    async def until(self, found: Callable[[], Any], seconds: float | None = None) -> Any:
        """The first true value of `found`, which is asked after each event."""
        async with asyncio.timeout(PATIENCE if seconds is None else seconds):
            while not (value := found()):
                self._changed.clear()
                await self._changed.wait()
        return value

    async def ended(self, seconds: float | None = None) -> int:
        """The close code, when the server has closed."""
        await self.until(lambda: self.closed is not None, seconds)
        assert self.closed is not None
        return self.closed

    async def settle(self) -> None:
        """Returns when all that the server had to say before now has arrived: the answer to a ping comes after it."""
        await self.act("ping")

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
        if self._reader is not None:
            await self._reader

    def cut(self) -> None:
        """Breaks the connection off without a word, as a network does."""
        self.connection.transport.abort()

    async def _send(self, number: int, body: str) -> None:
        try:
            await self.connection.send(body)
        except ConnectionClosed as error:
            answer = self._answers.pop(number, None)
            if answer and not answer.done():
                answer.set_exception(ConnectionError(str(error)))

    async def _read(self, connection: ClientConnection) -> None:
        try:
            async for text in connection:
                self._take(json.loads(text))
        except ConnectionClosed:
            pass
        self.closed = connection.close_code if connection.close_code is not None else 1006
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the connection ended before the answer came"))
                answer.exception()
        self._answers.clear()
        self._changed.set()

    def _take(self, message: JSON) -> None:
        if message["type"] in ("result", "error"):
            answer = self._answers.pop(message["request"], None)
            if answer is not None and not answer.done():
                if message["type"] == "result":
                    answer.set_result(message["result"])
                else:
                    answer.set_exception(ActionFailedError(message))
            elif self.on_other:
                self.on_other(message)
        else:
            self.events.append(message)
            if self._on_event:
                self._on_event(message)
        self._changed.set()
