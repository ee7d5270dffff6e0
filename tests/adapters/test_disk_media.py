"""Files on disk: what survives, what is left behind, and who may read it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tertulia.adapters.disk.media import DiskMedia
from tertulia.adapters.disk.moving import stored_uploads
from tertulia.domain.errors import NotFoundError
from tertulia.domain.media import Details, MediaKind, Variant
from tertulia.ports.media import Purpose, Upload

UPLOAD = Upload(id="abc", owner="ana", name="a.png", type="image/png", size=10, created=1_000)


async def stream(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_files_survive_the_process(tmp_path: Path) -> None:
    """Opened again, the folder has the same uploads, contents and signatures."""
    first = DiskMedia(tmp_path)
    await first.begin(UPLOAD)
    stored = await first.write("abc", stream(b"0123456789"))
    signature = first.content_url(UPLOAD, 500).rpartition("=")[2]
    await first.close()
    second = DiskMedia(tmp_path)
    try:
        assert await second.get("abc") == stored
        assert [piece async for piece in second.read("abc")] == [b"0123456789"]
        assert second.verify("abc", Purpose.CONTENT, 500, signature, 400)
    finally:
        await second.close()


async def test_a_signature_of_another_folder_is_worth_nothing(tmp_path: Path) -> None:
    """Each installation has a key of its own, that nobody but its user can read."""
    one, other = DiskMedia(tmp_path / "one"), DiskMedia(tmp_path / "other")
    signature = one.content_url(UPLOAD, 500).rpartition("=")[2]
    assert not other.verify("abc", Purpose.CONTENT, 500, signature, 400)
    assert (tmp_path / "one" / "signing.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "one" / "media.db").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o700
    await one.close()
    await other.close()


@pytest.mark.parametrize("left", [b"", b"half of it"])
async def test_a_key_that_was_not_written_whole_is_made_anew(tmp_path: Path, left: bytes) -> None:
    """After a crash at the first start nothing is signed with a key that can be guessed."""
    (tmp_path / "signing.key").write_bytes(left)
    media = DiskMedia(tmp_path)
    await media.close()
    assert len((tmp_path / "signing.key").read_bytes()) == 32
    assert (tmp_path / "signing.key").stat().st_mode & 0o777 == 0o600


async def test_what_broke_off_leaves_no_file(tmp_path: Path) -> None:
    """Neither after a refused upload nor, at the next start, after a crash in the middle of one."""
    media = DiskMedia(tmp_path)
    await media.begin(UPLOAD)
    with pytest.raises(Exception, match="More came"):
        await media.write("abc", stream(b"0123456789x"))
    assert list(tmp_path.glob("abc*")) == []
    await media.close()
    (tmp_path / "abc.0011.part").write_bytes(b"012")
    again = DiskMedia(tmp_path)
    await again.close()
    assert list(tmp_path.glob("abc*")) == []


async def test_a_file_that_is_deleted_while_it_comes_is_not_kept(tmp_path: Path) -> None:
    """The upload ends as if it had never been announced."""
    media = DiskMedia(tmp_path)
    await media.begin(UPLOAD)

    async def slow() -> AsyncIterator[bytes]:
        yield b"01234"
        await media.delete("abc")
        yield b"56789"

    with pytest.raises(NotFoundError):
        await media.write("abc", slow())
    assert list(tmp_path.glob("abc*")) == []
    await media.close()


async def test_a_large_file_is_read_in_pieces(tmp_path: Path) -> None:
    """No piece is larger than a quarter of a mebibyte, and together they are the file."""
    size = 1_000_000
    media = DiskMedia(tmp_path)
    await media.begin(Upload(id="big", owner="ana", name="a", type="a/b", size=size, created=1))
    await media.write("big", stream(*(bytes([n]) * (size // 10) for n in range(10))))
    pieces = [piece async for piece in media.read("big", 5, size)]
    assert max(map(len, pieces)) <= 256 * 1024
    assert b"".join(pieces) == b"".join(bytes([n]) * (size // 10) for n in range(10))[5:]
    await media.close()


async def test_two_uploads_of_one_file_leave_one(tmp_path: Path) -> None:
    """However they interleave, the content is one of them and not a mixture."""
    media = DiskMedia(tmp_path)
    await media.begin(UPLOAD)
    await asyncio.gather(
        media.write("abc", stream(*[b"a"] * 10)), media.write("abc", stream(*[b"b"] * 10)), return_exceptions=True
    )
    assert b"".join([piece async for piece in media.read("abc")]) in (b"a" * 10, b"b" * 10)
    assert [path.name for path in tmp_path.glob("abc*")] == ["abc"]
    await media.close()


async def test_addresses_can_begin_with_another_origin(tmp_path: Path) -> None:
    """Where the content is served from elsewhere, the address says so."""
    media = DiskMedia(tmp_path, "https://files.example.org")
    assert media.content_url(UPLOAD, 500).startswith("https://files.example.org/api/media/abc/content?expires=500&")
    await media.close()


async def test_a_folder_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    """What it knows of files stays, and what is new is nothing for them."""
    with closing(sqlite3.connect(tmp_path / "media.db", isolation_level=None)) as connection:
        connection.execute(
            'CREATE TABLE "uploads" ("id" TEXT PRIMARY KEY, "owner" TEXT NOT NULL, "name" TEXT NOT NULL,'
            ' "type" TEXT NOT NULL, "size" INTEGER NOT NULL, "created" INTEGER NOT NULL, "stored" INTEGER NOT NULL,'
            ' "conversation" TEXT NOT NULL, "client_id" TEXT NOT NULL) WITHOUT ROWID'
        )
        connection.execute("INSERT INTO uploads VALUES ('abc', 'ana', 'a.png', 'image/png', 10, 1000, 1, 'g', 'one')")
    expected = replace(UPLOAD, stored=True, conversation="g", client_id="one")
    assert stored_uploads(tmp_path) == [expected]
    for _ in range(2):
        media = DiskMedia(tmp_path)
        assert await media.get("abc") == expected
        await media.close()
    assert stored_uploads(tmp_path) == [expected]


async def test_parts_survive_the_process_and_go_when_they_are_joined(tmp_path: Path) -> None:
    """So that nobody sends them again; nothing of them is left beside the content."""
    upload = replace(UPLOAD, part_bytes=6)
    first = DiskMedia(tmp_path)
    await first.begin(upload)
    await first.write("abc", stream(b"012345"), 1)
    await first.close()
    second = DiskMedia(tmp_path)
    assert await second.arrived(upload) == {1}
    await second.write("abc", stream(b"6789"), 2)
    await second.join(upload)
    assert [path.name for path in tmp_path.glob("abc*")] == ["abc"]
    await second.write("abc", stream(b"9876"), 2)
    assert [path.name for path in tmp_path.glob("abc*")] == ["abc"]
    await second.close()


async def test_a_file_that_is_deleted_while_it_is_joined_is_not_kept(tmp_path: Path) -> None:
    """Whichever comes first, nothing is left."""
    media = DiskMedia(tmp_path)
    for _ in range(10):
        upload = await media.begin(replace(UPLOAD, part_bytes=6))
        await media.write("abc", stream(b"012345"), 1)
        await media.write("abc", stream(b"6789"), 2)
        await asyncio.gather(media.join(upload), media.delete("abc"), return_exceptions=True)
        assert list(tmp_path.glob("abc*")) == []
    await media.close()


async def test_what_is_made_of_a_file_is_the_users_alone(tmp_path: Path) -> None:
    """Whatever rights it was made with."""
    made = tmp_path / "made"
    made.write_bytes(b"x")
    made.chmod(0o644)
    media = DiskMedia(tmp_path / "media")
    await media.begin(UPLOAD)
    await media.write("abc", stream(b"0123456789"))
    await media.keep(replace(UPLOAD, details=Details(kind=MediaKind.IMAGE, small=True)), {Variant.SMALL: made})
    assert (tmp_path / "media" / "abc.small").stat().st_mode & 0o777 == 0o600
    await media.delete("abc")
    assert list((tmp_path / "media").glob("abc*")) == []
    await media.close()


async def test_files_are_counted_as_they_come_change_and_go(tmp_path: Path) -> None:
    """What only was announced doesn't count; what was rewritten counts with its new size; nothing counts twice, also
    not in a folder of an earlier version, which has been counted when it is open."""
    media = DiskMedia(tmp_path)
    for name in ("one", "two", "announced"):
        await media.begin(replace(UPLOAD, id=name))
    assert await media.counted() == (0, 0)
    for name in ("one", "two"):
        await media.write(name, stream(b"0123456789"))
    ready = replace(UPLOAD, id="one", size=7, details=Details(kind=MediaKind.FILE))
    for _ in range(2):
        await media.keep(ready, {})
    assert await media.counted() == (2, 17)
    await media.claim("one", "g", "1")
    await media.close()
    with closing(sqlite3.connect(tmp_path / "media.db")) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("DROP TABLE figures")
    again = DiskMedia(tmp_path)
    try:
        assert await again.counted() == (2, 17)
        for _ in range(2):
            await again.delete("two")
        await again.delete("announced")
        assert await again.counted() == (1, 7)
    finally:
        await again.close()
