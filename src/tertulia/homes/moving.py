"""A whole system into one file and out of it, a record a line: what is the same for every home."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tertulia.domain.errors import ConflictError, InvalidError
from tertulia.domain.library import Rules
from tertulia.domain.media import Variant
from tertulia.ports.library import Library
from tertulia.ports.media import MediaStore, Upload
from tertulia.ports.portable import (
    VERSION,
    ContentSink,
    End,
    Header,
    LibraryRecord,
    LogSink,
    PortableContent,
    PortableConversation,
    PortableEntry,
    PortableMedia,
    PortableMember,
    PortablePack,
    PortablePicture,
    PortableRules,
    PortableThumbnail,
    PortableUser,
    Record,
    UserSink,
)

Progress = Callable[[str, int, int], None]
"""Told what is done, how much of it, and of how much; 0 where that is not known."""
LINE_BYTES_MAX: Final = 8 * 1024 * 1024
"""Of a record. The longest are entries that begin a group; a piece of a file takes 256 KiB."""
_TELL_EVERY: Final = 500
"""Records."""


class Moved(Struct, frozen=True, kw_only=True):
    """How many of each were read; `new` is how many records an import did not have yet. `without_password`: how many
    people have to be given a password before they can sign in."""

    users: int = 0
    conversations: int = 0
    entries: int = 0
    files: int = 0
    new: int = 0
    without_password: int = 0


def without_picture(user: dict[str, Any]) -> dict[str, Any]:
    """A person as an export without files names one: the file would not be there."""
    return {name: value for name, value in user.items() if name != "picture"}


class Count:
    """Counts records by kind."""

    def __init__(self) -> None:
        self.records = 0
        self._kinds: dict[type[Any], int] = {}
        self._new = 0
        self._without_password = 0

    def of(self, kind: type[Any]) -> int:
        return self._kinds.get(kind, 0)

    def add(self, record: Record, *, new: bool = False, without_password: bool = False) -> None:
        self._kinds[type(record)] = self.of(type(record)) + 1
        self.records += 1
        self._new += new
        self._without_password += without_password

    def moved(self) -> Moved:
        return Moved(
            users=self.of(PortableUser),
            conversations=self.of(PortableConversation),
            entries=self.of(PortableEntry),
            files=self.of(PortableMedia),
            new=self._new,
            without_password=self._without_password,
        )


class ExportFile:
    """An export while it is written: the header is there from the beginning, the end once `finish` returns."""

    def __init__(self, out: IO[bytes], *, product: str, now: int, total: int, progress: Progress) -> None:
        self._out = out
        self._encode = msgspec.json.Encoder().encode
        self._total = total
        self._progress = progress
        self._count = Count()
        self._line(Header(version=VERSION, product=product, created=now))

    def write(self, record: Record) -> None:
        self._line(record)
        without = isinstance(record, PortableUser) and not record.user.get("password")
        self._count.add(record, without_password=without)
        if self._count.records % _TELL_EVERY == 0:
            done = self._count.of(PortableEntry)
            self._progress("Entries", min(done, self._total) if self._total else done, self._total)

    def finish(self) -> Moved:
        self._line(End(records=self._count.records))
        self._out.flush()
        return self._count.moved()

    def _line(self, record: Record) -> None:
        self._out.write(self._encode(record) + b"\n")


class Sinks(Struct, frozen=True):
    """Where the records of an import go. `keeps_hashes`: a person with a hash has a password afterwards."""

    users: UserSink
    log: LogSink
    media: MediaStore
    contents: ContentSink
    library: Library
    keeps_hashes: bool


class Import:
    """One import: takes the records as they come. What is there already stays, so that it can be repeated."""

    def __init__(self, source: IO[bytes], sinks: Sinks, progress: Progress) -> None:
        self._to = sinks
        self._records = _decoded(source, progress)
        self._count = Count()

    async def run(self) -> Moved:
        """Raises InvalidError, where the file is not an export or not whole, and ConflictError, where something else
        is there."""
        _check_header(next(self._records, None))
        record = next(self._records, None)
        while record is not None and not isinstance(record, End):
            record = await self._take(record)
        await self._to.log.finish()
        if record is None or record.records != self._count.records:
            raise _cut_off()
        return self._count.moved()

    async def _take(self, record: Record) -> Record | None:
        """Takes the record, and of a file the content too; the record after it."""
        match record:
            case PortableMedia():
                return await self._take_file(record)
            case PortableUser(user=user):
                new = await self._to.users.import_user(user)
                has_password = bool(self._to.keeps_hashes and user.get("password"))
                self._count.add(record, new=new, without_password=new and not has_password)
            case PortableConversation() | PortableMember() | PortableEntry():
                self._count.add(record, new=await self._to.log.write(record))
            case PortableRules() | PortablePack() | PortablePicture():
                await self._to.log.finish()
                self._count.add(record, new=await _take_into(self._to.library, record))
            case _:
                raise InvalidError("invalid_request", "The file has a record where it can't be.")
        return next(self._records, None)

    async def _take_file(self, record: PortableMedia) -> Record | None:
        """Stores the file from the pieces that follow; the record after them."""
        upload, after = record.upload, _After()
        there = await self._to.media.get(upload.id)
        self._count.add(record, new=there is None)
        content = self._content(upload, after)
        if there is None:
            # Whole, and as if nobody had looked at it yet: `keep` says the rest once all of it is here.
            await self._to.media.begin(replace(upload, stored=False, part_bytes=0, parts_id="", details=None))
        if there is None or not there.stored:
            try:
                await self._to.contents.write(upload.id, content)
            except ConflictError as error:
                raise _cut_off() from error
        async for _ in content:
            pass
        record_after = await self._take_thumbnails(upload, after.record)
        if there is None or not there.conversation:
            await self._to.media.claim(upload.id, upload.conversation, upload.client_id)
        return record_after

    async def _take_thumbnails(self, upload: Upload, record: Record | None) -> Record | None:
        """Those that begin with `record`, and what is known of the file; the record after them."""
        with TemporaryDirectory() as folder:
            files: dict[Variant, Path] = {}
            while isinstance(record, PortableThumbnail) and record.media == upload.id:
                self._count.add(record)
                files[record.variant] = Path(folder, record.variant)
                _append(files[record.variant], record.data)
                record = next(self._records, None)
            if record is None:
                # The file is cut here, and a thumbnail may be, too: the next import brings it whole.
                raise _cut_off()
            if upload.details is not None:
                await self._to.media.keep(upload, files)
        return record

    async def _content(self, upload: Upload, after: "_After") -> AsyncIterator[bytes]:
        for record in self._records:
            if not (isinstance(record, PortableContent) and record.media == upload.id):
                after.record = record
                return
            self._count.add(record)
            yield record.data


async def _take_into(library: Library, record: LibraryRecord) -> bool:
    """Whether it brought something new; what is there stays, and what was decided here."""
    match record:
        case PortablePicture(picture=picture):
            return await library.add(picture)
        case PortablePack(pack=pack):
            there = any(each.id == pack.id for each in await library.packs())
            if not there:
                await library.put_pack(pack)
            return not there
        case PortableRules(rules=rules):
            new = rules != Rules() and await library.rules() == Rules()
            if new:
                await library.set_rules(rules)
            return new


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


class _After:
    """The record at which a file's content ends."""

    record: Record | None = None


def _cut_off() -> InvalidError:
    return InvalidError("invalid_request", "The file is not whole: its end is missing. What it had is imported.")


def _check_header(record: Record | None) -> None:
    if not isinstance(record, Header):
        raise InvalidError("invalid_request", "This file is not an export of Tertulia's.")
    if record.version > VERSION:
        sentence = f"The file has version {record.version}; this program knows up to {VERSION}. Use a newer one."
        raise InvalidError("invalid_request", sentence)


def _decoded(source: IO[bytes], progress: Progress) -> Iterator[Record]:
    decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)
    done = number = 0
    while line := source.readline(LINE_BYTES_MAX):
        number += 1
        done += len(line)
        if number % _TELL_EVERY == 0:
            progress("Import", done, 0)
        try:
            yield decoder.decode(line)
        except msgspec.DecodeError as error:
            raise InvalidError("invalid_request", f"Line {number} is not a record of an export: {error}") from error
