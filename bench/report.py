"""The page of the benchmarks: a table with the targets, a plot, the machine and the commands."""

import json
import sqlite3
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tertulia.evaluation import machine as evaluation
from tertulia.evaluation.plots import Bars, add_bars, drawing, saved

_PAGE = Path(__file__).with_name("benchmarks.md.in")


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    made = evaluation.machine()
    return {
        **{name: made[name] for name in ("cpu", "cores", "kernel", "python")},
        "sqlite": sqlite3.sqlite_version,
        "uvicorn": version("uvicorn"),
        "websockets": version("websockets"),
    }


def write(figures: dict[str, Any], folder: Path) -> None:
    """Writes `benchmarks.json`, `benchmarks.md` and `images/benchmarks.svg` into `folder`."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "benchmarks.json").write_text(json.dumps(figures, indent=1) + "\n")
    made = figures["machine"]
    text = _PAGE.read_text().format(
        machine=f"{made['cores']} cores ({made['cpu']}), Python {made['python']}, SQLite {made['sqlite']}",
        rows="\n".join(_rows(figures)),
        people=f"{figures['fanout'][0]['people']:,}",
        runs=figures["fanout"][0]["runs"],
        commits="the fsync of the machine's disk is what a single sender waits for",
    )
    (folder / "benchmarks.md").write_text(text)
    _plot(figures, folder / "images" / "benchmarks.svg")


def _rows(figures: dict[str, Any]) -> list[str]:
    rows = []
    for row, target in zip(figures["fanout"], (1.5, 1.0), strict=True):
        what = f"Delivery, {row['in_flight']} in flight: CPU, beside the C loop"
        got = f"{row['tertulia_us']:.2f} µs, C {row['c_us']:.2f} µs: {row['ratio']:.2f}×"
        rows.append(_row(what, got, f"≤ {target}×", row["ratio"] <= target))
    sent = figures["sends"]
    rows.append(
        _row(
            "Acknowledged durable sends, 64 senders",
            f"{sent['per_second']:,.0f}/s on {sent['server_cores']:.2f} cores, "
            f"{sent['microseconds_of_cpu']:.0f} µs of CPU each",
            "≥ 5,000/s",
            sent["per_second"] >= 5000,
        )
    )
    rows.append(
        _row(
            f"Answer at half of that ({sent['half_rate']:,.0f}/s)",
            f"p50 {sent['half_p50_ms']:.1f} ms, p99 {sent['half_p99_ms']:.1f} ms",
            "p99 < 50 ms",
            sent["half_p99_ms"] < 50,
        )
    )
    rest = figures["idle"]
    rows.append(
        _row(
            f"Idle connection ({rest['connections']:,})",
            f"{rest['bytes_each'] / 1000:.1f} kB; all together {rest['core_share'] * 100:.1f} % of a core",
            "≤ 12 kB",
            rest["bytes_each"] <= 12_000,
        )
    )
    for row in figures["history"]:
        got = f"{row['small_p50_us']:.0f} and {row['large_p50_us']:.0f} µs: {row['ratio']:.2f}×"
        rows.append(
            _row(f"{row['operation'].capitalize()}, 1,000 and 1,000,000 messages", got, "≤ 1.3×", row["ratio"] <= 1.3)
        )
    if "client" in figures:
        rows += _client_rows(figures["client"])
    begun = figures["start"]
    rows.append(
        _row("First answer after the start", f"{begun['median_seconds']:.2f} s", "≤ 1 s", begun["median_seconds"] <= 1)
    )
    return rows


def _client_rows(client: dict[str, Any]) -> list[str]:
    sizes, screen, typing = client["sizes"], client["first_screen"], client["typing"]
    memory, shift = client["memory"], client["shift"]
    grown = memory["after_mb"] - memory["before_mb"]
    return [
        _row(
            "Web client: JavaScript, CSS before the first screen, gzipped",
            f"{sizes['first_js_kib']:.0f}, {sizes['first_css_kib']:.0f} KiB; "
            f"the largest part that is loaded later {sizes['largest_later_js_kib']:.1f} KiB",
            "≤ 80, 15 KiB",
            sizes["first_js_kib"] <= 80 and sizes["first_css_kib"] <= 15,
        ),
        _row(
            f"First usable screen, processor {screen['slowed']}× slowed",
            f"{screen['p50_ms']:,.0f} ms, worst of {screen['n']} {screen['worst_ms']:,.0f} ms",
            "≤ 1,000 ms",
            screen["p50_ms"] <= 1000,
        ),
        _row(
            f"A key in a conversation of {client['messages']:,} messages",
            f"p50 {typing['p50_ms']:.1f} ms, p95 {typing['p95_ms']:.1f} ms",
            "p95 ≤ 16 ms",
            typing["p95_ms"] <= 16,
        ),
        _row(
            f"Growth of the page's heap by {memory['messages']:,} messages",
            f"{grown:.1f} MB (of {memory['before_mb']:.1f} MB)",
            "≤ 20 MB",
            grown <= 20,
        ),
        _row(
            f"Layout shift while {shift['pictures']} pictures load",
            f"{shift['shift']:.4f}",
            "0",
            shift["shift"] == 0,
        ),
    ]


def _row(what: str, got: str, target: str, met: bool) -> str:
    return f"| {what} | {got} | {target} | {'met' if met else '**missed**'} |"


def _plot(figures: dict[str, Any], path: Path) -> None:
    with drawing(10, 3.6, beside=2) as (figure, (left, right)):
        rows = figures["fanout"]
        bars = [
            Bars("tertulia serve", [r["tertulia_us"] for r in rows]),
            Bars("C loop", [r["c_us"] for r in rows], "//"),
        ]
        add_bars(left, [f"{r['in_flight']} in flight" for r in rows], bars)
        left.set_ylabel("µs of server CPU per delivery")
        left.set_title(f"Delivery to {rows[0]['people']:,} members")
        rows = figures["history"]
        bars = [
            Bars("1,000", [r["small_p50_us"] / 1000 for r in rows]),
            Bars("1,000,000", [r["large_p50_us"] / 1000 for r in rows], ".."),
        ]
        add_bars(right, [r["operation"] for r in rows], bars, sideways=True)
        right.set_xlabel("ms, median")
        right.set_title("Messages in the conversation")
        path.write_bytes(saved(figure).svg)
