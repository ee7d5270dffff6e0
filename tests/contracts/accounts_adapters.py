"""The adapters of `tertulia.ports.accounts` that its contract is held against."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, Protocol

from argon2 import PasswordHasher

from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.memory.accounts import MemoryAccounts
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.entropy import SeededEntropy
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
async def memory(clock: SetClock, folder: Path, sign_up: SignUp) -> AsyncIterator[Accounts]:
    yield MemoryAccounts(clock, SeededEntropy(), sign_up=sign_up)


@asynccontextmanager
async def local_accounts(clock: SetClock, folder: Path, sign_up: SignUp) -> AsyncIterator[Accounts]:
    accounts = LocalAccounts(
        folder / f"{sign_up}.db", clock, SeededEntropy(), sign_up=sign_up, argon2=quick_argon2(), poll_seconds=0.02
    )
    await accounts.start()
    try:
        yield accounts
    finally:
        await accounts.close()


ADAPTERS: dict[str, Callable[..., object]] = {"memory": memory, "local_accounts": local_accounts}
