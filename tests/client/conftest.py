"""A server for the tests of a module, and people on it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import pytest
from tests.client.server import RunningServer

from tertulia.client import Client

Register = Callable[..., Awaitable[Client]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


@pytest.fixture
async def register(server: RunningServer) -> AsyncIterator[Register]:
    """Makes people, signed in; their clients are closed afterwards."""
    async with AsyncExitStack() as stack:

        async def register(name: str = "ana", *, url: str = "") -> Client:
            return await stack.enter_async_context(await server.register(name, url=url))

        yield register
