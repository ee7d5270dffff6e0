"""Password hashes: Argon2id, in a few threads of its own."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from tertulia.domain.errors import InvalidError, UnavailableError
from tertulia.domain.passwords import password_bytes

T = TypeVar("T")

MEMORY_KIB: Final = 19_456
PASSES: Final = 2
LANES: Final = 1
"""OWASP Password Storage Cheat Sheet: m=19456 (19 MiB), t=2, p=1."""
WORKERS: Final = 2
WAITING_MAX: Final = 64
"""Hashes that may wait for a worker; each takes some tens of milliseconds. Over it callers get `overloaded`."""
FOREIGN_MEMORY_KIB_MAX: Final = 256 * 1024
FOREIGN_PASSES_MAX: Final = 16
"""Bounds of a hash that is imported: nobody's sign-in may take all the memory."""


def hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)


class Passwords:
    """Never holds a password longer than it takes to hash it."""

    def __init__(self, argon2: PasswordHasher) -> None:
        self._argon2 = argon2
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="argon2")
        self._room = threading.Semaphore(WORKERS + WAITING_MAX)
        self._nobody = ""

    async def open(self) -> None:
        """Makes the hash that stands in for unknown users; no password matches it by intent."""
        self._nobody = await self._in_thread(self._argon2.hash, b"\xff nobody: not UTF-8, so nobody can type it")

    async def hash(self, password: str) -> str:
        return await self._in_thread(self._argon2.hash, password_bytes(password))

    async def matches(self, known: str | None, password: str) -> bool:
        """Whether the password is the one of the hash `known`. Without one it takes the same time, and is False."""
        matched = await self._in_thread(self._verify, known or self._nobody, password_bytes(password))
        return matched and known is not None

    def is_outdated(self, known: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._argon2.check_needs_rehash(known)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._workers.shutdown)

    def _verify(self, known: str, password: bytes) -> bool:
        try:
            return self._argon2.verify(known, password)
        except VerificationError:
            return False

    async def _in_thread(self, job: Callable[..., T], *arguments: object) -> T:
        if not self._room.acquire(blocking=False):
            raise UnavailableError("overloaded", retry_after=1)
        try:
            future = self._workers.submit(job, *arguments)
        except RuntimeError as error:
            self._room.release()
            raise UnavailableError("shutting_down") from error
        # Not when the caller stops waiting, but when the worker is done with it.
        future.add_done_callback(lambda _: self._room.release())
        return await asyncio.wrap_future(future)


def checked_hash(text: str) -> str:
    """The hash of an import, or InvalidError where it is no Argon2id hash or would cost too much to verify."""
    try:
        parameters = extract_parameters(text)
    except (InvalidHashError, ValueError) as error:
        raise InvalidError("invalid_request", "A password hash in the import is not one of Argon2.") from error
    if (
        parameters.type is not Type.ID
        or parameters.memory_cost > FOREIGN_MEMORY_KIB_MAX
        or parameters.time_cost > FOREIGN_PASSES_MAX
    ):
        raise InvalidError("invalid_request", "A password hash in the import is not Argon2id within the usual costs.")
    return text
