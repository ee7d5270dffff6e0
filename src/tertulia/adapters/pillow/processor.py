"""`SubprocessProcessor`: each content is looked into by a process of its own, which bounds itself and can be killed."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec

from tertulia.adapters.pillow.worker import FOUND
from tertulia.domain.errors import InvalidError, UnavailableError
from tertulia.domain.media import Details, Variant
from tertulia.ports.processing import Processed

AT_ONCE: Final = 2
WAITING_MAX: Final = 16
"""Contents that wait for their turn; who comes after them is asked to come again."""
SECONDS: Final = 30.0
"""Of wall time for one content."""
_RETRY_AFTER: Final = 5.0
_WORKER: Final = "tertulia.adapters.pillow.worker"


class _Said(msgspec.Struct, frozen=True):
    """What a worker says."""

    error: str = ""


class SubprocessProcessor:
    """Works in `folder`, which is emptied at the start: what is there a crash has left."""

    def __init__(self, folder: Path, *, seconds: float = SECONDS, waiting: int = WAITING_MAX) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        self._folder: Final = folder
        self._seconds: Final = seconds
        self._waiting_max: Final = waiting
        self._turns: Final = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    @asynccontextmanager
    async def process(self, content: AsyncIterator[bytes], media_type: str) -> AsyncIterator[Processed]:
        if self._waiting >= self._waiting_max:
            raise UnavailableError("overloaded", retry_after=_RETRY_AFTER)
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            folder = Path(tempfile.mkdtemp(dir=self._folder))
            try:
                await _save(content, folder / "input")
                details = await self._look(folder, media_type)
                yield Processed(details, _files(folder), folder)
            finally:
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        finally:
            self._turns.release()

    async def _look(self, folder: Path, media_type: str) -> Details:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-s", "-B", "-m", _WORKER, str(folder), media_type),
            # Nothing of the server's environment: there may be secrets in it.
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LANG": "C.UTF-8"},
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await asyncio.wait_for(process.wait(), self._seconds)
        except TimeoutError:
            raise InvalidError("media_too_complex") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return await asyncio.to_thread(_details, folder, process.returncode)


def _details(folder: Path, code: int | None) -> Details:
    """Raises InvalidError as the worker says, or by how it ended."""
    if code:
        # A signal: it ran out of time (SIGXCPU), or its decoder crashed.
        raise InvalidError("media_too_complex" if code < 0 else "media_broken")
    said = (folder / FOUND).read_bytes()
    error = msgspec.json.decode(said, type=_Said).error
    if error:
        raise InvalidError(error)
    return msgspec.json.decode(said, type=Details)


def _files(folder: Path) -> dict[Variant, Path]:
    return {variant: folder / variant for variant in Variant if (folder / variant).is_file()}


async def _save(content: AsyncIterator[bytes], target: Path) -> None:
    # Opened here, which takes no time: a thread would go on to open it for somebody who has gone.
    with target.open("xb") as file:
        async for piece in content:
            await asyncio.to_thread(file.write, piece)
        await asyncio.to_thread(file.flush)
