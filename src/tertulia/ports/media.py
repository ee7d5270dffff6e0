"""Files that people upload."""

from collections.abc import AsyncIterator
from typing import Protocol

from msgspec import Struct


class Upload(Struct, frozen=True, kw_only=True):
    """What is known of a file. `conversation` is "" until a message carries it; `stored` is the bytes that arrived."""

    id: str
    owner: str
    name: str
    type: str
    size: int
    created: int
    stored: int = 0
    conversation: str = ""
    message: int = 0


class MediaStore(Protocol):
    async def begin(self, upload: Upload) -> None:
        """Remembers an upload that is about to come."""
        ...

    async def write(self, media: str, content: AsyncIterator[bytes]) -> Upload:
        """Streams the content in; never holds all of it in memory. All of `size` bytes, or InvalidError `too_large` /
        `upload_incomplete` and nothing is kept."""
        ...

    async def get(self, media: str) -> Upload | None: ...

    async def attach(self, media: str, conversation: str, message: int) -> None:
        """From now on the file belongs to that message."""
        ...

    async def read(self, media: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Bytes `start` to `end` (exclusive)."""
        ...

    async def delete(self, media: str) -> None: ...

    async def unsent(self, before: int) -> list[str]:
        """Ids of uploads that began before that time and no message carries; at most 100."""
        ...
