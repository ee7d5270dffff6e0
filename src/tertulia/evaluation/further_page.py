"""The larger sizes as a page shows them: a table, a plot, and verdicts for each thing that grows."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial

from tertulia.evaluation import wording
from tertulia.evaluation.document import Block, Heading, Paragraph, Plot, Table
from tertulia.evaluation.further import SERIES, UNITS_ROUNDS, Series
from tertulia.evaluation.machine import under
from tertulia.evaluation.plots import Line, draw_lines
from tertulia.evaluation.results import Results, UnitsUsed
from tertulia.evaluation.statistics import Growth, Verdict, growth, median, quantile, summary

BySize = Mapping[int, Sequence[float]]
ABOUT = {
    "messages": (
        "Two people in one conversation, whose history is as long as the size says. With 100 messages, catching up by "
        "100 begins at the log's beginning, which on DynamoDB saves looking up the place: one read unit."
    ),
    "conversations": "One person in as many conversations as the size says, each with one message.",
    "users": "As many accounts as the size says.",
    "members": "One conversation with as many members as the size says and 200 messages.",
}


def blocks(results: Results, *, name: str, level: int, plots: bool) -> list[Block]:
    """Nothing where no size was measured."""
    parts = [block for series in SERIES for block in _series(results, series, name, level + 1, plots=plots)]
    if not parts:
        return []
    return [
        Heading(level, "Further"),
        Paragraph(
            "**Asked:** does what people do become slower or dearer where there is far more of everything? **Done:** "
            "homes of each size were made side by side and each operation was called at each size in turns, in an "
            "order that is another each time, so that whatever else the machine did fell on all sizes alike. Called "
            "were the store, the search and the accounts, without HTTP, network and pushing. A page has 50 messages, a "
            "list and a search 5 entries, and 20 messages of each history have the word that is searched for, so that "
            "every size gives an answer of the same length."
        ),
        *parts,
    ]


def _series(results: Results, series: Series, name: str, level: int, *, plots: bool) -> Iterator[Block]:
    samples, units = results.samples(series.name), results.units(series.name)
    reason = results.skipped().get(series.name)
    if reason:
        yield Heading(level, series.title)
        yield Paragraph(f"Not measured: {reason}")
    if not samples:
        return
    yield Heading(level, series.title)
    yield Paragraph(ABOUT[series.name])
    if plots:
        yield _plot(series, samples, name, under(results.begun))
    rows = [_verdict(operation, by_size, units.get(operation, {})) for operation, by_size in samples.items()]
    counted = any(any(u.read) or any(u.written) for by_size in units.values() for u in by_size.values())
    yield Table(("Operation", "median, smallest and largest size", *wording.GROWTH_HEAD, "capacity"), rows)
    yield Paragraph(_meaning(samples, units, counted=counted))
    yield Table(
        (
            "Operation",
            series.unit,
            *wording.LATENCY_HEAD,
            *(("units read", "units written") if counted else ("pages",)),
        ),
        list(_rows(samples, units, counted=counted)),
    )


def _rows(
    samples: Mapping[str, BySize], units: Mapping[str, Mapping[int, UnitsUsed]], *, counted: bool
) -> Iterator[list[str]]:
    for operation, by_size in samples.items():
        for size in sorted(by_size):
            used = units.get(operation, {}).get(size)
            cells = ["-", "-"] if counted else ["-"]
            if used is not None and counted:
                cells = [_mean(used.read), _mean(used.written)]
            elif used is not None and used.pages:
                cells = [_mean([float(pages) for pages in used.pages])]
            yield [operation, wording.size(size), *wording.latency_cells(summary(by_size[size])), *cells]


def _mean(values: Sequence[float]) -> str:
    return wording.number(round(sum(values) / len(values), 4))


def constant(by_size: Mapping[int, UnitsUsed]) -> bool:
    """Whether the capacity is exactly the same at each size."""
    return len({(sum(used.read), sum(used.written)) for used in by_size.values()}) == 1


def _verdict(operation: str, by_size: BySize, units: Mapping[int, UnitsUsed]) -> list[str]:
    small, large = min(by_size), max(by_size)
    medians = f"{wording.duration(median(by_size[small]))} and {wording.duration(median(by_size[large]))}"
    capacity = "-"
    if any(any(used.read) or any(used.written) for used in units.values()):
        capacity = "exactly constant" if constant(units) else _varying(units)
    return [operation, medians, *wording.growth_cells(growth(by_size)), capacity]


def _varying(units: Mapping[int, UnitsUsed]) -> str:
    ordered = [units[size] for size in sorted(units)]
    ends = [(sum(u.read) + sum(u.written)) / len(u.read) for u in (ordered[0], ordered[-1])]
    return f"**not constant**: {wording.number(round(ends[0], 2))} to {wording.number(round(ends[1], 2))} units"


def _meaning(samples: Mapping[str, BySize], units: Mapping[str, Mapping[int, UnitsUsed]], *, counted: bool) -> str:
    found: dict[str, Growth] = {operation: growth(by_size) for operation, by_size in samples.items()}
    grows = [operation for operation, each in found.items() if each.verdict is Verdict.GROWS]
    unclear = [operation for operation, each in found.items() if each.verdict is Verdict.UNCLEAR]
    said = f"Latency grows for: {', '.join(grows)}." if grows else "No operation's latency grows by the rule."
    if unclear:
        said += f" Too noisy to tell: {', '.join(unclear)}."
    if counted:
        varying = [operation for operation, by_size in units.items() if not constant(by_size)]
        said += (
            f" Capacity is the same at each size for all but: {', '.join(varying)}."
            if varying
            else " Capacity is exactly the same at each size, for every operation."
        )
        said += (
            f" An append's capacity is the mean of {UNITS_ROUNDS} in a row, of which one writes an item more (`seq#`)."
        )
    return f"**What it means.** {said}"


def _plot(series: Series, samples: Mapping[str, BySize], name: str, under: str) -> Plot:
    lines = [
        Line(
            operation,
            {size: median(each) * 1e3 for size, each in by_size.items()},
            {size: (_quarter(each, 0.25), _quarter(each, 0.75)) for size, each in by_size.items()},
        )
        for operation, by_size in samples.items()
    ]
    up = "ms, median and quartiles"
    draw = cache(partial(draw_lines, lines, title=series.title, across=series.unit, up=up, from_zero=False))
    n = min(len(each) for by_size in samples.values() for each in by_size.values())
    caption = f"{series.title}: each operation's latency at each size, median and quartiles, n = {n} each. {under}"
    return Plot(f"{name}{series.name}", caption, draw)


def _quarter(samples: Sequence[float], share: float) -> float:
    return quantile(sorted(samples), share) * 1e3
