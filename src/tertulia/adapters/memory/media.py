"""The port `MediaStore` in memory: the reference."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from msgspec.structs import replace

from tertulia.domain.errors import ConflictError, InvalidError, NotFoundError
from tertulia.domain.media import Variant, part_count, part_size
from tertulia.ports.media import Purpose, Upload, UploadAddress, purpose_of


class MemoryMedia:
    def __init__(self) -> None:
        self._uploads: dict[str, Upload] = {}
        self._contents: dict[tuple[str, Variant], bytes] = {}
        self._parts: dict[str, dict[int, bytes]] = {}

    async def begin(self, upload: Upload) -> Upload:
        self._uploads[upload.id] = upload
        return upload

    async def write(self, media: str, content: AsyncIterator[bytes], part: int = 0) -> Upload:
        upload = self._known(media)
        size = part_size(upload.size, upload.part_bytes, part) if part else upload.size
        received = b"".join([piece async for piece in content])
        if len(received) > size:
            raise InvalidError("too_large", maximum=size)
        if len(received) < size:
            raise ConflictError("upload_incomplete")
        if not part:
            self._contents[media, Variant.ORIGINAL] = received
            self._uploads[media] = replace(upload, stored=True)
        elif not upload.stored:
            self._parts.setdefault(media, {})[part] = received
        return self._known(media)

    async def get(self, media: str) -> Upload | None:
        return self._uploads.get(media)

    async def claim(self, media: str, conversation: str, client_id: str) -> bool:
        upload = self._uploads.get(media)
        if upload is None or (upload.conversation, upload.client_id) not in {("", ""), (conversation, client_id)}:
            return False
        self._uploads[media] = replace(upload, conversation=conversation, client_id=client_id)
        return True

    async def arrived(self, upload: Upload) -> set[int]:
        return set(self._parts.get(upload.id, ()))

    async def join(self, upload: Upload) -> Upload:
        current = self._known(upload.id)
        if current.stored:
            return current
        count, parts = part_count(current.size, current.part_bytes), self._parts.get(upload.id, {})
        if not count or len(parts) < count:
            raise ConflictError("upload_incomplete", missing=[n for n in range(1, count + 1) if n not in parts])
        self._contents[upload.id, Variant.ORIGINAL] = b"".join(parts[n] for n in range(1, count + 1))
        self._parts.pop(upload.id)
        self._uploads[upload.id] = replace(current, stored=True)
        return self._uploads[upload.id]

    async def keep(self, ready: Upload, files: Mapping[Variant, Path]) -> Upload:
        current = self._known(ready.id)
        if current.details is None:
            for variant, path in files.items():
                self._contents[ready.id, variant] = path.read_bytes()
            self._uploads[ready.id] = replace(
                current, type=ready.type, size=ready.size, details=ready.details, stored=True
            )
        return self._uploads[ready.id]

    async def place(self, ready: Upload, files: Mapping[Variant, Path]) -> Upload:
        for variant, path in files.items():
            self._contents[ready.id, variant] = path.read_bytes()
        self._uploads[ready.id] = replace(ready, stored=True)
        return self._uploads[ready.id]

    async def add(self, ready: Upload, files: Mapping[Variant, Path]) -> bool:
        current = self._uploads.get(ready.id)
        if current is None or current.details is None:
            return False
        for variant, path in files.items():
            self._contents[ready.id, variant] = path.read_bytes()
        self._uploads[ready.id] = replace(current, details=ready.details)
        return True

    async def read(
        self, media: str, start: int = 0, end: int | None = None, variant: Variant = Variant.ORIGINAL
    ) -> AsyncIterator[bytes]:
        if (media, variant) not in self._contents:
            raise NotFoundError("media_not_found")
        yield self._contents[media, variant][start:end]

    async def stat(self, media: str, variant: Variant) -> int:
        if (media, variant) not in self._contents:
            raise NotFoundError("media_not_found")
        return len(self._contents[media, variant])

    async def delete(self, media: str) -> None:
        self._uploads.pop(media, None)
        self._parts.pop(media, None)
        for variant in Variant:
            self._contents.pop((media, variant), None)

    async def unclaimed(self, before: int) -> list[str]:
        return [u.id for u in self._uploads.values() if not u.conversation and u.created < before][:100]

    def upload_address(self, upload: Upload, expires: int, part: int = 0) -> UploadAddress:
        path = f"{upload.id}/parts/{part}" if part else f"{upload.id}/content"
        signature = _signature(upload.id, Purpose.UPLOAD, expires, part)
        return UploadAddress("PUT", f"/api/media/{path}?expires={expires}&signature={signature}", {}, expires)

    def content_url(
        self, upload: Upload, expires: int, variant: Variant = Variant.ORIGINAL, *, download: bool = False
    ) -> str:
        signature = _signature(upload.id, purpose_of(variant, download=download), expires)
        which = "" if variant is Variant.ORIGINAL else f"&variant={variant}"
        which += "&download=true" if download else ""
        return f"/api/media/{upload.id}/content?expires={expires}&signature={signature}{which}"

    def verify(self, media: str, purpose: Purpose, expires: int, signature: str, now: int, *, part: int = 0) -> bool:
        return now <= expires and signature == _signature(media, purpose, expires, part)

    def _known(self, media: str) -> Upload:
        if media not in self._uploads:
            raise NotFoundError("media_not_found")
        return self._uploads[media]


def _signature(media: str, purpose: Purpose, expires: int, part: int = 0) -> str:
    return hashlib.sha256(f"{purpose}\0{media}\0{expires}\0{part}".encode()).hexdigest()
