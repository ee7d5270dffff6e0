"""Accounts on a file of the test's own, with a clock that the test sets and Argon2 at its least cost."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.local_accounts.opening import Opening, quick_argon2

from tertulia.adapters.local_accounts.accounts import FILE, LocalAccounts
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.entropy import SystemEntropy


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / FILE


@pytest.fixture
async def opening(path: Path, clock: SetClock) -> AsyncIterator[Opening]:
    async with AsyncExitStack() as stack:

        async def opened(**options: Any) -> LocalAccounts:
            chosen = {"argon2": quick_argon2(), "poll_seconds": 0.02, **options}
            accounts = LocalAccounts(path, chosen.pop("clock", clock), SystemEntropy(), **chosen)
            await accounts.start()
            stack.push_async_callback(accounts.close)
            return accounts

        yield opened


@pytest.fixture
async def accounts(opening: Opening) -> LocalAccounts:
    return await opening()
