"""ThumbHash (evanw.github.io/thumbhash): a blurred picture in about 25 bytes, which the web client draws until it has
the picture.

A picture is taken apart into lightness, two colours and transparency; of each the lowest frequencies of its discrete
cosine transform are kept, in four bits each.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

SIDE_MAX: Final = 32
"""Pixels of the longer side from which the hash is made; more would change nothing that can be seen."""


class _Channel(NamedTuple):
    """The mean, the other frequencies from 0 to 1, and the largest of them as it was."""

    mean: float
    rest: list[float]
    scale: float


def thumbhash(width: int, height: int, pixels: Sequence[tuple[int, int, int, int]]) -> bytes:
    """Of `width` times `height` pixels, row by row: red, green, blue, opacity, each up to 255, not premultiplied."""
    opacity = [a / 255 for *_, a in pixels]
    covered = sum(opacity)
    mean = [sum(p[n] / 255 * a for p, a in zip(pixels, opacity, strict=True)) / (covered or 1) for n in range(3)]
    light, yellow, red = [], [], []
    for (r, g, b, _), a in zip(pixels, opacity, strict=True):
        # What shows through is the mean colour.
        shown = [mean[n] * (1 - a) + value / 255 * a for n, value in enumerate((r, g, b))]
        light.append(sum(shown) / 3)
        yellow.append((shown[0] + shown[1]) / 2 - shown[2])
        red.append(shown[0] - shown[1])
    transparent = covered < width * height
    most, longer = (5 if transparent else 7), max(width, height)
    across, down = max(1, _round(most * width / longer)), max(1, _round(most * height / longer))
    channels = [
        _transformed(light, width, height, max(3, across), max(3, down)),
        _transformed(yellow, width, height, 3, 3),
        _transformed(red, width, height, 3, 3),
    ]
    if transparent:
        channels.append(_transformed(opacity, width, height, 5, 5))
    return _packed(channels, down if width > height else across, landscape=width > height)


def _packed(channels: list[_Channel], shorter: int, *, landscape: bool) -> bytes:
    light, yellow, red, *opacity = channels
    first = _round(63 * light.mean) | _round(31.5 + 31.5 * yellow.mean) << 6 | _round(31.5 + 31.5 * red.mean) << 12
    first |= _round(31 * light.scale) << 18 | len(opacity) << 23
    second = shorter | _round(63 * yellow.scale) << 3 | _round(63 * red.scale) << 9 | landscape << 15
    packed = bytearray(first.to_bytes(3, "little") + second.to_bytes(2, "little"))
    if opacity:
        packed.append(_round(15 * opacity[0].mean) | _round(15 * opacity[0].scale) << 4)
    numbers = [_round(15 * value) for channel in channels for value in channel.rest]
    numbers += [0] * (len(numbers) % 2)
    packed += bytes(low | high << 4 for low, high in zip(numbers[::2], numbers[1::2], strict=True))
    return bytes(packed)


def _transformed(values: list[float], width: int, height: int, across: int, down: int) -> _Channel:
    """The frequencies in the corner of lowest ones, as a triangle."""
    waves_x = [[math.cos(math.pi / width * n * (x + 0.5)) for x in range(width)] for n in range(across)]
    waves_y = [[math.cos(math.pi / height * n * (y + 0.5)) for y in range(height)] for n in range(down)]
    rows = [[sum(map(_times, values[y * width : (y + 1) * width], wave)) for y in range(height)] for wave in waves_x]
    found = [
        sum(map(_times, rows[nx], waves_y[ny])) / (width * height)
        for ny in range(down)
        for nx in range(across)
        if nx * down < across * (down - ny)
    ]
    mean, *rest = found
    scale = max(map(abs, rest), default=0.0)
    return _Channel(mean, [0.5 + 0.5 / scale * value for value in rest] if scale else rest, scale)


def _times(one: float, other: float) -> float:
    return one * other


def _round(value: float) -> int:
    """Halves go up, as in JavaScript."""
    return math.floor(value + 0.5)
