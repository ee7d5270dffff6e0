"""The real `tertulia serve`, on a folder that is filled beforehand, with people who are signed in already.

Rate limits are off: they would measure themselves. Passwords are hashed cheaply while seeding, which touches no figure.
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, cast
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import psutil
from argon2 import PasswordHasher

from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.domain.entries import ConversationCreated, ConversationKind, Entry, Stamp
from tertulia.domain.members import MemberRole, Role
from tertulia.homes.folder import DataFolder

PASSWORD = "correct horse battery"
Groups = dict[str, Sequence[str]]
"""Members by conversation; the first is the owner."""


async def _people(folder: DataFolder, names: Sequence[str]) -> dict[str, str]:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    accounts = LocalAccounts(folder.accounts, SystemClock(), SystemEntropy(), argon2=cheap)
    await accounts.start()
    try:
        tokens = {}
        for name in names:
            await accounts.create_user(name, PASSWORD)
            tokens[name] = (await accounts.sign_in(name, PASSWORD)).access_token
        return tokens
    finally:
        await accounts.close()


def created(members: Sequence[str]) -> Callable[[Stamp], Entry]:
    roles = (MemberRole(members[0], Role.OWNER), *map(MemberRole, members[1:]))
    return lambda stamp: ConversationCreated(
        seq=stamp.seq, timestamp=stamp.timestamp, author=members[0], type=ConversationKind.GROUP, members=roles
    )


async def _groups(folder: DataFolder, groups: Groups) -> None:
    store = SqliteStore(folder.chat, SystemClock())
    try:
        await asyncio.gather(*(store.create(name, created(members)) for name, members in groups.items()))
    finally:
        await store.close()


class Served:
    """A running server. Use as a context; it is ended, and its folder removed, afterwards."""

    def __init__(self, names: Sequence[str], groups: Groups) -> None:
        self._temporary = tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR"))
        self.folder = DataFolder(Path(self._temporary.name))
        self._names = names
        self._groups = groups
        self.tokens: dict[str, str] = {}
        self.seconds_to_start = 0.0

    def __enter__(self) -> "Served":
        asyncio.run(_groups(self.folder, self._groups))
        self.tokens = asyncio.run(_people(self.folder, self._names))
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._temporary.cleanup()

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        environment = {**os.environ, "TERTULIA_RATE_FACTOR": "0", "TERTULIA_LOG_LEVEL": "WARNING"}
        began = time.perf_counter()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tertulia", "serve", "--port", "0", "--data", str(self.folder.path), "--json"],
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        self.url = json.loads(line)["url"]
        with urlopen(f"{self.url}/healthz") as answer:
            assert answer.status == 200
        self.seconds_to_start = time.perf_counter() - began
        self.port = cast("int", urlsplit(self.url).port)
        self.process = psutil.Process(self._child.pid)

    def stop(self) -> None:
        self._child.send_signal(signal.SIGTERM)
        self._child.wait(20)

    def cpu(self) -> float:
        """CPU seconds that the server has used."""
        times = self.process.cpu_times()
        return times.user + times.system

    def memory(self) -> int:
        """Bytes of the server in memory."""
        return int(self.process.memory_info().rss)

    def call(self, method: str, path: str, username: str, body: Any = None) -> Any:
        """One request as that person; the answer's JSON."""
        headers = {"Authorization": f"Bearer {self.tokens[username]}", "Content-Type": "application/json"}
        request = Request(self.url + path, json.dumps(body or {}).encode(), headers, method=method)
        if method == "GET":
            request.data = None
        with urlopen(request) as answer:
            return json.loads(answer.read())

    def ticket(self, username: str) -> str:
        return cast("str", self.call("POST", "/api/tickets", username)["ticket"])


def handshake(port: int, ticket: str) -> bytes:
    """The opening handshake of a WebSocket (RFC 6455, 4.1)."""
    return (
        f"GET /ws?ticket={ticket} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def masked(payload: bytes) -> bytes:
    """A text frame of a client; the mask is zero, so that it costs this side nothing."""
    size = len(payload)
    head = bytes([0x81, 0x80 | size]) if size < 126 else b"\x81\xfe" + size.to_bytes(2, "big")
    return head + bytes(4) + payload


def connect(served: Served, username: str) -> socket.socket:
    """A WebSocket of that person, past its handshake."""
    connection = socket.create_connection(("127.0.0.1", served.port), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(handshake(served.port, served.ticket(username)))
    head = b""
    while b"\r\n\r\n" not in head:
        data = connection.recv(4096)
        if not data:
            raise ConnectionError(head)
        head += data
    if b" 101 " not in head.partition(b"\r\n")[0]:
        raise ConnectionError(head)
    return connection
