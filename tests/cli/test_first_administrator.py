"""The first administrator comes in one of three ways; each works, or says why not with an exit code."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.client.server import PASSWORD, QUICK, RunningServer

from tertulia.client import Client

pytestmark = pytest.mark.slow


async def is_administrator(server: RunningServer, username: str) -> bool:
    async with Client.sign_in(server.url, username, PASSWORD, retries=QUICK) as client:
        return (await client.api.get_me()).admin


async def test_by_the_link_that_serve_prints(tmp_path: Path) -> None:
    """The code in the link makes an administrator; once there is one, no link is printed."""
    server = RunningServer(tmp_path, TERTULIA_SIGN_UP="closed")
    try:
        code = server.administrator_link.rpartition("invite=")[2]
        async with Client(server.url, retries=QUICK) as client:
            await client.api.sign_up("root", PASSWORD, invite=code)
        assert await is_administrator(server, "root")
        server.stop()
        server.administrator_link = ""
        server.start()
        assert server.administrator_link == ""
    finally:
        server.stop()


async def test_by_the_environment(tmp_path: Path, password_file: Path) -> None:
    """Name and password file in the environment make the administrator at the start, once."""
    settings = {"TERTULIA_ADMIN_USERNAME": "root", "TERTULIA_ADMIN_PASSWORD_FILE": str(password_file)}
    server = RunningServer(tmp_path, **settings)
    try:
        assert server.administrator_link == ""
        assert await is_administrator(server, "root")
        server.stop()
        server.start()
        assert await is_administrator(server, "root")
    finally:
        server.stop()


@pytest.mark.parametrize("password", [None, "missing", "short"])
def test_a_wrong_environment_ends_serve_with_a_sentence(tmp_path: Path, password: str | None) -> None:
    """Without the file, with one that isn't there or with a weak password, nothing is served."""
    file = tmp_path / "short"
    file.write_text("short")
    settings = {"TERTULIA_ADMIN_USERNAME": "root", "TERTULIA_DATA": str(tmp_path / "data")}
    if password:
        settings["TERTULIA_ADMIN_PASSWORD_FILE"] = str(tmp_path / password)
    command = [sys.executable, "-m", "tertulia", "serve", "--port", "0"]
    ran = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=30, check=False)
    assert ran.returncode in {1, 2}
    assert ran.stderr.startswith("tertulia: ")
    assert "Traceback" not in ran.stderr


async def test_by_the_command_line(tmp_path: Path, password_file: Path) -> None:
    """`user create --admin` on the folder, before there is a server: no link is printed then."""
    command = [sys.executable, "-m", "tertulia", "user", "create", "root", "--admin"]
    subprocess.run([*command, "--password-file", password_file, "--data", tmp_path], timeout=30, check=True)
    server = RunningServer(tmp_path)
    try:
        assert server.administrator_link == ""
        assert await is_administrator(server, "root")
    finally:
        server.stop()
