"""A run from its beginning or from where it was stopped, and what is left of it taken away."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from tertulia.evaluation import further, report_steps
from tertulia.evaluation.further import SERIES, Series
from tertulia.evaluation.further_page import constant
from tertulia.evaluation.machine import machine
from tertulia.evaluation.places import Maker, Progress, UnavailableHomeError
from tertulia.evaluation.results import VERSION, Begun, Results
from tertulia.evaluation.statistics import growth, median
from tertulia.evaluation.steps_page import verdicts

FILE: Final = "results.jsonl"


class Plan(Struct, frozen=True, kw_only=True):
    """What is asked for. `largest` bounds the sizes; `large` adds ten times as many messages; `command` is said beside
    the figures."""

    command: str
    further: bool
    large: bool = False
    largest: int | None = None
    rounds: int


def begin(maker: Maker, folder: Path, plan: Plan) -> Results:
    """The results in the folder, begun where there are none. Raises UnavailableHomeError where they are of another kind
    of home."""
    folder.mkdir(parents=True, exist_ok=True)
    results = Results(folder / FILE)
    if not results.records:
        largest = plan.largest or maker.largest * (10 if plan.large else 1)
        results.append(
            Begun(
                version=VERSION,
                home=maker.home,
                about=maker.about,
                machine=machine(),
                versions=maker.versions(),
                command=plan.command,
                largest=largest,
                rounds=plan.rounds,
            )
        )
    if (results.begun.home, results.begun.versions.get("DynamoDB")) != (maker.home, maker.versions().get("DynamoDB")):
        message = f"{results.path} has the results of another home. Choose another folder with --output."
        raise UnavailableHomeError(message)
    return results


async def run(maker: Maker, results: Results, plan: Plan, progress: Progress) -> None:
    """What the results don't have yet."""
    await report_steps.run(maker, results, results.begun.rounds, progress)
    if plan.further:
        for series in SERIES:
            await further.run(maker, results, series, _sizes(results, series, large=plan.large), progress)


async def discard(maker: Maker, results: Results) -> None:
    """Removes every home that the run has made. The results stay."""
    await report_steps.discard(maker)
    await further.discard(maker, lambda series: _sizes(results, series, large=True))


def _sizes(results: Results, series: Series, *, large: bool) -> Sequence[int]:
    return series.sizes(results.begun.largest, large=large)


def outcome(results: Results) -> dict[str, Any]:
    """The verdicts, for programs."""
    steps = [
        {"what": row[0].replace("`", ""), "over_range": found.range, "verdict": found.verdict}
        for row, found in (verdicts(results.steps()) if results.steps() else ())
    ]
    larger = []
    for series in SERIES:
        units = results.units(series.name)
        for operation, by_size in results.samples(series.name).items():
            found = growth(by_size)
            used = units.get(operation, {})
            counted = any(any(each.read) or any(each.written) for each in used.values())
            larger.append(
                {
                    "series": series.name,
                    "operation": operation,
                    "medians": {str(size): median(by_size[size]) for size in sorted(by_size)},
                    "over_range": found.range,
                    "verdict": found.verdict,
                    "capacity_constant": constant(used) if counted else None,
                }
            )
    return {"home": results.begun.home, "results": str(results.path), "report": steps, "further": larger}
