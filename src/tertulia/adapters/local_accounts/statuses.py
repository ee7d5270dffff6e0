"""`ports.statuses.Statuses` in the accounts file: a row a person, which goes with the account."""

import sqlite3
from collections.abc import Sequence
from typing import Final

import msgspec

from tertulia.adapters.local_accounts.database import Database
from tertulia.domain.status import Status

_OF: Final = """
SELECT statuses.username, status FROM json_each(?) JOIN statuses ON statuses.username = json_each.value"""
_decode: Final = msgspec.json.Decoder(Status).decode
_encode: Final = msgspec.json.Encoder().encode


class LocalStatuses:
    """On the accounts' file, between their `start` and `close`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, usernames: Sequence[str]) -> dict[str, Status]:
        wanted = _encode(list(usernames)).decode()
        return await self._database.read(lambda c: _found(c, wanted)) if usernames else {}

    async def put(self, username: str, status: Status) -> None:
        await self._database.write(lambda c: _put(c, username, _encode(status).decode()))


def _put(connection: sqlite3.Connection, username: str, status: str) -> None:
    connection.execute("INSERT OR REPLACE INTO statuses (username, status) VALUES (?, ?)", (username, status))


def _found(connection: sqlite3.Connection, wanted: str) -> dict[str, Status]:
    return {name: _decode(text) for name, text in connection.execute(_OF, (wanted,))}
