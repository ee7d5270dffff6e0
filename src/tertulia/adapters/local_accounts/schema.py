"""The tables of the accounts file, and how an older file becomes a newer one.

Times are in microseconds since 1970. Of passwords there are Argon2id hashes, of tokens and invitations SHA-256 digests.
"""

import sqlite3
from collections.abc import Iterator
from typing import Final

from tertulia.domain.errors import UnavailableError

_FIRST: Final = """
CREATE TABLE users (
  username TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  password TEXT NOT NULL,
  admin INTEGER NOT NULL DEFAULT 0,
  disabled INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX admins ON users (username) WHERE admin = 1;

CREATE TABLE directory (
  key TEXT NOT NULL,
  username TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  PRIMARY KEY (key, username)
) WITHOUT ROWID;
CREATE INDEX directory_of_user ON directory (username);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  username TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  family BLOB NOT NULL UNIQUE,
  current BLOB NOT NULL,
  previous BLOB,
  salt BLOB,
  rotated INTEGER NOT NULL,
  created INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_of_user ON sessions (username, rotated);
CREATE INDEX sessions_by_use ON sessions (rotated);

CREATE TABLE invites (
  digest BLOB PRIMARY KEY,
  made_by TEXT NOT NULL,
  admin INTEGER NOT NULL,
  first INTEGER NOT NULL,
  expires INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE signing_keys (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  jwk TEXT NOT NULL,
  created INTEGER NOT NULL
);

CREATE TABLE changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  username TEXT NOT NULL,
  sessions TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX changes_by_time ON changes (at);
"""

_NOTIFICATIONS: Final = """
CREATE TABLE notifications (
  username TEXT PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  book TEXT NOT NULL,
  devices INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX notified ON notifications (username) WHERE devices > 0;

CREATE TABLE push_key (
  number INTEGER PRIMARY KEY CHECK (number = 1),
  private BLOB NOT NULL,
  public TEXT NOT NULL
);
"""

_FIGURES: Final = """
CREATE TABLE figures (
  number INTEGER PRIMARY KEY CHECK (number = 1),
  people INTEGER NOT NULL,
  disabled INTEGER NOT NULL
);
INSERT INTO figures SELECT 1, count(*), coalesce(sum(disabled), 0) FROM users;
CREATE TRIGGER people_come AFTER INSERT ON users BEGIN
  UPDATE figures SET people = people + 1, disabled = disabled + NEW.disabled WHERE number = 1;
END;
CREATE TRIGGER people_go AFTER DELETE ON users BEGIN
  UPDATE figures SET people = people - 1, disabled = disabled - OLD.disabled WHERE number = 1;
END;
CREATE TRIGGER people_change AFTER UPDATE OF disabled ON users WHEN NEW.disabled <> OLD.disabled BEGIN
  UPDATE figures SET disabled = disabled + NEW.disabled - OLD.disabled WHERE number = 1;
END;
"""
"""How many people there are, counted where they come and go."""

_PICTURES: Final = "ALTER TABLE users ADD COLUMN picture TEXT NOT NULL DEFAULT '';"
"""The file that shows a person; its content is with all files."""

_STATUSES: Final = """
CREATE TABLE statuses (
  username TEXT PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  status TEXT NOT NULL
) WITHOUT ROWID;
"""
"""What people say of themselves, as JSON."""

_DRAFTS: Final = """
CREATE TABLE drafts (
  username TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  conversation TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  draft TEXT NOT NULL,
  PRIMARY KEY (username, conversation)
) WITHOUT ROWID;
CREATE INDEX drafts_by_time ON drafts (timestamp);
"""
"""What people have written and not sent yet; in microseconds when it was kept."""

MIGRATIONS: Final[tuple[str, ...]] = (_FIRST, _NOTIFICATIONS, _FIGURES, _PICTURES, _STATUSES, _DRAFTS)
"""Step n leads from version n to n + 1. A step that has been released is never changed."""
WITH_PICTURES: Final = 4
"""The first version in which people have pictures."""


def migrate(connection: sqlite3.Connection, migrations: tuple[str, ...] = MIGRATIONS) -> None:
    """Brings the file up to date, all of it or nothing. Raises UnavailableError where a newer Tertulia wrote it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(migrations):
            raise UnavailableError(
                "unavailable",
                f"The accounts file is of version {version}, and this Tertulia reads up to {len(migrations)}. "
                "Use the newer Tertulia that wrote it.",
                version=version,
            )
        for step in migrations[version:]:
            for statement in _statements(step):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    """One by one, for `executescript` would end the transaction. A trigger has semicolons within."""
    statement = ""
    for part in script.split(";"):
        statement += f"{part};"
        if statement.strip(" \n;") and sqlite3.complete_statement(statement):
            yield statement
            statement = ""
