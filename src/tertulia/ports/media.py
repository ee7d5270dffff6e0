"""Files that people upload."""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Protocol

from msgspec import Struct


class Upload(Struct, frozen=True, kw_only=True):
    """What is known of a file. `stored`: all `size` bytes have arrived.

    A file belongs to the message that its owner sent to `conversation` under `client_id`; both are "" until then.
    Whether
    that message exists, and who may see it, the log says: so a crash between claim and commit can show nothing.
    """

    id: str
    owner: str
    name: str
    type: str
    size: int
    created: int
    stored: bool = False
    conversation: str = ""
    client_id: str = ""


class UploadAddress(Struct, frozen=True):
    """How to send the content: `method`, `url`, `headers`, until `expires` (seconds since 1970)."""

    method: str
    url: str
    headers: dict[str, str]
    expires: int


class Purpose(StrEnum):
    """What a signed address is good for."""

    UPLOAD = "upload"
    CONTENT = "content"


class MediaStore(Protocol):
    """What is known of files, and the signed addresses to which people send contents and from which they get them."""

    async def begin(self, upload: Upload) -> None:
        """Remembers an upload that is about to come. What no message claims in a day is deleted, by the store itself or
        by `clean` of the service."""
        ...

    async def get(self, media: str) -> Upload | None:
        """None where it was never announced, or is gone."""
        ...

    async def claim(self, media: str, conversation: str, client_id: str) -> bool:
        """From now on the file belongs to that message. False where it belongs to another; repeating it changes
        nothing."""
        ...

    async def delete(self, media: str) -> None:
        """Afterwards nobody reads the content, whatever address they hold. It may be gone already."""
        ...

    def upload_address(self, upload: Upload, expires: int) -> UploadAddress:
        """Where whoever holds the address may send the content of this file, and of no other."""
        ...

    def content_url(self, upload: Upload, expires: int) -> str:
        """Where whoever holds the address may read this file, and no other, until `expires` (seconds since 1970)."""
        ...


class MediaContents(Protocol):
    """What a home needs besides where its own server takes, gives and cleans up the contents, because no service
    behind the addresses does."""

    async def write(self, media: str, content: AsyncIterator[bytes]) -> Upload:
        """Streams the content in; never holds all of it in memory. Exactly `size` bytes, or InvalidError `too_large` or
        ConflictError `upload_incomplete`, and nothing is kept. Durable once it returns."""
        ...

    def read(self, media: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Bytes `start` to `end` (exclusive), in pieces."""
        ...

    async def unclaimed(self, before: int) -> list[str]:
        """Ids of uploads that began before that time and no message has claimed; at most 100."""
        ...

    def verify(self, media: str, purpose: Purpose, expires: int, signature: str, now: int) -> bool:
        """Whether a signature that `upload_address` or `content_url` made holds at `now` (seconds since 1970)."""
        ...
