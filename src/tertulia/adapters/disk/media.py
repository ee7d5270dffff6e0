"""`DiskMedia`: contents as files, what is known of them in one small SQLite file beside them.

A file's name is its id, which people don't choose, so no path is ever made from what somebody sent.
"""

import asyncio
import hashlib
import hmac
import os
import secrets
import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from tertulia.domain.errors import ConflictError, InvalidError, NotFoundError
from tertulia.ports.media import Purpose, Upload, UploadAddress

T = TypeVar("T")

_PIECE: Final = 256 * 1024
_KEY_BYTES: Final = 32
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS "uploads" (
    "id" TEXT PRIMARY KEY, "owner" TEXT NOT NULL, "name" TEXT NOT NULL, "type" TEXT NOT NULL, "size" INTEGER NOT NULL,
    "created" INTEGER NOT NULL, "stored" INTEGER NOT NULL, "conversation" TEXT NOT NULL, "client_id" TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS "unclaimed uploads" ON "uploads" ("created") WHERE "conversation" = '';
"""
_COLUMNS: Final = '"id", "owner", "name", "type", "size", "created", "stored", "conversation", "client_id"'


class DiskMedia:
    """Below `folder`. `base_url` is put before the paths of signed addresses; "" makes them relative to the origin."""

    def __init__(self, folder: Path, base_url: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in folder.glob("*.part"):
            # Of uploads that a crash broke off.
            left.unlink()
        self._folder = folder
        self._base_url = base_url
        self._key = _key(folder / "signing.key")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tertulia-media")
        self._connection = sqlite3.connect(folder / "media.db", isolation_level=None, check_same_thread=False)
        self._connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + _SCHEMA)
        (folder / "media.db").chmod(0o600)

    async def begin(self, upload: Upload) -> None:
        values = (upload.id, upload.owner, upload.name, upload.type, upload.size, upload.created, False, "", "")
        await self._run(
            lambda: self._connection.execute(f"INSERT INTO uploads ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)", values)  # noqa: S608
        )

    async def write(self, media: str, content: AsyncIterator[bytes]) -> Upload:
        upload = await self.get(media)
        if upload is None:
            raise NotFoundError("media_not_found")
        arriving = self._folder / f"{media}.{secrets.token_hex(4)}.part"
        try:
            with await self._run(lambda: arriving.open("xb")) as file:
                await self._receive(file, content, upload.size)
                await self._run(lambda: _settle(file))
            await self._run(lambda: self._keep(arriving, media))
        finally:
            await self._run(lambda: arriving.unlink(missing_ok=True))
        stored = await self.get(media)
        if stored is None:
            raise NotFoundError("media_not_found")
        return stored

    async def get(self, media: str) -> Upload | None:
        row = await self._run(
            lambda: self._connection.execute(f"SELECT {_COLUMNS} FROM uploads WHERE id = ?", (media,)).fetchone()  # noqa: S608
        )
        if row is None:
            return None
        name, owner, file_name, kind, size, created, stored, conversation, client_id = row
        return Upload(
            id=name,
            owner=owner,
            name=file_name,
            type=kind,
            size=size,
            created=created,
            stored=bool(stored),
            conversation=conversation,
            client_id=client_id,
        )

    async def claim(self, media: str, conversation: str, client_id: str) -> bool:
        def run() -> bool:
            return (
                self._connection.execute(
                    "UPDATE uploads SET conversation = ?1, client_id = ?2 WHERE id = ?3"
                    " AND (conversation = '' OR (conversation = ?1 AND client_id = ?2))",
                    (conversation, client_id, media),
                ).rowcount
                == 1
            )

        return await self._run(run)

    async def read(self, media: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        path = self._folder / media
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

    async def delete(self, media: str) -> None:
        def run() -> None:
            if self._connection.execute("DELETE FROM uploads WHERE id = ?", (media,)).rowcount:
                (self._folder / media).unlink(missing_ok=True)

        await self._run(run)

    async def unclaimed(self, before: int) -> list[str]:
        rows = await self._run(
            lambda: self._connection.execute(
                "SELECT id FROM uploads WHERE conversation = '' AND created < ? ORDER BY created LIMIT 100", (before,)
            ).fetchall()
        )
        return [media for (media,) in rows]

    def upload_address(self, upload: Upload, expires: int) -> UploadAddress:
        url = self._url(upload.id, Purpose.UPLOAD, expires)
        return UploadAddress("PUT", url, {"Content-Type": "application/octet-stream"}, expires)

    def content_url(self, upload: Upload, expires: int) -> str:
        return self._url(upload.id, Purpose.CONTENT, expires)

    def verify(self, media: str, purpose: Purpose, expires: int, signature: str, now: int) -> bool:
        return now <= expires and hmac.compare_digest(
            self._signature(media, purpose, expires).encode(), signature.encode()
        )

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)
        self._connection.close()

    def _url(self, media: str, purpose: Purpose, expires: int) -> str:
        signature = self._signature(media, purpose, expires)
        return f"{self._base_url}/api/media/{media}/content?expires={expires}&signature={signature}"

    def _signature(self, media: str, purpose: Purpose, expires: int) -> str:
        """HMAC-SHA256 (RFC 2104) over purpose, file and time: good for this file and this purpose alone."""
        message = f"{purpose}\0{media}\0{expires}".encode()
        return urlsafe_b64encode(hmac.digest(self._key, message, "sha256")).decode().rstrip("=")

    async def _receive(self, file: BinaryIO, content: AsyncIterator[bytes], size: int) -> None:
        received = 0
        async for piece in content:
            received += len(piece)
            if received > size:
                raise InvalidError("too_large", "More came than was announced.", maximum=size)
            await self._run(partial(file.write, piece))
        if received < size:
            raise ConflictError("upload_incomplete", f"{received} of {size} bytes came. Send all of it again.")

    def _keep(self, arriving: Path, media: str) -> None:
        arriving.rename(self._folder / media)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        if not self._connection.execute("UPDATE uploads SET stored = 1 WHERE id = ?", (media,)).rowcount:
            (self._folder / media).unlink()

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _key(path: Path) -> bytes:
    """The key of signatures, made at the first start; made anew where a crash left only a part of it."""
    if path.exists() and path.stat().st_size == _KEY_BYTES:
        return path.read_bytes()
    path.unlink(missing_ok=True)
    key = hashlib.sha256(secrets.token_bytes(64)).digest()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        _settle(file)
    return key
