"""Files out of one folder: what an export and a backup need of them. Works while a server uses the folder."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tertulia.ports.media import Upload


def stored_uploads(folder: Path) -> list[Upload]:
    """The files that messages carry, by id."""
    database = folder / "media.db"
    if not database.is_file():
        return []
    query = (
        "SELECT id, owner, name, type, size, created, conversation, client_id FROM uploads"
        " WHERE stored = 1 AND conversation <> '' ORDER BY id"
    )
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        found = connection.execute(query).fetchall()
    return [
        Upload(
            id=media,
            owner=owner,
            name=name,
            type=kind,
            size=size,
            created=created,
            stored=True,
            conversation=conversation,
            client_id=client_id,
        )
        for media, owner, name, kind, size, created, conversation, client_id in found
    ]


def pieces(folder: Path, media: str, size: int = 192 * 1024) -> Iterator[bytes]:
    """The content of a file; nothing where it was deleted meanwhile."""
    try:
        with (folder / media).open("rb") as file:
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
