"""A server of the product in a process of its own, for tests of what talks to one."""

import json
import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path

from tertulia.client import Client, Retries, SessionStore

PASSWORD = "correct horse battery"
QUICK = Retries(base=0.01, cap=0.05, tries=200)
"""A client that tries again at once, so that tests don't wait."""


class RunningServer:
    """`url` stays the same over `stop`, `kill` and `start`: the port of the first start is used again."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        self.settings = settings
        self.port = 0
        self.url = ""
        self.administrator_link = ""
        self._process: subprocess.Popen[str] | None = None
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "tertulia", "serve", "--port", str(self.port), "--data", str(self.data)]
        environment = {**os.environ, "TERTULIA_RATE_FACTOR": "0", **self.settings}
        with (self.data / "server.log").open("a") as log:
            self._process = subprocess.Popen(
                [*command, "--json"], stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, (self.data / "server.log").read_text()
        said = json.loads(line)
        self.url = said["url"]
        self.administrator_link = said["administrator_link"] or self.administrator_link
        self.port = int(self.url.rsplit(":", 1)[1])

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        with process:
            process.send_signal(how)
            return process.wait(20)

    async def register(self, name: str = "ana", *, url: str = "", sessions: SessionStore | None = None) -> Client:
        """Somebody new, signed in. The client is the caller's to close."""
        username = f"{name}-{secrets.token_hex(4)}"
        async with Client(self.url) as nobody:
            await nobody.api.sign_up(username, PASSWORD)
        client = Client(url or self.url, sessions=sessions, retries=QUICK, reconnect=QUICK)
        await client.api.sign_in(username, PASSWORD)
        return client


def name_of(client: Client) -> str:
    assert client.session is not None
    return client.session.username
