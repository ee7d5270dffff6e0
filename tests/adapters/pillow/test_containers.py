"""Whatever bytes come, taking containers apart ends, with an answer or a refusal."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures import pictures

from tertulia.adapters.pillow import films, webm
from tertulia.adapters.pillow.containers import clean
from tertulia.adapters.pillow.failures import RefusedError

ROUNDS = 300
Take = Callable[[bytes, Path], object]


def _film(content: bytes, folder: Path) -> object:
    (folder / "input").write_bytes(content)
    return films.rewrite(folder)


def _recording(content: bytes, folder: Path) -> object:
    (folder / "input").write_bytes(content)
    return webm.describe(folder)


@pytest.mark.parametrize(
    ("whole", "take"),
    [
        (pictures.moving("GIF"), lambda content, _: clean(content, "image/gif")),
        (pictures.moving("PNG"), lambda content, _: clean(content, "image/png")),
        (pictures.moving("WEBP"), lambda content, _: clean(content, "image/webp")),
        (pictures.film(), _film),
        (pictures.fragmented(own=True), _film),
        (pictures.recording(video=True), _recording),
    ],
    ids=["GIF", "PNG", "WebP", "MP4", "fragments", "WebM"],
)
def test_damaged_containers_are_read_or_refused(whole: bytes, take: Take, tmp_path: Path) -> None:
    """With some bytes changed, and some cut out or put in; the undamaged one is read."""
    take(whole, tmp_path)
    chance = random.Random(5)
    for _ in range(ROUNDS):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(content))
            match chance.randrange(4):
                case 0:
                    content[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
                case 1:
                    content[at] = chance.randrange(256)
                case 2:
                    del content[at : at + chance.randint(1, 9)]
                case _:
                    content[at:at] = chance.randbytes(chance.randint(1, 9))
        try:
            take(bytes(content), tmp_path)
        except RefusedError as error:
            assert error.code in ("media_broken", "media_too_complex")  # noqa: PT017


def test_what_is_cleaned_is_clean_already() -> None:
    """Doing it again changes nothing."""
    for kind in ("GIF", "PNG", "WEBP"):
        once = clean(pictures.moving(kind), f"image/{kind.lower()}")
        assert clean(once.content, f"image/{kind.lower()}") == once
