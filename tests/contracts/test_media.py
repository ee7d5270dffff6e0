"""What every adapter of `tertulia.ports.media` keeps."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from tertulia.adapters.disk.media import DiskMedia
from tertulia.adapters.memory.media import MemoryMedia
from tertulia.domain.errors import ConflictError, InvalidError, NotFoundError
from tertulia.ports.media import MediaStore, Purpose, Upload

UPLOAD = Upload(id="abc", owner="ana", name="a.png", type="image/png", size=10, created=1_000)
CONTENT = b"0123456789"


@pytest.fixture(params=["disk", "memory"])
async def media(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[MediaStore]:
    if request.param == "memory":
        yield MemoryMedia()
        return
    disk = DiskMedia(tmp_path / "media")
    yield disk
    await disk.close()


async def stream(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def content(media: MediaStore, name: str = UPLOAD.id, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([piece async for piece in media.read(name, start, end)])


async def test_an_upload_is_remembered_and_then_stored(media: MediaStore) -> None:
    """Announced first, stored once all of it came; every field stays."""
    await media.begin(UPLOAD)
    assert await media.get("abc") == UPLOAD
    stored = await media.write("abc", stream(b"0123", b"", b"456789"))
    assert stored == replace(UPLOAD, stored=True) == await media.get("abc")
    assert await content(media) == CONTENT


@pytest.mark.parametrize(
    ("start", "end"), [(0, 10), (0, 1), (9, 10), (3, 7), (3, None), (10, 10), (5, 5), (0, 11), (10, None)]
)
async def test_any_range_can_be_read(media: MediaStore, start: int, end: int | None) -> None:
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
    media: MediaStore, pieces: tuple[bytes, ...], kind: type[Exception], code: str
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


async def test_an_upload_that_breaks_off_keeps_nothing(media: MediaStore) -> None:
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


async def test_what_was_not_announced_is_not_found(media: MediaStore) -> None:
    """It can't be written, read, claimed; deleting it is no error."""
    assert await media.get("abc") is None
    with pytest.raises(NotFoundError):
        await media.write("abc", stream(CONTENT))
    with pytest.raises(NotFoundError):
        await content(media)
    assert not await media.claim("abc", "g", "one")
    await media.delete("abc")


async def test_a_file_belongs_to_the_first_message_that_claims_it(media: MediaStore) -> None:
    """The same claim again is fine; another message, author's id or conversation comes too late."""
    await media.begin(UPLOAD)
    assert await media.claim("abc", "g", "one")
    assert await media.claim("abc", "g", "one")
    assert not await media.claim("abc", "g", "two")
    assert not await media.claim("abc", "h", "one")
    assert await media.get("abc") == replace(UPLOAD, conversation="g", client_id="one")


async def test_of_many_claims_at_once_one_holds(media: MediaStore) -> None:
    """However they interleave."""
    await media.begin(UPLOAD)
    claims = await asyncio.gather(*(media.claim("abc", "g", f"id-{n}") for n in range(20)))
    assert sum(claims) == 1


async def test_a_deleted_file_is_gone(media: MediaStore) -> None:
    """Its content and what was known of it; deleting again is no error."""
    await media.begin(UPLOAD)
    await media.write("abc", stream(CONTENT))
    await media.delete("abc")
    await media.delete("abc")
    assert await media.get("abc") is None
    with pytest.raises(NotFoundError):
        await content(media)


async def test_unclaimed_uploads_are_found_by_age(media: MediaStore) -> None:
    """Those that began before the time and no message has, stored or not; at most a hundred at once."""
    for index in range(103):
        await media.begin(replace(UPLOAD, id=f"m{index}", created=1_000 + index))
    await media.claim("m1", "g", "one")
    assert set(await media.unclaimed(1_003)) == {"m0", "m2"}
    assert len(await media.unclaimed(10_000)) == 100
    assert await media.unclaimed(1_000) == []


async def test_a_signature_is_for_one_file_one_purpose_and_a_time(media: MediaStore) -> None:
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
