"""ffmpeg, the real one: what it makes of sounds and films, and what hostile ones can't do."""

import asyncio
import io
import resource
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.fixtures import films

from tertulia.adapters.ffmpeg import finding, launcher
from tertulia.adapters.ffmpeg.transcoder import FfmpegTranscoder
from tertulia.adapters.pillow.films import rewrite
from tertulia.domain import limits
from tertulia.domain.errors import ChatError


async def stream(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 65536):
        yield content[start : start + 65536]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.fixture
def transcoder(work: Path) -> FfmpegTranscoder:
    return FfmpegTranscoder(films.program(), work)


async def playable(transcoder: FfmpegTranscoder, content: bytes, media_type: str) -> bytes:
    async with transcoder.playable(stream(content), media_type) as made:
        return made.read_bytes()


async def frame(transcoder: FfmpegTranscoder, content: bytes, media_type: str, moment: float = 0) -> Image.Image:
    async with transcoder.frame(stream(content), media_type, moment) as made:
        picture = Image.open(io.BytesIO(made.read_bytes()))
        picture.load()
        return picture


def described(folder: Path, film: bytes) -> dict[str, Any]:
    (folder / "input").write_bytes(film)
    return rewrite(folder)


@pytest.mark.parametrize(
    ("content", "media_type", "kind", "size"),
    [
        (films.webm, "video/webm", "video", (1152, 720)),
        (films.mov, "video/quicktime", "video", (90, 160)),
        (films.ogg, "audio/ogg", "audio", (0, 0)),
        (films.webm, "audio/webm", "audio", (0, 0)),
    ],
    ids=["WebM", "QuickTime", "Ogg", "a film's sound"],
)
async def test_it_is_made_again_for_every_browser(
    transcoder: FfmpegTranscoder, work: Path, tmp_path: Path, content: Any, media_type: str, kind: str, size: Any
) -> None:
    """As an MP4 of the same length within the box, its index before its frames; what the file said of itself is gone,
    and nothing is left of the work."""
    assert films.SECRET.encode() in content()
    made = await playable(transcoder, content(), media_type)
    found = described(tmp_path, made)
    assert (found["kind"], (found["width"], found["height"])) == (kind, size)
    assert 0.9 < found["duration"] < 1.2
    assert 0 < made.find(b"moov") < made.find(b"mdat")
    assert films.SECRET.encode() not in made
    assert list(work.iterdir()) == []


async def test_a_frame_is_of_the_moment(transcoder: FfmpegTranscoder) -> None:
    """Within the box; another moment is another picture, and past the end there is none."""
    film = films.webm()
    first, later = await frame(transcoder, film, "video/webm"), await frame(transcoder, film, "video/webm", 0.5)
    assert first.size == later.size == (1152, 720)
    assert first.tobytes() != later.tobytes()
    assert (await frame(transcoder, films.mp4(), "video/mp4", 1.0)).size == (320, 180)
    with pytest.raises(ChatError):
        await frame(transcoder, film, "video/webm", 60)


@pytest.mark.parametrize("media_type", ["audio/ogg", "video/mp4", "video/quicktime", "video/webm"])
@pytest.mark.parametrize(
    "script",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{path}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{path}'\n",
        '<?xml version="1.0"?><MPD><Period><BaseURL>{path}</BaseURL></Period></MPD>',
    ],
    ids=["HLS", "concat", "DASH"],
)
async def test_what_names_other_files_opens_none(
    transcoder: FfmpegTranscoder, tmp_path: Path, media_type: str, script: str
) -> None:
    """Whatever it calls itself: a format that can't be guessed has no playlists."""
    (tmp_path / "secret.webm").write_bytes(films.webm())
    content = script.format(path=tmp_path / "secret.webm").encode()
    for made in (playable(transcoder, content, media_type), frame(transcoder, content, media_type)):
        with pytest.raises(ChatError) as error:
            await made
        assert error.value.code == "media_broken"


async def test_a_film_of_too_many_pixels_is_not_decoded(transcoder: FfmpegTranscoder) -> None:
    """Its header can say less than its frames have; those count."""
    for made in (playable(transcoder, films.huge(), "video/quicktime"), frame(transcoder, films.huge(), "video/mp4")):
        with pytest.raises(ChatError):
            await made


async def test_what_is_cut_off_gives_what_is_there_or_nothing(transcoder: FfmpegTranscoder, tmp_path: Path) -> None:
    """And the next one is made all the same."""
    half = await playable(transcoder, films.webm()[: len(films.webm()) // 2], "video/webm")
    assert described(tmp_path, half)["duration"] < 0.9
    for content, media_type in ((films.mov()[:2000], "video/quicktime"), (b"", "audio/ogg")):
        with pytest.raises(ChatError) as error:
            await playable(transcoder, content, media_type)
        assert error.value.code == "media_broken"
    assert await playable(transcoder, films.ogg(), "audio/ogg")


async def test_it_takes_no_more_time_than_it_may(work: Path) -> None:
    """However long a film is: the system ends the process, and its folder goes."""
    transcoder = FfmpegTranscoder(films.program(), work, seconds=1)
    with pytest.raises(ChatError) as error:
        await playable(transcoder, films.long(), "video/quicktime")
    assert error.value.code == "media_too_complex"
    assert list(work.iterdir()) == []


async def test_it_writes_no_more_than_it_may(transcoder: FfmpegTranscoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be larger is not made, and not cut off either."""
    monkeypatch.setattr(limits, "TRANSCODED_BYTES_MAX", 5_000)
    with pytest.raises(ChatError) as error:
        await playable(transcoder, films.webm(), "video/webm")
    assert error.value.code == "media_too_complex"


async def test_it_ends_with_who_asked_for_it(transcoder: FfmpegTranscoder, work: Path) -> None:
    """A server that stops waits for no film: the process is killed and its folder goes."""
    task = asyncio.ensure_future(playable(transcoder, films.long(), "video/quicktime"))
    while not list(work.glob("*/playable")):
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(work.iterdir()) == []


async def test_other_types_are_not_its_business(transcoder: FfmpegTranscoder) -> None:
    """Nothing is guessed."""
    with pytest.raises(ChatError) as error:
        await playable(transcoder, b"", "text/plain")
    assert error.value.code == "media_unsupported"


def test_what_a_crash_left_is_gone(work: Path) -> None:
    """At the next start."""
    (work / "left").mkdir(parents=True)
    FfmpegTranscoder(films.program(), work)
    assert list(work.iterdir()) == []


def test_the_program_is_found_or_named(tmp_path: Path) -> None:
    """`off` is none, a path is that one, and a path that is no program is said."""
    program = films.program()
    assert finding.find_ffmpeg("off") is None
    assert finding.find_ffmpeg(str(program)) == program.resolve()
    assert finding.find_ffmpeg() in {None, program}
    (tmp_path / "notes.txt").write_text("no program")
    for wrong in (tmp_path / "missing", tmp_path / "notes.txt", tmp_path):
        with pytest.raises(ValueError, match="TERTULIA_FFMPEG"):
            finding.find_ffmpeg(str(wrong))


async def test_the_launcher_bounds_what_it_becomes() -> None:
    """The limits hold in the program, which has nothing of the environment."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", launcher.__file__, "7", "12345", "/bin/sh", "-c",
        "ulimit -t; ulimit -v; ulimit -n; env",
        stdout=asyncio.subprocess.PIPE, env={"PATH": "/usr/bin:/bin", "SECRET": "x"},
    )  # fmt: skip
    said = (await process.communicate())[0].decode().split()
    assert said[:3] == ["7", str(launcher.MEMORY_BYTES // 1024), "64"]
    assert "SECRET=x" not in said


def test_the_launcher_bounds_itself_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every limit stands before the program is begun: afterwards there is nobody to set it."""
    done: list[object] = []
    monkeypatch.setattr(launcher.resource, "setrlimit", lambda what, most: done.append((what, most)))
    monkeypatch.setattr(launcher.signal, "signal", lambda number, action: done.append((number, action)))
    monkeypatch.setattr(launcher.os, "nice", done.append)
    monkeypatch.setattr(launcher.os, "execve", lambda *told: done.append(told))
    launcher.main("7", "12345", "/bin/program", "-x")
    assert done[-1] == ("/bin/program", ["/bin/program", "-x"], {})
    assert (resource.RLIMIT_CPU, (7, 7)) in done
    assert (resource.RLIMIT_FSIZE, (12345, 12345)) in done
    assert (signal.SIGXFSZ, signal.SIG_DFL) in done
