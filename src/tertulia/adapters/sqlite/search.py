"""Search on SQLite."""

from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.ports.search import Found, SearchQuery


class SqliteSearch:
    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    async def search(
        self, reader: str, query: SearchQuery, *, before: tuple[int, str] | None = None, limit: int
    ) -> list[Found]:
        return []
