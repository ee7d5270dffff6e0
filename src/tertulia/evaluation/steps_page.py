"""The report's section 4 as a page shows it: its table, its plot, and the verdict that its text draws."""

from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import Final

from tertulia.evaluation import wording
from tertulia.evaluation.document import Block, Heading, Paragraph, Plot, Table
from tertulia.evaluation.machine import under
from tertulia.evaluation.plots import Bars, draw_bars
from tertulia.evaluation.report_steps import LIMIT, MEMBERS, STEPS
from tertulia.evaluation.results import IN_TURNS, Results, Step
from tertulia.evaluation.statistics import Growth, growth, median, summary

_GROWN: Final = (
    ("Chat-Conversations", {5: STEPS[2], 20: STEPS[3]}, "conversations"),
    ("Chat-Messages", {5: STEPS[4], 20: STEPS[5]}, "messages"),
)
"""The tables that the report shows, and the steps that it compares."""
_HOW: Final = {
    True: "Each step was taken in a new home of its own, with those before it, and the homes were asked in turns, so "
    "that whatever else the machine did fell on all steps alike.",
    False: "They were taken in one new home, one after the other: where the machine's speed drifted meanwhile, what "
    "was measured later seems slower, or faster.",
}


def blocks(results: Results, *, name: str, level: int, plots: bool) -> list[Block]:
    """Nothing where the steps weren't taken."""
    steps, in_turns = results.steps(), results.begun.version >= IN_TURNS
    if not steps:
        return []
    return [
        Heading(level, "The report's evaluation, repeated"),
        Paragraph(
            "**Asked:** do the tables become slower or dearer to use as users, conversations and messages are added? "
            f"**Done:** step by step: nothing; 10 users; 5 conversations of {MEMBERS} people, then 15 more; 5 messages "
            "in one of them, then 15 more. After each step every table was asked the same two things: "
            f"the last {LIMIT} items under one key (a query), and everything (a scan). {_HOW[in_turns]}"
        ),
        _table(steps),
        Paragraph(_written(steps)),
        *(_plots(steps, name, under(results.begun)) if plots else ()),
        Paragraph(users_sentence(steps)),
        Table(("What", "from 5 to 20", *wording.GROWTH_HEAD), [row for row, _ in verdicts(steps)]),
        Paragraph(_meaning([found for _, found in verdicts(steps)])),
        Paragraph(
            "**What it doesn't show.** A query asks for as many items at every step, so it shows what the size of the "
            "table does and not what a longer answer costs. A scan reads all there is: it must grow with the table, "
            "and nothing in the product scans. Twenty is a small number; what follows goes on from there."
        ),
    ]


def verdicts(steps: Sequence[Step]) -> list[tuple[list[str], Growth]]:
    """For each table that the report shows: latencies and capacity, from 5 to 20."""
    found: list[tuple[list[str], Growth]] = []
    for table, names, what in _GROWN:
        at = {size: step for size, name in names.items() for step in steps if (step.step, step.table) == (name, table)}
        unit = at[5].reads_in
        asked: dict[str, dict[int, list[float]]] = {
            "query latency": {size: step.query for size, step in at.items()},
            "scan latency": {size: step.scan for size, step in at.items()},
            f"{unit} read by a query": {size: [step.read_query] for size, step in at.items()},
            f"{unit} read by a scan": {size: [step.read_scan] for size, step in at.items()},
        }
        if all(step.written is not None for step in at.values()):
            per = {size: [(step.written or 0) / step.added] for size, step in at.items()}
            asked[f"units written for each of the {what}"] = per
        for name, series in asked.items():
            result = growth(series)
            show = wording.duration if "latency" in name else wording.number
            change = f"{show(median(series[5]))} to {show(median(series[20]))}"
            found.append(([f"`{table}`: {name}", change, *wording.growth_cells(result)], result))
    return found


def users_sentence(steps: Sequence[Step]) -> str:
    """Whether adding users changed a table."""
    before, after = ({s.table: (s.items, s.bytes) for s in steps if s.step == name} for name in STEPS[:2])
    added = next(step.added for step in steps if step.step == STEPS[1])
    if not added:
        return "**Users.** This home has no accounts of its own here, so none were added."
    same = "no table changed" if before == after else "**tables changed**"
    return f"**Users.** {added} users were added, and {same}: people are in the accounts, not in the tables."


def _table(steps: Sequence[Step]) -> Table:
    unit = steps[0].reads_in
    head = (
        "After the step",
        "table",
        *(f"query: {each}" for each in wording.LATENCY_HEAD),
        *(f"scan: {each}" for each in wording.LATENCY_HEAD[1:]),
        f"{unit} read by a query",
        "by a scan",
        "units written by the step",
        "items",
        "bytes",
    )
    return Table(head, [_row(step) for step in steps])


def _row(step: Step) -> list[str]:
    return [
        step.step,
        f"`{step.table}`",
        *wording.latency_cells(summary(step.query)),
        *wording.latency_cells(summary(step.scan))[1:],
        wording.number(step.read_query),
        wording.number(step.read_scan),
        "-" if step.written is None else wording.number(step.written),
        wording.size(step.items),
        wording.size(step.bytes),
    ]


def _written(steps: Sequence[Step]) -> str:
    if all(step.written is not None for step in steps):
        return (
            "Reads are consistent ones. A step's units are those of all its calls to that table; two for each started "
            "kilobyte of an item, because a message or a conversation is written in one transaction."
        )
    pages = [f"{step.step.lower()}: {step.pages}" for step in _firsts(steps) if step.added and step.pages is not None]
    return (
        "Units written are not shown (-), because SQLite has none; what a step wrote to its log is counted in pages of "
        f"4 KB. {'; '.join(pages)}."
    )


def _firsts(steps: Sequence[Step]) -> Iterator[Step]:
    """One of each step: what holds for all tables."""
    seen: set[str] = set()
    for step in steps:
        if step.step not in seen:
            seen.add(step.step)
            yield step


def _plots(steps: Sequence[Step], name: str, about: str) -> Iterator[Block]:
    for table, _, what in _GROWN:
        mine = [step for step in steps if step.table == table]
        slowest = max(median(each) for step in mine for each in (step.query, step.scan))
        factor, unit = (1e3, "ms") if slowest > 1e-3 else (1e6, "µs")
        draw = partial(
            draw_bars,
            [step.step.replace(" ", "\n") for step in mine],
            [
                Bars("query", [median(step.query) * factor for step in mine]),
                Bars("scan", [median(step.scan) * factor for step in mine], "//"),
            ],
            title=f"{table}: median latency after each step",
            up=unit,
        )
        n = len(mine[0].query)
        caption = f"`{table}`: latency after each step, of a query and of a scan, medians, n = {n} each. {about}"
        yield Plot(f"{name}steps-{what}", caption, cache(draw))


def _meaning(found: Sequence[Growth]) -> str:
    counts = {str(verdict): sum(each.verdict is verdict for each in found) for verdict in {g.verdict for g in found}}
    said = ", ".join(f"{count} × {verdict}" for verdict, count in sorted(counts.items()))
    return (
        f"**What it means.** By the rule: {said}. The report saw that latency and capacity don't fluctuate much; the "
        "rows above say for which of them that holds here."
    )
