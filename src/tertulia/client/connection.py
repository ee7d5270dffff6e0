"""One WebSocket connection: actions and their answers by number, events as they come, why it ended."""

import asyncio
import random
from collections.abc import Callable
from itertools import count
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from tertulia.api.events import CLOSE_REASONS, ActionError, AnyAction, CloseReason, Ping, Result
from tertulia.client.errors import UnreachableError, error_from
from tertulia.client.feed import Pushed
from tertulia.client.wire import decode_frame
from tertulia.domain.errors import ChatError, ForbiddenError, UnavailableError
from tertulia.domain.events import Goodbye

IN_FLIGHT_MAX: Final = 16
"""Actions that wait for their answers; the next one waits for one of these."""
ANSWER_SECONDS: Final = 20.0
"""An action that is not answered within this time is taken for lost, with the connection."""
PING_SECONDS: Final = 25.0
"""How often something is sent, so that nothing on the way takes the connection for idle (API Gateway: 10 minutes)."""
LIFE_SECONDS: Final = 110 * 60.0
"""How long a connection is kept at most, before another takes its place: API Gateway ends each after two hours."""
LIFE_JITTER: Final = 0.1
"""The part of it by which a life is shorter at random, so that many connections don't end together."""
_FRAME_MAX: Final = 4 * 1024 * 1024
_CLOSE_SECONDS: Final = 2.0
_BY_CODE: Final = {reason.code: reason for reason in CLOSE_REASONS.values()}


class Ended(Struct, frozen=True):
    """Why a connection ended, and whether to connect again. `reason` is "" where it was simply lost."""

    reason: str = ""
    resume: bool = True

    def error(self) -> ChatError:
        """What the application gets where there is no use in connecting again."""
        if self.reason in {"session_ended", "too_many_connections"}:
            return error_from(self.reason)
        known = CLOSE_REASONS.get(self.reason)
        sentence = known.sentence if known else "The server ended the connection for good."
        return ChatError("internal", sentence, reason=self.reason)


class LostError(Exception):
    """The connection ended before the action was answered: whether it was carried out is not known."""


class Connection:
    """An open connection. `run` reads until it ends; meanwhile `ask` may be called, by many at once."""

    def __init__(
        self, socket: ClientConnection, receive: Callable[[Pushed], None], *, life: float = LIFE_SECONDS
    ) -> None:
        self._socket: Final = socket
        self._receive: Final = receive
        self._life: Final = life
        self._numbers: Final = count(1)
        self._slots: Final = asyncio.Semaphore(IN_FLIGHT_MAX)
        self._waiting: Final[dict[int, asyncio.Future[dict[str, Any]]]] = {}
        self._goodbye: Goodbye | None = None
        self._open = True

    async def run(self) -> Ended:
        """Hands on every event until the connection ends, and says why it did."""
        heartbeat = asyncio.create_task(self._keep_alive())
        try:
            while True:
                self._handle(await self._socket.recv(decode=False))
        except ConnectionClosed as closed:
            return self._why(closed)
        finally:
            self._open = False
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(LostError())
            heartbeat.cancel()
            await asyncio.wait([heartbeat])

    async def ask(self, action: AnyAction) -> dict[str, Any]:
        """Sends the action and returns its result. Raises the error it is answered with, or LostError."""
        async with self._slots:
            if not self._open:
                raise LostError
            number = next(self._numbers)
            answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
            self._waiting[number] = answer
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._socket.send(msgspec.json.encode(replace(action, request=number)), text=True)
                    return await answer
            except ConnectionClosed as closed:
                raise LostError from closed
            except TimeoutError as late:
                self._socket.transport.abort()
                raise LostError from late
            finally:
                del self._waiting[number]
                if not answer.cancel() and not answer.cancelled():
                    answer.exception()  # seen, also where it came too late to be raised

    async def close(self) -> None:
        await self._socket.close()

    async def _keep_alive(self) -> None:
        clock = asyncio.get_running_loop()
        end = clock.time() + self._life * (1 - random.uniform(0, LIFE_JITTER))  # noqa: S311 - jitter, not a secret
        try:
            while (left := end - clock.time()) > 0:
                await asyncio.sleep(min(PING_SECONDS, left))
                await self.ask(Ping())
        except (LostError, ChatError):
            return
        await self._socket.close()

    def _handle(self, data: bytes) -> None:
        frame = decode_frame(data)
        match frame:
            case None:
                pass
            case Result():
                answer = self._waiting.get(frame.request)
                if answer is not None and not answer.done():
                    answer.set_result(frame.result)
            case ActionError():
                answer = self._waiting.get(frame.request)
                if answer is not None and not answer.done():
                    wait = frame.retry_after if isinstance(frame.retry_after, int | float) else None
                    answer.set_exception(error_from(frame.code, frame.detail, retry_after=wait))
            case Goodbye():
                self._goodbye = frame
            case _:
                self._receive(frame)

    def _why(self, closed: ConnectionClosed) -> Ended:
        if self._goodbye is not None:
            return Ended(self._goodbye.reason, self._goodbye.resume)
        theirs = closed.rcvd if closed.rcvd_then_sent else None  # not the echo of a close frame of our own
        known: CloseReason | None = _BY_CODE.get(theirs.code) if theirs else None
        return Ended(known.reason, known.resume) if known else Ended()


async def open_connection(
    url: str, ticket: str, receive: Callable[[Pushed], None], *, life: float = LIFE_SECONDS
) -> Connection:
    """Connects with a ticket. Raises UnreachableError where it should be tried again, another ChatError where not."""
    try:
        socket = await connect(
            f"{url}?ticket={ticket}",
            compression=None,
            ping_interval=None,
            close_timeout=_CLOSE_SECONDS,
            max_size=_FRAME_MAX,
            max_queue=64,
        )
    except InvalidStatus as refused:
        raise _refused(refused.response.status_code) from refused
    except (OSError, TimeoutError, InvalidHandshake, EOFError) as error:
        sentence = f"The server's WebSocket can't be reached ({str(error) or type(error).__name__})."
        raise UnreachableError("unreachable", sentence, sent=False) from error
    return Connection(socket, receive, life=life)


def _refused(status: int) -> ChatError:
    if status == 401:
        # API Gateway can say nothing on a connection before it is open: a ticket that is no good is refused here.
        return UnreachableError("unreachable", "The ticket was not accepted; another is asked for.", sent=False)
    if status == 403:
        return ForbiddenError("origin_not_allowed")
    sentence = f"The server, or a proxy before it, refused the WebSocket connection with HTTP status {status}."
    if status == 429 or status >= 500:
        return UnavailableError("unavailable", sentence, status=status)
    return ChatError("internal", sentence + " See tertulia doctor.", status=status)
