"""Proxies that spoil a connection on purpose: one of TCP that cuts and delays, one of WebSocket that drops messages."""

import asyncio
import http
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response


class CuttingProxy:
    """Passes TCP on to `target`. Each connection is cut after a number of bytes from the server that `budget` says;
    pieces are held back for as long as `delay` says, in seconds."""

    def __init__(self, target: str, budget: Callable[[], int], delay: Callable[[], float]) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "", parts.port or 0)
        self._budget = budget
        self._delay = delay
        self._writers: set[asyncio.StreamWriter] = set()
        self.url = ""
        self.cuts = 0
        self.refusing = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator["CuttingProxy"]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            self.cut_all()
            await server.wait_closed()
            while self._writers:
                await asyncio.sleep(0.001)

    def cut_all(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        self._writers.add(writer)
        try:
            there_reader, there_writer = await asyncio.open_connection(*self._target)
            passing = [
                asyncio.create_task(self._pass(reader, there_writer, None)),
                asyncio.create_task(self._pass(there_reader, writer, self._budget())),
            ]
            await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
            for end in (writer, there_writer):
                end.transport.abort()
            for task in passing:
                task.cancel()
            await asyncio.gather(*passing, return_exceptions=True)
        except OSError:
            writer.transport.abort()
        finally:
            self._writers.discard(writer)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, budget: int | None) -> None:
        with suppress(OSError):
            while data := await reader.read(4096):
                await asyncio.sleep(self._delay())
                if budget is not None:
                    writer.write(data[:budget])
                    budget -= len(data)
                    if budget <= 0:
                        self.cuts += 1
                        return
                else:
                    writer.write(data)


def cutting_proxy(target: str, seed: int, *, least: int, most: int) -> CuttingProxy:
    """Each connection carries `least` to `most` bytes from the server; one in ten enough for the longest answer."""
    rng = random.Random(seed)
    return CuttingProxy(
        target,
        lambda: rng.randint(least, most) if rng.random() < 0.9 else 300_000,
        lambda: rng.choice([0, 0, 0, 0.002]),
    )


class DroppingProxy:
    """Passes WebSocket messages on, but for the pushed events whose number `drop` names, counted from 0 over all
    connections. REST goes to `target` itself: `/config.json` says so."""

    def __init__(self, target: str, drop: Callable[[int, dict[str, Any]], bool]) -> None:
        self._target = target
        self._drop = drop
        self.events = 0
        self.dropped = 0
        self.url = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator["DroppingProxy"]:
        async with serve(self._relay, "127.0.0.1", 0, process_request=self._config, compression=None) as server:
            self.url = f"http://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
            yield self

    def _config(self, connection: ServerConnection, request: Request) -> Response | None:
        if urlsplit(request.path).path != "/config.json":
            return None
        body = json.dumps({"api": f"{self._target}/api", "ws": f"{self.url}/ws"}).encode()
        headers = Headers({"content-length": str(len(body)), "connection": "close"})
        return Response(http.HTTPStatus.OK, "OK", headers, body)

    async def _relay(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        address = self._target.replace("http", "ws", 1) + socket.request.path
        async with connect(address, compression=None) as there:
            up = asyncio.create_task(self._up(socket, there))
            try:
                async for message in there:
                    if not self._is_dropped(json.loads(message)):
                        await socket.send(message)
            except ConnectionClosed:
                pass
            finally:
                up.cancel()
                await asyncio.gather(up, return_exceptions=True)
                await socket.close(there.close_code or 1000)

    async def _up(self, socket: ServerConnection, there: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for message in socket:
                await there.send(message)
        await there.close()

    def _is_dropped(self, message: dict[str, Any]) -> bool:
        if message["type"] in {"result", "error"}:
            return False
        number, self.events = self.events, self.events + 1
        dropped = self._drop(number, message)
        self.dropped += dropped
        return dropped
