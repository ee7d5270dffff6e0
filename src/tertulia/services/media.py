"""Files: announcing an upload, and who may see what was uploaded."""

import re
from collections.abc import AsyncIterator
from typing import Final

from tertulia.domain import limits
from tertulia.domain.errors import ConflictError, InvalidError, NotFoundError
from tertulia.domain.texts import checked_line
from tertulia.ports.accounts import Identity
from tertulia.ports.clock import Clock
from tertulia.ports.entropy import Entropy
from tertulia.ports.media import MediaContents, MediaStore, Purpose, Upload, UploadAddress
from tertulia.ports.rates import Rate
from tertulia.ports.store import Store
from tertulia.services import limiting

_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")


class MediaFiles:
    """`contents` where this home takes and gives contents itself; without it nothing is found at its own addresses."""

    def __init__(
        self,
        store: Store,
        media: MediaStore,
        clock: Clock,
        entropy: Entropy,
        rate: Rate,
        contents: MediaContents | None = None,
    ) -> None:
        self._store = store
        self._media = media
        self._clock = clock
        self._entropy = entropy
        self._rate = rate
        self._contents = contents

    async def announce(self, identity: Identity, name: str, media_type: str, size: int) -> tuple[Upload, UploadAddress]:
        """Where to send a file of exactly `size` bytes. Raises `too_large`, `invalid_request`, `rate_limited`."""
        limiting.take(self._rate, identity.username)
        if size > limits.MEDIA_BYTES_MAX:
            raise InvalidError("too_large", "The file is larger than files may be.", maximum=limits.MEDIA_BYTES_MAX)
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
        )
        await self._media.begin(upload)
        return upload, self._media.upload_address(upload, self._seconds() + limits.MEDIA_URL_SECONDS)

    async def receive(self, media: str, content: AsyncIterator[bytes], expires: int, signature: str) -> None:
        """Takes the content at a signed address. Raises `media_not_found`, `too_large`, `upload_incomplete`."""
        upload = await self._signed(media, Purpose.UPLOAD, expires, signature)
        if upload.stored:
            raise ConflictError("upload_incomplete", "The file has been uploaded already; announce a new one.")
        await self._here().write(media, content)

    async def describe(self, identity: Identity, media: str) -> tuple[Upload, str, int]:
        """The file, an address for its content, and when that expires (seconds since 1970). For the uploader, and for
        members who may read the message that carries it. Raises `media_not_found`."""
        upload = await self._media.get(media)
        if upload is None or not upload.stored or not await self._may_see(identity, upload):
            raise NotFoundError("media_not_found")
        expires = self._seconds() + limits.MEDIA_URL_SECONDS
        return upload, self._media.content_url(upload, expires), expires

    async def open(self, media: str, expires: int, signature: str) -> Upload:
        """The file behind a signed address. Raises `media_not_found`."""
        upload = await self._signed(media, Purpose.CONTENT, expires, signature)
        if not upload.stored:
            raise NotFoundError("media_not_found")
        return upload

    def read(self, media: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Bytes `start` to `end` (exclusive)."""
        return self._here().read(media, start, end)

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

    async def _signed(self, media: str, purpose: Purpose, expires: int, signature: str) -> Upload:
        if not self._here().verify(media, purpose, expires, signature, self._seconds()):
            raise NotFoundError("media_not_found")
        upload = await self._media.get(media)
        if upload is None:
            raise NotFoundError("media_not_found")
        return upload

    async def _may_see(self, identity: Identity, upload: Upload) -> bool:
        if not upload.conversation:
            return upload.owner == identity.username
        found = await self._store.member(upload.conversation, identity.username)
        if found is None or not found[1].active:
            return False
        message = await self._store.message_of(upload.conversation, found[1], upload.owner, upload.client_id)
        if message is None:
            return upload.owner == identity.username
        return any(attachment.media == upload.id for attachment in message.attachments)

    def _seconds(self) -> int:
        return self._clock.now() // 1_000_000
