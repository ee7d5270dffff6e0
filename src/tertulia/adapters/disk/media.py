"""`DiskMedia`: contents as files, what is known of them in one small SQLite file beside them.

A file's name is its id, which people don't choose, so no path is ever made from what somebody sent. Beside it lie its
variants (`<id>.small`, `<id>.large`, `<id>.playable`) and, until they are joined, its parts (`<id>.p<number>`).
"""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from msgspec.structs import replace

from tertulia.adapters.disk.signing import Signer
from tertulia.adapters.disk.uploads import UploadTable, name_of
from tertulia.domain.errors import ConflictError, InvalidError, NotFoundError
from tertulia.domain.media import Variant, part_count, part_size
from tertulia.ports.media import Purpose, Upload, UploadAddress, purpose_of

T = TypeVar("T")

_PIECE: Final = 256 * 1024


class DiskMedia:
    """Below `folder`. `base_url` is put before the paths of signed addresses; "" makes them relative to the origin."""

    def __init__(self, folder: Path, base_url: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in folder.glob("*.part"):
            # Of uploads that a crash broke off.
            left.unlink()
        self._folder = folder
        self._base_url = base_url
        self._signer = Signer(folder / "signing.key")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tertulia-media")
        self._table = UploadTable(folder / "media.db")

    async def begin(self, upload: Upload) -> Upload:
        await self._run(lambda: self._table.insert(upload))
        return upload

    async def write(self, media: str, content: AsyncIterator[bytes], part: int = 0) -> Upload:
        upload = await self._known(media)
        arriving = self._arriving(media)
        size = part_size(upload.size, upload.part_bytes, part) if part else upload.size
        try:
            with await self._run(lambda: arriving.open("xb")) as file:
                await self._receive(file, content, size)
                await self._run(lambda: _settle(file))
            await self._run(lambda: self._keep_part(arriving, media, part) if part else self._keep(arriving, media))
        finally:
            await self._run(lambda: arriving.unlink(missing_ok=True))
        return await self._known(media)

    async def get(self, media: str) -> Upload | None:
        return await self._run(lambda: self._table.get(media))

    async def claim(self, media: str, conversation: str, client_id: str) -> bool:
        return await self._run(lambda: self._table.claim(media, conversation, client_id))

    async def arrived(self, upload: Upload) -> set[int]:
        numbers = range(1, part_count(upload.size, upload.part_bytes) + 1)
        return await self._run(lambda: {n for n in numbers if self._part(upload.id, n).is_file()})

    async def join(self, upload: Upload) -> Upload:
        current = await self._known(upload.id)
        if current.stored:
            return current
        count, there = part_count(upload.size, upload.part_bytes), await self.arrived(upload)
        if not count or len(there) < count:
            raise ConflictError("upload_incomplete", missing=[n for n in range(1, count + 1) if n not in there])
        arriving = self._arriving(upload.id)
        try:
            with await self._run(lambda: arriving.open("xb")) as file:
                for number in range(1, count + 1):
                    await self._append(file, self._part(upload.id, number))
                await self._run(lambda: _settle(file))
            await self._run(lambda: self._keep(arriving, upload.id))
        except FileNotFoundError:
            # Deleted, or joined by another call, while we were at it.
            pass
        finally:
            await self._run(lambda: arriving.unlink(missing_ok=True))
        return await self._known(upload.id)

    async def keep(self, ready: Upload, files: Mapping[Variant, Path]) -> Upload:
        def run() -> None:
            current = self._table.get(ready.id)
            if current is None or current.details is not None:
                return
            for variant, source in files.items():
                self._move_in(source, self._file(ready.id, variant))
            # A crash before this leaves a content that was cleaned already: it is looked at again.
            self._table.mark_ready(ready)

        await self._run(run)
        return await self._known(ready.id)

    async def place(self, ready: Upload, files: Mapping[Variant, Path]) -> Upload:
        def run() -> None:
            self._table.insert(replace(ready, details=None))
            for variant, source in files.items():
                self._move_in(source, self._file(ready.id, variant))
            # A crash before this leaves what is cleaned up like an upload that was broken off.
            self._table.mark_stored(ready.id)
            self._table.mark_ready(ready)

        await self._run(run)
        return await self._known(ready.id)

    async def add(self, ready: Upload, files: Mapping[Variant, Path]) -> bool:
        def run() -> bool:
            current = self._table.get(ready.id)
            if current is None or current.details is None:
                return False
            for variant, source in files.items():
                self._move_in(source, self._file(ready.id, variant))
            return self._table.change_details(ready)

        return await self._run(run)

    async def read(
        self, media: str, start: int = 0, end: int | None = None, variant: Variant = Variant.ORIGINAL
    ) -> AsyncIterator[bytes]:
        path = self._file(media, variant)
        try:
            file = await self._run(lambda: path.open("rb"))
        except FileNotFoundError:
            raise NotFoundError("media_not_found") from None
        with file:
            await self._run(lambda: file.seek(start))
            left = (await self._run(path.stat)).st_size - start if end is None else end - start
            while left > 0:
                wanted = min(_PIECE, left)
                piece = await self._run(partial(file.read, wanted))
                if not piece:
                    return
                left -= len(piece)
                yield piece

    async def stat(self, media: str, variant: Variant) -> int:
        try:
            return (await self._run(self._file(media, variant).stat)).st_size
        except FileNotFoundError:
            raise NotFoundError("media_not_found") from None

    async def delete(self, media: str) -> None:
        def run() -> None:
            upload = self._table.get(media)
            if upload is None or not self._table.delete(media):
                return
            for variant in Variant:
                self._file(media, variant).unlink(missing_ok=True)
            self._drop_parts(upload)

        await self._run(run)

    async def unclaimed(self, before: int) -> list[str]:
        return await self._run(lambda: self._table.unclaimed(before))

    async def counted(self) -> tuple[int, int]:
        """How many files are here, and their bytes without their thumbnails. Nothing is looked through for it."""
        return await self._run(self._table.counted)

    def upload_address(self, upload: Upload, expires: int, part: int = 0) -> UploadAddress:
        path = f"{upload.id}/parts/{part}" if part else f"{upload.id}/content"
        signature = self._signer.sign(upload.id, Purpose.UPLOAD, expires, part)
        url = f"{self._base_url}/api/media/{path}?expires={expires}&signature={signature}"
        return UploadAddress("PUT", url, {"Content-Type": "application/octet-stream"}, expires)

    def content_url(
        self, upload: Upload, expires: int, variant: Variant = Variant.ORIGINAL, *, download: bool = False
    ) -> str:
        signature = self._signer.sign(upload.id, purpose_of(variant, download=download), expires)
        which = "" if variant is Variant.ORIGINAL else f"&variant={variant}"
        which += "&download=true" if download else ""
        return f"{self._base_url}/api/media/{upload.id}/content?expires={expires}&signature={signature}{which}"

    def verify(self, media: str, purpose: Purpose, expires: int, signature: str, now: int, *, part: int = 0) -> bool:
        return now <= expires and self._signer.holds(signature, media, purpose, expires, part)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)
        self._table.close()

    async def _known(self, media: str) -> Upload:
        upload = await self.get(media)
        if upload is None:
            raise NotFoundError("media_not_found")
        return upload

    async def _receive(self, file: BinaryIO, content: AsyncIterator[bytes], size: int) -> None:
        received = 0
        async for piece in content:
            received += len(piece)
            if received > size:
                raise InvalidError("too_large", "More came than was announced.", maximum=size)
            await self._run(partial(file.write, piece))
        if received < size:
            raise ConflictError("upload_incomplete", f"{received} of {size} bytes came. Send all of it again.")

    async def _append(self, file: BinaryIO, part: Path) -> None:
        """A piece at a time, so that others' files go on meanwhile."""
        with await self._run(lambda: part.open("rb")) as source:
            while piece := await self._run(lambda: source.read(_PIECE)):
                await self._run(partial(file.write, piece))

    def _keep(self, arriving: Path, media: str) -> None:
        arriving.rename(self._folder / media)
        _settle_folder(self._folder)
        if not self._table.mark_stored(media):
            (self._folder / media).unlink()
            return
        upload = self._table.get(media)
        if upload is not None:
            self._drop_parts(upload)

    def _keep_part(self, arriving: Path, media: str, part: int) -> None:
        upload = self._table.get(media)
        if upload is not None and not upload.stored:
            arriving.rename(self._part(media, part))
            _settle_folder(self._folder)

    def _drop_parts(self, upload: Upload) -> None:
        for number in range(1, part_count(upload.size, upload.part_bytes) + 1):
            self._part(upload.id, number).unlink(missing_ok=True)

    def _move_in(self, source: Path, target: Path) -> None:
        """The content of `source`, durable, in one step in place of what is at `target`."""
        arriving = self._folder / f"{target.name}.{secrets.token_hex(4)}.part"
        shutil.move(source, arriving)
        with arriving.open("rb+") as file:
            _settle(file)
        arriving.chmod(0o600)
        arriving.replace(target)
        _settle_folder(self._folder)

    def _file(self, media: str, variant: Variant) -> Path:
        return self._folder / name_of(media, variant)

    def _part(self, media: str, number: int) -> Path:
        return self._folder / f"{media}.p{number}"

    def _arriving(self, media: str) -> Path:
        return self._folder / f"{media}.{secrets.token_hex(4)}.part"

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _settle_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
