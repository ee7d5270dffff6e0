"""`SqliteLibrary`: the port `Library` in the store's own file, written by its one writer."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

import msgspec

from tertulia.adapters.sqlite.group_commit import Written
from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.domain import limits
from tertulia.domain.errors import ConflictError
from tertulia.domain.library import MOST, Pack, Picture, PictureKind, Rules
from tertulia.ports.portable import LibraryRecord, PortablePack, PortablePicture, PortableRules

T = TypeVar("T")

_PACK: Final = "pack"
_RULES: Final = "rules"
_LAST: Final = "\U0010ffff"
"""Sorts after every key."""
_GET: Final = 'SELECT "item" FROM "Chat-Library" WHERE "kind" = ? AND "key" = ?'
_PAGE: Final = """
SELECT "item" FROM "Chat-Library" WHERE "kind" = ? AND "key" > ? AND "key" < ? ORDER BY "key" LIMIT ?
"""
_COUNT: Final = 'SELECT count(*) FROM "Chat-Library" WHERE "kind" = ?'
_COUNT_OWN: Final = 'SELECT count(*) FROM "Chat-Library" WHERE "kind" = ? AND "added_by" = ?'
_PUT: Final = """
INSERT INTO "Chat-Library" ("kind", "key", "added_by", "item") VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET "item" = excluded."item"
"""
_DELETE: Final = 'DELETE FROM "Chat-Library" WHERE "kind" = ? AND "key" = ?'

_encode: Final = msgspec.json.Encoder().encode


class SqliteLibrary:
    """Over a store that is open; closed with it."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    async def rules(self) -> Rules:
        found = await self._store.read(_item, _RULES, "")
        return Rules() if found is None else msgspec.json.decode(found, type=Rules)

    async def set_rules(self, rules: Rules) -> None:
        await self._write(lambda connection: _put(connection, _RULES, "", "", rules))

    async def get(self, kind: PictureKind, key: str) -> Picture | None:
        found = await self._store.read(_item, kind.value, key)
        return None if found is None else msgspec.json.decode(found, type=Picture)

    async def page(self, kind: PictureKind, *, after: str = "", limit: int, pack: str = "") -> list[Picture]:
        # A `/` is what comes after the `.` behind a pack's id.
        first, last = (max(after, f"{pack}."), f"{pack}/") if pack else (after, _LAST)
        found = await self._store.read(_items, kind.value, first, last, limit)
        return [msgspec.json.decode(text, type=Picture) for text in found]

    async def add(self, picture: Picture) -> bool:
        return await self._write(lambda connection: _add(connection, picture))

    async def remove(self, kind: PictureKind, key: str) -> bool:
        return await self._write(lambda connection: connection.execute(_DELETE, (kind.value, key)).rowcount == 1)

    async def packs(self) -> list[Pack]:
        found = await self._store.read(_items, _PACK, "", _LAST, limits.PACKS_MAX)
        packs = [msgspec.json.decode(text, type=Pack) for text in found]
        return sorted(packs, key=lambda pack: (pack.added, pack.id))

    async def put_pack(self, pack: Pack) -> None:
        await self._write(lambda connection: _put_pack(connection, pack))

    async def remove_pack(self, pack: str) -> None:
        await self._write(lambda connection: connection.execute(_DELETE, (_PACK, pack)).rowcount)

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self._store.write(lambda connection: Written(work(connection)))


def read_library(connection: sqlite3.Connection) -> Iterator[LibraryRecord]:
    """All of it, as the records of an export; nothing where the file is of before there was a library. Blocks."""
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'Chat-Library'").fetchone():
        return
    for kind, text in connection.execute('SELECT "kind", "item" FROM "Chat-Library" ORDER BY "kind", "key"'):
        if kind == _PACK:
            yield PortablePack(msgspec.json.decode(text, type=Pack))
        elif kind == _RULES:
            yield PortableRules(msgspec.json.decode(text, type=Rules))
        else:
            yield PortablePicture(msgspec.json.decode(text, type=Picture))


def _item(connection: sqlite3.Connection, kind: str, key: str) -> str | None:
    row = connection.execute(_GET, (kind, key)).fetchone()
    return None if row is None else str(row[0])


def _items(connection: sqlite3.Connection, kind: str, first: str, last: str, limit: int) -> list[str]:
    return [text for (text,) in connection.execute(_PAGE, (kind, first, last, limit))]


def _put(connection: sqlite3.Connection, kind: str, key: str, added_by: str, item: Picture | Pack | Rules) -> None:
    connection.execute(_PUT, (kind, key, added_by, _encode(item).decode()))


def _add(connection: sqlite3.Connection, picture: Picture) -> bool:
    kind, key = picture.kind, picture.key
    if _item(connection, kind.value, key) is not None:
        return False
    (count,) = connection.execute(_COUNT, (kind.value,)).fetchone()
    (own,) = connection.execute(_COUNT_OWN, (kind.value, picture.added_by)).fetchone()
    if count >= MOST[kind] or (kind is PictureKind.GIF and own >= limits.LIBRARY_GIFS_OF_A_PERSON_MAX):
        raise ConflictError("library_full")
    _put(connection, kind.value, key, picture.added_by, picture)
    return True


def _put_pack(connection: sqlite3.Connection, pack: Pack) -> None:
    (count,) = connection.execute(_COUNT, (_PACK,)).fetchone()
    if count >= limits.PACKS_MAX and _item(connection, _PACK, pack.id) is None:
        raise ConflictError("library_full")
    _put(connection, _PACK, pack.id, "", pack)
