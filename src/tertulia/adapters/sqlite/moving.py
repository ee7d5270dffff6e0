"""The log out of one file and into another, as the records of an export."""

import sqlite3
from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from tertulia.adapters.sqlite import rows
from tertulia.adapters.sqlite.schema import HEAD
from tertulia.domain import messages
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import AboutMessage, Entry, MessageSent, is_same, target_of, with_thread
from tertulia.domain.errors import ConflictError, InvalidError
from tertulia.ports.portable import LogRecord, PortableConversation, PortableEntry, PortableMember

_HEADS: Final = """
SELECT "conversation", "item", "seq", "timestamp", "messages" FROM "Chat-Conversations" WHERE "username" = '#'
ORDER BY "conversation"
"""
_HEAD: Final = """
SELECT "conversation", "item", "seq", "timestamp", "messages" FROM "Chat-Conversations"
WHERE "conversation" = ? AND "username" = '#'
"""
_MEMBERS: Final = """
SELECT "username", "active", "read_timestamp", "read_number", "item" FROM "Chat-Conversations"
WHERE "conversation" = ? AND "username" <> '#' ORDER BY "username"
"""
_ENTRIES: Final = 'SELECT "entry", "digest" FROM "Chat-Messages" WHERE "conversation" = ? ORDER BY "timestamp"'
_ENTRY: Final = 'SELECT "entry" FROM "Chat-Messages" WHERE "conversation" = ? AND "seq" = ?'
_PUT_ROW: Final = """
INSERT INTO "Chat-Conversations" ("conversation", "username", "seq", "timestamp", "messages", "active",
    "read_timestamp", "read_number", "item")
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET "seq" = excluded."seq", "timestamp" = excluded."timestamp",
    "messages" = excluded."messages", "active" = excluded."active",
    "read_timestamp" = max("read_timestamp", excluded."read_timestamp"),
    "read_number" = max("read_number", excluded."read_number"), "item" = excluded."item"
"""
_PUT_ENTRY: Final = """
INSERT INTO "Chat-Messages"
    ("conversation", "timestamp", "seq", "number", "author", "client_id", "digest", "target", "thread", "entry")
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT ("conversation", "timestamp") DO UPDATE SET "entry" = excluded."entry"
"""
_THREAD: Final = 'SELECT "thread" FROM "Chat-Messages" WHERE "conversation" = ? AND "timestamp" = ?'
_ABOUT: Final = """
SELECT "entry" FROM "Chat-Messages" WHERE "conversation" = ?1 AND "timestamp" = ?2
UNION ALL SELECT "entry" FROM (
    SELECT "entry" FROM "Chat-Messages" WHERE "conversation" = ?1 AND "target" = ?2 ORDER BY "timestamp")
"""


def read_log(connection: sqlite3.Connection) -> Iterator[LogRecord]:
    """Every conversation with its members and entries, in one snapshot of the file. Blocks."""
    connection.execute("BEGIN")
    try:
        for row in connection.execute(_HEADS).fetchall():
            name = row[0]
            yield PortableConversation(rows.conversation_from(*row))
            for member in connection.execute(_MEMBERS, (name,)):
                yield PortableMember(name, rows.member_from(*member))
            for text, digest in connection.execute(_ENTRIES, (name,)):
                yield PortableEntry(name, rows.entry_from(text), (digest or b"").hex())
    finally:
        connection.execute("COMMIT")


class LogWriter:
    """Takes the records of an export in their order, a transaction per conversation. Blocks.

    What is there already stays: a conversation that has the same entries, or those and more, is left alone; one that
    has fewer gets the rest. One that has others raises ConflictError, and is left as it was.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._head: Conversation | None = None
        self._known = 0
        self._left_alone = False
        self._seq = 0
        self._targets: set[int] = set()

    async def write(self, record: LogRecord) -> bool:
        """Whether the record brought something new."""
        match record:
            case PortableConversation(conversation=head):
                await self.finish()
                self._begin(head)
                return not self._left_alone
            case PortableMember(conversation=name, member=member):
                self._expect(name)
                if not self._left_alone:
                    read = (int(member.active), member.read.timestamp, member.read.number)
                    item = rows.member_item(member)
                    self._connection.execute(_PUT_ROW, (name, member.username, None, None, None, *read, item))
                return not self._left_alone
            case PortableEntry(conversation=name, entry=entry, digest=digest):
                self._expect(name)
                return self._write_entry(name, entry, bytes.fromhex(digest))

    async def finish(self) -> None:
        """Commits the conversation that was begun last."""
        if self._head is None:
            return
        head, self._head = self._head, None
        try:
            if self._seq != head.seq:
                raise InvalidError("invalid_request", f"The log of {head.id} ends at {self._seq}, not at {head.seq}.")
            for target in sorted(self._targets):
                self._fold(head.id, target)
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def abandon(self) -> None:
        """Takes back what is not committed."""
        if self._head is not None:
            self._head = None
            self._connection.execute("ROLLBACK")

    def _begin(self, head: Conversation) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._head, self._seq, self._targets = head, 0, set()
        row = self._connection.execute(_HEAD, (head.id,)).fetchone()
        self._known = row[2] if row else 0
        self._left_alone = self._known >= head.seq
        if not self._left_alone:
            place = (head.seq, head.timestamp, head.messages, None, None, None)
            self._connection.execute(_PUT_ROW, (head.id, HEAD, *place, rows.head_item(head)))

    def _expect(self, name: str) -> None:
        if self._head is None or self._head.id != name:
            raise InvalidError("invalid_request", f"A record of {name} is not where its conversation is.")

    def _write_entry(self, name: str, entry: Entry, digest: bytes) -> bool:
        if entry.seq != self._seq + 1:
            raise InvalidError("invalid_request", f"In the log of {name}, {entry.seq} comes after {self._seq}.")
        self._seq = entry.seq
        if entry.seq <= self._known:
            self._compare(name, entry)
            if self._left_alone:
                return False
        entry = self._with_thread(name, entry)
        columns: tuple[object, ...] = (None, entry.author, None, None, target_of(entry), None)
        if isinstance(entry, MessageSent):
            columns = (entry.number, entry.author, entry.id, digest, None, entry.thread or None)
        self._connection.execute(_PUT_ENTRY, (name, entry.timestamp, entry.seq, *columns, rows.encode(entry)))
        if isinstance(entry, AboutMessage):
            self._targets.add(entry.target)
        return entry.seq > self._known

    def _with_thread(self, name: str, entry: Entry) -> Entry:
        """What is here already keeps its thread: of one that was deleted since, an earlier version didn't keep it."""
        if isinstance(entry, MessageSent) and entry.seq <= self._known:
            return replace(entry, thread=self._thread_at(name, entry.timestamp))
        return with_thread(entry, lambda timestamp: self._thread_at(name, timestamp))

    def _thread_at(self, name: str, timestamp: int) -> int:
        row = self._connection.execute(_THREAD, (name, timestamp)).fetchone()
        return row[0] or 0 if row else 0

    def _compare(self, name: str, entry: Entry) -> None:
        """The entry that is there is the same one: what was said may have been erased on either side."""
        row = self._connection.execute(_ENTRY, (name, entry.seq)).fetchone()
        there = rows.entry_from(row[0]) if row else None
        if there is None or not is_same(there, entry):
            raise ConflictError(
                "id_reused", f"The conversation {name} has another entry {entry.seq} here: it is not the same log."
            )

    def _fold(self, name: str, target: int) -> None:
        sent, *about = (rows.entry_from(text) for (text,) in self._connection.execute(_ABOUT, (name, target)))
        if not isinstance(sent, MessageSent):
            raise InvalidError("invalid_request", f"In the log of {name} there is no message at {target}.")
        state = messages.fold(sent, [entry for entry in about if isinstance(entry, AboutMessage)])
        self._connection.execute(
            'UPDATE "Chat-Messages" SET "state" = ? WHERE "conversation" = ? AND "timestamp" = ?',
            (rows.encode(state), name, target),
        )
