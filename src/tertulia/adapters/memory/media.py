"""The port `MediaStore` in memory: the reference."""

import hashlib
from collections.abc import AsyncIterator

from msgspec.structs import replace

from tertulia.domain.errors import ConflictError, InvalidError, NotFoundError
from tertulia.ports.media import Purpose, Upload, UploadAddress


class MemoryMedia:
    def __init__(self) -> None:
        self._uploads: dict[str, Upload] = {}
        self._contents: dict[str, bytes] = {}

    async def begin(self, upload: Upload) -> None:
        self._uploads[upload.id] = upload

    async def write(self, media: str, content: AsyncIterator[bytes]) -> Upload:
        if media not in self._uploads:
            raise NotFoundError("media_not_found")
        upload = self._uploads[media]
        received = b"".join([piece async for piece in content])
        if len(received) > upload.size:
            raise InvalidError("too_large", maximum=upload.size)
        if len(received) < upload.size:
            raise ConflictError("upload_incomplete")
        self._contents[media] = received
        self._uploads[media] = replace(upload, stored=True)
        return self._uploads[media]

    async def get(self, media: str) -> Upload | None:
        return self._uploads.get(media)

    async def claim(self, media: str, conversation: str, client_id: str) -> bool:
        upload = self._uploads.get(media)
        if upload is None or (upload.conversation, upload.client_id) not in {("", ""), (conversation, client_id)}:
            return False
        self._uploads[media] = replace(upload, conversation=conversation, client_id=client_id)
        return True

    async def read(self, media: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        if media not in self._contents:
            raise NotFoundError("media_not_found")
        yield self._contents[media][start:end]

    async def delete(self, media: str) -> None:
        self._uploads.pop(media, None)
        self._contents.pop(media, None)

    async def unclaimed(self, before: int) -> list[str]:
        return [u.id for u in self._uploads.values() if not u.conversation and u.created < before][:100]

    def upload_address(self, upload: Upload, expires: int) -> UploadAddress:
        return UploadAddress("PUT", self._url(upload.id, Purpose.UPLOAD, expires), {}, expires)

    def content_url(self, upload: Upload, expires: int) -> str:
        return self._url(upload.id, Purpose.CONTENT, expires)

    def verify(self, media: str, purpose: Purpose, expires: int, signature: str, now: int) -> bool:
        return now <= expires and signature == _signature(media, purpose, expires)

    def _url(self, media: str, purpose: Purpose, expires: int) -> str:
        signature = _signature(media, purpose, expires)
        return f"/api/media/{media}/content?expires={expires}&signature={signature}"


def _signature(media: str, purpose: Purpose, expires: int) -> str:
    return hashlib.sha256(f"{purpose}\0{media}\0{expires}".encode()).hexdigest()
