"""Several processes on one file: what one of them ends, the others know within a second."""

import asyncio
import logging
import sys
from pathlib import Path

import pytest
from tests.adapters.local_accounts.opening import OTHER_PASSWORD, PASSWORD, Opening, code_of, until

from tertulia.adapters.local_accounts.access import POLL_SECONDS, TIDY_SECONDS
from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.memory.clock import SetClock, SystemClock
from tertulia.domain import limits
from tertulia.ports.accounts import SessionsEnded

DISABLE = """
import asyncio, sys
from pathlib import Path
from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.memory.entropy import SystemEntropy

async def disable():
    accounts = LocalAccounts(Path(sys.argv[1]), SystemClock(), SystemEntropy())
    await accounts.start()
    await accounts.set_disabled("ana", True)
    await accounts.close()

asyncio.run(disable())
"""


@pytest.fixture
async def other(accounts: LocalAccounts, opening: Opening) -> LocalAccounts:
    await accounts.create_user("ana", PASSWORD)
    return await opening()


@pytest.mark.slow
async def test_a_user_disabled_on_the_command_line_is_signed_out_of_the_running_server(
    opening: Opening, path: Path
) -> None:
    accounts = await opening(clock=SystemClock())
    await accounts.create_user("ana", PASSWORD)
    grant = await accounts.sign_in("ana", PASSWORD)
    ended: list[SessionsEnded] = []
    accounts.listen(ended.append)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", DISABLE, str(path))
    assert await process.wait() == 0
    await until(lambda: bool(ended))
    assert ended == [SessionsEnded("ana", None, "disabled")]
    assert await code_of(accounts.verify(grant.access_token)) == "session_ended"
    assert await code_of(accounts.sign_in("ana", PASSWORD)) == "wrong_credentials"


def test_changes_are_looked_for_often_enough_to_be_known_within_a_second() -> None:
    assert POLL_SECONDS <= 0.5


async def test_each_end_is_told_once_in_every_process_and_in_order(
    accounts: LocalAccounts, other: LocalAccounts
) -> None:
    heard: dict[str, list[SessionsEnded]] = {"here": [], "there": []}
    accounts.listen(heard["here"].append)
    other.listen(heard["there"].append)
    here, there = await accounts.sign_in("ana", PASSWORD), await other.sign_in("ana", PASSWORD)
    sessions = [(await accounts.verify(g.access_token)).session for g in (here, there)]
    await accounts.sign_out(there.refresh_token, None, everywhere=False)
    await other.sign_out(here.refresh_token, None, everywhere=False)
    await accounts.set_password("ana", OTHER_PASSWORD)
    expected = [
        SessionsEnded("ana", (sessions[1],), "signed_out"),
        SessionsEnded("ana", (sessions[0],), "signed_out"),
        SessionsEnded("ana", None, "password_changed"),
    ]
    await until(lambda: all(len(events) >= 3 for events in heard.values()))
    await accounts.user("ana")
    await other._database.poll()
    assert heard == {"here": expected, "there": expected}
    for process in (accounts, other):
        for grant in (here, there):
            assert await code_of(process.verify(grant.access_token)) == "session_ended"


async def test_the_listener_is_told_before_the_call_returns_and_also_when_its_caller_has_left(
    accounts: LocalAccounts, other: LocalAccounts
) -> None:
    grant = await accounts.sign_in("ana", PASSWORD)
    ended: list[SessionsEnded] = []
    accounts.listen(ended.append)
    leaving = asyncio.create_task(accounts.sign_out(grant.refresh_token, None, everywhere=True))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    await accounts.set_disabled("ana", True)
    assert ended[-1].reason == "disabled"
    assert len(ended) in (1, 2), "a call that was cancelled happened wholly or not at all"


async def test_who_is_made_administrator_elsewhere_is_one_here(accounts: LocalAccounts, other: LocalAccounts) -> None:
    token = (await accounts.sign_in("ana", PASSWORD)).access_token
    for admin in (True, False):
        await other.set_admin("ana", admin)
        await until(lambda expected=admin: ("ana" in accounts._access._admins) is expected)  # type: ignore[misc]
        assert (await accounts.verify(token)).admin is admin


async def test_a_listener_that_fails_keeps_no_other_from_being_told(
    accounts: LocalAccounts, caplog: pytest.LogCaptureFixture
) -> None:
    await accounts.create_user("ana", PASSWORD)
    ended: list[SessionsEnded] = []

    def failing(event: SessionsEnded) -> None:
        raise RuntimeError("a planted fault")

    accounts.listen(failing)
    accounts.listen(ended.append)
    with caplog.at_level(logging.ERROR):
        await accounts.set_disabled("ana", True)
    assert len(ended) == 1
    assert "a planted fault" in caplog.text


async def test_sessions_that_nobody_uses_end_by_themselves(accounts: LocalAccounts, clock: SetClock) -> None:
    await accounts.create_user("ana", PASSWORD)
    await accounts.sign_in("ana", PASSWORD)
    ended: list[SessionsEnded] = []
    accounts.listen(ended.append)
    clock.advance(limits.REFRESH_TOKEN_SECONDS)
    assert limits.REFRESH_TOKEN_SECONDS > TIDY_SECONDS
    await until(lambda: bool(ended))
    assert ended[0].reason == "expired"


async def test_following_goes_on_after_a_fault_of_the_file(
    accounts: LocalAccounts, other: LocalAccounts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import sqlite3

    ended: list[SessionsEnded] = []
    accounts.listen(ended.append)
    real, failed = accounts._database._poll, asyncio.Event()
    loop = asyncio.get_running_loop()

    def failing(given: asyncio.AbstractEventLoop) -> None:
        if not failed.is_set():
            loop.call_soon_threadsafe(failed.set)
            raise sqlite3.OperationalError("disk I/O error")
        real(given)

    monkeypatch.setattr(accounts._database, "_poll", failing)
    async with asyncio.timeout(10):
        await failed.wait()
    await other.set_disabled("ana", True)
    await until(lambda: bool(ended))
    assert "disk I/O error" in caplog.text
