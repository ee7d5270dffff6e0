"""What samples say: medians and percentiles, growth with size, and the rule by which a verdict is given.

Pure and repeatable: the bootstrap draws from a seeded generator, so the same samples always give the same verdict.
"""

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

TOLERANCE: Final = 1.3
"""Growth over the whole range of sizes up to which something counts as not growing."""
DRAWS: Final = 1_000
"""Of the bootstrap (Efron and Tibshirani, "An Introduction to the Bootstrap", 13: the percentile interval)."""
CONFIDENCE: Final = 0.95
_SEED: Final = 1973


class Summary(Struct, frozen=True):
    """Of one series of samples, in their unit. `spread` is the distance between the quartiles."""

    n: int
    median: float
    p95: float
    p99: float
    spread: float


class Verdict(StrEnum):
    GROWS = "grows"
    FLAT = "doesn't grow"
    UNCLEAR = "too noisy to tell"


class Growth(Struct, frozen=True):
    """How a median changes with size. `doubling` is the factor for each doubling of the size and `range` the one from
    the smallest to the largest size, each with the ends of its 95 % confidence interval; `exact` where every sample
    was the same."""

    doubling: tuple[float, float, float]
    range: tuple[float, float, float]
    verdict: Verdict
    exact: bool = False


def quantile(ordered: Sequence[float], share: float) -> float:
    """Of samples in ascending order, interpolated between neighbours."""
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def median(samples: Iterable[float]) -> float:
    return quantile(sorted(samples), 0.5)


def summary(samples: Sequence[float]) -> Summary:
    """At least one sample is needed."""
    ordered = sorted(samples)
    return Summary(
        n=len(ordered),
        median=quantile(ordered, 0.5),
        p95=quantile(ordered, 0.95),
        p99=quantile(ordered, 0.99),
        spread=quantile(ordered, 0.75) - quantile(ordered, 0.25),
    )


def growth(series: Mapping[int, Sequence[float]]) -> Growth:
    """How the median of the samples changes with their size; at least two sizes.

    A straight line is laid through log(median) over log2(size) by least squares; its slope gives the factor for each
    doubling. The interval comes from a bootstrap over the raw samples of each size. See `judge` for the verdict.
    """
    sizes = sorted(size for size in series if size > 0)
    if len({sample for size in sizes for sample in series[size]}) == 1:
        return Growth((1.0, 1.0, 1.0), (1.0, 1.0, 1.0), Verdict.FLAT, exact=True)
    places = [math.log2(size) for size in sizes]
    slope = _slope(places, [median(series[size]) for size in sizes])
    drawn = random.Random(_SEED)  # noqa: S311 - a bootstrap, not a secret
    ordered = [sorted(series[size]) for size in sizes]
    slopes = sorted(_slope(places, [_drawn_median(drawn, each) for each in ordered]) for _ in range(DRAWS))
    edge = (1 - CONFIDENCE) / 2
    low, high = quantile(slopes, edge), quantile(slopes, 1 - edge)
    doublings = places[-1] - places[0]
    over_range = (2 ** (slope * doublings), 2 ** (low * doublings), 2 ** (high * doublings))
    return Growth((2**slope, 2**low, 2**high), over_range, judge(over_range[1], over_range[2]))


def judge(low: float, high: float, tolerance: float = TOLERANCE) -> Verdict:
    """The rule, from the confidence interval of the growth over the range: it grows where all of the interval lies
    above the tolerance, it doesn't where all of it lies at or below, and otherwise it is too noisy to tell."""
    if high <= tolerance:
        return Verdict.FLAT
    return Verdict.GROWS if low > tolerance else Verdict.UNCLEAR


def ratio(before: Sequence[float], after: Sequence[float]) -> tuple[float, float, float]:
    """The median of `after` as a multiple of that of `before`, with its 95 % confidence interval."""
    drawn = random.Random(_SEED)  # noqa: S311 - a bootstrap, not a secret
    one, other = sorted(before), sorted(after)
    ratios = sorted(_drawn_median(drawn, other) / max(_drawn_median(drawn, one), _TINY) for _ in range(DRAWS))
    edge = (1 - CONFIDENCE) / 2
    return median(after) / max(median(before), _TINY), quantile(ratios, edge), quantile(ratios, 1 - edge)


_TINY: Final = 1e-12
"""In the place of zero, whose logarithm there isn't."""


def _drawn_median(drawn: random.Random, ordered: Sequence[float]) -> float:
    """The median of as many draws, with replacement, as there are samples, without drawing them all.

    Of n uniform draws the k-th smallest has the Beta distribution (k, n - k + 1), and the next one is the smallest of
    n - k draws above it (David and Nagaraja, Order Statistics, 2003, section 2); which sample a draw hits is its place.
    """
    n = len(ordered)
    k = (n + 1) // 2
    lower = drawn.betavariate(k, n - k + 1)
    low = ordered[min(n - 1, int(lower * n))]
    if n % 2:
        return low
    upper = lower + (1 - lower) * (1 - drawn.random() ** (1 / (n - k)))
    return (low + ordered[min(n - 1, int(upper * n))]) / 2


def _slope(places: Sequence[float], medians: Sequence[float]) -> float:
    """Of the line through (place, log2 of the median), by least squares; 0 where all places are one."""
    heights = [math.log2(max(each, _TINY)) for each in medians]
    middle, height = sum(places) / len(places), sum(heights) / len(heights)
    width = sum((place - middle) ** 2 for place in places)
    rise = sum((place - middle) * (each - height) for place, each in zip(places, heights, strict=True))
    return rise / width if width else 0.0
