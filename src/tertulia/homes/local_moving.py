"""The home on one machine into an export, and out of one."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import IO

from tertulia.adapters.disk import moving as files
from tertulia.adapters.disk.media import DiskMedia
from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.sqlite import schema
from tertulia.adapters.sqlite.library import SqliteLibrary, read_library
from tertulia.adapters.sqlite.moving import LogWriter, read_log
from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.homes.folder import DataFolder, FolderLock
from tertulia.homes.moving import ExportFile, Import, Moved, Progress, Sinks, without_picture
from tertulia.homes.offline import open_accounts, require_data
from tertulia.ports.media import thumbnails_of
from tertulia.ports.portable import PortableContent, PortableMedia, PortableThumbnail, PortableUser, Record


async def export_home(data: Path, out: IO[bytes], *, product: str, now: int, media: bool, progress: Progress) -> Moved:
    """Writes everything to `out`; the contents of files where `media` says so. Raises NoDataError.

    People are read after the log, so that whoever the log names is among them. It may run beside a server.
    """
    folder = DataFolder(data)
    require_data(folder.chat, data)
    async with open_accounts(data) as accounts:

        def export() -> Moved:
            with closing(schema.connect(folder.chat, read_only=True)) as connection:
                (total,) = connection.execute('SELECT count(*) FROM "Chat-Messages"').fetchone()
                file = ExportFile(out, product=product, now=now, total=total, progress=progress)
                stored = chain(read_log(connection), read_library(connection) if media else ())
                for record in _records(folder, accounts, stored, media=media):
                    file.write(record)
            return file.finish()

        return await asyncio.to_thread(export)


def _records(folder: DataFolder, accounts: LocalAccounts, log: Iterator[Record], *, media: bool) -> Iterator[Record]:
    yield from log
    for user in accounts.export_users():
        yield PortableUser(user if media else without_picture(user))
    for upload in files.stored_uploads(folder.media) if media else ():
        yield PortableMedia(upload)
        for piece in files.pieces(folder.media, upload.id):
            yield PortableContent(upload.id, piece)
        for variant in thumbnails_of(upload):
            for piece in files.pieces(folder.media, upload.id, variant):
                yield PortableThumbnail(upload.id, variant, piece)


async def import_home(data: Path, source: IO[bytes], progress: Progress) -> Moved:
    """Takes an export into the folder `data`, which no server may use meanwhile. What is there already stays, so that
    an import can be repeated. Raises FolderInUseError, InvalidError, ConflictError.

    `progress` is told of bytes.
    """
    folder = DataFolder(data)
    with FolderLock(folder):
        async with open_accounts(data, create=True) as accounts:
            log = _open_log(folder)
            store, chat = DiskMedia(folder.media), SqliteStore(folder.chat, SystemClock())
            sinks = Sinks(accounts, log, store, store, SqliteLibrary(chat), keeps_hashes=True)
            try:
                return await Import(source, sinks, progress).run()
            finally:
                log.abandon()
                await chat.close()
                await store.close()


def _open_log(folder: DataFolder) -> LogWriter:
    connection = schema.connect(folder.chat)
    folder.chat.chmod(0o600)
    schema.migrate(connection)
    return LogWriter(connection)
