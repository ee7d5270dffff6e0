"""Two files of results beside each other: what became slower or dearer, the noise taken into account."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from tertulia.evaluation.results import Results
from tertulia.evaluation.statistics import ratio

TOLERANCE: Final = 1.1
"""A median that is so many times the earlier one is still the same."""


class Change(StrEnum):
    SLOWER = "slower"
    FASTER = "faster"
    SAME = "the same"
    UNCLEAR = "too noisy to tell"


class Compared(Struct, frozen=True):
    """One figure of both files. `times` is the later median as a multiple of the earlier, with its 95 % interval; for
    what is counted and not timed, `exact` holds."""

    name: str
    before: float
    after: float
    times: tuple[float, float, float]
    change: Change
    exact: bool = False


def compare(before: Results, after: Results) -> list[Compared]:
    """What both have, in the order of the later one."""
    earlier, later = dict(_timed(before)), dict(_timed(after))
    found = [_judged(name, earlier[name], later[name]) for name in later if name in earlier]
    counted_before, counted_after = dict(_counted(before)), dict(_counted(after))
    return found + [
        _counted_change(name, counted_before[name], value)
        for name, value in counted_after.items()
        if name in counted_before
    ]


def judge(low: float, high: float) -> Change:
    """The rule, from the interval: slower where all of it lies above the tolerance, faster where all of it lies below
    its inverse, the same where it lies between, otherwise too noisy to tell."""
    if low > TOLERANCE:
        return Change.SLOWER
    if high < 1 / TOLERANCE:
        return Change.FASTER
    return Change.SAME if low >= 1 / TOLERANCE and high <= TOLERANCE else Change.UNCLEAR


def _judged(name: str, before: Sequence[float], after: Sequence[float]) -> Compared:
    found = ratio(before, after)
    middle = found[0]
    ordered = sorted(before), sorted(after)
    places = [each[len(each) // 2] for each in ordered]
    return Compared(name, places[0], places[1], (middle, found[1], found[2]), judge(found[1], found[2]))


def _counted_change(name: str, before: float, after: float) -> Compared:
    times = after / before if before else (1.0 if after == before else float("inf"))
    change = Change.SAME if after == before else Change.SLOWER if after > before else Change.FASTER
    return Compared(name, before, after, (times, times, times), change, exact=True)


def _timed(results: Results) -> Iterator[tuple[str, Sequence[float]]]:
    for step in results.steps():
        yield f"report, {step.step.lower()}, {step.table}: query", step.query
        yield f"report, {step.step.lower()}, {step.table}: scan", step.scan
    for series in results.series():
        for operation, by_size in results.samples(series).items():
            for size, seconds in by_size.items():
                yield f"{series}, {size:,}: {operation}", seconds


def _counted(results: Results) -> Iterator[tuple[str, float]]:
    for step in results.steps():
        if step.written is not None:
            yield f"report, {step.step.lower()}, {step.table}: units written", step.written
    for series in results.series():
        for operation, by_size in results.units(series).items():
            for size, used in by_size.items():
                if any(used.read) or any(used.written):
                    yield f"{series}, {size:,}: {operation}: units", sum(used.read) + sum(used.written)
