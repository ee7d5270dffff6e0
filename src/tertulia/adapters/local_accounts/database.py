"""The accounts file: one connection in a thread of its own, so that nothing waits for the disk on the event loop.

It also tells what happened: whatever ends sessions, changes administrators or keys leaves a row in the table `changes`
in the same transaction, and every commit, of this process or another, hands its new rows to one listener.
"""

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from tertulia.adapters.local_accounts.schema import migrate
from tertulia.domain.errors import UnavailableError

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]

WAITING_MAX: Final = 1_000
"""Jobs that may wait for the thread; over it callers get `overloaded`."""
BUSY_SECONDS: Final = 5
CHANGES_SECONDS: Final = 24 * 3600
"""How long the log of changes is kept. A process that slept longer finds sessions ended when it next asks for them."""


class Change(NamedTuple):
    """A row of the log of changes. `kind` is "ended" (the named sessions), "all_ended" (all, and these were there),
    "admin" (is an administrator now), "not_admin" or "keys"; `sessions` are separated by spaces."""

    id: int
    at: int
    kind: str
    username: str
    sessions: str
    reason: str


def open_file(path: Path) -> sqlite3.Connection:
    """A connection that loses nothing it commits. The file is its owner's alone (0600), a new folder too (0700)."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    # SQLite gives its -wal and -shm files the mode of the main file.
    path.chmod(0o600)
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA secure_delete = ON")
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def log_change(
    connection: sqlite3.Connection,
    at: int,
    kind: str,
    username: str = "",
    sessions: Sequence[str] = (),
    reason: str = "",
) -> None:
    """Part of the transaction that makes the change."""
    connection.execute(
        "INSERT INTO changes (at, kind, username, sessions, reason) VALUES (?, ?, ?, ?, ?)",
        (at, kind, username, " ".join(sessions), reason),
    )


def recent_changes(connection: sqlite3.Connection, limit: int) -> list[Change]:
    """The last ones, oldest first."""
    query = "SELECT id, at, kind, username, sessions, reason FROM changes ORDER BY id DESC LIMIT ?"
    return [Change(*row) for row in connection.execute(query, (limit,))][::-1]


def forget_changes(connection: sqlite3.Connection, now: int) -> None:
    connection.execute("DELETE FROM changes WHERE at <= ?", (now - CHANGES_SECONDS * 1_000_000,))


class Database:
    """Nothing happens to the file before `open` nor after `close`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._listener: Callable[[Sequence[Change]], None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="accounts")
        self._room = threading.Semaphore(WAITING_MAX)
        self._connection: sqlite3.Connection | None = None
        self._seen = 0
        self._version = 0

    def listen(self, listener: Callable[[Sequence[Change]], None]) -> None:
        """Calls `listener` on the event loop after each commit that logged changes, before the committing call returns,
        whether or not its caller still waits; each row once, in order."""
        self._listener = listener

    async def open(self) -> None:
        await self._in_thread(self._open)

    async def read(self, job: Job[T]) -> T:
        """What `job` returns; it reads one state of the file."""
        return await self._run(job, "BEGIN")

    async def write(self, job: Job[T]) -> T:
        """What `job` returns, after its changes are safe on disk; where it raises, nothing was changed."""
        return await self._run(job, "BEGIN IMMEDIATE")

    async def poll(self) -> None:
        """Looks for changes that another process made."""
        await self._in_thread(self._poll, asyncio.get_running_loop())

    async def close(self) -> None:
        """Returns when the file is closed. A job that waits is done first. May be called twice."""
        with suppress(RuntimeError):
            # Refused where the thread has ended, and then the file is closed.
            self._thread.submit(self._close)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)

    async def _run(self, job: Job[T], begin: str) -> T:
        return await self._in_thread(self._transact, asyncio.get_running_loop(), job, begin)

    async def _in_thread(self, job: Callable[..., T], *arguments: object) -> T:
        if not self._room.acquire(blocking=False):
            raise UnavailableError("overloaded", retry_after=1)
        try:
            future = self._thread.submit(job, *arguments)
        except RuntimeError as error:
            self._room.release()
            raise UnavailableError("shutting_down") from error
        # Not when the caller stops waiting, but when the thread is done with it.
        future.add_done_callback(lambda _: self._room.release())
        try:
            return await asyncio.wrap_future(future)
        except sqlite3.Error as error:
            raise UnavailableError("unavailable") from error

    # What follows runs in the thread.

    def _open(self) -> None:
        self._connection = open_file(self._path)
        (self._seen,) = self._connection.execute("SELECT coalesce(max(id), 0) FROM changes").fetchone()
        (self._version,) = self._connection.execute("PRAGMA data_version").fetchone()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _transact(self, loop: asyncio.AbstractEventLoop, job: Job[T], begin: str) -> T:
        connection = self._opened()
        before = connection.total_changes
        connection.execute(begin)
        try:
            result = job(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        if connection.total_changes != before:
            self._tell(connection, loop)
        return result

    def _poll(self, loop: asyncio.AbstractEventLoop) -> None:
        # data_version moves when another connection commits (SQLite documentation, "PRAGMA data_version").
        connection = self._opened()
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version = version
            self._tell(connection, loop)

    def _tell(self, connection: sqlite3.Connection, loop: asyncio.AbstractEventLoop) -> None:
        rows = connection.execute(
            "SELECT id, at, kind, username, sessions, reason FROM changes WHERE id > ? ORDER BY id", (self._seen,)
        ).fetchall()
        if rows and self._listener is not None:
            changes = [Change(*row) for row in rows]
            self._seen = changes[-1].id
            # Queued before the result of the call, so listeners know first.
            loop.call_soon_threadsafe(self._listener, changes)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            raise UnavailableError("shutting_down")
        return self._connection
