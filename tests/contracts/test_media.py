"""What every adapter of `tertulia.ports.media` keeps."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace
from tests.adapters.s3.bucket import opened_bucket

from tertulia.adapters.disk.media import DiskMedia
from tertulia.adapters.memory.media import MemoryMedia
from tertulia.domain.errors import ConflictError, InvalidError, NotFoundError
from tertulia.ports.media import MediaContents, MediaStore, Purpose, Upload

UPLOAD = Upload(id="abc", owner="ana", name="a.png", type="image/png", size=10, created=1_000)
CONTENT = b"0123456789"
Received = Callable[[Upload], Awaitable[bytes | None]]


class Contents(MediaStore, MediaContents, Protocol):
    """A store whose contents go through the home's own server."""


class Files:
    """A store, and how whoever holds its addresses sends and gets contents: `received` is None where there is none."""

    def __init__(self, store: MediaStore, send: Callable[[Upload, bytes], Awaitable[object]], received: Received):
        self.store = store
        self.send = send
        self.received = received


@pytest.fixture(params=["disk", "memory"])
async def media(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Contents]:
    if request.param == "memory":
        yield MemoryMedia()
        return
    disk = DiskMedia(tmp_path / "media")
    yield disk
    await disk.close()


@pytest.fixture(params=["disk", "memory", pytest.param("s3", marks=pytest.mark.slow)])
async def files(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Files]:
    if request.param == "s3":
        with opened_bucket(request.getfixturevalue("ministack")) as bucket:
            yield Files(bucket.media, bucket.send, bucket.received)
        return
    opened = MemoryMedia() if request.param == "memory" else DiskMedia(tmp_path / "media")

    async def received(upload: Upload) -> bytes | None:
        try:
            return await content(opened, upload.id)
        except NotFoundError:
            return None

    yield Files(opened, lambda upload, sent: opened.write(upload.id, stream(sent)), received)
    if isinstance(opened, DiskMedia):
        await opened.close()


async def stream(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def content(media: MediaContents, name: str = UPLOAD.id, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([piece async for piece in media.read(name, start, end)])


async def test_a_file_is_announced_sent_and_read_back(files: Files) -> None:
    """Every field stays; it is stored once its content came."""
    upload = replace(UPLOAD, name='Müller "1".png')
    await files.store.begin(upload)
    assert await files.store.get("abc") == upload
    assert await files.received(upload) is None
    await files.send(upload, CONTENT)
    assert await files.store.get("abc") == replace(upload, stored=True)
    assert await files.received(upload) == CONTENT


async def test_content_comes_in_pieces(media: Contents) -> None:
    """However it is cut."""
    await media.begin(UPLOAD)
    assert await media.get("abc") == UPLOAD
    stored = await media.write("abc", stream(b"0123", b"", b"456789"))
    assert stored == replace(UPLOAD, stored=True) == await media.get("abc")
    assert await content(media) == CONTENT


@pytest.mark.parametrize(
    ("start", "end"), [(0, 10), (0, 1), (9, 10), (3, 7), (3, None), (10, 10), (5, 5), (0, 11), (10, None)]
)
async def test_any_range_can_be_read(media: Contents, start: int, end: int | None) -> None:
    """From `start`, up to `end` or the end of the file, whichever comes first."""
    await media.begin(UPLOAD)
    await media.write("abc", stream(CONTENT))
    assert await content(media, start=start, end=end) == CONTENT[start:end]


@pytest.mark.parametrize(
    ("pieces", "kind", "code"),
    [
        ((CONTENT, b"x"), InvalidError, "too_large"),
        ((CONTENT + b"x",), InvalidError, "too_large"),
        ((CONTENT[:-1],), ConflictError, "upload_incomplete"),
        ((), ConflictError, "upload_incomplete"),
    ],
)
async def test_a_wrong_size_keeps_nothing(
    media: Contents, pieces: tuple[bytes, ...], kind: type[Exception], code: str
) -> None:
    """One byte more or less is refused, nothing can be read, and a second try may be right."""
    await media.begin(UPLOAD)
    with pytest.raises(kind) as error:
        await media.write("abc", stream(*pieces))
    assert getattr(error.value, "code", "") == code
    assert await media.get("abc") == UPLOAD
    with pytest.raises(NotFoundError):
        await content(media)
    await media.write("abc", stream(CONTENT))
    assert await content(media) == CONTENT


async def test_an_upload_that_breaks_off_keeps_nothing(media: Contents) -> None:
    """A client that goes away in the middle leaves no file."""

    async def broken() -> AsyncIterator[bytes]:
        yield b"012"
        raise ConnectionResetError

    await media.begin(UPLOAD)
    with pytest.raises(ConnectionResetError):
        await media.write("abc", broken())
    assert await media.get("abc") == UPLOAD
    with pytest.raises(NotFoundError):
        await content(media)


async def test_what_was_not_announced_is_neither_written_nor_read(media: Contents) -> None:
    """It is not found."""
    with pytest.raises(NotFoundError):
        await media.write("abc", stream(CONTENT))
    with pytest.raises(NotFoundError):
        await content(media)


async def test_what_was_not_announced_is_not_found(files: Files) -> None:
    """It can't be claimed; deleting it is no error."""
    assert await files.store.get("abc") is None
    assert await files.received(UPLOAD) is None
    assert not await files.store.claim("abc", "g", "one")
    await files.store.delete("abc")


async def test_a_file_belongs_to_the_first_message_that_claims_it(files: Files) -> None:
    """The same claim again is fine; another message, author's id or conversation comes too late."""
    await files.store.begin(UPLOAD)
    assert await files.store.claim("abc", "g", "one")
    assert await files.store.claim("abc", "g", "one")
    assert not await files.store.claim("abc", "g", "two")
    assert not await files.store.claim("abc", "h", "one")
    assert await files.store.get("abc") == replace(UPLOAD, conversation="g", client_id="one")


async def test_of_many_claims_at_once_one_holds(files: Files) -> None:
    """However they interleave."""
    await files.store.begin(UPLOAD)
    claims = await asyncio.gather(*(files.store.claim("abc", "g", f"id-{n}") for n in range(20)))
    assert sum(claims) == 1


async def test_a_claimed_file_stays_what_it_is(files: Files) -> None:
    """A claim changes nothing but to whom the file belongs."""
    await files.store.begin(UPLOAD)
    await files.send(UPLOAD, CONTENT)
    assert await files.store.claim("abc", "g", "one")
    assert await files.store.get("abc") == replace(UPLOAD, stored=True, conversation="g", client_id="one")
    assert await files.received(UPLOAD) == CONTENT


async def test_a_deleted_file_is_gone(files: Files) -> None:
    """Its content and what was known of it; deleting again is no error."""
    await files.store.begin(UPLOAD)
    await files.send(UPLOAD, CONTENT)
    await files.store.claim("abc", "g", "one")
    await files.store.delete("abc")
    await files.store.delete("abc")
    assert await files.store.get("abc") is None
    assert await files.received(UPLOAD) is None
    assert not await files.store.claim("abc", "g", "one")


async def test_unclaimed_uploads_are_found_by_age(media: Contents) -> None:
    """Those that began before the time and no message has, stored or not; at most a hundred at once."""
    for index in range(103):
        await media.begin(replace(UPLOAD, id=f"m{index}", created=1_000 + index))
    await media.claim("m1", "g", "one")
    assert set(await media.unclaimed(1_003)) == {"m0", "m2"}
    assert len(await media.unclaimed(10_000)) == 100
    assert await media.unclaimed(1_000) == []


async def test_a_signature_is_for_one_file_one_purpose_and_a_time(media: Contents) -> None:
    """It holds until the second it names; any change of it, or use for anything else, doesn't."""
    address = media.upload_address(UPLOAD, 500)
    assert (address.method, address.expires) == ("PUT", 500)
    for purpose, other, url in (
        (Purpose.UPLOAD, Purpose.CONTENT, address.url),
        (Purpose.CONTENT, Purpose.UPLOAD, media.content_url(UPLOAD, 500)),
    ):
        parts = urlsplit(url)
        assert parts.path == "/api/media/abc/content"
        signature = parse_qs(parts.query)["signature"][0]
        assert parse_qs(parts.query)["expires"] == ["500"]
        assert media.verify("abc", purpose, 500, signature, 500)
        assert not media.verify("abc", purpose, 500, signature, 501)
        assert not media.verify("abc", other, 500, signature, 400)
        assert not media.verify("abd", purpose, 500, signature, 400)
        assert not media.verify("abc", purpose, 501, signature, 400)
        assert not media.verify("abc", purpose, 500, signature[:-1], 400)
        assert not media.verify("abc", purpose, 500, "", 400)
        assert not media.verify("abc", purpose, 500, "ä", 400)
