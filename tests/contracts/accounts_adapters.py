"""The adapters of `tertulia.ports.accounts` that its contract is held against."""

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Literal, Protocol

import pytest
from argon2 import PasswordHasher
from tests.emulators.pools import create_pool, following

from tertulia.adapters.cognito.accounts import CognitoAccounts
from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.memory.accounts import MemoryAccounts
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.entropy import SeededEntropy, SystemEntropy
from tertulia.ports.accounts import Accounts

SignUp = Literal["open", "invite", "closed"]
PASSWORD = "a fine long sentence"
OTHER_PASSWORD = "another fine sentence"


class Opening(Protocol):
    """Opens accounts, new ones each time; they are closed when the test ends."""

    async def __call__(self, sign_up: SignUp = "open") -> Accounts: ...


def quick_argon2() -> PasswordHasher:
    """Argon2id at its least cost: what it costs is no part of the contract."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@asynccontextmanager
async def memory(
    request: pytest.FixtureRequest, clock: SetClock, folder: Path, sign_up: SignUp
) -> AsyncIterator[Accounts]:
    yield MemoryAccounts(clock, SeededEntropy(), sign_up=sign_up)


@asynccontextmanager
async def local_accounts(
    request: pytest.FixtureRequest, clock: SetClock, folder: Path, sign_up: SignUp
) -> AsyncIterator[Accounts]:
    accounts = LocalAccounts(
        folder / f"{sign_up}.db", clock, SeededEntropy(), sign_up=sign_up, argon2=quick_argon2(), poll_seconds=0.02
    )
    await accounts.start()
    try:
        yield accounts
    finally:
        await accounts.close()


@asynccontextmanager
async def cognito(
    request: pytest.FixtureRequest, clock: SetClock, folder: Path, sign_up: SignUp
) -> AsyncIterator[Accounts]:
    emulator, clients, file = request.getfixturevalue("clocked_ministack")
    prefix = f"Contract-{uuid.uuid4().hex[:12]}-"
    with following(clients, clock, file):
        settings = create_pool(emulator, clients, prefix, sign_up=sign_up)
        yield CognitoAccounts(clients, clock, SystemEntropy(), settings=settings, prefix=prefix)


ADAPTERS: dict[str, Callable[..., object]] = {"memory": memory, "local_accounts": local_accounts, "cognito": cognito}
SLOW: Final = frozenset({"cognito"})
"""Adapters that need an emulator."""
