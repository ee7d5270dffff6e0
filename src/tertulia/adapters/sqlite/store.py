"""`SqliteStore`: the port `Store` on one SQLite file."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

from tertulia.adapters.sqlite import appending, reading, schema
from tertulia.adapters.sqlite.group_commit import CommitFigures, GroupCommit, Written
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import Entry, Stamp, VisibleEntry
from tertulia.domain.errors import UnavailableError
from tertulia.domain.members import Member
from tertulia.domain.messages import Message
from tertulia.domain.versions import Saying
from tertulia.ports.clock import Clock
from tertulia.ports.store import Append, Committed, CursorMove, Listener, Membership, Outcome

P = ParamSpec("P")
T = TypeVar("T")

READERS: Final = 2


class SqliteStore:
    """Must be made and used within one event loop. Another process may read the file, and write when this one
    doesn't."""

    def __init__(self, path: Path, clock: Clock) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = path
        self._clock = clock
        self._listeners: list[Listener] = []
        connection = schema.connect(path)
        path.chmod(0o600)
        schema.migrate(connection)
        self._connection = connection
        self._writer = GroupCommit(connection, self._tell)
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="tertulia-read")

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    @property
    def figures(self) -> CommitFigures:
        return self._writer.figures

    @property
    def depth(self) -> int:
        """Requests that wait to be written."""
        return self._writer.depth

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def create(self, conversation: str, decide: Callable[[Stamp], Entry]) -> tuple[Conversation, bool]:
        now = self._clock.now()
        return await self._writer.submit(lambda c: appending.create(c, conversation, decide, now))

    async def append(self, request: Append) -> Outcome:
        now = self._clock.now()
        return await self._writer.submit(lambda c: appending.append(c, request, now))

    async def move_cursor(self, conversation: str, username: str, timestamp: int) -> CursorMove:
        return await self._writer.submit(lambda c: appending.move_cursor(c, conversation, username, timestamp))

    async def membership(self, conversation: str, username: str, *, members: int = 0) -> Membership | None:
        return await self.read(reading.membership, conversation, username, members)

    async def memberships(self, username: str, *, after: str = "", limit: int, members: int = 0) -> list[Membership]:
        return await self.read(reading.memberships, username, after, limit, members)

    async def members(self, conversation: str, *, after: str = "", limit: int) -> list[Member]:
        return await self.read(reading.members, conversation, after, limit)

    async def member(self, conversation: str, username: str) -> tuple[Conversation, Member] | None:
        return await self.read(reading.member, conversation, username)

    async def audience(self, conversation: str) -> tuple[Conversation, list[Member]] | None:
        return await self.read(reading.audience, conversation)

    async def log(self, conversation: str, reader: Member, *, after: int, limit: int) -> tuple[list[VisibleEntry], int]:
        return await self.read(reading.log, conversation, reader, after, limit)

    async def messages(
        self,
        conversation: str,
        reader: Member,
        *,
        before: int | None = None,
        after: int | None = None,
        thread: int | None = None,
        limit: int,
    ) -> list[Message]:
        return await self.read(reading.messages, conversation, reader, before, after, limit, thread)

    async def message(self, conversation: str, reader: Member, timestamp: int) -> Message | None:
        return await self.read(reading.message, conversation, reader, timestamp)

    async def message_of(self, conversation: str, reader: Member, author: str, client_id: str) -> Message | None:
        return await self.read(reading.message_of, conversation, reader, author, client_id)

    async def versions(
        self, conversation: str, reader: Member, timestamp: int, *, before: int | None = None, limit: int
    ) -> tuple[list[Saying], int | None]:
        return await self.read(reading.versions, conversation, reader, timestamp, before, limit)

    async def sharing(self, username: str, others: Sequence[str]) -> set[str]:
        return await self.read(reading.sharing, username, others)

    async def read(
        self, query: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Runs `query` in a reader's thread, in one snapshot of the database."""

        def run() -> T:
            connection = self._reader()
            connection.execute("BEGIN")
            try:
                return query(connection, *args, **kwargs)
            finally:
                connection.execute("COMMIT")

        try:
            return await asyncio.get_running_loop().run_in_executor(self._readers, run)
        except sqlite3.Error as error:
            raise UnavailableError("unavailable", retry_after=1.0) from error

    async def write(self, job: Callable[[sqlite3.Connection], Written[T]]) -> T:
        """What the job gives, once it is durable: for what lies beside the log. Raises as `GroupCommit.submit` does."""
        return await self._writer.submit(job)

    async def close(self) -> None:
        await self._writer.close()
        await asyncio.get_running_loop().run_in_executor(None, self._readers.shutdown)
        for connection in (*self._opened, self._connection):
            connection.close()

    def _reader(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = schema.connect(self._path, read_only=True)
            self._opened.append(connection)
        return connection

    def _tell(self, committed: Sequence[Committed]) -> None:
        for listener in self._listeners:
            listener(committed)
