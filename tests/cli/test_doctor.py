"""`tertulia doctor` names the fault and what to do about it."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.client.scripted import Asked, Reply, ScriptedServer
from tests.client.server import RunningServer

from tertulia.cli.examination import Finding, examine_machine, examine_server


def fault(findings: list[Finding], what: str) -> Finding:
    """The finding about `what`, which is the only one that is wrong."""
    assert [finding.what for finding in findings if not finding.ok] == [what]
    return next(finding for finding in findings if finding.what == what)


class FalseServer(ScriptedServer):
    """Answers every path with what `answer` says."""

    def __init__(self, answer: Callable[[str], Reply]) -> None:
        super().__init__()
        self.answer = answer

    def _reply(self, asked: Asked) -> Reply | None:
        return self.answer(asked.path.partition("?")[0])


@asynccontextmanager
async def false_server(**paths: Reply) -> AsyncIterator[str]:
    """A server that has a configuration, is ready, and answers `paths` as it is told."""
    answers = {
        "/config.json": Reply(body={"api": "/api", "ws": "/ws"}),
        "/readyz": Reply(),
        **{f"/{path.replace('_', '.')}": reply for path, reply in paths.items()},
    }
    async with FalseServer(lambda path: answers.get(path, Reply(status=404))).running() as server:
        yield server.url


def test_a_server_that_is_well(server: RunningServer, run: Run) -> None:
    """Everything is looked at, and all of it is well but for what this checkout lacks."""
    ran = run("doctor", server.url, "--origin", server.url, "--data", server.data, "--json")
    looked = {finding["what"]: finding["ok"] for finding in ran.json}
    assert looked.pop("web client") in {True, False}
    assert set(looked) == {
        "SQLite", "data folder", "disk", "server", "clock", "readiness", "WebSocket", "web origin", "transcoding",
    }  # fmt: skip
    assert [finding for finding in ran.json if not finding["ok"] and finding["what"] != "web client"] == []
    assert ran.code in {0, 6}


async def test_a_web_origin_that_is_not_listed(server: RunningServer) -> None:
    """The remedy is the option that lists it."""
    findings = await examine_server(server.url, "https://chat.example.org")
    assert {finding.what for finding in findings if not finding.ok} == {"WebSocket", "web origin"}
    assert all("--origin https://chat.example.org" in finding.remedy for finding in findings if not finding.ok)


async def test_a_server_that_is_not_there() -> None:
    """Nothing answers: that is said alone."""
    async with false_server() as url:
        pass
    assert "nothing answers" in fault(await examine_server(url, ""), "server").said


async def test_a_server_that_is_something_else() -> None:
    """Whatever answers without our configuration is not Tertulia."""
    async with false_server(config_json=Reply(body=b"<html>")) as url:
        assert "is not Tertulia" in fault(await examine_server(url, ""), "server").said


async def test_an_address_that_leads_elsewhere() -> None:
    """The right address is in the remedy."""
    async with false_server(config_json=Reply(status=308, headers={"location": "https://x.example/"})) as url:
        assert "https://x.example/" in fault(await examine_server(url, ""), "server").remedy


@pytest.mark.parametrize("status", [200, 400, 404, 426, 502])
async def test_a_proxy_that_passes_no_web_sockets(status: int) -> None:
    """Whatever it answers instead of 101, the remedy is to let Upgrade pass."""
    async with false_server(ws=Reply(status=status)) as url:
        assert "Upgrade" in fault(await examine_server(url, ""), "WebSocket").remedy


async def test_a_clock_that_is_wrong() -> None:
    """Two minutes are too many for tokens."""
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)
    config = Reply(body={"api": "/api", "ws": "/ws"}, headers={"date": date})
    async with false_server(config_json=config, ws=Reply(status=400)) as url:
        findings = await examine_server(url, "")
    clock = next(finding for finding in findings if finding.what == "clock")
    assert not clock.ok
    assert "NTP" in clock.remedy


async def test_a_server_that_is_not_ready() -> None:
    """What it says of itself is passed on."""
    async with false_server(readyz=Reply(status=503, body=b"The server is stopping."), ws=Reply(status=400)) as url:
        findings = await examine_server(url, "")
    assert "The server is stopping." in next(f for f in findings if f.what == "readiness").said


def test_a_data_folder_that_others_can_read(tmp_path: Path) -> None:
    """The remedy is the command that closes it."""
    (tmp_path / "chat.db").touch(mode=0o600)
    tmp_path.chmod(0o755)
    findings = [f for f in examine_machine(tmp_path, required=True) if f.what != "web client"]
    assert "chmod" in fault(findings, "data folder").remedy
    tmp_path.chmod(0o700)
    assert all(f.ok for f in examine_machine(tmp_path, required=True) if f.what != "web client")


def test_whether_films_are_made_again(tmp_path: Path) -> None:
    """It may be so or not; only a program that isn't there is wrong."""
    found = {
        named: next(f for f in examine_machine(tmp_path, required=False, ffmpeg=named) if f.what == "transcoding")
        for named in ("auto", "off", sys.executable, "/missing/ffmpeg")
    }
    assert [finding.ok for finding in found.values()] == [True, True, True, False]
    assert "switched off" in found["off"].said
    assert found["/missing/ffmpeg"].remedy


def test_a_data_folder_that_is_not_there(tmp_path: Path, run: Run) -> None:
    """It is wrong where it was asked for, and only not yet there where not."""
    missing = tmp_path / "missing"
    assert not all(f.ok for f in examine_machine(missing, required=True) if f.what == "data folder")
    assert all(f.ok for f in examine_machine(missing, required=False) if f.what == "data folder")
    assert run("doctor", "--data", missing).code == 6
