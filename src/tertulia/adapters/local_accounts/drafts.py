"""`ports.drafts.Drafts` in the accounts file, whose deleted pages are overwritten; they go with the account."""

import sqlite3
from typing import Final

import msgspec

from tertulia.adapters.local_accounts.database import Database
from tertulia.domain import limits
from tertulia.domain.drafts import KeptDraft

_KEEP: Final = "INSERT OR REPLACE INTO drafts (username, conversation, timestamp, draft) VALUES (?, ?, ?, ?)"
_TOO_MANY: Final = """
DELETE FROM drafts WHERE username = ?1 AND conversation IN (
    SELECT conversation FROM drafts WHERE username = ?1 ORDER BY timestamp DESC, conversation DESC LIMIT -1 OFFSET ?2)
"""
_KEPT: Final = "SELECT draft FROM drafts WHERE username = ? AND timestamp > ? ORDER BY timestamp DESC"
_decoder: Final = msgspec.json.Decoder(KeptDraft)
_encode: Final = msgspec.json.Encoder().encode


class LocalDrafts:
    """On the accounts' file, between their `start` and `close`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, username: str, draft: KeptDraft) -> None:
        def keep(connection: sqlite3.Connection) -> None:
            row = (username, draft.conversation, draft.timestamp, _encode(draft).decode())
            connection.execute(_KEEP, row)
            connection.execute(_TOO_MANY, (username, limits.DRAFTS_MAX))

        await self._database.write(keep)

    async def forget(self, username: str, conversation: str) -> bool:
        def forget(connection: sqlite3.Connection) -> bool:
            query = "DELETE FROM drafts WHERE username = ? AND conversation = ?"
            return connection.execute(query, (username, conversation)).rowcount > 0

        return await self._database.write(forget)

    async def kept(self, username: str, after: int) -> list[KeptDraft]:
        rows = await self._database.read(lambda c: c.execute(_KEPT, (username, after)).fetchall())
        return [_decoder.decode(draft) for (draft,) in rows]

    async def clean(self, before: int) -> None:
        """Takes those from the disk that were kept at that time or earlier (microseconds)."""
        await self._database.write(lambda c: c.execute("DELETE FROM drafts WHERE timestamp <= ?", (before,)))
