"""Files that people upload."""

from collections.abc import AsyncIterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from tertulia.domain.media import Details, Variant


class Upload(Struct, frozen=True, kw_only=True):
    """What is known of a file. `stored`: all `size` bytes have arrived, and are whole. `part_bytes` is 0 where it comes
    whole, else in parts of so many bytes. `details` are there once it was looked at: `type` and `size` are then what
    was found and kept, and only then it may be sent.

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
    part_bytes: int = 0
    parts_id: str = ""
    """What the store itself calls an upload in parts, where it needs a name for it."""
    details: Details | None = None


def variants_of(upload: Upload) -> list[Variant]:
    """The contents that there are of a file."""
    return [Variant.ORIGINAL] if upload.details is None else upload.details.variants()


def thumbnails_of(upload: Upload) -> list[Variant]:
    """The contents that were made of what was sent."""
    return [each for each in variants_of(upload) if each is not Variant.ORIGINAL]


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
    SMALL = "small"
    LARGE = "large"
    PLAYABLE = "playable"
    DOWNLOAD = "download"
    """To be saved, not shown."""


def purpose_of(variant: Variant, *, download: bool = False) -> Purpose:
    """That of an address under which a content is read."""
    if download:
        return Purpose.DOWNLOAD
    return Purpose.CONTENT if variant is Variant.ORIGINAL else Purpose(variant.value)


class MediaStore(Protocol):
    """What is known of files, and the signed addresses to which people send contents and from which they get them."""

    async def begin(self, upload: Upload) -> Upload:
        """Remembers an upload that is about to come; how it is remembered. What no message claims in a day is deleted,
        by the store itself or by `clean` of the service."""
        ...

    async def get(self, media: str) -> Upload | None:
        """None where it was never announced, or is gone."""
        ...

    async def claim(self, media: str, conversation: str, client_id: str) -> bool:
        """From now on the file belongs to that message. False where it belongs to another; repeating it changes
        nothing."""
        ...

    async def arrived(self, upload: Upload) -> set[int]:
        """The numbers of the parts that are here, from 1 on, until they are joined."""
        ...

    async def join(self, upload: Upload) -> Upload:
        """Makes one content of all parts; then it is stored. What came whole, or is joined, stays as it is. Raises
        `upload_incomplete`, `media_not_found`."""
        ...

    async def keep(self, ready: Upload, files: Mapping[Variant, Path]) -> Upload:
        """Remembers type, size and details, and keeps the files, which it may take away, in place of what was there.

        Afterwards, and after a crash in between, the file is as it was before or as it is said here: whole, also where
        nobody uploaded anything, and the content is one of the server's own. Who comes second changes nothing. Raises
        `media_not_found`.
        """
        ...

    async def place(self, ready: Upload, files: Mapping[Variant, Path]) -> Upload:
        """Takes a file that the server itself made, whole and looked into: as if it had been begun, written and kept.
        What no message claims is deleted like any other."""
        ...

    async def delete(self, media: str) -> None:
        """Afterwards nobody reads a content of it, parts and thumbnails neither, whatever address they hold. It may be
        gone already."""
        ...

    def read(
        self, media: str, start: int = 0, end: int | None = None, variant: Variant = Variant.ORIGINAL
    ) -> AsyncIterator[bytes]:
        """Bytes `start` to `end` (exclusive), in pieces. Raises `media_not_found`."""
        ...

    def upload_address(self, upload: Upload, expires: int, part: int = 0) -> UploadAddress:
        """Where whoever holds the address may send the content of this file, and of no other; or this part of it."""
        ...

    def content_url(
        self, upload: Upload, expires: int, variant: Variant = Variant.ORIGINAL, *, download: bool = False
    ) -> str:
        """Where whoever holds the address may read this file, and no other, until `expires` (seconds since 1970).
        `download`: browsers save what comes from there, also what they could show; for the original alone."""
        ...


class MediaContents(Protocol):
    """What a home needs besides where its own server takes, gives and cleans up the contents, because no service
    behind the addresses does."""

    async def write(self, media: str, content: AsyncIterator[bytes], part: int = 0) -> Upload:
        """Streams the content in, or a part of it; never holds all of it in memory. Exactly the bytes it should have,
        or InvalidError `too_large` or ConflictError `upload_incomplete`, and nothing is kept. Durable once it
        returns."""
        ...

    async def add(self, ready: Upload, files: Mapping[Variant, Path]) -> bool:
        """Keeps files that were made later of what was looked into already, and remembers the details of `ready`. What
        is there stays as it is. False where the upload is gone or was never looked into: nothing is kept then."""
        ...

    async def stat(self, media: str, variant: Variant) -> int:
        """The bytes of that content. Raises `media_not_found`."""
        ...

    async def unclaimed(self, before: int) -> list[str]:
        """Ids of uploads that began before that time and no message has claimed; at most 100."""
        ...

    def verify(self, media: str, purpose: Purpose, expires: int, signature: str, now: int, *, part: int = 0) -> bool:
        """Whether a signature that `upload_address` or `content_url` made holds at `now` (seconds since 1970)."""
        ...
