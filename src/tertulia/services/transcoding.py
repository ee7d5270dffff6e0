"""Sounds and films again as every browser plays them, and posters of films that came without: after they came, where
something can make them. An extra: without it files stay as they were sent."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from tertulia.domain import limits
from tertulia.domain.errors import ChatError, InvalidError, NotFoundError, UnavailableError
from tertulia.domain.media import NOT_EVERYWHERE, Details, MediaKind, Variant
from tertulia.ports.media import MediaContents, MediaStore, Upload
from tertulia.ports.processing import MediaProcessor
from tertulia.ports.transcoding import Transcoder

_FRAME_TYPE: Final = "image/png"
_THUMBNAILS: Final[tuple[Variant, ...]] = (Variant.SMALL, Variant.LARGE)
_MOMENT: Final = 1.0
"""Seconds: the first frame of a film is often black, so its poster is a moment later, in a short one a tenth of it."""
_logger: Final = logging.getLogger("tertulia.transcoding")


def wants_playable(upload: Upload) -> bool:
    """Whether some browser doesn't play it and nothing was made of it yet."""
    return _bounded(upload) and upload.type in NOT_EVERYWHERE and not (upload.details and upload.details.playable)


def wants_poster(upload: Upload) -> bool:
    details = upload.details
    return _bounded(upload) and details is not None and details.kind is MediaKind.VIDEO and not details.small


def _bounded(upload: Upload) -> bool:
    details = upload.details
    return (
        details is not None
        and details.kind in (MediaKind.AUDIO, MediaKind.VIDEO)
        and details.duration <= limits.TRANSCODE_SECONDS_MAX
        and details.width * details.height <= limits.TRANSCODE_PIXELS_MAX
        and upload.size <= limits.TRANSCODE_BYTES_MAX
    )


class Transcoding:
    """`contents` are those of `media`; the processor makes a poster's thumbnails, as of every picture."""

    def __init__(
        self, media: MediaStore, contents: MediaContents, transcoder: Transcoder, processor: MediaProcessor
    ) -> None:
        self._media: Final = media
        self._contents: Final = contents
        self._transcoder: Final = transcoder
        self._processor: Final = processor

    async def make(self, media: str) -> None:
        """What the file wants; of what is gone meanwhile nothing is left. May be done again. Raises what the
        transcoder, the processor and the store do."""
        upload = await self._media.get(media)
        if upload is None or upload.details is None:
            return
        details = upload.details
        with suppress(NotFoundError):
            if wants_poster(upload):
                details = await self._add_poster(upload, details)
            if wants_playable(upload):
                ready = replace(upload, details=replace(details, playable=True))
                async with self._transcoder.playable(self._media.read(media), upload.type) as made:
                    await self._contents.add(ready, {Variant.PLAYABLE: made})

    async def _add_poster(self, upload: Upload, details: Details) -> Details:
        """The details afterwards; as they were where there is no picture in it."""
        moment = min(_MOMENT, details.duration / 10)
        try:
            async with (
                self._transcoder.frame(self._media.read(upload.id), upload.type, moment) as frame,
                self._processor.process(_content(frame), _FRAME_TYPE) as made,
            ):
                details = details.with_poster(made.details)
                files = {variant: made.files[variant] for variant in _THUMBNAILS if variant in made.files}
                await self._contents.add(replace(upload, details=details), files)
        except (InvalidError, UnavailableError) as refusal:
            _logger.warning("a film of type %s has no poster: %s", upload.type, refusal.code)
        return details


class TranscodingQueue:
    """Files that wait, as they are offered; a full queue takes no more, and a stop of the server empties it. A file
    that is looked at later is offered again, but taken only once while the server runs: what can't be made is said
    once."""

    def __init__(self, transcoding: Transcoding, most: int = limits.TRANSCODE_QUEUE_MAX) -> None:
        self._transcoding: Final = transcoding
        self._waiting: Final[asyncio.Queue[str]] = asyncio.Queue(most)
        self._known: Final[dict[str, None]] = {}

    def offer(self, upload: Upload) -> None:
        """Never waits and never raises."""
        wanted = wants_playable(upload) or wants_poster(upload)
        if not wanted or upload.id in self._known or self._waiting.full():
            return
        self._known[upload.id] = None
        if len(self._known) > limits.TRANSCODE_KNOWN_MAX:
            del self._known[next(iter(self._known))]
        self._waiting.put_nowait(upload.id)

    async def work(self) -> None:
        """For ever, one after the other."""
        while True:
            media = await self._waiting.get()
            try:
                await self._transcoding.make(media)
            except Exception as error:  # noqa: BLE001 - the next ones are to be made all the same
                code = error.code if isinstance(error, ChatError) else type(error).__name__
                _logger.warning("a file could not be made again for every browser: %s", code)


async def _content(path: Path) -> AsyncIterator[bytes]:
    yield await asyncio.to_thread(path.read_bytes)
