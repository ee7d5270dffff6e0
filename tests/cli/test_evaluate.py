"""`tertulia evaluate` as it is typed."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.emulators.emulators import Emulator

from tertulia.evaluation.results import Results, Samples


@pytest.mark.slow
def test_a_run_says_its_verdicts_and_writes_its_report(run: Run, tmp_path: Path) -> None:
    """Once; the second time there is nothing left to do."""
    out = tmp_path / "out"
    ran = run("evaluate", "--output", out, "--rounds", 5)
    assert ran.code == 0
    assert "Chat-Messages: rows read by a query" in ran.out
    assert sorted(path.name for path in out.iterdir()) == ["images", "report.html", "report.md", "results.jsonl"]
    before = (out / "results.jsonl").read_bytes()
    again = run("evaluate", "--output", out, "--rounds", 5, "--json")
    assert (out / "results.jsonl").read_bytes() == before
    assert {row["verdict"] for row in again.json[0]["report"]} <= {"grows", "doesn't grow", "too noisy to tell"}


@pytest.mark.slow
def test_dynamodb_is_evaluated_where_the_endpoint_is(
    run: Run, tmp_path: Path, ministack: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the credentials and the region of the environment; the page says that it was an emulator."""
    for name, value in ministack.environment.items():
        if name != "AWS_ENDPOINT_URL":
            monkeypatch.setenv(name, value)
    out = tmp_path / "out"
    asked = ("--home", "dynamodb", "--endpoint-url", ministack.url)
    ran = run("evaluate", *asked, "--output", out, "--rounds", 2)
    assert ran.code == 0, ran.err
    assert "Chat-Messages: units read by a query" in ran.out
    assert "emulator" in (out / "report.md").read_text()
    other = run("evaluate", "--output", out, "--rounds", 2)
    assert other.code == 1
    assert "another home" in other.err


@pytest.mark.slow
def test_ctrl_c_stops_in_good_order(tmp_path: Path) -> None:
    """It ends with 130 and a sentence, what was measured is kept, and what it made can be removed."""
    out = tmp_path / "out"
    command = [sys.executable, "-m", "tertulia", "evaluate", "--further", "--largest", "1000", "--output", str(out)]
    child = subprocess.Popen([*command, "--rounds", "5000"], stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 60
        while not any(isinstance(record, Samples) for record in _records(out)) and time.monotonic() < deadline:
            time.sleep(0.05)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=60)
    finally:
        child.kill()
        child.wait()
    assert child.returncode == 130, said
    assert "goes on from here" in said
    assert any(isinstance(record, Samples) for record in _records(out))
    assert (out / "homes").is_dir()
    subprocess.run([*command, "--discard"], check=True, capture_output=True)
    assert not (out / "homes").exists()


def _records(out: Path) -> list[object]:
    path = out / "results.jsonl"
    return list(Results(path).records) if path.exists() else []


@pytest.mark.slow
def test_two_results_are_compared(run: Run, tmp_path: Path) -> None:
    """What became slower is named, and ends with 1; the same results are the same."""
    out = tmp_path / "out"
    run("evaluate", "--output", out, "--rounds", 20)
    before, after = out / "results.jsonl", tmp_path / "after.jsonl"
    shutil.copy(before, after)
    same = run("evaluate", "--compare", before, after)
    assert same.code == 0
    assert ", 0 slower" in same.out
    lines = [json.loads(line) for line in before.read_text().splitlines()]
    for line in lines:
        if line.get("table") == "Chat-Messages" and line["record"] == "step":
            line["query"] = [each * 3 for each in line["query"]]
    after.write_text("".join(json.dumps(line) + "\n" for line in lines))
    worse = run("evaluate", "--compare", before, after)
    assert worse.code == 1
    assert "report, 20 messages, Chat-Messages: query" in worse.out
    assert "slower" in worse.out
    assert run("evaluate", "--compare", before, tmp_path / "none").code == 4
