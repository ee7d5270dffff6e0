"""`tertulia serve`: how it starts, what it refuses, how it ends."""

import asyncio
import json
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.client.server import QUICK, RunningServer

from tertulia.client import Client
from tertulia.homes.demo import PASSWORD, PEOPLE

pytestmark = pytest.mark.slow


def serve(*arguments: str | Path, **options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tertulia", "serve", "--port", "0", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=options or None)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order(tmp_path: Path, how: signal.Signals) -> None:
    """It says where it runs, answers there, ends without a complaint, and closes its files."""
    command = [sys.executable, "-m", "tertulia", "serve", "--port", "0", "--data", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = next(line.split()[-1] for line in server.stdout if "runs at" in line)
        with urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:
            assert answer.status == 200
        server.send_signal(how)
        _, said = server.communicate(timeout=20)
    assert "Traceback" not in said
    assert server.returncode == 0
    assert (tmp_path / "chat.db").exists()
    assert list(tmp_path.glob("*-wal")) == []


async def test_a_demonstration_has_people_and_conversations(tmp_path: Path) -> None:
    """Everybody can sign in with the stated password and has something to read; a restart adds nothing."""
    server = RunningServer(tmp_path, TERTULIA_DEMO="1")
    try:
        for _ in range(2):
            for username in PEOPLE:
                async with Client.sign_in(server.url, username, PASSWORD, retries=QUICK) as client:
                    views = await client.conversations()
                    assert views
                    page = await client.api.list_messages(views[-1].id)
                    assert len(page.messages) == 6
            config = json.loads(await asyncio.to_thread(_read, f"{server.url}/config.json"))
            assert config["demo"] is True
            server.stop()
            server.start()
    finally:
        server.stop()


def _read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        body: bytes = answer.read()
    return body


def test_a_demonstration_is_not_for_the_public(tmp_path: Path) -> None:
    """Known passwords on an address that others reach are refused, and so are they beside real accounts."""
    ran = serve("--demo", "--host", "0.0.0.0", "--data", tmp_path)
    assert (ran.returncode, "127.0.0.1" in ran.stderr) == (2, True)
    create = [sys.executable, "-m", "tertulia", "user", "create", "somebody", "--data", str(tmp_path)]
    subprocess.run(create, input="a long enough phrase", text=True, check=True, capture_output=True, timeout=30)
    ran = serve("--demo", "--data", tmp_path)
    assert (ran.returncode, "of its own" in ran.stderr) == (1, True)


def test_what_can_not_be_served_is_a_sentence_and_an_exit_code(tmp_path: Path, run: Run) -> None:
    """A port that is taken, a folder that another server uses, files of a newer version, settings that can't be."""
    used = tmp_path / "used"
    used.mkdir()
    server = RunningServer(used)
    try:
        assert "Another server" in refused(serve("--data", used), 1)
    finally:
        server.stop()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = serve("--port", str(taken.getsockname()[1]), "--data", tmp_path / "a")
        assert "Is the port free" in refused(ran, 1)
    with closing(sqlite3.connect(used / "chat.db")) as connection:
        connection.execute("PRAGMA user_version = 1000")
    assert "newer" in refused(serve("--data", used), 1)
    refused(serve("--port", "70000"), 2)
    refused(serve("--origin", "chat.example.org", "--data", tmp_path / "b"), 2)
    refused(serve("--data", tmp_path / "c", TERTULIA_SIGN_UP="perhaps"), 2)


def refused(ran: subprocess.CompletedProcess[str], code: int) -> str:
    assert (ran.returncode, ran.stderr.startswith("tertulia: ")) == (code, True), ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stderr
