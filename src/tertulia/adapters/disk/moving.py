"""Files out of one folder: what an export and a backup need of them. Works while a server uses the folder."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from tertulia.adapters.disk.uploads import COLUMNS, columns_of, name_of, upload_from
from tertulia.domain.media import Variant
from tertulia.ports.media import Upload

_BEFORE: Final = {'"part_bytes"': "0", '"details"': "''"}


def stored_uploads(folder: Path) -> list[Upload]:
    """The files that messages carry, by id."""
    database = folder / "media.db"
    if not database.is_file():
        return []
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        there = columns_of(connection)
        # A file of an earlier version lacks some; then what they say is what it was before there were any.
        columns = ", ".join(each if each.strip('"') in there else _BEFORE[each] for each in COLUMNS.split(", "))
        query = f"SELECT {columns} FROM uploads WHERE stored = 1 AND conversation <> '' ORDER BY id"  # noqa: S608
        found = connection.execute(query).fetchall()
    return [upload_from(row) for row in found]


def pieces(folder: Path, media: str, variant: Variant = Variant.ORIGINAL, size: int = 192 * 1024) -> Iterator[bytes]:
    """A content of a file; nothing where it was deleted meanwhile."""
    try:
        with (folder / name_of(media, variant)).open("rb") as file:
            while piece := file.read(size):
                yield piece
    except FileNotFoundError:
        return


def copy_database(source: Path, target: Path) -> None:
    """A copy of the file of uploads, its owner's alone (0600)."""
    target.touch(mode=0o600)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as ours,
        closing(sqlite3.connect(target)) as copy,
    ):
        ours.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
