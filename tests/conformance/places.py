"""Where the product runs while it is tested: the embedded server, or any base URL."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from msgspec import Struct

START_SECONDS: Final = 20
STOP_SECONDS: Final = 15
ADMIN: Final = "admin"
PASSWORD: Final = "correct horse battery"


class Features(Struct, frozen=True, kw_only=True):
    """What a place can do beyond the contract. A test that needs what is False here is skipped, and says so."""

    restart: bool
    kill: bool
    admin: bool
    """An administrator whose credentials the suite knows."""
    settings: bool
    """A second server with other settings, such as the normal rate limits, can be started."""
    clock: bool
    """The clock can be moved."""
    content: bool = True
    """Files' contents come and go through the system itself, not through a store of objects beside it."""
    close_codes: bool = True
    """The system chooses the code with which it closes a connection, and opens one to say that its ticket is no good.
    Else the handshake is refused, and other connections close with whatever code after the goodbye."""
    slow_readers: bool = True
    """The system itself writes to the sockets, so that it notices who doesn't read."""
    rates: bool = True
    """A rate limit counts all that a caller asks for, wherever it is served."""
    pushed_once: bool = True
    """What is pushed comes once; else a receiver drops by `seq` what it has."""
    at_once: bool = True
    """However many send to one conversation at once, all are taken at the first try. Elsewhere some may be answered
    `overloaded`, and are to be sent again as that answer says, with the same id."""
    preflight: bool = True
    """`OPTIONS`, and a plain request for the WebSocket, reach the system itself."""
    tables: bool = False
    """What people write lies in DynamoDB's tables, which the AWS SDK can be asked for."""
    patience: float = 10.0
    """Seconds that something which must happen is waited for."""


LOCAL: Final = Features(restart=True, kill=True, admin=True, settings=True, clock=True)
REMOTE: Final = Features(restart=False, kill=False, admin=False, settings=False, clock=False)


class Place(Protocol):
    """A running system."""

    features: Features

    @property
    def base_url(self) -> str:
        """Without a slash at the end."""
        ...

    def restart(self) -> None:
        """Stops in good order and starts again on the same data, at the same address."""
        ...

    def kill(self) -> None:
        """Ends the process at once (SIGKILL)."""
        ...

    def start(self) -> None:
        """Starts again after `kill`, on the same data, at the same address."""
        ...

    def move_clock(self, seconds: float) -> None:
        """From now on the system's clock is so far from the machine's."""
        ...

    def close(self) -> None: ...


class RemotePlace:
    """A system that runs already."""

    features = REMOTE

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")

    def restart(self) -> None:
        raise NotImplementedError

    kill = start = restart

    def move_clock(self, seconds: float) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """It goes on running."""


class EmbeddedPlace:
    """`tertulia serve` as a process of its own, on a folder of its own."""

    features = LOCAL

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._settings = dict(settings or {})
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What the server has written down so far."""
        return (self._folder / "server.log").read_text()

    def start(self) -> None:
        """Returns when the server has printed its address: it answers from then on."""
        self._folder.mkdir(parents=True, exist_ok=True)
        password = self._folder / "admin-password"
        password.write_text(PASSWORD)
        password.chmod(0o600)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TERTULIA_")},
            "TERTULIA_SIGN_UP": "open",
            "TERTULIA_RATE_FACTOR": "0",
            "TERTULIA_LOG_LEVEL": "WARNING",
            "TERTULIA_CLOCK_OFFSET_FILE": str(self._folder / "clock-offset"),
            "TERTULIA_ADMIN_USERNAME": ADMIN,
            "TERTULIA_ADMIN_PASSWORD_FILE": str(password),
            **self._settings,
        }
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
            )
        self._wait_for_address()

    def _command(self) -> list[str]:
        where = ["--host", "127.0.0.1", "--port", str(self._port), "--data", str(self._folder / "data")]
        return [sys.executable, "-m", "tests.conformance.cheaply", "serve", "--json", *where]

    def restart(self) -> None:
        self.stop()
        self.start()

    def stop(self) -> None:
        """Stops in good order (SIGTERM), within the time that the server has for it."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._end(self._process)
            assert self._process is None

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._end(self._process)

    def move_clock(self, seconds: float) -> None:
        written = self._folder / "clock-offset.new"
        written.write_text(str(round(seconds * 1_000_000)))
        written.replace(self._folder / "clock-offset")

    def close(self) -> None:
        self.kill()

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            assert process.stdout is not None
            process.stdout.close()
            self._process = None

    def _wait_for_address(self) -> None:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            self._end(process)
            raise AssertionError(f"the server ended with {process.returncode} instead of starting:\n{self.log[-4000:]}")
        assert json.loads(line)["url"].rstrip("/") == self.base_url


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on; kept over restarts, so that clients find the server again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
