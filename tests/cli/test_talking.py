"""`login`, `send`, `tail`, `chat`, `logout` against a real server."""

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.client.server import PASSWORD, RunningServer, name_of

from tertulia.cli.session_file import FileSessions
from tertulia.cli.showing import plain
from tertulia.client import Client, SavedSession


@pytest.fixture
def people(server: RunningServer, run: Run) -> tuple[str, str]:
    """Ana, who is signed in at this terminal, and Ben."""

    async def register() -> tuple[str, str]:
        async with await server.register("ana") as ana, await server.register("ben") as ben:
            return name_of(ana), name_of(ben)

    ana, ben = asyncio.run(register())
    assert run("login", server.url, ana, stdin=PASSWORD).code == 0
    return ana, ben


def test_a_session_is_kept_for_its_owner_alone(run: Run, people: tuple[str, str], tmp_path: Path) -> None:
    """The file of the session has mode 0600 in a folder of 0700, and is gone after `logout`."""
    file = tmp_path / "session" / "session.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert run("logout").code == 0
    assert not file.exists()
    assert run("chat", "--list").code == 3


def test_a_message_is_sent_and_seen(run: Run, people: tuple[str, str]) -> None:
    """To a person, who need not have been written to before, and from standard input; `tail` shows both."""
    _, ben = people
    assert run("send", f"@{ben}", "Hola, ¿qué tal?").code == 0
    sent = run("send", f"@{ben}", "-", "--json", stdin="two\nlines\n").json[0]
    assert sent["text"] == "two\nlines"
    shown = run("tail", f"@{ben}", "--no-follow").out
    assert "Hola, ¿qué tal?" in shown
    assert "two\n    lines" in shown
    entries = run("tail", f"@{ben}", "--no-follow", "--json", "--since", "0").json
    assert [entry["entry"]["seq"] for entry in entries] == [1, 2, 3]
    later = run("tail", f"@{ben}", "--no-follow", "--json", "--since", "2").json
    assert [entry["entry"]["seq"] for entry in later] == [3]


def test_a_message_with_an_id_of_its_own_is_sent_once(run: Run, people: tuple[str, str]) -> None:
    """A script that runs again with the same id says nothing twice."""
    _, ben = people
    first, second = (run("send", f"@{ben}", "once", "--id", "job-1", "--json").json[0] for _ in range(2))
    assert first == second


def test_a_file_goes_with_a_message(run: Run, people: tuple[str, str], tmp_path: Path) -> None:
    """`--attach` uploads it and names it."""
    _, ben = people
    (tmp_path / "plan.txt").write_text("left, then right")
    sent = run("send", f"@{ben}", "look", "--attach", tmp_path / "plan.txt", "--json").json[0]
    assert (sent["attachments"][0]["name"], sent["attachments"][0]["type"]) == ("plan.txt", "text/plain")


def test_tail_follows(run: Run, people: tuple[str, str]) -> None:
    """What is said after it began is shown, and `--count` ends it."""
    _, ben = people
    run("send", f"@{ben}", "before")
    command = [sys.executable, "-m", "tertulia", "tail", f"@{ben}", "--json", "--count", "3", "--last", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as tail:
        assert tail.stdout is not None
        assert json.loads(tail.stdout.readline())["entry"]["text"] == "before"
        run("send", f"@{ben}", "one")
        run("send", f"@{ben}", "two")
        texts = [json.loads(line)["entry"]["text"] for line in tail.stdout]
        assert texts == ["one", "two"]
        assert tail.wait(20) == 0


def test_tail_is_stopped_with_ctrl_c(run: Run, people: tuple[str, str]) -> None:
    """It ends with 130 and without a traceback."""
    _, ben = people
    run("send", f"@{ben}", "before")
    command = [sys.executable, "-m", "tertulia", "tail", f"@{ben}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as tail:
        assert tail.stdout is not None
        assert "before" in tail.stdout.readline()
        tail.send_signal(signal.SIGINT)
        _, said = tail.communicate(timeout=20)
    assert tail.returncode == 130
    assert "Traceback" not in said


def test_a_chat_in_the_terminal(run: Run, people: tuple[str, str]) -> None:
    """Its commands do what the help says, typed or piped in."""
    ana, ben = people
    lines = [
        f"/new Cine @{ben}",
        "Who has the tickets?",
        "/edit Who has my ticket?",
        "//shrug",
        "/who",
        "/list",
        "/help",
        "/delete",
        "/react 👍",
        "/unknown",
        "/more",
        "/open Cine",
        "/quit",
    ]
    ran = run("chat", stdin="\n".join(lines) + "\n")
    assert ran.code == 0
    assert "--- Cine ---" in ran.out
    assert f"{ana} (owner)" in ran.out
    assert "Who has my ticket? (edited)" in ran.out
    assert "(deleted)" in ran.out
    assert "/leave" in ran.out
    assert "Nobody else has said anything here." in ran.err
    assert "There is no command /unknown" in ran.err
    listed = run("chat", "--list", "--json").json
    assert [view["title"] for view in listed] == ["Cine"]
    log = run("tail", "cine", "--no-follow", "--json", "--since", "0").json
    assert [entry["entry"]["kind"] for entry in log] == ["created", "message", "edited", "message", "deleted"]


def test_a_chat_shows_what_others_say_and_reads_it(server: RunningServer, run: Run, people: tuple[str, str]) -> None:
    """What comes while it is open is shown as it comes, and is read then."""
    ana, ben = people

    async def talk() -> int:
        async with Client.sign_in(server.url, ben, PASSWORD) as friend, friend.connect() as live:
            command = [sys.executable, "-m", "tertulia", "chat", f"@{ben}"]
            chat = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
            assert chat.stdin is not None
            assert chat.stdout is not None
            async with asyncio.timeout(30):
                assert f"@{ben}" in (await chat.stdout.readline()).decode()
                conversation = (await friend.conversations())[0].id
                sent = await friend.send(conversation, "¿Estás?")
                while "¿Estás?" not in (await chat.stdout.readline()).decode():
                    pass
                async for event in live:
                    if getattr(event, "username", "") == ana and hasattr(event, "read"):
                        assert event.read.timestamp == sent.timestamp
                        break
                chat.stdin.write_eof()
                return await chat.wait()

    assert asyncio.run(talk()) == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("send", "@nobody-there", "hi"), 4),
        (("send", "no such title", "hi"), 4),
        (("send", "g_nothing", "hi"), 4),
        (("tail", "@nobody-there"), 4),
        (("send",), 2),
        (("send", "@{ben}", ""), 2),
        (("send", "@{ben}", "hi", "--attach", "missing.txt"), 2),
    ],
)
def test_what_can_not_be_said_has_an_exit_code(
    run: Run, people: tuple[str, str], arguments: tuple[str, ...], code: int
) -> None:
    """And a sentence on standard error."""
    ran = run(*(argument.format(ben=people[1]) for argument in arguments))
    assert (ran.code, bool(ran.err)) == (code, True)


def test_a_wrong_password_ends_with_3(server: RunningServer, run: Run, people: tuple[str, str]) -> None:
    """And says that name or password is wrong, not which."""
    ran = run("login", server.url, people[0], stdin="not the password")
    assert ran.code == 3
    assert "username or the password" in ran.err


def test_a_server_that_is_not_there_ends_with_5(run: Run) -> None:
    """And says so in a sentence."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ran = run("login", f"http://127.0.0.1:{port}", "ana", stdin=PASSWORD)
    assert ran.code == 5
    assert "can't be reached" in ran.err
    assert run("login", "chat.example.org", "ana", stdin=PASSWORD).code == 2


def test_sign_up_on_the_way(server: RunningServer, run: Run) -> None:
    """`login --sign-up` makes the account first."""
    name = f"new-{os.getpid()}"
    assert run("login", server.url, name, "--sign-up", stdin=PASSWORD).code == 0
    assert run("chat", "--list").code == 0


async def test_programs_that_share_a_session_take_turns(tmp_path: Path) -> None:
    """Who refreshes holds the file's lock: another program waits, and finds the new tokens."""
    first, second = FileSessions(tmp_path / "session.json"), FileSessions(tmp_path / "session.json")
    order: list[str] = []

    async def wait() -> None:
        async with second.exclusively():
            order.append("second")
            assert second.load() == SavedSession(url="u", username="ana")

    async with first.exclusively():
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.06)
        order.append("first")
        first.save(SavedSession(url="u", username="ana"))
    await waiting
    assert order == ["first", "second"]


def test_a_broken_session_file_is_no_session(run: Run, tmp_path: Path) -> None:
    """It is as if one had not signed in."""
    file = tmp_path / "session" / "session.json"
    file.parent.mkdir()
    file.write_text("{")
    assert run("chat", "--list").code == 3


@pytest.mark.parametrize("steering", ["\x1b[2J", "\r", "\x9b2J", "\u202e", "\x07"])
def test_what_others_wrote_does_not_steer_the_terminal(steering: str) -> None:
    """Control characters, and those that turn the direction of text around, are shown as a replacement character."""
    shown = plain(f"a{steering}b\n\t🏳️‍🌈 é")
    assert shown.startswith("a\ufffd")
    assert shown.endswith("b\n\t🏳️‍🌈 é")
