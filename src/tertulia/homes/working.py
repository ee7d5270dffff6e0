"""Work that goes on beside everything else, for as long as a home is open."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def working(work: Callable[[], Coroutine[Any, Any, None]], *, at_once: int = 1) -> AsyncIterator[None]:
    """`work`, which ends when it is cancelled, so many times beside itself. Whatever it was at has ended afterwards:
    nothing that it needs may be closed before."""
    tasks = [asyncio.get_running_loop().create_task(work()) for _ in range(at_once)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
