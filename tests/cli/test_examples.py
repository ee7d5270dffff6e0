"""The examples do what they say, as they stand."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.client.server import PASSWORD, RunningServer, name_of

from tertulia.domain.entries import ConversationKind

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def environment(server: RunningServer, username: str) -> dict[str, str]:
    who = {"TERTULIA_USER": username, "TERTULIA_PASSWORD": PASSWORD, "BOT_USERNAME": username, "BOT_PASSWORD": PASSWORD}
    return {**os.environ, "TERTULIA_URL": server.url, **who}


@pytest.mark.parametrize("example", ["send_and_read.py", "curl.sh"])
async def test_writing_and_reading(server: RunningServer, example: str) -> None:
    """What was sent is in what is read afterwards."""
    if example == "curl.sh" and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    async with await server.register("ana") as ana, await server.register("ben") as ben:
        command = ["sh" if example.endswith(".sh") else sys.executable, EXAMPLES / example, name_of(ben), "hello"]
        ran = await asyncio.to_thread(
            subprocess.run,
            command,
            env=environment(server, name_of(ana)),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert (ran.returncode, "hello" in ran.stdout) == (0, True), ran.stderr


async def test_the_bot_answers(server: RunningServer) -> None:
    """Once, in the conversation in which somebody spoke."""
    async with await server.register("ana") as ana, await server.register("bot") as bot:
        view = await ana.api.create_conversation(ConversationKind.DIRECT, [name_of(bot)])
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            EXAMPLES / "echo_bot.py",
            env=environment(server, name_of(bot)),
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert process.stdout is not None
            async with asyncio.timeout(20):
                assert await process.stdout.readline() == b"listening\n"
                async with ana.connect() as live:
                    await live.send(view.id, "hello")
                    texts = []
                    async for event in live:
                        texts += [getattr(getattr(event, "entry", None), "text", None)]
                        if "You said: hello" in texts:
                            break
        finally:
            process.terminate()
            await process.wait()
    assert texts.count("You said: hello") == 1


def test_every_example_is_run() -> None:
    """None is left out of the tests above."""
    source = Path(__file__).read_text(encoding="utf-8")
    assert [path.name for path in EXAMPLES.iterdir() if path.is_file() and f'"{path.name}"' not in source] == []
