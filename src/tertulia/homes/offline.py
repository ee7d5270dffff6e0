"""A data folder without its server: what the command line does on one machine.

Accounts, backups, checks and exports work while a server runs on the same folder; an import needs it for itself.
"""

import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Final

from msgspec import Struct

from tertulia.adapters.disk import moving as files
from tertulia.adapters.disk.uploads import name_of
from tertulia.adapters.local_accounts import transfer
from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.adapters.sqlite import checking, schema
from tertulia.adapters.sqlite.backup import back_up, settle
from tertulia.adapters.sqlite.library import read_library
from tertulia.homes.folder import DataFolder
from tertulia.homes.moving import Progress
from tertulia.ports.media import Upload, variants_of
from tertulia.ports.portable import PortablePicture

_KEY: Final = "signing.key"


class NoDataError(Exception):
    """There is no data in the folder."""


class TargetError(Exception):
    """There is something already where a backup should go."""


class Checked(Struct, frozen=True, kw_only=True):
    """What a check found."""

    ok: bool
    conversations: int
    entries: int
    problems: list[str]


@asynccontextmanager
async def open_accounts(data: Path, *, create: bool = False) -> AsyncIterator[LocalAccounts]:
    """The accounts in the folder `data`. Raises NoDataError where there are none, unless they may be begun."""
    folder = DataFolder(data)
    if create:
        folder.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    else:
        require_data(folder.accounts, data)
    accounts = LocalAccounts(folder.accounts, SystemClock(), SystemEntropy())
    await accounts.start()
    try:
        yield accounts
    finally:
        await accounts.close()


def require_data(file: Path, data: Path) -> None:
    """Raises NoDataError where the file is not in the data folder."""
    if not file.is_file():
        message = f"There is no {file.name} in {data}. Say where the data folder is with --data."
        raise NoDataError(message)


def back_up_home(data: Path, target: Path, progress: Progress) -> None:
    """Copies everything to the new folder `target`, from which a server can run. Raises NoDataError, TargetError.

    The log is copied first, then people and files, so that whatever the log names is in the copy. The search index is
    not copied; it is made again.
    """
    folder, copy = DataFolder(data), DataFolder(target)
    require_data(folder.chat, data)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        message = f"There is something at {target} already. Name a folder that doesn't exist yet."
        raise TargetError(message)
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    back_up(folder.chat, copy.chat, lambda done, total: progress("Conversations", done, total))
    transfer.backup(folder.accounts, copy.accounts)
    _copy_files(folder, copy, progress)
    settle(target)


def check_home(data: Path, progress: Progress) -> Checked:
    """Reads everything and says what is wrong with it. Raises NoDataError."""
    folder = DataFolder(data)
    require_data(folder.chat, data)
    looked_at = 0
    with closing(schema.connect(folder.chat, read_only=True)) as connection:
        connection.execute("BEGIN")
        conversations, entries = checking.count_entries(connection)

        def count(more: int) -> None:
            nonlocal looked_at
            looked_at += more
            if looked_at % 1000 == 0 or looked_at == entries:
                progress("Entries", looked_at, entries)

        found = list(checking.problems(connection, count))
        found += _missing_files(connection, folder)
    for file in (folder.accounts, folder.media / "media.db"):
        found += _integrity(file)
    return Checked(ok=not found, conversations=conversations, entries=entries, problems=found)


def _copy_files(folder: DataFolder, copy: DataFolder, progress: Progress) -> None:
    if not (folder.media / "media.db").is_file():
        return
    copy.media.mkdir(mode=0o700)
    files.copy_database(folder.media / "media.db", copy.media / "media.db")
    if (folder.media / _KEY).is_file():
        shutil.copy(folder.media / _KEY, copy.media / _KEY)
        (copy.media / _KEY).chmod(0o600)
    uploads = files.stored_uploads(copy.media)
    for number, upload in enumerate(uploads, start=1):
        for variant in variants_of(upload):
            name = name_of(upload.id, variant)
            opened = os.open(copy.media / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(opened, "wb") as file:
                for piece in files.pieces(folder.media, upload.id, variant):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        progress("Files", number, len(uploads))
    settle(copy.media)


def _missing_files(connection: sqlite3.Connection, folder: DataFolder) -> Iterator[str]:
    stored = {upload.id: upload for upload in files.stored_uploads(folder.media)}
    for conversation, timestamp, media in checking.media_of(connection):
        wrong = _wrong_with(folder, media, stored.get(media), f" of the message at {timestamp}")
        if wrong:
            yield f"{conversation}: {wrong}"
    for username, media in transfer.pictures(folder.accounts):
        wrong = _wrong_with(folder, media, stored.get(media), f" of {username}")
        if wrong:
            yield f"accounts: {wrong}"
    for record in read_library(connection):
        if isinstance(record, PortablePicture):
            media = record.picture.media
            wrong = _wrong_with(folder, media, stored.get(media), f" of {record.picture.name}")
            if wrong:
                yield f"library: {wrong}"


def _wrong_with(folder: DataFolder, media: str, upload: Upload | None, of: str) -> str:
    """What is wrong with the file, in words; "" where nothing is."""
    path = folder.media / media
    if upload is None or not path.is_file():
        return f"the file {media}{of} is missing."
    if path.stat().st_size != upload.size:
        return f"the file {media} has {path.stat().st_size} bytes, not {upload.size}."
    if not all((folder.media / name_of(media, each)).is_file() for each in variants_of(upload)):
        return f"a thumbnail, or another variant, of the file {media} is missing."
    return ""


def _integrity(file: Path) -> list[str]:
    if not file.is_file():
        return []
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        said = [text for (text,) in connection.execute("PRAGMA integrity_check(20)")]
    return [f"{file.name}: SQLite says: {text}" for text in said if text != "ok"]
