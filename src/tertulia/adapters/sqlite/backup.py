"""A copy of the log while it is in use."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from tertulia.adapters.sqlite import schema

_PAGES: Final = 2048
"""Pages that are copied in one step."""


def back_up(source: Path, target: Path, progress: Callable[[int, int], None]) -> None:
    """Copies one state of the file `source` to `target`, which is whole and on disk once it has that name (mode 0600).

    Writers go on meanwhile: the copy holds one snapshot, without which each commit would make it begin anew (SQLite,
    `sqlite3_backup_step`). `progress` is told how many pages are done, of how many. Blocks.
    """
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    try:
        with closing(schema.connect(source, read_only=True)) as ours, closing(sqlite3.connect(partial)) as copy:
            ours.execute("BEGIN")
            ours.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            ours.backup(copy, pages=_PAGES, progress=lambda _status, left, total: progress(total - left, total))
            copy.execute("PRAGMA journal_mode = DELETE")
        settle(partial)
        partial.replace(target)
        settle(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def settle(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
