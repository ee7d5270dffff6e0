"""Writes docs/evaluation.md and its pictures from the results in docs/evaluation/.

`python scripts/generate_evaluation.py NAME=RESULTS ...` takes new results in first, with times to 10 ns.
"""

import sys
from pathlib import Path

import msgspec

from tertulia.evaluation import document, report
from tertulia.evaluation.document import Block, Paragraph
from tertulia.evaluation.results import Record, Results, Samples, Step, read

DOCS = Path(__file__).resolve().parents[1] / "docs"
RESULTS = DOCS / "evaluation"
NAMES = ("sqlite", "ministack", "dynalite")
BEFORE, AFTER = "before.md", "after.md"


def take_in(name: str, source: Path) -> None:
    """The results of a finished run."""
    lines = [msgspec.json.encode(rounded(record)) for record in read(source)]
    (RESULTS / f"{name}.jsonl").write_bytes(b"\n".join(lines) + b"\n")


def rounded(record: Record) -> Record:
    match record:
        case Samples(seconds=seconds):
            return msgspec.structs.replace(record, seconds=[round(each, 8) for each in seconds])
        case Step(query=query, scan=scan):
            times = {"query": [round(each, 8) for each in query], "scan": [round(each, 8) for each in scan]}
            return msgspec.structs.replace(record, **times)
        case _:
            return record


def blocks() -> list[Block]:
    """The page: what was written by hand, how to read it, and each run."""
    parts: list[Block] = [Paragraph((RESULTS / BEFORE).read_text(encoding="utf-8").strip()), *report.how()]
    for name in NAMES:
        if (RESULTS / f"{name}.jsonl").exists():
            parts += report.part(Results(RESULTS / f"{name}.jsonl"), name=f"{name}-", level=2, plots=True)
    return [*parts, Paragraph((RESULTS / AFTER).read_text(encoding="utf-8").strip())]


def page(made: list[Block]) -> str:
    return document.markdown(made, "images/evaluation")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        take_in(argument.partition("=")[0], Path(argument.partition("=")[2]))
    written = blocks()
    (DOCS / "evaluation.md").write_text(page(written), encoding="utf-8")
    images = DOCS / "images" / "evaluation"
    images.mkdir(parents=True, exist_ok=True)
    for file, content in document.pictures(written).items():
        (images / file).write_bytes(content)
