"""Sounds and films again as every browser plays them, with a real ffmpeg; what is made, what waits and what doesn't."""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.fixtures import films, pictures
from tests.services.world import World, who

from tertulia.adapters.ffmpeg.transcoder import FfmpegTranscoder
from tertulia.adapters.pillow.processor import SubprocessProcessor
from tertulia.domain import limits
from tertulia.domain.errors import NotFoundError
from tertulia.domain.media import Details, MediaKind, Variant
from tertulia.ports.media import Upload
from tertulia.services.transcoding import Transcoding, TranscodingQueue, wants_playable, wants_poster

FILM = Details(kind=MediaKind.VIDEO, width=320, height=180, duration=3)
UPLOAD = Upload(id="m", owner="ben", name="a", type="video/webm", size=9, created=0, stored=True, details=FILM)


class Place:
    """A world in which files are looked into, and one that makes them again."""

    def __init__(self, folder: Path) -> None:
        processor = SubprocessProcessor(folder / "work")
        self.world = World(processor=processor)
        media = self.world.media
        self.transcoding = Transcoding(media, media, FfmpegTranscoder(films.program(), folder / "films"), processor)

    async def completed(self, content: bytes, name: str, media_type: str) -> str:
        media = await self.world.upload("ben", content, name, media_type)
        await self.world.chat.media.complete(who("ben"), media)
        return media

    async def content(self, media: str, variant: Variant) -> bytes:
        return b"".join([piece async for piece in self.world.media.read(media, variant=variant)])

    async def variants(self, media: str) -> set[Variant]:
        return set((await self.world.chat.media.describe(who("ben"), media)).urls)


@pytest.fixture
async def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    await place.world.people("ben")
    return place


async def test_a_film_gets_what_it_came_without(place: Place) -> None:
    """A poster with its blurred picture, and an MP4 beside what was sent, which stays; made again, it is the same."""
    media = await place.completed(films.webm(), "a.webm", "video/webm")
    assert await place.variants(media) == {Variant.ORIGINAL}
    await place.transcoding.make(media)
    upload = await place.world.media.get(media)
    assert await place.variants(media) == set(Variant)
    assert (await place.content(media, Variant.PLAYABLE))[4:8] == b"ftyp"
    assert (await place.content(media, Variant.SMALL))[8:12] == b"WEBP"
    assert await place.content(media, Variant.ORIGINAL) == films.webm()
    assert upload is not None
    assert upload.details is not None
    assert (upload.type, upload.details.width, bool(upload.details.thumbhash)) == ("video/webm", 1440, True)
    await place.transcoding.make(media)
    assert await place.world.media.get(media) == upload


async def test_each_gets_only_what_it_lacks(place: Place) -> None:
    """A sound no poster, a film that every browser plays no other one, one that has a poster no other."""
    note = await place.completed(films.ogg(), "a.ogg", "audio/ogg")
    film = await place.completed(films.mp4(), "a.mp4", "video/mp4")
    for media in (note, film):
        await place.transcoding.make(media)
    assert await place.variants(note) == {Variant.ORIGINAL, Variant.PLAYABLE}
    assert await place.variants(film) == {Variant.ORIGINAL, Variant.SMALL}


async def test_of_what_is_deleted_meanwhile_nothing_is_left(place: Place) -> None:
    """Neither of what was gone before, nor of what goes while it is made."""
    await place.transcoding.make("unknown")
    media = await place.completed(films.webm(), "a.webm", "video/webm")
    making = asyncio.ensure_future(place.transcoding.make(media))
    while Variant.SMALL not in await place.variants(media):
        await asyncio.sleep(0.01)
    await place.world.media.delete(media)
    await making
    with pytest.raises(NotFoundError):
        await place.content(media, Variant.PLAYABLE)


async def test_one_that_fails_is_said_once_and_the_next_is_made(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    """By its code alone; it stays as it was sent, and isn't tried again however often it is looked at."""
    broken = await place.completed(pictures.recording(video=True), "secret-name.webm", "video/webm")
    fine = await place.completed(films.ogg(), "a.ogg", "audio/ogg")
    queue = TranscodingQueue(place.transcoding)
    for media in (broken, broken, fine, broken):
        upload = await place.world.media.get(media)
        assert upload is not None
        queue.offer(upload)
    with caplog.at_level(logging.WARNING, "tertulia.transcoding"):
        task = asyncio.ensure_future(queue.work())
        while Variant.PLAYABLE not in await place.variants(fine):
            await asyncio.sleep(0.01)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert await place.variants(broken) == {Variant.ORIGINAL}
    assert len(caplog.messages) == 2
    assert not [said for said in caplog.messages if broken in said or "secret-name" in said]


class Asked:
    """In place of what makes files: it notes which it was asked for."""

    def __init__(self) -> None:
        self.made: list[str] = []

    async def make(self, media: str) -> None:
        self.made.append(media)


async def test_a_full_queue_takes_no_more_and_none_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it didn't take may be offered again; what it knows is bounded."""
    monkeypatch.setattr(limits, "TRANSCODE_KNOWN_MAX", 3)
    asked = Asked()
    queue = TranscodingQueue(asked, most=2)  # type: ignore[arg-type]
    for name in ("a", "a", "b", "c"):
        queue.offer(replace(UPLOAD, id=name))
    task = asyncio.ensure_future(queue.work())
    for names in ((), ("c",), ("d", "a"), ("a", "d")):
        for name in names:
            queue.offer(replace(UPLOAD, id=name))
        for _ in range(5):
            await asyncio.sleep(0)
    task.cancel()
    assert asked.made == ["a", "b", "c", "d", "a"]


@pytest.mark.parametrize(
    ("upload", "playable", "poster"),
    [
        (UPLOAD, True, True),
        (replace(UPLOAD, type="video/mp4"), False, True),
        (replace(UPLOAD, type="audio/ogg", details=Details(kind=MediaKind.AUDIO)), True, False),
        (replace(UPLOAD, type="audio/mpeg", details=Details(kind=MediaKind.AUDIO)), False, False),
        (replace(UPLOAD, type="image/png", details=Details(kind=MediaKind.IMAGE)), False, False),
        (replace(UPLOAD, details=None), False, False),
        (replace(UPLOAD, details=replace(FILM, small=True, playable=True)), False, False),
        (replace(UPLOAD, details=replace(FILM, duration=limits.TRANSCODE_SECONDS_MAX)), True, True),
        (replace(UPLOAD, details=replace(FILM, duration=limits.TRANSCODE_SECONDS_MAX + 1)), False, False),
        (replace(UPLOAD, details=replace(FILM, width=4096, height=2304)), True, True),
        (replace(UPLOAD, details=replace(FILM, width=4096, height=2305)), False, False),
        (replace(UPLOAD, size=limits.TRANSCODE_BYTES_MAX), True, True),
        (replace(UPLOAD, size=limits.TRANSCODE_BYTES_MAX + 1), False, False),
    ],
)
def test_what_is_made_again(upload: Upload, playable: bool, poster: bool) -> None:
    """What some browser doesn't play, of a size and length that can be worked on."""
    assert (wants_playable(upload), wants_poster(upload)) == (playable, poster)
