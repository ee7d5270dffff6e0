"""The search index: a file of its own beside the log, made from the log and never more than a help to find.

It holds candidates; the log says what is found (`tertulia.adapters.sqlite.search`). So it may lag behind, and it may be
deleted: then it is made again. It is not part of a backup.

Two full-text tables without content share the number of a message, `timestamp << 10 | slot`, so the newest come first:
`grams` (trigrams) for three characters and more, `words` for one and two. Both also hold tags of three characters from
private-use planes, for conversation, author, link and attachment, so that every search is one intersection of postings.
`docs/decisions/` says what was measured.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec

from tertulia.adapters.sqlite import rows, schema
from tertulia.domain import messages, searching
from tertulia.domain.entries import AboutMessage, Entry, MessageDeleted, MessageEdited, MessageSent
from tertulia.domain.markdown import has_link
from tertulia.domain.messages import Message

_VERSION: Final = 2
"""Of the tables below and of `searching.fold`. A file of another version is made again."""
SLOT_BITS: Final = 10
"""Messages of one microsecond, over all conversations: up to 1,024."""
_SLOTS: Final = 1 << SLOT_BITS

_SCHEMA: Final = """
CREATE TABLE "conversations" (
    "id" INTEGER PRIMARY KEY,
    "name" TEXT NOT NULL UNIQUE,
    "seq" INTEGER NOT NULL,         -- of the last entry that is in the index
    "timestamp" INTEGER NOT NULL    -- of that entry
);
CREATE TABLE "messages" (
    "rowid" INTEGER PRIMARY KEY,
    "conversation" INTEGER NOT NULL,
    "text" TEXT NOT NULL,           -- folded, every version that somebody may see; '' where it was deleted
    "tags" TEXT NOT NULL
);
CREATE VIRTUAL TABLE "grams" USING fts5(
    "text", "tags", content = '', detail = none, columnsize = 0, tokenize = 'trigram case_sensitive 1'
);
CREATE VIRTUAL TABLE "words" USING fts5(
    "text", "tags", content = '', detail = none, columnsize = 0, prefix = '1 2', tokenize = 'ascii'
);
CREATE TABLE "merged" (
    "entries" INTEGER NOT NULL      -- that the index had when its full-text tables were last merged
);
INSERT INTO "merged" VALUES (0);
"""
_DOCUMENTS: Final = """
WITH documents AS (SELECT json_extract(value, '$[0]') AS "row", json_extract(value, '$[1]') AS "conversation",
    json_extract(value, '$[2]') AS "text", json_extract(value, '$[3]') AS "tags",
    json_extract(value, '$[4]') AS "spaced"
FROM json_each(?))
"""
_ADD: Final = (
    'INSERT INTO "messages" SELECT "row", "conversation", "text", "tags" FROM documents',
    'INSERT INTO "grams" ("rowid", "text", "tags") SELECT "row", "text", "tags" FROM documents',
    'INSERT INTO "words" ("rowid", "text", "tags") SELECT "row", "spaced", "tags" FROM documents',
)
_REMOVE: Final = (
    'DELETE FROM "messages" WHERE "rowid" IN (SELECT "row" FROM documents)',
    """INSERT INTO "grams" ("grams", "rowid", "text", "tags") SELECT 'delete', "row", "text", "tags" FROM documents""",
    """INSERT INTO "words" ("words", "rowid", "text", "tags") SELECT 'delete', "row", spaced, tags FROM documents""",
)
_ENTRIES_AFTER: Final = """
SELECT group_concat("entry", ',') FROM (
    SELECT "entry" FROM "Chat-Messages" WHERE "conversation" = ? AND "seq" > ? ORDER BY "seq" LIMIT ?
)
"""
_ENTRIES_ABOUT: Final = """
SELECT group_concat("entry", ',') FROM (
    SELECT "entry" FROM "Chat-Messages" WHERE "conversation" = ?1 AND "timestamp" = ?2
    UNION ALL SELECT "entry" FROM "Chat-Messages" WHERE "conversation" = ?1 AND "target" = ?2
)
"""


_MERGE: Final = (
    """INSERT INTO "grams" ("grams", "rank") VALUES ('merge', ?)""",
    """INSERT INTO "words" ("words", "rank") VALUES ('merge', ?)""",
)
_MERGE_PAGES: Final = 128
"""Of each full-text table that are written in one transaction of a merge: some milliseconds."""
_MERGE_FROM: Final = 1_000
_MERGE_GROWTH: Final = 4
"""Entries, and what part of all that were there, after which it is merged again: so each is written some five times."""
_OWNER: Final = 'SELECT "conversation" FROM "messages" WHERE "rowid" = ?'


def path_beside(log: Path) -> Path:
    """Where the index of a log's file is."""
    return log.with_name(f"{log.stem}-search{log.suffix}")


def open_index(path: Path) -> sqlite3.Connection:
    """The index, empty where there is none that this version can use."""
    try:
        connection = _connect(path)
        if connection.execute("PRAGMA user_version").fetchone()[0] == _VERSION:
            return connection
        connection.close()
    except sqlite3.DatabaseError:
        # Whatever it is, it can be made again from the log.
        pass
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    connection = _connect(path)
    connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
    path.chmod(0o600)
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    connection = schema.connect(path)
    # A commit that a power loss takes back is made again from the log.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def conversation_tag(number: int) -> str:
    return "\ue000" + _two_characters(number)


def author_tag(username: str) -> str:
    """May be another author's too: it only preselects."""
    return "\ue001" + _two_characters(int.from_bytes(blake2b(username.encode(), digest_size=4).digest(), "big"))


LINK_TAG: Final = "\ue002\U000f0000\U00100000"
ATTACHMENT_TAG: Final = "\ue003\U000f0000\U00100000"


def _two_characters(number: int) -> str:
    """32 bits. The planes differ, so that no trigram across two tags is a tag."""
    return chr(0xF0000 + (number >> 16 & 0xFFFF)) + chr(0x100000 + (number & 0xFFFF))


def spaced(text: str) -> str:
    """The text with every character that may stand by itself as a word of its own."""
    return text if text.isascii() else searching.DENSE.sub(r" \g<0> ", text)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


class IndexWriter:
    """Brings the index up to the log, a step at a time. Belongs to one thread."""

    def __init__(self, index: sqlite3.Connection, log: sqlite3.Connection) -> None:
        self._index = index
        self._log = log
        self._highest: int = index.execute('SELECT coalesce(max("rowid"), 0) FROM "messages"').fetchone()[0]
        self._entries: int = index.execute('SELECT coalesce(sum("seq"), 0) FROM "conversations"').fetchone()[0]
        self._merged: int = index.execute('SELECT "entries" FROM "merged"').fetchone()[0]
        self._merging = False

    def is_of_this_log(self) -> bool:
        """Whether all that the index has seen is in the log; not so after an older log was put in its place."""
        seen = self._index.execute('SELECT "name", "seq", "timestamp" FROM "conversations" WHERE "seq" > 0').fetchall()
        return all(
            self._log.execute(
                'SELECT "timestamp" FROM "Chat-Messages" WHERE "conversation" = ? AND "seq" = ?', (name, seq)
            ).fetchone()
            == (timestamp,)
            for name, seq, timestamp in seen
        )

    def clear(self) -> None:
        """Forgets everything."""
        self._index.executescript(
            'BEGIN IMMEDIATE; DELETE FROM "messages"; DELETE FROM "conversations";'
            'INSERT INTO "grams" ("grams") VALUES (\'delete-all\');'
            'INSERT INTO "words" ("words") VALUES (\'delete-all\'); UPDATE "merged" SET "entries" = 0; COMMIT;'
        )
        self._highest = self._entries = self._merged = 0

    def behind(self) -> list[str]:
        """The conversations of which the log has more than the index."""
        known = dict(self._index.execute('SELECT "name", "seq" FROM "conversations"').fetchall())
        heads = self._log.execute(
            'SELECT "conversation", "seq" FROM "Chat-Conversations" WHERE "username" = ?', (schema.HEAD,)
        )
        return [name for name, seq in heads.fetchall() if seq > known.get(name, 0)]

    def step(self, names: Iterable[str], limit: int) -> list[str]:
        """Adds up to about `limit` entries of the conversations, in one transaction; those that may have more."""
        unfinished: list[str] = []
        self._index.execute("BEGIN IMMEDIATE")
        try:
            self._log.execute("BEGIN")
            try:
                new: dict[int, tuple[int, str, str]] = {}
                left = limit
                for name in names:
                    taken = self._take(name, left, new) if left > 0 else 0
                    if left <= 0 or taken >= left:
                        unfinished.append(name)
                    left -= taken
                self._put(new)
                self._entries += limit - left
            finally:
                self._log.execute("COMMIT")
            self._index.execute("COMMIT")
        except BaseException:
            self._index.rollback()
            raise
        return unfinished

    @property
    def wants_merging(self) -> bool:
        """Whether there is so much more than when it was last merged that it is worth it."""
        return self._entries - self._merged >= max(_MERGE_FROM, self._merged // _MERGE_GROWTH)

    def merge_some(self) -> None:
        """Merges a little more of the parts that many steps have left into one, until nothing is left to be merged: a
        search looks for each trigram in every part. https://sqlite.org/fts5.html, 6.9 and 6.10."""
        pages = _MERGE_PAGES if self._merging else -_MERGE_PAGES
        worked = False
        for statement in _MERGE:
            before = self._index.total_changes
            self._index.execute(statement, (pages,))
            # Two changes or more say that there was something to be done.
            worked = worked or self._index.total_changes - before > 1
        self._merging = worked
        if not worked:
            self._merged = self._entries
            self._index.execute('UPDATE "merged" SET "entries" = ?', (self._merged,))

    def _take(self, name: str, limit: int, new: dict[int, tuple[int, str, str]]) -> int:
        """Reads up to `limit` entries of one conversation and notes in `new` what its messages become."""
        number, seq = self._conversation(name)
        joined = self._log.execute(_ENTRIES_AFTER, (name, seq, limit)).fetchone()[0]
        entries = sorted(rows.entries_from(joined), key=lambda each: each.seq)
        if not entries:
            return 0
        changed = {e.target for e in entries if isinstance(e, MessageEdited | MessageDeleted)}
        for entry in entries:
            if isinstance(entry, MessageSent) and entry.timestamp not in changed and not entry.erased:
                self._note(new, entry.timestamp, number, [messages.begin(entry)])
        for timestamp in changed:
            about = self._log.execute(_ENTRIES_ABOUT, (name, timestamp)).fetchone()[0]
            self._note(new, timestamp, number, versions(rows.entries_from(about)))
        self._index.execute(
            'UPDATE "conversations" SET "seq" = ?, "timestamp" = ? WHERE "id" = ?',
            (entries[-1].seq, entries[-1].timestamp, number),
        )
        return len(entries)

    def _conversation(self, name: str) -> tuple[int, int]:
        """Its number, and how far it is in the index."""
        self._index.execute(
            'INSERT OR IGNORE INTO "conversations" ("name", "seq", "timestamp") VALUES (?, 0, 0)', (name,)
        )
        found = self._index.execute('SELECT "id", "seq" FROM "conversations" WHERE "name" = ?', (name,)).fetchone()
        return found[0], found[1]

    def _note(
        self, new: dict[int, tuple[int, str, str]], timestamp: int, conversation: int, seen: Sequence[Message]
    ) -> None:
        texts = dict.fromkeys(map(searching.searchable, seen))
        tags = {tag: None for message in seen for tag in (conversation_tag(conversation), *_tags(message))}
        new[self.row_of(new, timestamp, conversation)] = (conversation, "\n".join(texts), " ".join(tags))

    def row_of(self, new: Mapping[int, tuple[int, str, str]], timestamp: int, conversation: int) -> int:
        """The message's number: the one it has, or the first free one from a slot on that its conversation decides."""
        first = timestamp << SLOT_BITS
        for offset in range(_SLOTS):
            row = first | (conversation + offset) % _SLOTS
            taken = new.get(row)
            if taken is None and row <= self._highest:
                taken = self._index.execute(_OWNER, (row,)).fetchone()
            if taken is None or taken[0] == conversation:
                return row
        message = f"more than {_SLOTS} messages in the microsecond {timestamp}"
        raise OverflowError(message)

    def _put(self, new: Mapping[int, tuple[int, str, str]]) -> None:
        # One statement for all: each gives the interpreter's lock away and has to win it back.
        found = self._index.execute(
            'SELECT "rowid", "conversation", "text", "tags" FROM "messages" '
            'WHERE "rowid" IN (SELECT value FROM json_each(?))',
            (_json(list(new)),),
        ).fetchall()
        for statements, documents in (
            (_REMOVE, [(row, conversation, text, tags, spaced(text)) for row, conversation, text, tags in found]),
            (_ADD, [(row, *new[row], spaced(new[row][1])) for row in sorted(new)]),
        ):
            if documents:
                encoded = _json(documents)
                for statement in statements:
                    self._index.execute(_DOCUMENTS + statement, (encoded,))
        self._highest = max(self._highest, *new, 0)


def versions(entries: Iterable[Entry]) -> list[Message]:
    """A message as it was sent and after each edit, from the entries about it: who was away sees an earlier one. None
    where it was deleted."""
    ordered = sorted(entries, key=lambda each: each.seq)
    sent = next(entry for entry in ordered if isinstance(entry, MessageSent))
    changes = [entry for entry in ordered if isinstance(entry, AboutMessage)]
    if any(isinstance(change, MessageDeleted) for change in changes):
        return []
    seen = [messages.begin(sent)]
    for change in changes:
        if isinstance(change, MessageEdited):
            seen.append(messages.apply(seen[-1], change))
    return seen


def _tags(message: Message) -> list[str]:
    tags = [author_tag(message.author)]
    if message.attachments:
        tags.append(ATTACHMENT_TAG)
    if has_link(message.text):
        tags.append(LINK_TAG)
    return tags
