"""Sounds and films of the home on one machine that every browser plays: by ffmpeg, where it is there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tertulia.adapters.disk.media import DiskMedia
from tertulia.adapters.ffmpeg.finding import find_ffmpeg
from tertulia.adapters.ffmpeg.transcoder import FfmpegTranscoder
from tertulia.homes.working import working
from tertulia.ports.processing import MediaProcessor
from tertulia.services.transcoding import Transcoding, TranscodingQueue


@asynccontextmanager
async def opened(
    named: str, folder: Path, media: DiskMedia, processor: MediaProcessor
) -> AsyncIterator[TranscodingQueue | None]:
    """The queue, on which is worked until it is closed; None where there is no ffmpeg. Raises ValueError where `named`
    is none."""
    program = find_ffmpeg(named)
    if program is None:
        yield None
        return
    queue = TranscodingQueue(Transcoding(media, media, FfmpegTranscoder(program, folder), processor))
    async with working(queue.work):
        yield queue
