"""Files: announcing an upload, completing it, and who may see what was uploaded."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from msgspec import Struct

from tertulia.domain import house, library, limits
from tertulia.domain.errors import ConflictError, InvalidError, NotFoundError
from tertulia.domain.library import Picture
from tertulia.domain.media import Details, MediaKind, Variant, part_bytes_for, part_count, part_size
from tertulia.domain.messages import files_of
from tertulia.domain.texts import checked_line
from tertulia.domain.users import PORTRAITS
from tertulia.ports.accounts import Identity
from tertulia.ports.clock import Clock
from tertulia.ports.entropy import Entropy
from tertulia.ports.media import MediaContents, MediaStore, Purpose, Upload, UploadAddress, purpose_of, variants_of
from tertulia.ports.processing import MediaProcessor
from tertulia.ports.rates import Rate
from tertulia.ports.store import Store
from tertulia.services import limiting
from tertulia.services.completing import Completing

_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")


class Described(Struct, frozen=True):
    """A file, and addresses for its contents, by variant, that are good until `expires` (seconds since 1970)."""

    upload: Upload
    urls: dict[Variant, str]
    expires: int


class Announced(Struct, frozen=True):
    """A file that is about to come, and where to: whole, or in parts by their numbers."""

    upload: Upload
    whole: UploadAddress | None
    parts: Sequence[tuple[int, UploadAddress]]
    expires: int


class Opened(Struct, frozen=True):
    """A content that may be read: of which file, which one, and its bytes."""

    upload: Upload
    variant: Variant
    size: int


class MediaFiles:
    """`contents` where this home takes and gives contents itself; without it nothing is found at its own addresses.
    `processor` looks into what isn't just a file; `bytes_max` is what a file may have. `offer` is told of each file
    that is completed or looked at, for what is made of it later; it neither waits nor raises."""

    def __init__(
        self,
        store: Store,
        media: MediaStore,
        clock: Clock,
        entropy: Entropy,
        rate: Rate,
        contents: MediaContents | None = None,
        processor: MediaProcessor | None = None,
        bytes_max: int = limits.MEDIA_BYTES_MAX,
        offer: Callable[[Upload], None] | None = None,
    ) -> None:
        self._store = store
        self._media = media
        self._clock = clock
        self._entropy = entropy
        self._rate = rate
        self._contents = contents
        self._completing = Completing(media, processor)
        self._bytes_max = bytes_max
        self._offer = offer

    async def announce(self, identity: Identity, name: str, media_type: str, size: int) -> Announced:
        """Where to send a file of exactly `size` bytes. Raises `too_large`, `invalid_request`, `rate_limited`."""
        limiting.take(self._rate, identity.username)
        if size > self._bytes_max:
            raise InvalidError("too_large", "The file is larger than files may be.", maximum=self._bytes_max)
        if size < 1:
            raise InvalidError("invalid_request", "The file is empty.")
        kind = media_type.lower()
        if not _MEDIA_TYPE.fullmatch(kind):
            raise InvalidError("invalid_request", "`type` is a media type such as `image/png`.")
        file_name = checked_line(name, limits.MEDIA_NAME_MAX, "A file's name").replace("/", "_").replace("\\", "_")
        if not file_name:
            raise InvalidError("invalid_request", "The file needs a name.")
        upload = Upload(
            id=self._entropy.token(),
            owner=identity.username,
            name=file_name,
            type=kind,
            size=size,
            created=self._clock.now(),
            part_bytes=part_bytes_for(size),
        )
        return self._announced(await self._media.begin(upload), set())

    async def missing(self, identity: Identity, media: str) -> tuple[Announced, set[int]]:
        """The parts that haven't arrived, with new addresses, and the numbers of those that have. For the uploader.
        What comes whole is one part that has no number. Raises `media_not_found`, `rate_limited`."""
        limiting.take(self._rate, identity.username)
        upload = await self._own(identity, media)
        count = part_count(upload.size, upload.part_bytes)
        arrived = set(range(1, count + 1)) if upload.stored else await self._media.arrived(upload)
        return self._announced(upload, arrived), arrived

    async def receive(
        self, media: str, content: AsyncIterator[bytes], expires: int, signature: str, part: int = 0
    ) -> None:
        """Takes the content, or a part of it, at a signed address. A part may come again until all are joined. Raises
        `media_not_found`, `too_large`, `upload_incomplete`."""
        upload = await self._signed(media, Purpose.UPLOAD, expires, signature, part)
        if bool(part) is not bool(upload.part_bytes) or (
            part and not part_size(upload.size, upload.part_bytes, part) and not upload.stored
        ):
            raise NotFoundError("media_not_found")
        if upload.stored:
            raise ConflictError("upload_incomplete", "The file has been uploaded already; announce a new one.")
        await self._here().write(media, content, part)

    async def complete(self, identity: Identity, media: str, poster: str = "") -> Described:
        """The file, whole and looked into, as it may be sent. For the uploader; repeating it changes nothing. `poster`
        is a picture that the same person completed and sent in no message: it becomes a film's and is deleted; any
        other is disregarded. Raises `media_not_found`, `upload_incomplete`, `media_mismatch`, `media_broken`,
        `media_too_complex`, `media_unsupported`, `overloaded`, `not_supported`, `rate_limited`."""
        limiting.take(self._rate, identity.username)
        upload = await self._own(identity, media)
        if upload.details is None:
            upload = await self._completing.complete(media, poster)
        # Who may still see what was sent already, `describe` decides.
        return Described(upload, {}, self._expires()) if upload.conversation else self._described(upload)

    async def describe(self, identity: Identity, media: str, *, download: bool = False) -> Described:
        """The file, and addresses for its contents. For the uploader, for members who may read the message that
        carries it, and for everybody where it is the library's. `download`: its own is for saving it. Raises
        `media_not_found`."""
        drawing = house.find(media)
        if drawing is not None:
            return _drawn(drawing)
        upload = await self._media.get(media)
        if upload is None or not upload.stored or not await self._may_see(identity, upload):
            raise NotFoundError("media_not_found")
        return self._described(upload, download=download)

    async def open(
        self,
        media: str,
        expires: int,
        signature: str,
        variant: Variant = Variant.ORIGINAL,
        *,
        download: bool = False,
    ) -> Opened:
        """The content behind a signed address. Raises `media_not_found`."""
        upload = await self._signed(media, purpose_of(variant, download=download), expires, signature)
        if not upload.stored:
            raise NotFoundError("media_not_found")
        size = upload.size if variant is Variant.ORIGINAL else await self._here().stat(media, variant)
        return Opened(upload, variant, size)

    def read(self, opened: Opened, start: int, end: int) -> AsyncIterator[bytes]:
        """Bytes `start` to `end` (exclusive)."""
        return self._media.read(opened.upload.id, start, end, opened.variant)

    async def clean(self) -> int:
        """Deletes uploads that no message has claimed in a day; how many."""
        ids = await self._here().unclaimed(self._clock.now() - limits.MEDIA_UNSENT_SECONDS * 1_000_000)
        for media in ids:
            await self._media.delete(media)
        return len(ids)

    def _here(self) -> MediaContents:
        if self._contents is None:
            raise NotFoundError("media_not_found")
        return self._contents

    def _announced(self, upload: Upload, arrived: set[int]) -> Announced:
        expires = self._expires()
        whole = None if upload.part_bytes or upload.stored else self._media.upload_address(upload, expires)
        count = part_count(upload.size, upload.part_bytes)
        wanted = [number for number in range(1, count + 1) if number not in arrived]
        parts = [(number, self._media.upload_address(upload, expires, number)) for number in wanted]
        return Announced(upload, whole, parts, expires)

    def _described(self, upload: Upload, *, download: bool = False) -> Described:
        if self._offer is not None:
            self._offer(upload)
        expires = self._expires()
        urls = {
            each: self._media.content_url(upload, expires, each, download=download and each is Variant.ORIGINAL)
            for each in variants_of(upload)
        }
        return Described(upload, urls, expires)

    async def _own(self, identity: Identity, media: str) -> Upload:
        upload = await self._media.get(media)
        if upload is None or upload.owner != identity.username:
            raise NotFoundError("media_not_found")
        return upload

    async def _signed(self, media: str, purpose: Purpose, expires: int, signature: str, part: int = 0) -> Upload:
        if not self._here().verify(media, purpose, expires, signature, self._seconds(), part=part):
            raise NotFoundError("media_not_found")
        upload = await self._media.get(media)
        if upload is None:
            raise NotFoundError("media_not_found")
        return upload

    async def _may_see(self, identity: Identity, upload: Upload) -> bool:
        if upload.conversation == library.OWNER:
            return True
        if upload.conversation in ("", PORTRAITS):
            # What others see of a person is the thumbnail alone, at the address that comes with the person.
            return upload.owner == identity.username
        found = await self._store.member(upload.conversation, identity.username)
        if found is None or not found[1].active:
            return False
        message = await self._store.message_of(upload.conversation, found[1], upload.owner, upload.client_id)
        if message is None:
            return upload.owner == identity.username
        return upload.id in files_of(message)

    def _expires(self) -> int:
        return self._seconds() + limits.MEDIA_URL_SECONDS

    def _seconds(self) -> int:
        return self._clock.now() // 1_000_000


def _drawn(picture: Picture) -> Described:
    """One of our own drawings, which are files of the page; their address doesn't end."""
    upload = Upload(
        id=picture.media,
        owner="",
        name=f"{picture.name}.svg",
        type=picture.type,
        size=picture.size,
        created=0,
        stored=True,
        details=Details(kind=MediaKind.IMAGE, width=picture.width, height=picture.height),
    )
    return Described(upload, {Variant.ORIGINAL: house.address_of(picture)}, limits.TIMESTAMP_MAX)
