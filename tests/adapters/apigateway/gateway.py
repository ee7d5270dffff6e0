"""A server on loopback that plays API Gateway's `@connections`, with its faults: gone, throttled, failing, slow."""

import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

PATIENCE = 20.0


class Gateway:
    """`frames` by connection, in the order in which they came; `closed` are the connections that were deleted."""

    def __init__(self) -> None:
        self.frames: defaultdict[str, list[bytes]] = defaultdict(list)
        self.closed: list[str] = []
        self.gone: set[str] = set()
        self.throttled: set[str] = set()
        self.failing: set[str] = set()
        self.slow: set[str] = set()
        """Their posts end when `release` is set."""
        self.release = threading.Event()
        self.most = 0
        self._under_way = 0
        self._lock = threading.Lock()
        self.url = ""

    def events(self, connection: str) -> list[dict[str, Any]]:
        return [json.loads(frame) for frame in self.frames[connection]]

    def post(self, connection: str, frame: bytes) -> tuple[int, str]:
        with self._lock:
            self._under_way += 1
            self.most = max(self.most, self._under_way)
        try:
            if connection in self.slow:
                self.release.wait(PATIENCE)
            if connection in self.gone or connection in self.closed:
                return 410, "GoneException"
            if connection in self.throttled:
                return 429, "LimitExceededException"
            if connection in self.failing:
                return 403, "ForbiddenException"
            self.frames[connection].append(frame)
            return 200, ""
        finally:
            with self._lock:
                self._under_way -= 1


@contextmanager
def running_gateway() -> Iterator[Gateway]:
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(*gateway.post(self._connection(), body))

        def do_DELETE(self) -> None:
            connection = self._connection()
            if connection in gateway.gone or connection in gateway.closed:
                self._answer(410, "GoneException")
            else:
                gateway.closed.append(connection)
                self._answer(204, "")

        def _connection(self) -> str:
            return unquote(self.path.rpartition("/@connections/")[2] or self.path.rpartition("/%40connections/")[2])

        def _answer(self, status: int, kind: str) -> None:
            body = json.dumps({"message": kind}).encode() if kind else b""
            self.send_response(status)
            if kind:
                self.send_header("x-amzn-ErrorType", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}/ws"
    try:
        yield gateway
    finally:
        gateway.release.set()
        server.shutdown()
        thread.join()
        server.server_close()
