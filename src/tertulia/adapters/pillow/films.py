"""MP4 and QuickTime: how long and how large a film is, and nothing in it that says where it was taken.

What telephones write about a film, its place among it, stands in boxes beside the tracks (`udta`, `meta`, XMP in
`uuid`) and in tracks of their own (handler `meta`). They become free space of the same size, so that nothing else
moves. Frames are not looked at.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from tertulia.adapters.pillow.failures import broken

_SAYS_MORE: Final = (b"udta", b"meta", b"uuid")
_MOVIE_BYTES_MAX: Final = 32 * 1024 * 1024
"""Of the box `moov`, which is in memory: an hour of film has some hundred thousand."""
_BOXES_MAX: Final = 200_000
_UNKNOWN: Final = (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)


class _Box(NamedTuple):
    name: bytes
    start: int
    body: int
    end: int


def rewrite(folder: Path) -> dict[str, Any]:
    """Writes `original` from `input`; says what the film is. Raises RefusedError `media_broken`."""
    path = folder / "input"
    try:
        with path.open("r+b") as file:
            described = _look(file, path.stat().st_size)
    except (IndexError, struct.error) as error:
        raise broken() from error
    path.rename(folder / "original")
    return described


def _look(file: IO[bytes], size: int) -> dict[str, Any]:
    movie, fragments = None, _Fragments()
    for box in _top(file, size):
        if box.name in _SAYS_MORE:
            _free(file, box)
        elif box.name in (b"moov", b"moof"):
            if box.end - box.body > _MOVIE_BYTES_MAX:
                raise broken()
            file.seek(box.body)
            body = file.read(box.end - box.body)
            if box.name == b"moof":
                fragments.add(body)
            else:
                cleaned = bytearray(body)
                movie = _movie(cleaned)
                fragments.scales = movie.scales
                fragments.defaults = movie.defaults
                file.seek(box.body)
                file.write(cleaned)
    if movie is None:
        raise broken()
    kind = "video" if movie.video else "audio"
    duration = round(max(movie.duration, fragments.seconds()), 3)
    return {"kind": kind, "width": movie.width, "height": movie.height, "duration": duration}


def _free(file: IO[bytes], box: _Box) -> None:
    """Makes free space (ISO/IEC 14496-12, 8.1.2) of a box."""
    file.seek(box.start + 4)
    file.write(b"free")
    file.seek(box.body)
    left = box.end - box.body
    while left > 0:
        file.write(b"\0" * min(left, 1 << 16))
        left -= 1 << 16
    file.flush()


def _top(file: IO[bytes], size: int) -> Iterator[_Box]:
    at = count = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(16)
        box = _box(head, 0, size - at)
        yield _Box(box.name, at, at + box.body, at + box.end)
        at += box.end
        count += 1
        if count > _BOXES_MAX:
            raise broken()


def _box(content: bytes | bytearray, at: int, end: int) -> _Box:
    """The box at `at`, all of which must lie before `end`."""
    length, name = struct.unpack_from(">I4s", content, at)
    body = at + 8
    if length == 1:
        (length,) = struct.unpack_from(">Q", content, body)
        body += 8
    stop = end if length == 0 else at + length
    if stop > end or stop < body:
        raise broken()
    return _Box(bytes(name), at, body, stop)


def _boxes(content: bytes | bytearray, at: int, end: int) -> Iterator[_Box]:
    while at + 8 <= end:
        box = _box(content, at, end)
        yield box
        at = box.end


class _Movie:
    """`scales` and `defaults`: ticks a second, and ticks of a sample, by track."""

    def __init__(self) -> None:
        self.duration = 0.0
        self.video = False
        self.width = self.height = 0
        self.scales: dict[int, int] = {}
        self.defaults: dict[int, int] = {}


def _movie(content: bytearray) -> _Movie:
    """What `moov` says; in it becomes free space what says more."""
    movie = _Movie()
    for box in _boxes(content, 0, len(content)):
        if box.name in _SAYS_MORE:
            _blank(content, box)
        elif box.name == b"mvhd":
            scale, ticks = _times(content, box.body)
            movie.duration = ticks / scale if scale else 0.0
        elif box.name == b"trak":
            _track(content, box, movie)
        elif box.name == b"mvex":
            for inner in _boxes(content, box.body, box.end):
                if inner.name == b"trex":
                    track, _, ticks = struct.unpack_from(">III", content, inner.body + 4)
                    movie.defaults[track] = ticks
    return movie


def _track(content: bytearray, box: _Box, movie: _Movie) -> None:
    handler, number, size = b"", 0, (0, 0)
    for inner in _boxes(content, box.body, box.end):
        if inner.name in _SAYS_MORE:
            _blank(content, inner)
        elif inner.name == b"tkhd":
            number, size = _header(content, inner.body)
        elif inner.name == b"mdia":
            for each in _boxes(content, inner.body, inner.end):
                if each.name == b"hdlr":
                    handler = bytes(content[each.body + 8 : each.body + 12])
                elif each.name == b"mdhd":
                    movie.scales[number] = _times(content, each.body)[0]
    if handler == b"meta":
        _blank(content, box)
    elif handler == b"vide":
        movie.video = True
        if size > (movie.width, movie.height):
            movie.width, movie.height = size


def _blank(content: bytearray, box: _Box) -> None:
    content[box.start + 4 : box.start + 8] = b"free"
    content[box.body : box.end] = bytes(box.end - box.body)


def _times(content: bytearray, at: int) -> tuple[int, int]:
    """Ticks a second and ticks, of `mvhd` and `mdhd` (8.2.2, 8.4.2)."""
    layout, skip = (">IQ", 20) if content[at] == 1 else (">II", 12)
    scale, ticks = struct.unpack_from(layout, content, at + skip)
    return scale, 0 if ticks in _UNKNOWN else ticks


def _header(content: bytearray, at: int) -> tuple[int, tuple[int, int]]:
    """A track's number, and its width and height as they are shown (8.3.2): turned where the matrix turns it."""
    long = content[at] == 1
    (number,) = struct.unpack_from(">I", content, at + (20 if long else 12))
    matrix = at + (52 if long else 40)
    width, height = struct.unpack_from(">II", content, matrix + 36)
    a, b = struct.unpack_from(">ii", content, matrix)
    size = width >> 16, height >> 16
    return number, size[::-1] if a == 0 and b else size


class _Fragments:
    """How far the fragments of a film reach (8.8): such a film's header says nothing of its length."""

    def __init__(self) -> None:
        self.scales: dict[int, int] = {}
        self.defaults: dict[int, int] = {}
        self._reached: dict[int, int] = {}

    def seconds(self) -> float:
        return max((ticks / self.scales[n] for n, ticks in self._reached.items() if self.scales.get(n)), default=0.0)

    def add(self, content: bytes) -> None:
        for box in _boxes(content, 0, len(content)):
            if box.name == b"traf":
                self._add_track(content, box)

    def _add_track(self, content: bytes, box: _Box) -> None:
        track, default, begin, ticks = 0, 0, None, 0
        for inner in _boxes(content, box.body, box.end):
            flags = int.from_bytes(content[inner.body + 1 : inner.body + 4], "big")
            if inner.name == b"tfhd":
                (track,) = struct.unpack_from(">I", content, inner.body + 4)
                at = inner.body + 8 + 8 * bool(flags & 1) + 4 * bool(flags & 2)
                default = struct.unpack_from(">I", content, at)[0] if flags & 8 else self.defaults.get(track, 0)
            elif inner.name == b"tfdt":
                (begin,) = struct.unpack_from(">Q" if content[inner.body] == 1 else ">I", content, inner.body + 4)
            elif inner.name == b"trun":
                ticks += _run(content, inner, flags, default)
        start = self._reached.get(track, 0) if begin is None else begin
        self._reached[track] = max(self._reached.get(track, 0), start + ticks)


def _run(content: bytes, box: _Box, flags: int, default: int) -> int:
    """The ticks of all samples of a `trun` (8.8.8)."""
    (count,) = struct.unpack_from(">I", content, box.body + 4)
    if not flags & 0x100:
        return int(count * default)
    step = 4 * (flags >> 8 & 0xF).bit_count()
    at = box.body + 8 + 4 * bool(flags & 1) + 4 * bool(flags & 4)
    if at + count * step > box.end:
        raise broken()
    return sum(struct.unpack_from(">I", content, at + n * step)[0] for n in range(count))
