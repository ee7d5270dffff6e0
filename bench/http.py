"""What a REST request costs the server: CPU of `tertulia serve` per `GET /api/conversations` and per message posted.

A few connections stay open; on each the next request goes out when the last one is answered. `/healthz` stands beside
them: it does nothing, so it shows what server and HTTP edge cost by themselves. With `--edge`, the edge alone: the
application is called in this process, without a socket, and its operations do nothing. `python -m bench.http --help`.
"""

import argparse
import asyncio
import json
import logging
import selectors
import socket
import time
from collections.abc import Callable
from typing import Any

from bench.served import Served
from tertulia.api.dispatch import Answer, Incoming
from tertulia.api.operations import Operation
from tertulia.edges.server.http import create_app

TEXT = ("Una tertulia es una reunión de personas que se juntan para conversar. " * 3)[:200]


class Caller:
    """One connection; at most one request in flight."""

    def __init__(self, port: int, request: Callable[[], bytes]) -> None:
        self._connection = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = request
        self._buffer = b""
        self.waiting = False

    def fileno(self) -> int:
        return self._connection.fileno()

    def ask(self) -> None:
        self.waiting = True
        self._connection.sendall(self._request())

    def answered(self) -> bool:
        """Whether the whole answer has come. Raises RuntimeError where it is an error."""
        data = self._connection.recv(65536)
        if not data:
            raise ConnectionError
        self._buffer += data
        head, end, body = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        status = int(head.split(b" ", 2)[1])
        if not 200 <= status < 300:
            raise RuntimeError(self._buffer)
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return False
        self._buffer = b""
        self.waiting = False
        return True

    def close(self) -> None:
        self._connection.close()


def run(callers: list[Caller], seconds: float) -> int:
    """Each asks again as soon as it is answered; how many answers came."""
    answers = 0
    with selectors.DefaultSelector() as selector:
        for caller in callers:
            selector.register(caller, selectors.EVENT_READ, caller)
            caller.ask()
        end = time.perf_counter() + seconds
        while any(caller.waiting for caller in callers):
            for key, _ in selector.select(1.0):
                if key.data.answered():
                    answers += 1
                    if time.perf_counter() < end:
                        key.data.ask()
    return answers


def measure(connections: int, seconds: float, rounds: int) -> dict[str, Any]:
    name, group = "caller", "g_bench"
    with Served([name], {group: [name]}) as served:
        head = f"Host: 127.0.0.1:{served.port}\r\nAuthorization: Bearer {served.tokens[name]}\r\n"
        requests = {
            "health": _get("/healthz", head),
            "conversations": _get("/api/conversations", head),
            "message": _post(f"/api/conversations/{group}/messages", head),
        }
        figures: dict[str, Any] = {"connections": connections, "seconds": seconds, "rounds": rounds}
        for which, request in requests.items():
            callers = [Caller(served.port, request) for _ in range(connections)]
            run(callers, min(1.0, seconds))
            costs = []
            answers = 0
            for _ in range(rounds):
                cpu = served.cpu()
                answers = run(callers, seconds)
                costs.append((served.cpu() - cpu) / answers * 1e6)
            for caller in callers:
                caller.close()
            figures[which] = {
                "microseconds_of_cpu": round(min(costs), 1),
                "rounds": [round(cost, 1) for cost in costs],
                "answers": answers,
            }
        return figures


async def edge(requests: int = 300, rounds: int = 40) -> dict[str, float]:
    """Microseconds of CPU per call of the application, the least of all rounds."""

    async def done(operation: Operation, incoming: Incoming) -> Answer:
        return Answer(status=200, body={})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None: ...

    body = json.dumps({"id": "m1", "text": TEXT}).encode()
    app = create_app(done)
    figures = {}
    for which, method, path in (
        ("health", "GET", "/healthz"),
        ("conversations", "GET", "/api/conversations"),
        ("message", "POST", "/api/conversations/g_bench/messages"),
    ):
        headers = [(b"host", b"127.0.0.1:8080"), (b"authorization", b"Bearer " + b"x" * 200)]
        if method == "POST":
            headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        scope = {"type": "http", "method": method, "scheme": "http", "path": path, "raw_path": path.encode()}
        scope |= {"query_string": b"", "headers": headers, "client": ("127.0.0.1", 5000)}
        costs = []
        for _ in range(rounds):
            cpu = time.process_time()
            for _ in range(requests):
                await app(dict(scope), receive, send)
            costs.append((time.process_time() - cpu) / requests * 1e6)
        figures[which] = round(min(costs), 1)
    return figures


def _get(path: str, head: str) -> Callable[[], bytes]:
    request = f"GET {path} HTTP/1.1\r\n{head}\r\n".encode()
    return lambda: request


def _post(path: str, head: str) -> Callable[[], bytes]:
    """Each time a new message, so that none is taken for a retry."""
    sent = 0

    def request() -> bytes:
        nonlocal sent
        sent += 1
        body = json.dumps({"id": f"m{sent:09}", "text": TEXT}, ensure_ascii=False).encode()
        start = f"POST {path} HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return start.encode() + body

    return request


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--connections", type=int, default=8)
    options.add_argument("--seconds", type=float, default=2.0)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--edge", action="store_true", help="the edge alone, in this process")
    chosen = options.parse_args()
    if chosen.edge:
        logging.getLogger("tertulia").setLevel(logging.WARNING)
        print(json.dumps(asyncio.run(edge()), indent=2))
        return
    print(json.dumps(measure(chosen.connections, chosen.seconds, chosen.rounds), indent=2))


if __name__ == "__main__":
    main()
