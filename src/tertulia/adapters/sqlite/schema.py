"""The tables, their versions, and how a file is opened.

Tables and keys are named as in the report: `Chat-Conversations` has one item per member and one head item under the
reserved sort key `#`; `Chat-Messages` has one item per entry, by conversation and timestamp.
"""

import os
import sqlite3
from pathlib import Path
from typing import Final

HEAD: Final = "#"
"""The sort key of a conversation's head: no username begins with it."""

_APPLICATION_ID: Final = 0x54455254
""""TERT", in the header of the file (sqlite.org/fileformat2.html, 1.3.17)."""

_VERSION_1: Final = """
CREATE TABLE "Chat-Conversations" (
    "conversation" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "seq" INTEGER,              -- head: of the last entry
    "timestamp" INTEGER,        -- head: of the last entry, microseconds
    "messages" INTEGER,         -- head: sent so far
    "active" INTEGER,           -- member: 1 while a member
    "read_timestamp" INTEGER,   -- member: the read cursor
    "read_number" INTEGER,      -- member: the read cursor
    "item" TEXT NOT NULL,       -- the rest, as JSON
    PRIMARY KEY ("conversation", "username")
) WITHOUT ROWID;

CREATE INDEX "members by username" ON "Chat-Conversations" ("username", "conversation") WHERE "active" = 1;

CREATE TABLE "Chat-Messages" (
    "conversation" TEXT NOT NULL,
    "timestamp" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "number" INTEGER,           -- messages only: 1, 2, 3 ...
    "author" TEXT NOT NULL,
    "client_id" TEXT,           -- messages only
    "digest" BLOB,              -- messages only: of what was sent
    "target" INTEGER,           -- entries about a message: its timestamp
    "entry" TEXT NOT NULL,      -- JSON
    "state" TEXT,               -- messages with entries about them: what people see, JSON
    PRIMARY KEY ("conversation", "timestamp")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "entries by seq" ON "Chat-Messages" ("conversation", "seq");
CREATE UNIQUE INDEX "messages by client id" ON "Chat-Messages" ("conversation", "author", "client_id")
    WHERE "client_id" IS NOT NULL;
CREATE INDEX "messages by timestamp" ON "Chat-Messages" ("conversation", "timestamp", "number")
    WHERE "number" IS NOT NULL;
CREATE INDEX "entries by target" ON "Chat-Messages" ("conversation", "target") WHERE "target" IS NOT NULL;
"""

_LIBRARY: Final = """
CREATE TABLE "Chat-Library" (
    "kind" TEXT NOT NULL,       -- sticker, gif, emoji; pack, rules
    "key" TEXT NOT NULL,        -- the place among those of the kind
    "added_by" TEXT NOT NULL,   -- a username, "" where it doesn't matter
    "item" TEXT NOT NULL,       -- JSON
    PRIMARY KEY ("kind", "key")
) WITHOUT ROWID;

CREATE INDEX "pictures by person" ON "Chat-Library" ("kind", "added_by");
"""
"""The server's own pictures."""

_FIGURES: Final = """
CREATE TABLE "Chat-Figures" (
    "only" INTEGER PRIMARY KEY CHECK ("only" = 1),
    "conversations" INTEGER NOT NULL,
    "messages" INTEGER NOT NULL     -- sent so far, in all of them
);

INSERT INTO "Chat-Figures"
SELECT 1, count(*), coalesce(sum("messages"), 0) FROM "Chat-Conversations" WHERE "username" = '#';

CREATE TRIGGER "a conversation is counted" AFTER INSERT ON "Chat-Conversations" WHEN NEW."username" = '#' BEGIN
    UPDATE "Chat-Figures" SET "conversations" = "conversations" + 1, "messages" = "messages" + NEW."messages"
    WHERE "only" = 1;
END;

CREATE TRIGGER "a message is counted" AFTER UPDATE OF "messages" ON "Chat-Conversations"
WHEN NEW."messages" <> OLD."messages" BEGIN
    UPDATE "Chat-Figures" SET "messages" = "messages" + NEW."messages" - OLD."messages" WHERE "only" = 1;
END;
"""
"""How much there is, for administrators: counted where it happens, since to look would be to look at everything."""

_THREADS: Final = """
ALTER TABLE "Chat-Messages" ADD COLUMN "thread" INTEGER;    -- replies: the timestamp of what they began with

-- First what each replies to, then what that began with: of a chain of replies the first one's.
UPDATE "Chat-Messages" SET "thread" = "entry" ->> 'reply_to'
WHERE "number" IS NOT NULL AND "entry" ->> 'reply_to' IS NOT NULL;

CREATE INDEX "messages by thread" ON "Chat-Messages" ("conversation", "thread", "timestamp")
    WHERE "thread" IS NOT NULL;

WITH RECURSIVE "chain" AS (
    SELECT "conversation", "timestamp", "thread" FROM "Chat-Messages" "reply"
    WHERE "thread" IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM "Chat-Messages" "original"
        WHERE "original"."conversation" = "reply"."conversation" AND "original"."timestamp" = "reply"."thread"
            AND "original"."thread" IS NOT NULL
    )
    UNION ALL
    SELECT "reply"."conversation", "reply"."timestamp", "chain"."thread" FROM "chain"
    JOIN "Chat-Messages" "reply" INDEXED BY "messages by thread"
        ON "reply"."conversation" = "chain"."conversation" AND "reply"."thread" = "chain"."timestamp"
)
UPDATE "Chat-Messages" SET "thread" = "chain"."thread",
    "entry" = json_set("entry", '$.thread', "chain"."thread"),
    "state" = json_set("state", '$.thread', "chain"."thread")
FROM "chain"
WHERE "Chat-Messages"."conversation" = "chain"."conversation"
    AND "Chat-Messages"."timestamp" = "chain"."timestamp";
"""
"""Which messages belong together because they reply to each other. Of a reply that was deleted before, nobody knows any
more what it replied to: it begins a thread."""

MIGRATIONS: Final[tuple[str, ...]] = (_VERSION_1, _LIBRARY, _FIGURES, _THREADS)
"""Migration n brings a file from version n to n + 1. Only ever appended to."""


class NewerFileError(Exception):
    """The file was written by a newer version of the product. Nothing was changed."""


class ForeignFileError(Exception):
    """The file is a database of something else. Nothing was changed."""


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection that may be handed from thread to thread, but used by one at a time."""
    mode = "ro" if read_only else "rwc"
    if not read_only:
        # For its owner alone from the first moment: the files beside it take its mode when SQLite makes them.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
        timeout=5.0,
    )
    connection.execute("PRAGMA foreign_keys = ON")
    # 16 MiB of pages. The file isn't mapped into memory: with every commit of another connection the map is thrown
    # away, and the more of it was in use, the longer its pages take to come back (0.1 ms and more).
    connection.execute("PRAGMA cache_size = -16384")
    connection.execute("PRAGMA mmap_size = 0")
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL fsyncs the log at each commit; NORMAL loses acknowledged commits at a power loss.
        connection.execute("PRAGMA synchronous = FULL")
        # 16 MiB of the log before its pages are written into the file: pages that many commits change are written once.
        connection.execute("PRAGMA wal_autocheckpoint = 4096")
    return connection


def migrate(connection: sqlite3.Connection) -> int:
    """Brings the file to this version and returns the version it had. Raises NewerFileError, ForeignFileError."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    tables: int = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if (version or tables) and application != _APPLICATION_ID:
        message = "This file is a database of another program. Choose another data folder."
        raise ForeignFileError(message)
    if version > len(MIGRATIONS):
        message = f"This file has version {version}; this program knows up to {len(MIGRATIONS)}. Use a newer one."
        raise NewerFileError(message)
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number};"
            f"PRAGMA application_id = {_APPLICATION_ID}; COMMIT;"
        )
    return version
