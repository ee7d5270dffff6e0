"""`tertulia user`: accounts in a data folder, with and without a server on it."""

import asyncio
import threading
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.client.server import PASSWORD, QUICK, RunningServer, name_of

from tertulia.client import Client
from tertulia.domain.errors import UnauthenticatedError


def test_accounts_are_made_listed_and_changed(run: Run, password_file: Path) -> None:
    """Each command does what it says, says so, and ends with 0."""
    assert run("user", "create", "ana", "--admin", "--name", "Ana", "--password-file", password_file).code == 0
    assert run("user", "create", "ben", stdin=PASSWORD + "\n").code == 0
    users = {user["username"]: user for user in run("user", "list", "--json").json}
    assert users["ana"]["admin"] is True
    assert users["ana"]["name"] == "Ana"
    assert "admin" not in users["ben"]
    assert run("user", "admin", "ben", "--json").json[0]["admin"] is True
    assert "admin" not in run("user", "admin", "ben", "--revoke", "--json").json[0]
    assert run("user", "disable", "ben", "--json").json[0]["disabled"] is True
    assert "disabled" in run("user", "list").out
    assert "disabled" not in run("user", "enable", "ben", "--json").json[0]
    assert run("user", "password", "ben", stdin="another long phrase\n").code == 0
    assert len(run("user", "invite").out.strip()) > 10
    assert run("user", "invite", "--url", "https://chat.example.org/").out.startswith(
        "https://chat.example.org/sign-up?"
    )


@pytest.mark.parametrize(
    ("arguments", "stdin", "code"),
    [
        (("create", "ana"), PASSWORD, 1),
        (("create", "Not A Name"), PASSWORD, 2),
        (("create", "carla"), "short", 2),
        (("create", "carla", "--password-file", "missing"), "", 2),
        (("disable", "nobody"), "", 4),
        (("admin", "nobody"), "", 4),
        (("password", "nobody"), PASSWORD, 4),
        (("list", "--data", "elsewhere"), "", 4),
        (("paint", "ana"), "", 2),
    ],
)
def test_what_can_not_be_done_is_a_sentence_and_an_exit_code(
    run: Run, arguments: tuple[str, ...], stdin: str, code: int
) -> None:
    """Nothing fails silently, and nothing shows a traceback."""
    run("user", "create", "ana", stdin=PASSWORD)
    ran = run("user", *arguments, stdin=stdin)
    assert ran.code == code
    assert ran.err
    assert "Traceback" not in ran.err


@pytest.mark.slow
async def test_who_is_disabled_while_the_server_runs_is_cut_off(
    server: RunningServer, run: Run, tmp_path: Path
) -> None:
    """The stream of the person ends within seconds, although the command is another process's business."""
    async with await server.register("ana") as ana, ana.connect() as live:
        disabled = []
        command = threading.Thread(
            target=lambda: disabled.append(run("user", "disable", name_of(ana), "--data", server.data))
        )
        command.start()
        with pytest.raises(UnauthenticatedError):
            async with asyncio.timeout(10):
                await anext(live)
        await asyncio.to_thread(command.join)
        assert disabled[0].code == 0


@pytest.mark.slow
async def test_an_invitation_opens_the_door(run: Run, tmp_path: Path) -> None:
    """An administrator's invitation makes an administrator, also where nobody else may sign up."""
    data = tmp_path / "closed"
    data.mkdir()
    server = RunningServer(data, TERTULIA_SIGN_UP="closed")
    try:
        ran = await asyncio.to_thread(run, "user", "invite", "--admin", "--data", data)
        async with Client(server.url, retries=QUICK) as client:
            user, _ = await client.api.sign_up("root", PASSWORD, invite=ran.out.strip())
            assert user.admin
    finally:
        server.stop()
