"""What the tests of local accounts share: how accounts are opened, and how a condition is waited for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from argon2 import PasswordHasher

from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.domain.errors import ChatError

PASSWORD = "a fine long sentence"
OTHER_PASSWORD = "another fine sentence"


class Opening(Protocol):
    """Opens accounts on the test's file, once more each time; they are closed when the test ends."""

    async def __call__(self, **options: Any) -> LocalAccounts: ...


def quick_argon2() -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


async def code_of(asked: Awaitable[object]) -> str:
    """The code of the ChatError that comes of it, or "" where none does."""
    try:
        await asked
    except ChatError as error:
        return error.code
    return ""


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Returns as soon as the condition holds; fails after that time."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)
