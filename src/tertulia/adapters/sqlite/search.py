"""The port `Search` on SQLite: the index beside the log gives candidates, the log says what is found."""

import asyncio
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from tertulia.adapters.sqlite.finding import Finder, IndexLagsError
from tertulia.adapters.sqlite.indexing import Indexer
from tertulia.adapters.sqlite.search_index import path_beside
from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.domain.errors import UnavailableError
from tertulia.ports.search import Findings, Found, SearchQuery, page_of

GATHER_SECONDS: Final = 0.1
"""How long the index waits for more entries before it takes them: many at once cost less for each."""
SEARCH_SECONDS: Final = 3.0
"""What a search may take, with the wait for an index that lags far behind."""


class SqliteSearch:
    """Follows the log of `store`. A search has a thread of its own, so that a long one keeps nobody from reading."""

    def __init__(self, store: SqliteStore, *, gather: float = GATHER_SECONDS) -> None:
        path = path_beside(store.path)
        self._indexer = Indexer(store.path, path, gather)
        self._finder = Finder(store.path, path)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tertulia-search")
        store.listen(self._indexer.told)

    async def search(
        self, reader: str, query: SearchQuery, *, before: tuple[int, str] | None = None, limit: int
    ) -> Findings:
        def run() -> Findings:
            return page_of(self._find(reader, query, before, limit + 1), limit)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, run)
        except sqlite3.Error as error:
            raise UnavailableError("unavailable", retry_after=1.0) from error

    async def settle(self) -> None:
        """Waits until the index has all that was committed before."""
        await asyncio.get_running_loop().run_in_executor(None, self._indexer.settle)

    async def close(self) -> None:
        """Ends the threads; to be called before the store is closed."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._thread.shutdown)
        await loop.run_in_executor(None, self._indexer.close)
        self._finder.close()

    def _find(self, reader: str, query: SearchQuery, before: tuple[int, str] | None, limit: int) -> list[Found]:
        until = time.monotonic() + SEARCH_SECONDS
        while self._indexer.wait_until_ready(until - time.monotonic()):
            self._finder.use(self._indexer.generation)
            try:
                # Asked for before the files are looked at: what comes later is none of this search's concern.
                pending = self._indexer.pending()
                return self._finder.find(reader, query, before, limit, until, pending)
            except IndexLagsError as error:
                self._indexer.wait_for_step(error.conversations, until - time.monotonic())
        raise UnavailableError("unavailable", "The search index is being made. Try again soon.", retry_after=5.0)
