"""A whole system into one file and out of it: export and import, a record a line."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import msgspec
from msgspec import Struct

from tertulia.adapters.disk import moving as files
from tertulia.adapters.disk.media import DiskMedia
from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.sqlite import schema
from tertulia.adapters.sqlite.moving import LogWriter, read_log
from tertulia.domain.errors import ConflictError, InvalidError
from tertulia.homes.folder import DataFolder, FolderLock
from tertulia.homes.offline import Progress, open_accounts, require_data
from tertulia.ports.media import Upload
from tertulia.ports.portable import (
    VERSION,
    End,
    Header,
    PortableContent,
    PortableConversation,
    PortableEntry,
    PortableMedia,
    PortableMember,
    PortableUser,
    Record,
)


class Moved(Struct, frozen=True, kw_only=True):
    """How many of each were read; `new` is how many records an import did not have yet."""

    users: int = 0
    conversations: int = 0
    entries: int = 0
    files: int = 0
    new: int = 0


class _Count:
    """Counts records by kind."""

    def __init__(self) -> None:
        self.kinds: dict[type[Any], int] = {}
        self.records = 0
        self.new = 0

    def add(self, record: Record, *, new: bool = False) -> None:
        self.kinds[type(record)] = self.kinds.get(type(record), 0) + 1
        self.records += 1
        self.new += new

    def moved(self) -> Moved:
        kinds = self.kinds
        return Moved(
            users=kinds.get(PortableUser, 0),
            conversations=kinds.get(PortableConversation, 0),
            entries=kinds.get(PortableEntry, 0),
            files=kinds.get(PortableMedia, 0),
            new=self.new,
        )


async def export_home(data: Path, out: IO[bytes], *, product: str, now: int, media: bool, progress: Progress) -> Moved:
    """Writes everything to `out`; the contents of files where `media` says so. Raises NoDataError.

    People are read after the log, so that whoever the log names is among them. It may run beside a server.
    """
    folder = DataFolder(data)
    require_data(folder.chat, data)
    async with open_accounts(data) as accounts:
        return await asyncio.to_thread(_export, folder, accounts, out, product, now, media, progress)


def _export(
    folder: DataFolder,
    accounts: LocalAccounts,
    out: IO[bytes],
    product: str,
    now: int,
    media: bool,
    progress: Progress,
) -> Moved:
    encode, count = msgspec.json.Encoder().encode, _Count()
    out.write(encode(Header(version=VERSION, product=product, created=now)) + b"\n")
    with closing(schema.connect(folder.chat, read_only=True)) as connection:
        (total,) = connection.execute('SELECT count(*) FROM "Chat-Messages"').fetchone()
        for record in _records(folder, accounts, read_log(connection), media=media):
            out.write(encode(record) + b"\n")
            count.add(record)
            if count.records % 1000 == 0:
                progress("Entries", min(count.kinds.get(PortableEntry, 0), total), total)
    out.write(encode(End(records=count.records)) + b"\n")
    out.flush()
    return count.moved()


def _records(folder: DataFolder, accounts: LocalAccounts, log: Iterator[Record], *, media: bool) -> Iterator[Record]:
    yield from log
    yield from map(PortableUser, accounts.export_users())
    for upload in files.stored_uploads(folder.media) if media else ():
        yield PortableMedia(upload)
        for piece in files.pieces(folder.media, upload.id):
            yield PortableContent(upload.id, piece)


async def import_home(data: Path, source: IO[bytes], progress: Progress) -> Moved:
    """Takes an export into the folder `data`, which no server may use meanwhile. What is there already stays, so that
    an import can be repeated. Raises FolderInUseError, InvalidError, ConflictError.

    `progress` is told of bytes, where the size of the source is known.
    """
    folder = DataFolder(data)
    with FolderLock(folder):
        async with open_accounts(data, create=True) as accounts:
            writer = _open_log(folder)
            store = DiskMedia(folder.media)
            try:
                return await _Import(accounts, writer, store, _decoded(source, progress)).run()
            finally:
                writer.abandon()
                await store.close()


class _Import:
    """One import: takes the records as they come."""

    def __init__(self, accounts: LocalAccounts, log: LogWriter, store: DiskMedia, records: Iterator[Record]) -> None:
        self._accounts = accounts
        self._log = log
        self._store = store
        self._records = records
        self._count = _Count()

    async def run(self) -> Moved:
        _check_header(next(self._records, None))
        record = next(self._records, None)
        while record is not None and not isinstance(record, End):
            if isinstance(record, PortableMedia):
                record = await self._take_file(record)
                continue
            self._count.add(record, new=await self._take(record))
            record = next(self._records, None)
        self._log.finish()
        if record is None or record.records != self._count.records:
            raise _cut_off()
        return self._count.moved()

    async def _take(self, record: Record) -> bool:
        match record:
            case PortableUser(user=user):
                return await self._accounts.import_user(user)
            case PortableConversation() | PortableMember() | PortableEntry():
                return self._log.write(record)
            case _:
                raise InvalidError("invalid_request", "The file has a record where it can't be.")

    async def _take_file(self, record: PortableMedia) -> Record | None:
        """Stores the file from the pieces that follow; the record after them."""
        upload, after = record.upload, _After()
        there = await self._store.get(upload.id)
        self._count.add(record, new=there is None)
        content = self._content(upload, after)
        if there is None:
            await self._store.begin(upload)
        if there is None or not there.stored:
            try:
                await self._store.write(upload.id, content)
            except ConflictError as error:
                raise _cut_off() from error
            await self._store.claim(upload.id, upload.conversation, upload.client_id)
        async for _ in content:
            pass
        return after.record

    async def _content(self, upload: Upload, after: "_After") -> AsyncIterator[bytes]:
        for record in self._records:
            if not (isinstance(record, PortableContent) and record.media == upload.id):
                after.record = record
                return
            self._count.add(record)
            yield record.data


class _After:
    """The record at which a file's content ends."""

    record: Record | None = None


def _cut_off() -> InvalidError:
    return InvalidError("invalid_request", "The file is not whole: its end is missing. What it had is imported.")


def _open_log(folder: DataFolder) -> LogWriter:
    connection = schema.connect(folder.chat)
    folder.chat.chmod(0o600)
    schema.migrate(connection)
    return LogWriter(connection)


def _check_header(record: Record | None) -> None:
    if not isinstance(record, Header):
        raise InvalidError("invalid_request", "This file is not an export of Tertulia's.")
    if record.version > VERSION:
        sentence = f"The file has version {record.version}; this program knows up to {VERSION}. Use a newer one."
        raise InvalidError("invalid_request", sentence)


def _decoded(source: IO[bytes], progress: Progress) -> Iterator[Record]:
    decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)
    done = 0
    for number, line in enumerate(source, start=1):
        done += len(line)
        if number % 500 == 0:
            progress("Import", done, 0)
        try:
            yield decoder.decode(line)
        except msgspec.DecodeError as error:
            raise InvalidError("invalid_request", f"Line {number} is not a record of an export: {error}") from error
