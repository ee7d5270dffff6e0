"""Runs every benchmark and writes `docs/benchmarks.md` with its plot. `python -m bench --quick` is a short one."""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import client, fanout, history, idle, report, sends, start
from tertulia.evaluation.results import VERSION, Begun, Results, Samples

ROOT = Path(__file__).resolve().parent.parent


def measure(
    *, quick: bool, only: str = "", known: dict[str, Any] | None = None, partial: Path | None = None
) -> dict[str, Any]:
    """The figures of all benchmarks; with `only`, of one of them beside the others that are known. What there is so far
    is written to `partial`, so that nothing is lost where a later part fails."""
    figures: dict[str, Any] = {**(known or {}), "machine": report.machine()}
    with tempfile.TemporaryDirectory() as folder:
        parts = {
            "start": lambda: start.measure(3 if quick else 10),
            "fanout": lambda: fanout.measure(
                200 if quick else 1000, 100 if quick else 400, [1, 16], 200, 2 if quick else 5
            ),
            "sends": lambda: sends.measure(64, 2.0 if quick else 8.0),
            "idle": lambda: idle.measure(1000 if quick else 10_000, 3.0 if quick else 30.0),
            "history": lambda: asyncio.run(
                history.measure(1000, 20_000 if quick else 1_000_000, 100 if quick else 500, Path(folder))
            ),
            "client": lambda: client.measure(
                5_000 if quick else 100_000, 60 if quick else 300, 2 if quick else 7, 300 if quick else 3_600
            ),
        }
        for name, part in parts.items():
            if only not in ("", name):
                continue
            print(f"{name} ...", flush=True)
            began = time.perf_counter()
            figures[name] = part()
            print(f"  {time.perf_counter() - began:.0f} s", flush=True)
            if partial is not None:
                partial.write_text(json.dumps(figures))
    return figures


def keep(path: Path, figures: dict[str, Any], samples: list[dict[str, list[float]]]) -> None:
    """The samples as results of an evaluation, so that two runs can be compared with the noise taken into account."""
    results = Results(path)
    if not results.records:
        about = {"version": VERSION, "home": "sqlite", "about": "make bench", "machine": figures["machine"]}
        results.append(Begun(**about, versions={}, command="python -m bench", largest=0, rounds=0))
    for row, by_size in zip(figures["history"], samples, strict=True):
        for size, seconds in by_size.items():
            results.append(Samples(series="history", operation=row["operation"], size=int(size), seconds=seconds))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="small numbers: to see that it runs, not to quote")
    options.add_argument("--only", default="", help="measure this part again, beside the figures of --figures")
    options.add_argument("--figures", type=Path, help="read the figures from this file instead of measuring")
    options.add_argument("--partial", type=Path, help="write the figures to this file after each part")
    options.add_argument(
        "--results",
        type=Path,
        help="add the raw samples of the history to this file, for `tertulia evaluate --compare`",
    )
    options.add_argument("--folder", type=Path, default=ROOT / "docs", help="where to write")
    chosen = options.parse_args()
    figures = json.loads(chosen.figures.read_text()) if chosen.figures else {}
    if chosen.only or not figures:
        figures = measure(quick=chosen.quick, only=chosen.only, known=figures, partial=chosen.partial)
    samples = [row.pop("samples") for row in figures["history"] if "samples" in row]
    if chosen.results and samples:
        keep(chosen.results, figures, samples)
    report.write(figures, chosen.folder)
    print(f"written: {chosen.folder / 'benchmarks.md'}")


if __name__ == "__main__":
    main()
