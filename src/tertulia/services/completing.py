"""Completing an upload: its content is whole, is what it is said to be, and says nothing that it shouldn't."""

import asyncio
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

from msgspec.structs import replace

from tertulia.domain import limits
from tertulia.domain.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from tertulia.domain.media import Details, MediaKind, Variant
from tertulia.domain.signatures import Found, examine
from tertulia.ports.media import MediaStore, Upload
from tertulia.ports.processing import MediaProcessor


async def settled(media: MediaStore, upload: Upload) -> Upload:
    """The upload as it may be sent. What nobody completed and is nothing but a file is completed here; for clients of
    before there was anything to complete. Raises `media_not_ready`, `attachment_not_found`, and what `examine` does."""
    if upload.details is not None:
        return upload
    if not upload.stored:
        if upload.part_bytes:
            raise ConflictError("media_not_ready", media=upload.id)
        raise InvalidError("attachment_not_found", media=upload.id)
    found = await _found(media, upload)
    if found.kind is not MediaKind.FILE:
        raise ConflictError("media_not_ready", media=upload.id)
    return await media.keep(_ready(upload, found, Details(kind=MediaKind.FILE)), {})


class Completing:
    """Without a `processor` only what needs none can be completed."""

    def __init__(self, media: MediaStore, processor: MediaProcessor | None) -> None:
        self._media: Final = media
        self._processor: Final = processor
        self._locks: Final[WeakValueDictionary[str, asyncio.Lock]] = WeakValueDictionary()

    async def complete(self, media: str, poster: str = "") -> Upload:
        """The upload, with its details; of two calls at once the second gets what the first found. `poster` is the
        picture that stands for a film; it is deleted when the film has its thumbnails.

        Raises `media_not_found`, `upload_incomplete`, what `examine` and the processor do, and `not_supported`.
        """
        # A name of its own holds the lock as long as somebody needs it.
        lock = self._locks.setdefault(media, asyncio.Lock())
        async with lock:
            upload = await self._media.get(media)
            if upload is None:
                raise NotFoundError("media_not_found")
            if upload.details is not None:
                return upload
            upload = await self._media.join(upload)
            if not upload.stored:
                raise ConflictError("upload_incomplete")
            found = await _found(self._media, upload)
            if found.kind is MediaKind.FILE:
                return await self._media.keep(_ready(upload, found, Details(kind=MediaKind.FILE)), {})
            return await self._look_into(upload, found, poster)

    async def _look_into(self, upload: Upload, found: Found, poster: str) -> Upload:
        if self._processor is None:
            raise UnavailableError("not_supported", "Pictures, sounds and films can't be taken here. Send other files.")
        async with self._processor.process(self._media.read(upload.id), found.type) as made:
            original = made.files.get(Variant.ORIGINAL)
            size = await asyncio.to_thread(lambda: original.stat().st_size) if original is not None else upload.size
            # A film without a picture is a sound.
            kind = f"{made.details.kind}/{found.type.partition('/')[2]}"
            details = replace(made.details, small=Variant.SMALL in made.files, large=Variant.LARGE in made.files)
            found = Found(made.details.kind, found.type if found.type == "video/quicktime" else kind)
            ready = replace(_ready(upload, found, details), size=size)
            picture = await self._poster(poster, upload.owner) if details.kind is MediaKind.VIDEO else None
            if picture is None or picture.details is None:
                return await self._media.keep(ready, made.files)
            thumbnails = await self._thumbnails(picture.id, picture.details, made.folder)
            ready = replace(ready, details=details.with_poster(picture.details))
            kept = await self._media.keep(ready, {**made.files, **thumbnails})
        # After the film has them: who asks again meanwhile finds either the picture or a film that is complete.
        await self._media.delete(picture.id)
        return kept

    async def _poster(self, media: str, owner: str) -> Upload | None:
        """The picture that may stand for the owner's film. None where it may not, which is no error: to complete again
        after a lost answer finds it gone, and a film without one is a film."""
        upload = await self._media.get(media) if media else None
        if upload is None or upload.owner != owner or upload.conversation or upload.details is None:
            return None
        return upload if upload.details.kind is MediaKind.IMAGE and upload.details.small else None

    async def _thumbnails(self, media: str, details: Details, folder: Path) -> dict[Variant, Path]:
        """Copies of a picture's, which the processor made: what a client sent is in none of them."""
        thumbnails = [each for each in details.variants() if each is not Variant.ORIGINAL]
        made: dict[Variant, Path] = {each: folder / f"poster.{each}" for each in thumbnails}
        for variant, path in made.items():
            content = b"".join([piece async for piece in self._media.read(media, variant=variant)])
            await asyncio.to_thread(path.write_bytes, content)
        return made


async def _found(media: MediaStore, upload: Upload) -> Found:
    end = min(limits.MEDIA_HEAD_BYTES, upload.size)
    head = b"".join([piece async for piece in media.read(upload.id, 0, end)])
    return examine(upload.name, upload.type, head)


def _ready(upload: Upload, found: Found, details: Details) -> Upload:
    return replace(upload, type=found.type, details=details)
