"""The rule by which verdicts are given, on series that were made up."""

import random
from statistics import mean, pstdev

import pytest

from tertulia.evaluation import regression
from tertulia.evaluation.regression import Change
from tertulia.evaluation.statistics import (
    TOLERANCE,
    Verdict,
    _drawn_median,
    growth,
    judge,
    median,
    quantile,
    ratio,
    summary,
)

SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)


def series(power: float, noise: float, n: int = 100, seed: int = 7) -> dict[int, list[float]]:
    """Latencies that are size ** power, each with a factor of that noise (the standard deviation of its logarithm)."""
    drawn = random.Random(seed)
    return {size: [1e-3 * size**power * drawn.lognormvariate(0, noise) for _ in range(n)] for size in SIZES}


def test_what_grows_is_said_to_grow() -> None:
    """The square root of the size: 1.41 for each doubling, a hundredfold over the range."""
    found = growth(series(0.5, 0.2))
    assert found.verdict is Verdict.GROWS
    assert found.doubling[0] == pytest.approx(2**0.5, rel=0.02)
    assert found.range[1] < 100 < found.range[2]


def test_slow_growth_is_seen_too() -> None:
    """Five per cent for each doubling is double over the range."""
    assert growth(series(0.07, 0.1)).verdict is Verdict.GROWS


@pytest.mark.parametrize("seed", range(20))
def test_what_does_not_grow_is_said_not_to(seed: int) -> None:
    found = growth(series(0.0, 0.2, seed=seed))
    assert found.verdict is Verdict.FLAT
    assert found.range[1] <= found.range[0] <= found.range[2]


def test_noise_is_said_to_be_noise() -> None:
    """A few samples that are all over the place prove neither."""
    assert growth(series(0.02, 2.0, n=8)).verdict is Verdict.UNCLEAR


def test_what_is_always_the_same_is_exact() -> None:
    """Capacity units are no measurements with noise."""
    found = growth({size: [6.0] * 3 for size in SIZES})
    assert found.exact
    assert found.verdict is Verdict.FLAT
    assert not growth({10: [6.0, 6.0], 100: [6.0, 8.0]}).exact


def test_a_verdict_is_always_the_same() -> None:
    """The bootstrap is seeded: a report that is made again says the same."""
    assert growth(series(0.05, 0.5)) == growth(series(0.05, 0.5))


def test_zero_is_no_fault() -> None:
    """Nothing at the beginning and something later is growth."""
    assert growth({10: [0.0] * 3, 100: [4.0] * 3}).verdict is Verdict.GROWS


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.9, TOLERANCE, Verdict.FLAT),
        (0.9, TOLERANCE + 0.01, Verdict.UNCLEAR),
        (TOLERANCE, TOLERANCE + 1, Verdict.UNCLEAR),
        (TOLERANCE + 0.01, TOLERANCE + 1, Verdict.GROWS),
    ],
)
def test_the_rule_at_its_edges(low: float, high: float, verdict: Verdict) -> None:
    assert judge(low, high) is verdict


def test_summaries_are_those_of_the_textbook() -> None:
    found = summary([float(each) for each in range(1, 102)])
    assert (found.n, found.median, found.p95, found.p99, found.spread) == (101, 51, 96, 100, 50)
    assert quantile([1.0, 2.0], 0.5) == 1.5


@pytest.mark.parametrize(
    ("times", "noise", "n", "change"),
    [
        (1.3, 0.1, 200, Change.SLOWER),
        (0.7, 0.1, 200, Change.FASTER),
        (1.02, 0.1, 200, Change.SAME),
        (1.1, 1.0, 20, Change.UNCLEAR),
    ],
)
def test_a_regression_is_told_from_noise(times: float, noise: float, n: int, change: Change) -> None:
    """Slower is what is slower by more than the tolerance with all of its interval."""
    drawn = random.Random(3)
    before = [drawn.lognormvariate(0, noise) for _ in range(n)]
    after = [times * drawn.lognormvariate(0, noise) for _ in range(n)]
    _, low, high = ratio(before, after)
    assert regression.judge(low, high) is change


@pytest.mark.parametrize("n", [1, 2, 5, 10, 31])
def test_the_median_of_draws_is_drawn_as_if_all_were(n: int) -> None:
    """The short way has the distribution of the long one: the same mean and the same spread."""
    made = random.Random(n)
    ordered = sorted(made.random() for _ in range(n))
    short = [_drawn_median(made, ordered) for _ in range(4_000)]
    long = [median(made.choices(ordered, k=n)) for _ in range(4_000)]
    assert abs(mean(short) - mean(long)) < 0.01
    assert abs(pstdev(short) - pstdev(long)) < 0.01
