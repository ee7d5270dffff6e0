"""What the tests of the HTTP edge share: an operation that answers with what it was given, and a real server."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import uvicorn

from tertulia.api.dispatch import Answer, Incoming
from tertulia.api.operations import Operation
from tertulia.edges.server.http import HttpApp, create_app
from tertulia.edges.server.http_protocol import BoundedHttpProtocol
from tertulia.edges.server.settings import HttpSettings

BASE = "http://chat.example:8080"


class Echo:
    """Performs every operation by remembering what it was given; answers `answer`, or its name."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Incoming]] = []
        self.bodies: list[bytes] = []
        self.answer: Answer | None = None
        self.error: Exception | None = None

    async def __call__(self, operation: Operation, incoming: Incoming) -> Answer:
        self.calls.append((operation.name, incoming))
        if self.error is not None:
            raise self.error
        if incoming.content is not None:
            self.bodies.append(b"".join([chunk async for chunk in incoming.content]))
        return self.answer or Answer(status=200, body={"operation": operation.name})

    @property
    def last(self) -> Incoming:
        return self.calls[-1][1]


def client(app: HttpApp, address: str = "203.0.113.9", base_url: str = BASE) -> httpx.AsyncClient:
    """A client that calls the application directly, from `address`."""
    transport = httpx.ASGITransport(app, client=(address, 50000))
    return httpx.AsyncClient(transport=transport, base_url=base_url)


def echo_app(**settings: Any) -> tuple[Echo, HttpApp]:
    echo = Echo()
    return echo, create_app(echo, settings=HttpSettings(**settings))


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    """The problem that an answer must be."""
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = msgspec.json.decode(answer.content)
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


@asynccontextmanager
async def serving(app: HttpApp, protocol: type[BoundedHttpProtocol] = BoundedHttpProtocol) -> AsyncIterator[int]:
    """Runs the application on a free port of 127.0.0.1, which it gives."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, http=protocol, ws="none", lifespan="off", log_config=None, access_log=False)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve([listener]))
        try:
            async with asyncio.timeout(10):
                while not server.started:
                    await asyncio.sleep(0.005)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await task
