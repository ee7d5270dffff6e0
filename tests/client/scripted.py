"""An HTTP server that answers as a test tells it to: for faults that a real server can't be made to show on demand."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from msgspec import Struct

CUT = "cut"
"""An answer that never comes: the connection is cut after the request was read."""


class Reply(Struct, frozen=True, kw_only=True):
    status: int = 200
    body: Any = {}
    headers: dict[str, str] = {}


class Asked(Struct, frozen=True, kw_only=True):
    method: str
    path: str
    headers: dict[str, str]
    body: Any


def problem(status: int, code: str, **more: Any) -> Reply:
    body = {"type": f"/docs/errors#{code}", "title": "", "status": status, "detail": f"It is {code}.", "code": code}
    return Reply(status=status, body={**body, **more}, headers={"content-type": "application/problem+json"})


class ScriptedServer:
    """Answers each request with the next of `replies` for its path; the last one stays. `asked` has the requests."""

    def __init__(self, **replies: list[Reply | str]) -> None:
        self.replies = {f"/api/{path.replace('__', '/').replace('_', '-')}": list(r) for path, r in replies.items()}
        self.asked: list[Asked] = []
        self.url = ""
        self._writers: set[asyncio.StreamWriter] = set()

    def count(self, path: str) -> int:
        return sum(asked.path.partition("?")[0] == path for asked in self.asked)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ScriptedServer"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            yield self
            server.close()
            while self._writers:
                for writer in self._writers:
                    writer.transport.abort()
                await asyncio.sleep(0.001)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            while line := await reader.readline():
                if (reply := self._reply(await self._read(line, reader))) is None:
                    break
                body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
                headers = {"content-type": "application/json", "content-length": str(len(body)), **reply.headers}
                lines = [f"HTTP/1.1 {reply.status} Said", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
                writer.write("\r\n".join(lines).encode() + body)
                await writer.drain()
        writer.transport.abort()
        self._writers.discard(writer)

    async def _read(self, line: bytes, reader: asyncio.StreamReader) -> Asked:
        method, path, _ = line.decode().split(" ", 2)
        headers: dict[str, str] = {}
        while (header := (await reader.readline()).decode().strip()) != "":
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Asked(method=method, path=path, headers=headers, body=json.loads(body) if body else None)

    def _reply(self, asked: Asked) -> Reply | None:
        path = asked.path.partition("?")[0]
        if path == "/config.json":
            return Reply(status=404)
        self.asked.append(asked)
        replies = self.replies[path]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        return reply if isinstance(reply, Reply) else None
