"""WebM (RFC 8794, RFC 9559): how long and how large a film or a sound is.

What a browser records has no length in its header, and parts of unknown size: then its blocks say how far it reaches.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from tertulia.adapters.pillow.failures import broken

_SEGMENT: Final = 0x18538067
_CLUSTER: Final = 0x1F43B675
_INFO: Final = 0x1549A966
_TRACKS: Final = 0x1654AE6B
_TRACK: Final = 0xAE
_VIDEO: Final = 0xE0
_BLOCK_GROUP: Final = 0xA0
_ENTERED: Final = frozenset((_SEGMENT, _CLUSTER, _INFO, _TRACKS, _TRACK, _VIDEO, _BLOCK_GROUP))
_SCALE: Final = 0x2AD7B1
_DURATION: Final = 0x4489
_PIXELS_WIDE: Final = 0xB0
_PIXELS_HIGH: Final = 0xBA
_CLUSTER_TIME: Final = 0xE7
_BLOCKS: Final = (0xA3, 0xA1)
_VALUE_BYTES_MAX: Final = 8
_ELEMENTS_MAX: Final = 500_000
_MILLISECOND: Final = 1_000_000


class _Element(NamedTuple):
    name: int
    start: int
    size: int | None


class _Found:
    def __init__(self) -> None:
        self.scale = _MILLISECOND
        self.duration = 0.0
        self.cluster = 0
        self.reached = 0
        self.width = self.height = 0
        self.video = self.known = False


def describe(folder: Path) -> dict[str, Any]:
    """What `input` is; it stays as it is. Raises RefusedError `media_broken`."""
    path = folder / "input"
    found = _Found()
    with path.open("rb") as file:
        for element in _elements(file, path.stat().st_size):
            _note(file, element, found)
    if not found.known:
        raise broken()
    ticks = found.duration or found.reached
    kind = "video" if found.video else "audio"
    duration = round(ticks * found.scale / 1e9, 3)
    return {"kind": kind, "width": found.width, "height": found.height, "duration": duration}


def _note(file: IO[bytes], element: _Element, found: _Found) -> None:
    size = element.size or 0
    if element.name == _TRACK:
        found.known = True
    elif element.name == _VIDEO:
        found.video = True
    elif element.name in _BLOCKS:
        # The number of the track, then the time from that of the cluster on (RFC 9559, 10.1).
        file.seek(element.start)
        head = file.read(12)
        skip = 9 - head[0].bit_length() if head and head[0] else 1
        if len(head) >= skip + 2:
            (ticks,) = struct.unpack_from(">h", head, skip)
            found.reached = max(found.reached, found.cluster + ticks)
    elif element.name in (_SCALE, _CLUSTER_TIME, _PIXELS_WIDE, _PIXELS_HIGH, _DURATION) and size <= _VALUE_BYTES_MAX:
        file.seek(element.start)
        value = file.read(size)
        match element.name:
            case 0x2AD7B1:
                found.scale = int.from_bytes(value, "big") or _MILLISECOND
            case 0xE7:
                found.cluster = int.from_bytes(value, "big")
            case 0xB0:
                found.width = max(found.width, int.from_bytes(value, "big") & 0xFFFF)
            case 0xBA:
                found.height = max(found.height, int.from_bytes(value, "big") & 0xFFFF)
            case _:
                found.duration = _float(value)


def _float(value: bytes) -> float:
    if len(value) not in (4, 8):
        return 0.0
    (number,) = struct.unpack(">f" if len(value) == 4 else ">d", value)
    return float(number) if 0 < number < 1e15 else 0.0


def _elements(file: IO[bytes], size: int) -> Iterator[_Element]:
    """All of them in the order of the file, from within those that are entered."""
    at = count = 0
    while at < size:
        file.seek(at)
        head = file.read(12)
        element = _element(head, at)
        if element is None:
            return
        yield element
        enters = element.name in _ENTERED or element.size is None
        at = element.start if enters else element.start + (element.size or 0)
        count += 1
        if count > _ELEMENTS_MAX:
            return


def _element(head: bytes, at: int) -> _Element | None:
    """None where what is there is none, as after the end of a recording that broke off."""
    if len(head) < 2 or not head[0]:
        return None
    name_bytes = 9 - head[0].bit_length()
    if name_bytes > 4 or len(head) <= name_bytes or not head[name_bytes]:
        return None
    size_bytes = 9 - head[name_bytes].bit_length()
    raw = head[name_bytes : name_bytes + size_bytes]
    if len(raw) < size_bytes:
        return None
    mask = (1 << 7 * size_bytes) - 1
    size = int.from_bytes(raw, "big") & mask
    start = at + name_bytes + size_bytes
    return _Element(int.from_bytes(head[:name_bytes], "big"), start, None if size == mask else size)
