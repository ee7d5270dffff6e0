"""Processes that benchmarks talk to in lines."""

import json
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent


class Process:
    """A child that is talked to in lines."""

    def __init__(self, *command: str) -> None:
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line: str = "") -> str:
        assert self.child.stdin is not None
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        return self.read()

    def read(self) -> str:
        assert self.child.stdout is not None
        line = self.child.stdout.readline()
        if not line:
            message = f"{self.child.args} ended"
            raise RuntimeError(message)
        return line

    def end(self) -> None:
        assert self.child.stdin is not None
        self.child.stdin.close()
        self.child.wait(30)


class Receivers:
    def __init__(self, port: int, requests: list[str]) -> None:
        self._process = Process(sys.executable, str(HERE / "receivers.py"))
        assert self._process.ask(json.dumps({"port": port, "requests": requests})) == "ready\n"

    def received(self) -> int:
        return int(self._process.ask())

    def wait_for(self, count: int, seconds: float = 60) -> None:
        """Until so many bytes have arrived."""
        deadline = time.monotonic() + seconds
        while (got := self.received()) < count:
            if time.monotonic() > deadline:
                message = f"{got} of {count} bytes arrived"
                raise RuntimeError(message)
            time.sleep(0.02)

    def end(self) -> None:
        self._process.end()
