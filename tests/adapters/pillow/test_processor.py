"""Looking into contents in a process of its own: what comes out, and what hostile ones can't do."""

import asyncio
import base64
import io
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from PIL import Image
from tests.fixtures import pictures

from tertulia.adapters.pillow.processor import SubprocessProcessor
from tertulia.domain import limits
from tertulia.domain.errors import ChatError
from tertulia.domain.media import Details, MediaKind, Variant


class Looked(Struct):
    """What came of a content; `files` by variant."""

    details: Details
    files: dict[Variant, bytes]

    def image(self, variant: Variant = Variant.ORIGINAL) -> Image.Image:
        made = Image.open(io.BytesIO(self.files[variant]))
        made.load()
        return made


async def stream(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 65536):
        yield content[start : start + 65536]


@pytest.fixture
def processor(tmp_path: Path) -> SubprocessProcessor:
    return SubprocessProcessor(tmp_path / "work")


async def look(processor: SubprocessProcessor, content: bytes, media_type: str) -> Looked:
    async with processor.process(stream(content), media_type) as made:
        return Looked(made.details, {each: path.read_bytes() for each, path in made.files.items()})


async def refused(processor: SubprocessProcessor, content: bytes, media_type: str) -> str:
    """The code of the refusal."""
    with pytest.raises(ChatError) as error:
        await look(processor, content, media_type)
    return error.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_picture_says_nothing_but_the_picture(processor: SubprocessProcessor, kind: str) -> None:
    """Neither where it was taken nor any comment is left, in the picture or in its thumbnails."""
    sent = pictures.telling(kind)
    assert pictures.SECRET in sent
    looked = await look(processor, sent, f"image/{kind.lower()}")
    assert set(looked.files) == {Variant.ORIGINAL, Variant.SMALL}
    for variant, content in looked.files.items():
        assert pictures.SECRET not in content
        assert dict(looked.image(variant).getexif()) == {}
        assert not {"comment", "exif", "xmp", "icc_profile"} & set(looked.image(variant).info)
    assert looked.image().format == kind


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "size", "red"), [(1, (60, 40), (5, 20)), (6, (40, 60), (20, 5)), (3, (60, 40), (55, 20))]
)
async def test_a_picture_stands_upright(
    processor: SubprocessProcessor, kind: str, orientation: int, size: tuple[int, int], red: tuple[int, int]
) -> None:
    """As its EXIF asked for, since nothing asks for it afterwards; width and height are those that are seen."""
    looked = await look(processor, pictures.telling(kind, orientation), f"image/{kind.lower()}")
    assert (looked.details.width, looked.details.height) == looked.image().size == size
    for variant in looked.files:
        r, _, b, *_ = looked.image(variant).convert("RGB").getpixel(red)  # type: ignore[misc, union-attr]
        assert r > 200 > 100 > b


async def test_thumbnails_lie_in_their_boxes(processor: SubprocessProcessor) -> None:
    """The small one in 960 x 400, the large one in 2048 x 2048, both in the picture's proportions."""
    looked = await look(processor, pictures.encoded(pictures.picture((4000, 3000)), "JPEG"), "image/jpeg")
    assert (looked.details.width, looked.details.height) == (4000, 3000)
    assert looked.image(Variant.SMALL).size == (533, 400)
    assert looked.image(Variant.LARGE).size == (2048, 1536)
    assert looked.image(Variant.SMALL).format == looked.image(Variant.LARGE).format == "WEBP"
    assert 15 <= len(base64.b64decode(looked.details.thumbhash)) <= 30


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (960, 400)])
async def test_pictures_of_every_shape(processor: SubprocessProcessor, size: tuple[int, int]) -> None:
    """No side of a thumbnail is 0, and none is larger than the picture."""
    looked = await look(processor, pictures.png(size), "image/png")
    small = looked.image(Variant.SMALL).size
    assert all(1 <= side <= full for side, full in zip(small, size, strict=True))
    assert looked.details.kind is MediaKind.IMAGE


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
async def test_pictures_of_every_mode(processor: SubprocessProcessor, mode: str) -> None:
    """Grey, with a palette, transparent, of sixteen bits: all are taken."""
    made = Image.new("I;16", (30, 20), 40_000) if mode == "I;16" else pictures.picture((30, 20)).convert(mode)
    looked = await look(processor, pictures.encoded(made, "PNG"), "image/png")
    assert looked.image().size == (30, 20)
    if mode == "I;16":
        assert looked.image().convert("L").getpixel((1, 1)) == pytest.approx(40_000 / 256, abs=2)


async def test_colours_of_another_profile_are_brought_to_srgb(processor: SubprocessProcessor) -> None:
    """The profile goes, so the colours must be those that are seen without one."""
    looked = await look(processor, pictures.encoded(pictures.picture().convert("CMYK"), "JPEG"), "image/jpeg")
    assert looked.image().mode == "RGB"


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
async def test_an_animation_keeps_its_frames_and_nothing_else(processor: SubprocessProcessor, kind: str) -> None:
    """It moves as before, says nothing more, and its thumbnail stands still."""
    sent = pictures.moving(kind)
    looked = await look(processor, sent + b"PK\x03\x04 and an archive", f"image/{kind.lower()}")
    assert looked.details.animated
    assert getattr(looked.image(), "n_frames", 1) == 3
    assert getattr(looked.image(Variant.SMALL), "n_frames", 1) == 1
    original = looked.files[Variant.ORIGINAL]
    assert pictures.SECRET not in original
    assert b"archive" not in original
    before = Image.open(io.BytesIO(sent))
    for number in range(3):
        before.seek(number)
        after = looked.image()
        after.seek(number)
        assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
async def test_what_hides_behind_a_picture_stays_behind(processor: SubprocessProcessor, kind: str) -> None:
    """A page or an archive after the picture's end is not in what is kept."""
    content = pictures.encoded(pictures.picture(), kind) + b"<script>alert(1)</script>PK\x05\x06"
    looked = await look(processor, content, f"image/{kind.lower()}")
    assert b"script" not in looked.files[Variant.ORIGINAL]
    assert not looked.details.animated


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pictures.png_bomb(), "png"),
        (pictures.png_bomb(limits.IMAGE_SIDE_MAX + 1, 1), "png"),
        (pictures.gif_bomb(limits.IMAGE_FRAMES_MAX + 1), "gif"),
        (pictures.gif_bomb(100, (60_000, 60_000)), "gif"),
        (pictures.gif_bomb(1_000, (7_000, 7_000)), "gif"),
    ],
    ids=["50,000 x 50,000", "too wide", "too many frames", "too large a canvas", "too much together"],
)
async def test_bombs_are_refused_in_little_time(processor: SubprocessProcessor, content: bytes, kind: str) -> None:
    """By what they say of themselves, before anything is unpacked."""
    began = time.monotonic()
    assert await refused(processor, content, f"image/{kind}") == "media_too_complex"
    assert time.monotonic() - began < 15


async def test_at_the_limits_a_picture_is_taken(processor: SubprocessProcessor) -> None:
    """As many frames as there may be."""
    looked = await look(processor, pictures.gif_bomb(limits.IMAGE_FRAMES_MAX), "image/gif")
    assert looked.details.animated


@pytest.mark.slow
async def test_the_largest_picture_fits_into_the_memory_of_its_process(processor: SubprocessProcessor) -> None:
    """Fifty million pixels, turned, in colour."""
    made = Image.new("RGB", (8160, 6120), "green")
    content = pictures.encoded(made, "JPEG", exif=pictures.exif(6))
    looked = await look(processor, content, "image/jpeg")
    assert (looked.details.width, looked.details.height) == (6120, 8160)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
async def test_what_is_cut_off_is_broken(processor: SubprocessProcessor, kind: str) -> None:
    """Wherever it is cut."""
    whole = pictures.moving("GIF") if kind == "GIF" else pictures.encoded(pictures.picture((300, 200)), kind)
    for length in (12, 40, len(whole) // 2, len(whole) - 20):
        assert await refused(processor, whole[:length], f"image/{kind.lower()}") == "media_broken", length


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(200), "image/jpeg"),
        (pictures.png(), "image/jpeg"),
        (b"GIF89a" + os.urandom(300), "image/gif"),
        (b"RIFF\x10\0\0\0WEBP" + os.urandom(300), "image/webp"),
        (pictures.box(b"ftyp", b"isom") + os.urandom(300), "video/mp4"),
        (pictures.box(b"ftyp", b"isom", bytes(4)), "video/mp4"),
        (b"\x1aE\xdf\xa3" + os.urandom(300), "video/webm"),
    ],
)
async def test_nonsense_is_broken(processor: SubprocessProcessor, content: bytes, media_type: str) -> None:
    """Whatever a decoder makes of it, it is one answer."""
    assert await refused(processor, content, media_type) == "media_broken"


async def test_a_film_is_as_long_and_large_as_it_says(processor: SubprocessProcessor) -> None:
    """Of one that is turned, as it is seen."""
    looked = await look(processor, pictures.film(), "video/mp4")
    assert looked.details == Details(kind=MediaKind.VIDEO, width=320, height=240, duration=2.5)
    turned = await look(processor, pictures.film(turned=True), "video/quicktime")
    assert (turned.details.width, turned.details.height) == (240, 320)


async def test_a_film_does_not_say_where_it_was_taken(processor: SubprocessProcessor) -> None:
    """What stands beside its tracks is blank; nothing else moves."""
    sent = pictures.film()
    assert sent.count(pictures.SECRET) == 5
    looked = await look(processor, sent, "video/mp4")
    kept = looked.files[Variant.ORIGINAL]
    assert pictures.SECRET not in kept
    assert b"41.3851" not in kept
    assert len(kept) == len(sent)
    assert kept.index(b"mdat") == sent.index(b"mdat")


@pytest.mark.parametrize("header_says", [True, False])
async def test_a_recording_is_as_long_as_its_blocks_reach(processor: SubprocessProcessor, header_says: bool) -> None:
    """A browser writes no length into what it records."""
    voice = await look(processor, pictures.recording(header_says=header_says), "audio/webm")
    assert voice.details.kind is MediaKind.AUDIO
    assert voice.details.duration == pytest.approx(3.0, abs=0.51)
    film = await look(processor, pictures.recording(video=True, header_says=header_says), "video/webm")
    assert (film.details.kind, film.details.width, film.details.height) == (MediaKind.VIDEO, 640, 480)


@pytest.mark.parametrize("own", [True, False])
async def test_a_film_in_fragments_is_as_long_as_they_reach(processor: SubprocessProcessor, own: bool) -> None:
    """Two of five samples of half a second; without a picture it is a sound."""
    looked = await look(processor, pictures.fragmented(own=own), "video/mp4")
    assert looked.details == Details(kind=MediaKind.AUDIO, duration=5.0)


async def test_a_sound_is_as_long_as_it_says(processor: SubprocessProcessor) -> None:
    """And stays as it was sent; of one that doesn't say, nothing is known."""
    looked = await look(processor, pictures.wav(1.5), "audio/wav")
    assert looked == Looked(Details(kind=MediaKind.AUDIO, duration=1.5), {})
    silent = await look(processor, b"ID3\x04\0\0\0\0\0\0", "audio/mpeg")
    assert silent.details.duration == 0


async def test_nothing_is_left_behind(processor: SubprocessProcessor, tmp_path: Path) -> None:
    """Neither after a good content nor after a refused one, nor, at the start, after a crash."""
    await look(processor, pictures.png(), "image/png")
    await refused(processor, b"x", "image/png")
    assert list((tmp_path / "work").iterdir()) == []
    (tmp_path / "work" / "left").write_bytes(b"x")
    SubprocessProcessor(tmp_path / "work")
    assert list((tmp_path / "work").iterdir()) == []


async def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    """The process is gone, and the next content has its turn."""
    hasty = SubprocessProcessor(tmp_path / "work", seconds=0.001)
    for _ in range(3):
        assert await refused(hasty, pictures.png(), "image/png") == "media_too_complex"


async def test_so_many_wait_and_no_more(tmp_path: Path) -> None:
    """Two at a time; who comes when enough wait is told to come again."""
    processor = SubprocessProcessor(tmp_path / "work", waiting=1)
    entered: list[Any] = [processor.process(stream(pictures.png()), "image/png") for _ in range(2)]
    for each in entered:
        await each.__aenter__()
    waiting = asyncio.create_task(look(processor, pictures.png(), "image/png"))
    await asyncio.sleep(0)
    with pytest.raises(ChatError) as error:
        await look(processor, pictures.png(), "image/png")
    assert (error.value.code, error.value.temporary, error.value.retry_after is not None) == ("overloaded", True, True)
    for each in entered:
        await each.__aexit__(None, None, None)
    assert (await waiting).details.kind is MediaKind.IMAGE


async def test_who_goes_away_leaves_no_process_and_no_folder(processor: SubprocessProcessor, tmp_path: Path) -> None:
    """A cancelled look gives its turn back."""
    for _ in range(3):
        task = asyncio.create_task(
            look(processor, pictures.encoded(pictures.picture((3000, 3000)), "PNG"), "image/png")
        )
        while not any((tmp_path / "work").rglob("input")):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert list((tmp_path / "work").iterdir()) == []
    assert (await look(processor, pictures.png(), "image/png")).details.width == 60


async def test_the_process_knows_nothing_of_the_server(
    processor: SubprocessProcessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its environment holds where Python's modules are, and no more."""
    monkeypatch.setenv("TERTULIA_METRICS_TOKEN", "secret")
    given: dict[str, Any] = {}
    started = asyncio.create_subprocess_exec

    async def start(*command: str, **how: Any) -> asyncio.subprocess.Process:
        given.update(how)
        return await started(*command, **how)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)
    await look(processor, pictures.png(), "image/png")
    assert set(given["env"]) == {"PYTHONPATH", "LANG"}
