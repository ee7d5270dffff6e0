"""The report of a run, made from its results alone: what was asked, what was done, a table, a plot, what it means, what
it doesn't show."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tertulia.evaluation import document, further_page, steps_page
from tertulia.evaluation.document import Block, Code, Heading, Paragraph
from tertulia.evaluation.machine import engine_of, sentence, versions_of
from tertulia.evaluation.plots import MissingLibraryError
from tertulia.evaluation.results import Begun, Results
from tertulia.evaluation.statistics import TOLERANCE

NAMES: Final = {"sqlite": "SQLite, on one machine", "dynamodb": "DynamoDB"}
PAGE: Final = "report.html"
TEXT: Final = "report.md"
IMAGES: Final = "images"


def write(results: Results, folder: Path) -> bool:
    """Writes `report.html`, `report.md` and the plots into `folder`. False where there are no plots, for matplotlib is
    missing."""
    plots = True
    try:
        blocks = whole(results, plots=True)
        drawn = document.pictures(blocks)
    except MissingLibraryError:
        plots = False
        blocks, drawn = whole(results, plots=False), {}
    (folder / PAGE).write_text(document.page(blocks, _title(results.begun)), encoding="utf-8")
    (folder / TEXT).write_text(document.markdown(blocks, IMAGES), encoding="utf-8")
    for name, content in drawn.items():
        (folder / IMAGES).mkdir(exist_ok=True)
        (folder / IMAGES / name).write_bytes(content)
    if not plots:
        for old in (folder / IMAGES).glob("*") if (folder / IMAGES).is_dir() else ():
            old.unlink()
        with suppress(OSError):
            (folder / IMAGES).rmdir()
    return plots


def whole(results: Results, *, plots: bool) -> list[Block]:
    """A page of its own."""
    return [
        Heading(1, _title(results.begun)),
        Paragraph(
            "The report from which this product started ends with an evaluation, and claims from it that the system "
            "scales. This page repeats that evaluation and then asks the same of far larger sizes."
        ),
        *how(),
        *part(results, name="", level=2, plots=plots),
    ]


def how() -> list[Block]:
    """How to read the tables."""
    return [
        Heading(2, "How to read it"),
        Paragraph(
            "Times are how long one call took; n is how many calls; the median is the middle one, 95 of 100 calls took "
            "no longer than p95, 99 of 100 no longer than p99; the spread is the distance between the quartiles, "
            "within which the middle half lies."
        ),
        Paragraph(
            "Verdicts follow a rule and not the eye. A straight line is laid through the medians (both axes "
            "logarithmic), which gives the growth for each doubling of the size and over the whole range. Its 95 % "
            "confidence interval comes from drawing the samples again a thousand times. Where all of the interval over "
            f"the range is above {TOLERANCE}×, the thing **grows**; where all of it is at or below, it **doesn't "
            "grow**; otherwise it is **too noisy to tell**."
        ),
    ]


def part(results: Results, *, name: str, level: int, plots: bool) -> list[Block]:
    """What one run found, as a part of a page. `name` goes before the names of its plots."""
    begun = results.begun
    return [
        Heading(level, NAMES[begun.home] + _emulator(begun)),
        Paragraph(begun.about),
        Paragraph(f"Measured on {sentence(begun.machine)}; {versions_of(begun)}; {begun.rounds} rounds, with:"),
        Code(begun.command),
        *steps_page.blocks(results, name=name, level=level + 1, plots=plots),
        *further_page.blocks(results, name=name, level=level + 1, plots=plots),
    ]


def _title(begun: Begun) -> str:
    return f"Evaluation: {NAMES[begun.home]}{_emulator(begun)}"


def _emulator(begun: Begun) -> str:
    engine = engine_of(begun)
    return "" if engine == "AWS" else f", in {engine}"


def joined(parts: Sequence[Sequence[Block]]) -> list[Block]:
    return [block for each in parts for block in each]
