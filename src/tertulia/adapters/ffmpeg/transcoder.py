"""`FfmpegTranscoder`: each content by a process of its own, which bounds itself and can be killed."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tertulia.adapters.ffmpeg import arguments, launcher
from tertulia.domain import limits
from tertulia.domain.errors import InvalidError

PLAYABLE_SECONDS: Final = 600
"""Of processor time, and of the clock half as much again: some fifteen minutes of film on one old core."""
FRAME_SECONDS: Final = 20
_FRAME_BYTES_MAX: Final = 32 * 1024 * 1024
_LAUNCHER: Final = str(Path(launcher.__file__).resolve())


class FfmpegTranscoder:
    """The port `Transcoder` by the `program`. Works in `folder`, which is emptied at the start: what is there a crash
    has left. `seconds` is what one content may take."""

    def __init__(self, program: Path, folder: Path, *, seconds: int = PLAYABLE_SECONDS) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        self._program: Final = program
        self._folder: Final = folder
        self._seconds: Final = seconds

    @asynccontextmanager
    async def playable(self, content: AsyncIterator[bytes], media_type: str) -> AsyncIterator[Path]:
        async with self._room(content, media_type) as folder:
            told = arguments.to_play(media_type)
            yield await self._made(folder, arguments.PLAYABLE, told, self._seconds, limits.TRANSCODED_BYTES_MAX)

    @asynccontextmanager
    async def frame(self, content: AsyncIterator[bytes], media_type: str, moment: float) -> AsyncIterator[Path]:
        async with self._room(content, media_type) as folder:
            told = arguments.to_show(media_type, moment)
            seconds = min(FRAME_SECONDS, self._seconds)
            yield await self._made(folder, arguments.FRAME, told, seconds, _FRAME_BYTES_MAX)

    @asynccontextmanager
    async def _room(self, content: AsyncIterator[bytes], media_type: str) -> AsyncIterator[Path]:
        """A folder with the content, for as long as it is needed."""
        if not arguments.readable(media_type):
            raise InvalidError("media_unsupported")
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            with (folder / arguments.INPUT).open("xb") as file:
                async for piece in content:
                    await asyncio.to_thread(file.write, piece)
            yield folder
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _made(self, folder: Path, name: str, told: Sequence[str], seconds: int, file_bytes: int) -> Path:
        """The file of that name. Raises as the port says."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-I", "-S", "-B", _LAUNCHER, str(seconds), str(file_bytes), str(self._program), *told),
            # Nothing of the server's environment: there may be secrets in it.
            env={"LANG": "C.UTF-8"},
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await asyncio.wait_for(process.wait(), seconds * 1.5)
        except TimeoutError:
            raise InvalidError("media_too_complex") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            # A signal: it ran out of time (SIGXCPU) or room (SIGXFSZ), or a decoder crashed.
            raise InvalidError("media_too_complex" if process.returncode < 0 else "media_broken")
        made = folder / name
        if not made.is_file() or not made.stat().st_size:
            raise InvalidError("media_broken")
        return made
