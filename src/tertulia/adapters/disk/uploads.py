"""The table of uploads: what is known of each file, in one small SQLite file. Not its contents.

Each method is one statement that is durable when it returns; they are called on one thread.
"""

import sqlite3
from pathlib import Path
from typing import Any, Final

import msgspec

from tertulia.domain.media import Details, Variant
from tertulia.ports.media import Upload

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS "uploads" (
    "id" TEXT PRIMARY KEY, "owner" TEXT NOT NULL, "name" TEXT NOT NULL, "type" TEXT NOT NULL, "size" INTEGER NOT NULL,
    "created" INTEGER NOT NULL, "stored" INTEGER NOT NULL, "conversation" TEXT NOT NULL, "client_id" TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS "unclaimed uploads" ON "uploads" ("created") WHERE "conversation" = '';
"""
_ADDED: Final = (
    ("part_bytes", '"part_bytes" INTEGER NOT NULL DEFAULT 0'),
    ("details", "\"details\" TEXT NOT NULL DEFAULT ''"),
)
"""Columns that later versions added; a file of an earlier one gets them when it is opened."""
_COUNTING: Final = """
BEGIN IMMEDIATE;
CREATE TABLE "figures" (
    "only" INTEGER PRIMARY KEY CHECK ("only" = 1), "files" INTEGER NOT NULL, "bytes" INTEGER NOT NULL
);
INSERT INTO "figures" SELECT 1, count(*), coalesce(sum("size"), 0) FROM "uploads" WHERE "stored" = 1;
CREATE TRIGGER "a file has come" AFTER INSERT ON "uploads" WHEN NEW."stored" = 1 BEGIN
    UPDATE "figures" SET "files" = "files" + 1, "bytes" = "bytes" + NEW."size" WHERE "only" = 1;
END;
CREATE TRIGGER "a file is another" AFTER UPDATE OF "stored", "size" ON "uploads" BEGIN
    UPDATE "figures" SET "files" = "files" + NEW."stored" - OLD."stored",
        "bytes" = "bytes" + NEW."stored" * NEW."size" - OLD."stored" * OLD."size" WHERE "only" = 1;
END;
CREATE TRIGGER "a file has gone" AFTER DELETE ON "uploads" WHEN OLD."stored" = 1 BEGIN
    UPDATE "figures" SET "files" = "files" - 1, "bytes" = "bytes" - OLD."size" WHERE "only" = 1;
END;
COMMIT;
"""
"""How many files are here, and their bytes, counted where they come and go. A file of an earlier version is counted
once, when it is opened."""
COLUMNS: Final = (
    '"id", "owner", "name", "type", "size", "created", "stored", "conversation", "client_id", "part_bytes", "details"'
)


class UploadTable:
    """Opens the file, or begins it."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + _SCHEMA)
        there = columns_of(self._connection)
        for name, definition in _ADDED:
            if name not in there:
                self._connection.execute(f'ALTER TABLE "uploads" ADD COLUMN {definition}')
        if not columns_of(self._connection, "figures"):
            self._connection.executescript(_COUNTING)
        file.chmod(0o600)

    def close(self) -> None:
        self._connection.close()

    def insert(self, upload: Upload) -> None:
        values = (
            *(upload.id, upload.owner, upload.name, upload.type, upload.size, upload.created, False, "", ""),
            *(upload.part_bytes, encode_details(upload.details)),
        )
        marks = ",".join("?" * len(values))
        self._connection.execute(f"INSERT INTO uploads ({COLUMNS}) VALUES ({marks})", values)  # noqa: S608

    def get(self, media: str) -> Upload | None:
        row = self._connection.execute(f"SELECT {COLUMNS} FROM uploads WHERE id = ?", (media,)).fetchone()  # noqa: S608
        return None if row is None else upload_from(row)

    def claim(self, media: str, conversation: str, client_id: str) -> bool:
        return (
            self._connection.execute(
                "UPDATE uploads SET conversation = ?1, client_id = ?2 WHERE id = ?3"
                " AND (conversation = '' OR (conversation = ?1 AND client_id = ?2))",
                (conversation, client_id, media),
            ).rowcount
            == 1
        )

    def mark_stored(self, media: str) -> bool:
        """False where it is gone."""
        return self._connection.execute("UPDATE uploads SET stored = 1 WHERE id = ?", (media,)).rowcount == 1

    def mark_ready(self, ready: Upload) -> bool:
        """False where it is gone, or was ready before."""
        return (
            self._connection.execute(
                "UPDATE uploads SET type = ?, size = ?, details = ?, stored = 1 WHERE id = ? AND details = ''",
                (ready.type, ready.size, encode_details(ready.details), ready.id),
            ).rowcount
            == 1
        )

    def change_details(self, ready: Upload) -> bool:
        """False where it is gone."""
        values = (encode_details(ready.details), ready.id)
        return self._connection.execute("UPDATE uploads SET details = ? WHERE id = ?", values).rowcount == 1

    def delete(self, media: str) -> bool:
        return self._connection.execute("DELETE FROM uploads WHERE id = ?", (media,)).rowcount == 1

    def counted(self) -> tuple[int, int]:
        """How many files are here, and their bytes."""
        files, size = self._connection.execute("SELECT files, bytes FROM figures WHERE only = 1").fetchone()
        return files, size

    def unclaimed(self, before: int) -> list[str]:
        rows = self._connection.execute(
            "SELECT id FROM uploads WHERE conversation = '' AND created < ? ORDER BY created LIMIT 100", (before,)
        ).fetchall()
        return [media for (media,) in rows]


def name_of(media: str, variant: Variant) -> str:
    """Of the file that holds this content."""
    return media if variant is Variant.ORIGINAL else f"{media}.{variant}"


def columns_of(connection: sqlite3.Connection, table: str = "uploads") -> set[str]:
    """The names of the columns that the table has; none where there is no such table."""
    return {name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}


def upload_from(row: tuple[Any, ...]) -> Upload:
    """From the values of COLUMNS."""
    media, owner, name, kind, size, created, stored, conversation, client_id, part_bytes, details = row
    return Upload(
        id=media,
        owner=owner,
        name=name,
        type=kind,
        size=size,
        created=created,
        stored=bool(stored),
        conversation=conversation,
        client_id=client_id,
        part_bytes=part_bytes,
        details=msgspec.json.decode(details, type=Details) if details else None,
    )


def encode_details(details: Details | None) -> str:
    return "" if details is None else msgspec.json.encode(details).decode()
