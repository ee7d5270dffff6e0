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
from tertulia.domain.media import Details, MediaKind, Variant
from tertulia.ports.media import MediaContents, MediaStore, Purpose, Upload, purpose_of

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
        (Purpose.CONTENT, Purpose.DOWNLOAD, media.content_url(UPLOAD, 500)),
        (Purpose.DOWNLOAD, Purpose.CONTENT, media.content_url(UPLOAD, 500, download=True)),
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


# In parts

PARTS = Upload(id="big", owner="ana", name="b.bin", type="a/b", size=25, created=1_000, part_bytes=10)
PIECES = {1: b"0123456789", 2: b"abcdefghij", 3: b"ABCDE"}


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2)])
async def test_parts_come_in_any_order_and_are_joined(media: Contents, order: tuple[int, ...]) -> None:
    """One content is made of them, in the order of their numbers; before that there is none."""
    upload = await media.begin(PARTS)
    for number in order:
        assert not (await media.write("big", stream(PIECES[number]), number)).stored
    assert await media.arrived(upload) == {1, 2, 3}
    with pytest.raises(NotFoundError):
        await content(media, "big")
    joined = await media.join(upload)
    assert joined == replace(upload, stored=True) == await media.get("big")
    assert await content(media, "big") == b"".join(PIECES.values())
    assert await media.join(upload) == joined


async def test_what_is_missing_is_said_and_can_still_come(media: Contents) -> None:
    """A part that came twice is the last one that came."""
    upload = await media.begin(PARTS)
    await media.write("big", stream(b"x" * 10), 2)
    await media.write("big", stream(PIECES[2]), 2)
    with pytest.raises(ConflictError) as error:
        await media.join(upload)
    assert (error.value.code, error.value.details) == ("upload_incomplete", {"missing": [1, 3]})
    assert await media.arrived(upload) == {2}
    for number in (1, 3):
        await media.write("big", stream(PIECES[number]), number)
    await media.join(upload)
    assert await content(media, "big") == b"".join(PIECES.values())


@pytest.mark.parametrize(
    ("part", "sent", "code"),
    [
        (1, b"0123456789x", "too_large"),
        (1, b"012345678", "upload_incomplete"),
        (3, b"ABCDEF", "too_large"),
        (3, b"ABCD", "upload_incomplete"),
        (4, b"x", "too_large"),
    ],
)
async def test_a_part_of_a_wrong_size_is_not_kept(media: Contents, part: int, sent: bytes, code: str) -> None:
    """Each has the size that it must have; the last has what is left, and there is none after it."""
    upload = await media.begin(PARTS)
    with pytest.raises((InvalidError, ConflictError)) as error:
        await media.write("big", stream(sent), part)
    assert getattr(error.value, "code", "") == code
    assert await media.arrived(upload) == set()


async def test_what_came_whole_is_joined_already(files: Files) -> None:
    """And what hasn't come is incomplete."""
    upload = await files.store.begin(UPLOAD)
    with pytest.raises(ConflictError) as error:
        await files.store.join(upload)
    assert error.value.code == "upload_incomplete"
    await files.send(UPLOAD, CONTENT)
    assert (await files.store.join(upload)).stored
    await files.store.delete("abc")
    with pytest.raises(NotFoundError):
        await files.store.join(upload)


async def test_of_many_joins_at_once_all_have_the_same_content(media: Contents) -> None:
    """However they interleave."""
    upload = await media.begin(PARTS)
    for number, piece in PIECES.items():
        await media.write("big", stream(piece), number)
    joined = await asyncio.gather(*(media.join(upload) for _ in range(5)))
    assert {each.stored for each in joined} == {True}
    assert await content(media, "big") == b"".join(PIECES.values())


async def test_parts_go_with_their_upload(media: Contents) -> None:
    """Deleted before they are joined, none of them is left."""
    upload = await media.begin(PARTS)
    await media.write("big", stream(PIECES[1]), 1)
    await media.delete("big")
    with pytest.raises(NotFoundError):
        await media.join(upload)
    await media.begin(PARTS)
    assert await media.arrived(upload) == set()


async def test_the_address_of_a_part_is_for_that_part_alone(media: Contents) -> None:
    """Neither for another, nor for the whole."""
    upload = await media.begin(PARTS)
    parts = urlsplit(media.upload_address(upload, 500, 2).url)
    assert parts.path == "/api/media/big/parts/2"
    signature = parse_qs(parts.query)["signature"][0]
    assert media.verify("big", Purpose.UPLOAD, 500, signature, 500, part=2)
    assert not media.verify("big", Purpose.UPLOAD, 500, signature, 500, part=1)
    assert not media.verify("big", Purpose.UPLOAD, 500, signature, 500)
    assert not media.verify("big", Purpose.CONTENT, 500, signature, 500)


# Made ready

DETAILS = Details(
    kind=MediaKind.IMAGE,
    width=3,
    height=2,
    thumbhash="abcd",
    duration=1.5,
    small=True,
    large=True,
    playable=True,
)


@pytest.fixture
def made(tmp_path: Path) -> dict[Variant, Path]:
    """What was made of a picture."""
    found = {each: tmp_path / f"made-{each}" for each in Variant}
    for variant, path in found.items():
        path.write_bytes(f"the {variant}".encode())
    return found


async def read(store: MediaStore, variant: Variant) -> bytes:
    return b"".join([piece async for piece in store.read("abc", variant=variant)])


async def test_a_file_of_the_servers_own_needs_no_upload(files: Files, made: dict[Variant, Path]) -> None:
    """It is begun, kept and claimed, and then it is like any other."""
    upload = await files.store.begin(UPLOAD)
    ready = replace(upload, type="image/webp", size=12, details=Details(kind=MediaKind.IMAGE, width=3, height=2))
    kept = await files.store.keep(ready, {Variant.ORIGINAL: made[Variant.ORIGINAL]})
    assert kept == replace(ready, stored=True) == await files.store.get("abc")
    assert await files.received(kept) == b"the original"
    assert await files.store.claim("abc", "c", "m1")
    assert await files.store.get("abc") == replace(kept, conversation="c", client_id="m1")
    await files.store.delete("abc")
    assert await files.store.get("abc") is None


async def test_what_was_made_of_a_file_is_kept(files: Files, made: dict[Variant, Path]) -> None:
    """In place of what was sent, with details, a type and a size of its own, and thumbnails beside it."""
    upload = await files.store.begin(UPLOAD)
    await files.send(UPLOAD, CONTENT)
    stored = await files.store.join(upload)
    ready = replace(stored, type="image/webp", size=12, details=DETAILS)
    assert await files.store.keep(ready, made) == ready == await files.store.get("abc")
    for variant in Variant:
        assert await read(files.store, variant) == f"the {variant}".encode()
    assert await files.received(ready) == b"the original"


async def test_details_alone_leave_the_content(files: Files) -> None:
    """Of a file that is nothing but a file."""
    upload = await files.store.begin(UPLOAD)
    await files.send(UPLOAD, CONTENT)
    ready = replace(await files.store.join(upload), details=Details(kind=MediaKind.FILE))
    assert await files.store.keep(ready, {}) == ready
    assert await files.received(ready) == CONTENT
    with pytest.raises(NotFoundError):
        await read(files.store, Variant.SMALL)


async def test_who_keeps_second_changes_nothing(files: Files, made: dict[Variant, Path]) -> None:
    """A file is made ready once; what isn't there can't be."""
    upload = await files.store.begin(UPLOAD)
    await files.send(UPLOAD, CONTENT)
    stored = await files.store.join(upload)
    first = await files.store.keep(replace(stored, details=Details(kind=MediaKind.FILE)), {})
    assert await files.store.keep(replace(stored, type="x/y", size=1, details=DETAILS), made) == first
    assert await files.received(first) == CONTENT
    await files.store.delete("abc")
    with pytest.raises(NotFoundError):
        await files.store.keep(first, {})


async def test_thumbnails_stay_with_a_claim_and_go_with_the_file(files: Files, made: dict[Variant, Path]) -> None:
    """As the content does."""
    upload = await files.store.begin(UPLOAD)
    await files.send(UPLOAD, CONTENT)
    await files.store.keep(replace(await files.store.join(upload), size=12, details=DETAILS), made)
    assert await files.store.claim("abc", "g", "one")
    assert await read(files.store, Variant.SMALL) == b"the small"
    await files.store.delete("abc")
    for variant in Variant:
        with pytest.raises(NotFoundError):
            await read(files.store, variant)


@pytest.mark.parametrize("variant", [Variant.SMALL, Variant.LARGE, Variant.PLAYABLE])
async def test_the_address_of_a_thumbnail_is_for_it_alone(media: Contents, variant: Variant) -> None:
    """It doesn't open the picture, nor the picture's address the thumbnail."""
    parts = urlsplit(media.content_url(UPLOAD, 500, variant))
    query = parse_qs(parts.query)
    assert query["variant"] == [variant]
    for purpose in Purpose:
        assert media.verify("abc", purpose, 500, query["signature"][0], 400) is (purpose is purpose_of(variant))


async def test_a_thumbnail_has_a_size(media: Contents, made: dict[Variant, Path]) -> None:
    """Of its own; of what isn't there there is none."""
    await media.begin(UPLOAD)
    await media.write("abc", stream(CONTENT))
    with pytest.raises(NotFoundError):
        await media.stat("abc", Variant.SMALL)
    await media.keep(replace(UPLOAD, size=12, details=DETAILS), made)
    assert [await media.stat("abc", each) for each in Variant] == [12, 9, 9, 12]


async def test_what_is_made_later_stands_beside_what_is_there(media: Contents, made: dict[Variant, Path]) -> None:
    """Of a file that was looked into; with its details, and gone with it. Else nothing is kept."""
    ready = replace(UPLOAD, stored=True, details=DETAILS)
    later = {Variant.PLAYABLE: made[Variant.PLAYABLE]}
    assert not await media.add(ready, later)
    await media.begin(UPLOAD)
    await media.write("abc", stream(CONTENT))
    assert not await media.add(ready, later)
    await media.keep(replace(ready, details=Details(kind=MediaKind.VIDEO)), {})
    await media.claim("abc", "g", "one")
    assert await media.add(ready, later)
    assert await media.get("abc") == replace(ready, conversation="g", client_id="one")
    assert await read(media, Variant.PLAYABLE) == b"the playable"
    assert await content(media) == CONTENT
    await media.delete("abc")
    with pytest.raises(NotFoundError):
        await read(media, Variant.PLAYABLE)
    assert not await media.add(ready, {})
