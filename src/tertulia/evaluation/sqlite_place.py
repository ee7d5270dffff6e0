"""A home on one machine's files, in a folder that is made for the evaluation."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.local_accounts.hashing import hasher
from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.adapters.sqlite import schema
from tertulia.adapters.sqlite.moving import LogWriter
from tertulia.adapters.sqlite.search import SqliteSearch
from tertulia.adapters.sqlite.search_index import path_beside
from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.evaluation.filling import Drawn, name_of, records
from tertulia.evaluation.places import Progress, Size, UnavailableHomeError, Used
from tertulia.homes.folder import DataFolder
from tertulia.ports.search import Search
from tertulia.ports.store import Store

_TABLES: Final = {
    "Chat-Conversations": ("conversation", "username"),
    "Chat-Messages": ("conversation", "timestamp"),
}
_MARK: Final = "made-by-tertulia-evaluate"
"""A file in each folder that was made here: no other folder is ever removed."""
_FRAME_BYTES: Final = 4096 + 24
"""Of a page in the write-ahead log (sqlite.org/fileformat2.html, 4.1)."""
_TELL: Final = 500
_LOOK_SECONDS: Final = 0.5
_LARGEST: Final = 1_000_000


class SqliteMaker:
    """Places in folders below `folder`."""

    home: Final = "sqlite"
    about: Final = (
        "One process on embedded SQLite files. SQLite has no capacity units; shown instead are rows that were read and "
        "pages that were written."
    )
    largest: Final = _LARGEST

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def open(self, name: str) -> "SqlitePlace":
        path = self._folder / name
        if path.exists() and not (path / _MARK).exists():
            message = f"{path} is something else's. Give another folder with --output."
            raise UnavailableHomeError(message)
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        (path / _MARK).touch()
        place = SqlitePlace(DataFolder(path))
        await place.accounts.start()
        return place

    async def remove(self, name: str) -> None:
        path = self._folder / name
        if (path / _MARK).exists():
            shutil.rmtree(path)
        if self._folder.is_dir() and not any(self._folder.iterdir()):
            self._folder.rmdir()

    def versions(self) -> dict[str, str]:
        return {"SQLite": sqlite3.sqlite_version}

    async def close(self) -> None:
        """Nothing is open but places."""


class SqlitePlace:
    """One folder. Its search index follows the log in a thread of its own, as in `tertulia serve`."""

    tables: Sequence[str] = tuple(_TABLES)
    reads_in: Final = "rows"

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self.store = SqliteStore(folder.chat, SystemClock())
        self._connection = schema.connect(folder.chat, read_only=True)
        self.accounts = LocalAccounts(folder.accounts, SystemClock(), SystemEntropy())
        self._search: SqliteSearch | None = None

    @property
    def search(self) -> SqliteSearch:
        # Made late, so that it begins with all that was taken in.
        if self._search is None:
            self._search = SqliteSearch(self.store)
        return self._search

    @property
    def metered(self) -> tuple[Store, Search]:
        return self.store, self.search

    async def add_users(self, usernames: Sequence[str], progress: Progress) -> None:
        secret = hasher().hash("a password that nobody uses")
        for number, username in enumerate(usernames, start=1):
            record = {"username": username, "name": name_of(username), "password": secret, "created": number}
            await self.accounts.import_user({**record, "admin": False, "disabled": False})
            if number % _TELL == 0 or number == len(usernames):
                progress("Users", number, len(usernames))

    async def fill(self, conversations: Iterator[Drawn], total: int, progress: Progress) -> None:
        stop = threading.Event()
        work = asyncio.ensure_future(asyncio.to_thread(asyncio.run, self._fill(conversations, total, progress, stop)))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            stop.set()
            await work
            raise

    async def _fill(
        self, conversations: Iterator[Drawn], total: int, progress: Progress, stop: threading.Event
    ) -> None:
        with closing(schema.connect(self._folder.chat)) as connection:
            # What a power loss takes is made again: nobody's data is in here.
            connection.execute("PRAGMA synchronous = OFF")
            writer, done = LogWriter(connection), 0
            try:
                for drawn in conversations:
                    for number, record in enumerate(records(drawn)):
                        if number % _TELL == 0:
                            progress("Entries", done + number, total)
                            if stop.is_set():
                                return
                        await writer.write(record)
                    done += drawn.entries
                await writer.finish()
            finally:
                writer.abandon()
            # Commits of the usual size leave a short log behind; one of a million rows would slow every read down.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def settle(self, names: Sequence[str], total: int, progress: Progress) -> None:  # noqa: ARG002 - takes all
        settled = asyncio.ensure_future(self.search.settle())
        while not (await asyncio.wait({settled}, timeout=_LOOK_SECONDS))[0]:
            progress("Search index", self._indexed(), total)
        await settled

    def _indexed(self) -> int:
        """Entries that are in the search index."""
        path = path_beside(self._folder.chat)
        if not path.exists():
            return 0
        with closing(schema.connect(path, read_only=True)) as index:
            try:
                return int(index.execute('SELECT coalesce(sum("seq"), 0) FROM "conversations"').fetchone()[0])
            except sqlite3.OperationalError:
                # It is just being made.
                return 0

    def query(self, table: str, partition: str, limit: int) -> int:
        sort = _TABLES[table][1]
        statement = f'SELECT * FROM "{table}" WHERE "conversation" = ? ORDER BY "{sort}" DESC LIMIT ?'  # noqa: S608
        return len(self._connection.execute(statement, (partition, limit)).fetchall())

    def scan(self, table: str) -> int:
        return len(self._connection.execute(f'SELECT * FROM "{table}"').fetchall())  # noqa: S608

    def read_by_query(self, table: str, partition: str, limit: int) -> float:
        return self.query(table, partition, limit)

    def read_by_scan(self, table: str) -> float:
        return self.scan(table)

    def size(self, table: str) -> Size:
        """Bytes of the values, as text where they are no blobs; what SQLite adds to find them is not in it."""
        columns = [row[1] for row in self._connection.execute(f'PRAGMA table_info("{table}")')]
        lengths = " + ".join(f'coalesce(length(CAST("{column}" AS BLOB)), 0)' for column in columns)
        statement = f'SELECT count(*), coalesce(sum({lengths}), 0) FROM "{table}"'  # noqa: S608
        return Size(*self._connection.execute(statement).fetchone())

    async def use(self, work: Callable[[], Awaitable[object]]) -> Used:
        before = self._log_bytes()
        await work()
        written = self._log_bytes() - before
        # The log begins anew after a checkpoint: what was written then isn't known.
        return Used({}, written // _FRAME_BYTES if written >= 0 else None)

    def _log_bytes(self) -> int:
        path = self._folder.chat.with_name(self._folder.chat.name + "-wal")
        return path.stat().st_size if path.exists() else 0

    async def close(self) -> None:
        if self._search is not None:
            await self._search.close()
        self._connection.close()
        await self.store.close()
        await self.accounts.close()
