"""`ports.notifying.Books` in the accounts file: a row a person, and the server's key beside the others.

Who has a device is known in memory too, so that a message to people without any costs nothing.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from tertulia.adapters.local_accounts.database import Database
from tertulia.domain.notifying import Book
from tertulia.ports.notifying import VapidKey

_decoder: Final = msgspec.json.Decoder(Book)
_encode: Final = msgspec.json.Encoder().encode


class LocalBooks:
    """On the accounts' file, between their `start` and `close`, and after `start` of its own. One process writes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reachable: set[str] = set()

    async def start(self) -> None:
        """Reads who has a device."""
        self._reachable = await self._database.read(
            lambda c: {name for (name,) in c.execute("SELECT username FROM notifications WHERE devices > 0")}
        )

    async def key(self, make: Callable[[], VapidKey]) -> VapidKey:
        known = await self._database.read(_key)
        return known if known is not None else await self._database.write(lambda c: _kept_key(c, make))

    async def book(self, username: str) -> Book:
        return await self._database.read(lambda c: _book(c, username))

    async def with_devices(self, usernames: Sequence[str]) -> dict[str, Book]:
        wanted = [name for name in usernames if name in self._reachable]
        if not wanted:
            return {}
        books = await self._database.read(lambda c: {name: _book(c, name) for name in wanted})
        return {name: book for name, book in books.items() if book.devices}

    async def change(self, username: str, decide: Callable[[Book], Book]) -> Book:
        def change(connection: sqlite3.Connection) -> Book:
            before = _book(connection, username)
            after = decide(before)
            if after != before:
                connection.execute(
                    "INSERT OR REPLACE INTO notifications (username, book, devices) VALUES (?, ?, ?)",
                    (username, _encode(after).decode(), len(after.devices)),
                )
            return after

        book = await self._database.write(change)
        if book.devices:
            self._reachable.add(username)
        else:
            self._reachable.discard(username)
        return book

    def nobody(self) -> bool:
        return not self._reachable


def _book(connection: sqlite3.Connection, username: str) -> Book:
    row = connection.execute("SELECT book FROM notifications WHERE username = ?", (username,)).fetchone()
    return _decoder.decode(row[0]) if row else Book()


def _key(connection: sqlite3.Connection) -> VapidKey | None:
    row = connection.execute("SELECT private, public FROM push_key").fetchone()
    return VapidKey(*row) if row else None


def _kept_key(connection: sqlite3.Connection, make: Callable[[], VapidKey]) -> VapidKey:
    made = make()
    values = (made.private, made.public)
    connection.execute("INSERT OR IGNORE INTO push_key (number, private, public) VALUES (1, ?, ?)", values)
    kept = _key(connection)
    return made if kept is None else kept
