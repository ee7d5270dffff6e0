"""The serverless home into an export, and out of one: the operator's machine speaks to the tables, the pool and the
bucket of a stack."""

from collections.abc import AsyncIterator
from typing import IO

from msgspec import Struct

from tertulia.adapters.apigateway.pushed import Pushed
from tertulia.adapters.cognito.moving import CognitoMover
from tertulia.adapters.cognito.settings import CognitoSettings
from tertulia.adapters.dynamodb.exporting import read_log
from tertulia.adapters.dynamodb.importing import LogWriter
from tertulia.adapters.dynamodb.library import DynamoLibrary
from tertulia.adapters.dynamodb.search import DynamoSearch
from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.adapters.s3.media import S3Media
from tertulia.adapters.s3.moving import S3Contents
from tertulia.aws.clients import Clients
from tertulia.domain.conversations import Conversation
from tertulia.domain.errors import ConflictError, InvalidError, NotFoundError
from tertulia.domain.library import MOST, PictureKind, Rules
from tertulia.homes.moving import ExportFile, Import, Moved, Progress, Sinks, without_picture
from tertulia.ports.media import thumbnails_of
from tertulia.ports.portable import (
    PortableContent,
    PortableMedia,
    PortablePack,
    PortablePicture,
    PortableRules,
    PortableThumbnail,
    PortableUser,
    Record,
)


class StackData(Struct, frozen=True, kw_only=True):
    """Where a stack keeps what people wrote. `prefix` goes before the names of its tables."""

    prefix: str
    pool: str
    media_bucket: str


class StackMover:
    """What is in one stack. The clients are their owner's."""

    def __init__(self, clients: Clients, data: StackData) -> None:
        clock = SystemClock()
        self._store = DynamoStore(clients, clock, prefix=data.prefix)
        self._search = DynamoSearch(self._store, clients, prefix=data.prefix)
        self._pushed = Pushed(clients, clock, prefix=data.prefix)
        self._media = S3Media(clients, bucket=data.media_bucket, prefix=data.prefix)
        self._contents = S3Contents(clients, self._media, bucket=data.media_bucket, prefix=data.prefix)
        self._library = DynamoLibrary(self._store.database, SystemEntropy())
        self._people = CognitoMover(clients, CognitoSettings(pool=data.pool, client_id="", client_secret=""))

    async def export(self, out: IO[bytes], *, product: str, now: int, media: bool, progress: Progress) -> Moved:
        """Writes everything to `out`; the contents of files where `media` says so. People may chat meanwhile: each
        conversation is as of one moment, and who the log names is among the people, for they are read after it."""
        file = ExportFile(out, product=product, now=now, total=0, progress=progress)
        async for record in self._records(media=media):
            file.write(record)
        return file.finish()

    async def take(self, source: IO[bytes], progress: Progress) -> Moved:
        """Takes an export in. What is there already stays, so that it can be repeated, also after it was broken off.
        Nobody should use the chat meanwhile. Raises InvalidError, ConflictError; what AWS can't do now raises
        LimitedError or UnavailableError, and the same file goes on from there."""
        log = LogWriter(self._store.database, begins=self._begins, ends=self._ends)
        sinks = Sinks(self._people, log, self._media, self._contents, self._library, keeps_hashes=False)
        try:
            return await Import(source, sinks, progress).run()
        except (InvalidError, ConflictError):
            await log.abandon()
            raise

    async def _begins(self, head: Conversation) -> None:
        """Nothing of what is imported is pushed to anybody: the function on the stream takes it for pushed."""
        await self._pushed.mark(head.id, head.seq)

    async def _ends(self, head: Conversation) -> None:
        await self._search.catch_up(head.id)

    async def _library_records(self) -> AsyncIterator[Record]:
        rules = await self._library.rules()
        if rules != Rules():
            yield PortableRules(rules)
        for pack in await self._library.packs():
            yield PortablePack(pack)
        for kind in PictureKind:
            for picture in await self._library.page(kind, limit=MOST[kind]):
                yield PortablePicture(picture)

    async def _records(self, *, media: bool) -> AsyncIterator[Record]:
        async for record in read_log(self._store.database):
            yield record
        async for user in self._people.export_users():
            yield PortableUser(user if media else without_picture(user))
        if not media:
            return
        async for kept in self._library_records():
            yield kept
        async for upload in self._contents.stored_uploads():
            try:
                pieces = self._media.read(upload.id)
                first = await anext(pieces, b"")
            except NotFoundError:
                # Deleted a moment ago.
                continue
            yield PortableMedia(upload)
            if first:
                yield PortableContent(upload.id, first)
            async for piece in pieces:
                yield PortableContent(upload.id, piece)
            for variant in thumbnails_of(upload):
                async for piece in self._media.read(upload.id, variant=variant):
                    yield PortableThumbnail(upload.id, variant, piece)
