"""One writer with group commit: requests that arrive while a commit is in flight share the next transaction and its
fsync.

The statements of a transaction run on the event loop, where nothing competes for the interpreter's lock; each is some
microseconds on pages that are cached. Only COMMIT, which waits for the disk, runs in a thread.
"""

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any, Final, Generic, TypeVar

from msgspec import Struct

from tertulia.domain.errors import ChatError, UnavailableError
from tertulia.ports.store import Committed

T = TypeVar("T")

BATCH_MAX: Final = 128
"""Requests in one transaction: bounds how long the event loop is kept from anything else."""
PENDING_MAX: Final = 10_000
_BUSY_RETRY_SECONDS: Final = 0.005
_BUSY_TRIES: Final = 1000
"""Another process may hold the write lock, a backup or an import: five seconds are waited for it."""


class Written(Struct, Generic[T], frozen=True):
    """What a job did: its result, and the entry it appended, if it did."""

    result: T
    committed: Committed | None = None


Job = Callable[[sqlite3.Connection], Written[Any]]
"""Runs inside a transaction. Raises ChatError only before it has written anything."""


class _Request(Struct, frozen=True):
    job: Job
    future: asyncio.Future[Any]


class CommitFigures(Struct):
    """What the writer has done since it began."""

    commits: int = 0
    jobs: int = 0
    largest_batch: int = 0


class GroupCommit:
    """`submit` is all there is to it. Must be used from one event loop."""

    def __init__(self, connection: sqlite3.Connection, on_commit: Callable[[Sequence[Committed]], None]) -> None:
        self.figures = CommitFigures()
        self._connection = connection
        # The loop must not wait for another process's lock inside SQLite.
        self._connection.execute("PRAGMA busy_timeout = 0")
        self._on_commit = on_commit
        self._pending: deque[_Request] = deque()
        self._in_flight = False
        self._closed = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._loop = asyncio.get_running_loop()
        self._commits: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run_commits, name="tertulia-commit", daemon=True)
        self._thread.start()

    @property
    def depth(self) -> int:
        """Requests that wait for the next transaction."""
        return len(self._pending)

    def submit(self, job: Callable[[sqlite3.Connection], Written[T]]) -> "asyncio.Future[T]":
        """The job's result, once it is durable. Raises UnavailableError `overloaded`, `shutting_down` or
        `unavailable`."""
        if self._closed:
            raise UnavailableError("shutting_down")
        if len(self._pending) >= PENDING_MAX:
            raise UnavailableError("overloaded", retry_after=1.0)
        future: asyncio.Future[T] = self._loop.create_future()
        self._pending.append(_Request(job, future))
        if not self._in_flight:
            self._in_flight = True
            self._idle.clear()
            # At the end of this turn, so that all requests of the turn share the transaction.
            self._loop.call_soon(self._begin, 0)
        return future

    async def close(self) -> None:
        """Commits what was submitted, then ends the thread."""
        self._closed = True
        await self._idle.wait()
        if self._thread.is_alive():
            self._commits.put(None)
            await self._loop.run_in_executor(None, self._thread.join)

    def _begin(self, tries: int) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and tries < _BUSY_TRIES:
                self._loop.call_later(_BUSY_RETRY_SECONDS, self._begin, tries + 1)
            else:
                self._fail(self._take(BATCH_MAX))
                self._next()
            return
        self._run(self._take(BATCH_MAX))

    def _take(self, most: int) -> list[_Request]:
        return [self._pending.popleft() for _ in range(min(most, len(self._pending)))]

    def _run(self, batch: list[_Request]) -> None:
        done: list[tuple[asyncio.Future[Any], Written[Any]]] = []
        refused: list[tuple[asyncio.Future[Any], ChatError]] = []
        for position, request in enumerate(batch):
            try:
                done.append((request.future, request.job(self._connection)))
            except ChatError as error:
                refused.append((request.future, error))
            except Exception as error:  # noqa: BLE001 - one job's fault must not undo the others'
                self._connection.rollback()
                self._isolate(batch, position, error)
                return
        self._commits.put(lambda: self._commit(done, refused))

    def _isolate(self, batch: list[_Request], position: int, error: Exception) -> None:
        """One job failed in a way that isn't its answer: it alone fails, the others begin again."""
        failed = batch.pop(position)
        if not failed.future.done():
            failed.future.set_exception(_unavailable(error))
        self._pending.extendleft(reversed(batch))
        self._next()

    def _run_commits(self) -> None:
        while (commit := self._commits.get()) is not None:
            commit()

    def _commit(
        self,
        done: list[tuple[asyncio.Future[Any], Written[Any]]],
        refused: list[tuple[asyncio.Future[Any], ChatError]],
    ) -> None:
        failure: sqlite3.Error | None = None
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            failure = error
        self._loop.call_soon_threadsafe(self._end, done, refused, failure)

    def _end(
        self,
        done: list[tuple[asyncio.Future[Any], Written[Any]]],
        refused: list[tuple[asyncio.Future[Any], ChatError]],
        failure: sqlite3.Error | None,
    ) -> None:
        if failure is not None:
            if self._connection.in_transaction:
                self._connection.rollback()
            for future, _ in done:
                if not future.done():
                    future.set_exception(_unavailable(failure))
        else:
            self._count(len(done))
            committed = [written.committed for _, written in done if written.committed is not None]
            if committed:
                self._on_commit(committed)
            for future, written in done:
                if not future.done():
                    future.set_result(written.result)
        for future, error in refused:
            if not future.done():
                future.set_exception(error)
        self._next()

    def _next(self) -> None:
        if self._pending:
            self._loop.call_soon(self._begin, 0)
        else:
            self._in_flight = False
            self._idle.set()

    def _fail(self, batch: list[_Request]) -> None:
        for request in batch:
            if not request.future.done():
                request.future.set_exception(UnavailableError("unavailable", retry_after=1.0))

    def _count(self, jobs: int) -> None:
        self.figures.commits += 1
        self.figures.jobs += jobs
        self.figures.largest_batch = max(self.figures.largest_batch, jobs)


def _unavailable(error: Exception) -> Exception:
    """A fault of the database as the caller's error; anything else is a defect and stays what it is."""
    if isinstance(error, sqlite3.Error):
        unavailable = UnavailableError("unavailable", retry_after=1.0)
        unavailable.__cause__ = error
        return unavailable
    return error
