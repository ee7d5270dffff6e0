"""Numbers as people read them."""

from tertulia.evaluation.statistics import Growth, Summary

_STEPS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


def duration(seconds: float) -> str:
    """Three digits: 613 µs, 1.28 ms."""
    for size, unit in _STEPS:
        if seconds >= size or unit == "µs":
            value = seconds / size
            digits = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
            return f"{value:.{digits}f} {unit}"
    raise AssertionError("the last unit takes everything")


def number(value: float) -> str:
    """Whole where it is whole: 6, 6.03, 12,000."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def size(value: int) -> str:
    return f"{value:,}"


def times(value: float) -> str:
    return f"{value:.2f}×"


def latency_cells(found: Summary) -> list[str]:
    """n, median, p95, p99, spread."""
    return [str(found.n), *(duration(each) for each in (found.median, found.p95, found.p99, found.spread))]


LATENCY_HEAD = ("n", "median", "p95", "p99", "spread")


def growth_cells(found: Growth) -> list[str]:
    """For each doubling, over the range, the verdict."""
    if found.exact:
        return ["1×, exactly", "1×, exactly", f"**{found.verdict}**"]
    middle, low, high = found.doubling
    over, least, most = found.range
    return [
        f"{times(middle)} ({low:.2f} to {high:.2f})",
        f"{times(over)} ({least:.2f} to {most:.2f})",
        f"**{found.verdict}**",
    ]


GROWTH_HEAD = ("for each doubling (95 %)", "over the range (95 %)", "verdict")
