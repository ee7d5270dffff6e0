"""How passwords are hashed: Argon2id at the stated cost, off the loop, the same work whatever the answer is."""

import asyncio
import threading
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from tests.adapters.local_accounts.opening import OTHER_PASSWORD, PASSWORD, Opening, code_of, quick_argon2, until

from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.local_accounts.hashing import WAITING_MAX, WORKERS, Passwords, checked_hash, hasher
from tertulia.adapters.memory.clock import SetClock
from tertulia.domain.errors import InvalidError, UnavailableError


class SpiedArgon2(PasswordHasher):
    """Remembers what was hashed at which cost, and in which thread."""

    def __init__(self, time_cost: int = 1, memory_cost: int = 8) -> None:
        super().__init__(time_cost=time_cost, memory_cost=memory_cost, parallelism=1)
        self.calls: list[tuple[str, object]] = []
        self.threads: set[int] = set()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.threads.add(threading.get_ident())
        self.calls.append(("hash", (self.memory_cost, self.time_cost, self.parallelism)))
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - argon2's name
        self.threads.add(threading.get_ident())
        found = extract_parameters(hash if isinstance(hash, str) else hash.decode())
        self.calls.append(("verify", found))
        return super().verify(hash, password)


class BlockedArgon2(PasswordHasher):
    """Hashes only once it may."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.may = threading.Event()
        self.may.set()
        self.begun = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - argon2's name
        self.begun += 1
        self.may.wait(10)
        return super().verify(hash, password)


def test_the_cost_is_that_of_the_owasp_cheat_sheet() -> None:
    """Argon2id with 19 MiB, two passes and one lane."""
    parameters = extract_parameters(hasher().hash("x"))
    assert (parameters.type, parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (
        Type.ID,
        19_456,
        2,
        1,
    )


async def test_accounts_hash_at_that_cost_unless_told_otherwise(path: Path, clock: SetClock, opening: Opening) -> None:
    accounts = await opening(argon2=None)
    await accounts.create_user("ana", PASSWORD)
    (ana,) = list(accounts.export_users())
    assert extract_parameters(ana["password"]) == extract_parameters(hasher().hash("x"))
    assert await accounts.sign_in("ana", PASSWORD)


async def test_a_refused_sign_in_is_the_same_work_whoever_it_was_for(opening: Opening) -> None:
    """One verification with the same parameters for a wrong password, an unknown user and a disabled account."""
    argon2 = SpiedArgon2()
    accounts = await opening(argon2=argon2)
    for username in ("ana", "ben"):
        await accounts.create_user(username, PASSWORD)
    await accounts.set_disabled("ben", True)
    work = []
    for username, password in [("ana", OTHER_PASSWORD), ("nobody", PASSWORD), ("ben", PASSWORD), ("ben", "wrong")]:
        argon2.calls.clear()
        assert await code_of(accounts.sign_in(username, password)) == "wrong_credentials"
        work.append(list(argon2.calls))
    assert [name for name, _ in work[0]] == ["verify"]
    assert all(one == work[0] for one in work)


async def test_hashing_never_happens_on_the_event_loops_thread(opening: Opening) -> None:
    argon2 = SpiedArgon2()
    accounts = await opening(argon2=argon2)
    await accounts.create_user("ana", PASSWORD)
    grant = await accounts.sign_in("ana", PASSWORD)
    await accounts.change_password(await accounts.verify(grant.access_token), PASSWORD, OTHER_PASSWORD)
    assert argon2.threads
    assert threading.get_ident() not in argon2.threads


async def test_a_sign_in_renews_a_hash_of_an_older_cost_once(opening: Opening) -> None:
    old = await opening(argon2=SpiedArgon2(memory_cost=8))
    await old.create_user("ana", PASSWORD)
    newer = SpiedArgon2(memory_cost=16)
    accounts = await opening(argon2=newer)
    assert await code_of(accounts.sign_in("ana", OTHER_PASSWORD)) == "wrong_credentials"
    assert [extract_parameters(user["password"]).memory_cost for user in accounts.export_users()] == [8]
    for expected in (["verify", "hash"], ["verify"]):
        newer.calls.clear()
        assert await accounts.sign_in("ana", PASSWORD)
        assert [name for name, _ in newer.calls] == expected
    assert [extract_parameters(user["password"]).memory_cost for user in accounts.export_users()] == [16]


async def test_more_sign_ins_than_can_wait_are_refused_as_overloaded_and_count_as_no_try(opening: Opening) -> None:
    argon2 = BlockedArgon2()
    accounts = await opening(argon2=argon2)
    await accounts.create_user("ana", PASSWORD)
    argon2.may.clear()
    try:
        crowd = [asyncio.create_task(accounts.sign_in(f"user{n}", "x")) for n in range(WORKERS + WAITING_MAX)]
        # Each of the crowd asks the file first, and so is first with a worker as well.
        await asyncio.sleep(0)
        refusals = [await code_of(accounts.sign_in("ana", PASSWORD)) for _ in range(12)]
    finally:
        argon2.may.set()
    assert {await code_of(task) for task in crowd} == {"wrong_credentials"}
    assert set(refusals) == {"overloaded"}
    assert await accounts.sign_in("ana", PASSWORD)


async def test_a_caller_who_leaves_makes_no_room_until_the_work_is_done() -> None:
    argon2 = BlockedArgon2()
    passwords = Passwords(argon2)
    await passwords.open()
    argon2.may.clear()
    try:
        working = [asyncio.create_task(passwords.matches(None, "x")) for _ in range(WORKERS + WAITING_MAX)]
        await until(lambda: argon2.begun == WORKERS)
        for task in working[:WORKERS]:
            task.cancel()
        await asyncio.gather(*working[:WORKERS], return_exceptions=True)
        with pytest.raises(UnavailableError, match="more to do"):
            await passwords.matches(None, "x")
    finally:
        argon2.may.set()
    assert set(await asyncio.gather(*working[WORKERS:])) == {False}
    await passwords.close()
    with pytest.raises(UnavailableError, match="stopping"):
        await passwords.matches(None, "x")


async def test_no_password_is_that_of_nobody() -> None:
    passwords = Passwords(quick_argon2())
    await passwords.open()
    assert not await passwords.matches(None, " nobody: not UTF-8, so nobody can type it")
    await passwords.close()


async def test_a_renewal_that_finds_no_room_doesnt_refuse_the_sign_in(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await opening(argon2=SpiedArgon2(memory_cost=8))).create_user("ana", PASSWORD)
    accounts = await opening(argon2=SpiedArgon2(memory_cost=16))

    async def full(password: str) -> str:
        raise UnavailableError("overloaded")

    monkeypatch.setattr(accounts._passwords, "hash", full)
    assert await accounts.sign_in("ana", PASSWORD)
    assert [extract_parameters(user["password"]).memory_cost for user in accounts.export_users()] == [8]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "secret",
        "$2b$12$abcdefghijklmnopqrstuv",
        "$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aGFzaA",
        "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$aGFzaA",
        "$argon2id$v=19$m=8,t=1000,p=1$c29tZXNhbHQ$aGFzaA",
        "$argon2id$v=19$m=8,t=x,p=1$c29tZXNhbHQ$aGFzaA",
    ],
)
def test_an_imported_hash_is_argon2id_within_bounds(text: str) -> None:
    with pytest.raises(InvalidError):
        checked_hash(text)
    good = quick_argon2().hash("x")
    assert checked_hash(good) == good


async def test_a_disabled_account_or_a_new_password_during_the_check_gets_no_session(accounts: LocalAccounts) -> None:
    """What was checked must still hold in the transaction that begins the session."""
    await accounts.create_user("ana", PASSWORD)
    for change in (accounts.set_disabled("ana", True), accounts.set_password("ana", OTHER_PASSWORD)):
        known = await accounts._proven("ana", PASSWORD, "")
        assert known is not None
        await change
        assert await code_of(accounts._begin("ana", known, known)) == "wrong_credentials"
        await accounts.set_disabled("ana", False)
