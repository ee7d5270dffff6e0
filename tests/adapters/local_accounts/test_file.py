"""The accounts file: whose it is, what it never holds, what it refuses, and that calls survive its faults."""

import asyncio
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.local_accounts.opening import OTHER_PASSWORD, PASSWORD, Opening, code_of, quick_argon2

from tertulia.adapters.local_accounts import database, people, schema, transfer
from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.domain.errors import ConflictError, UnavailableError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_file_and_new_folder_are_their_owners_alone(accounts: LocalAccounts, path: Path) -> None:
    await accounts.create_user("ana", PASSWORD)
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["accounts.db", "accounts.db-shm", "accounts.db-wal"]
    assert {mode(file) for file in files} == {0o600}
    assert mode(path.parent) == 0o700


async def test_a_file_that_was_open_to_others_is_closed_to_them_and_its_folder_is_left_alone(
    path: Path, opening: Opening
) -> None:
    path.parent.mkdir(mode=0o755)
    path.touch(mode=0o644)
    await opening()
    assert (mode(path), mode(path.parent)) == (0o600, 0o755)


async def test_commits_reach_the_disk_before_they_are_answered(accounts: LocalAccounts) -> None:
    """WAL with synchronous=FULL (2): after a power loss, what was answered is there."""

    def pragmas(connection: sqlite3.Connection) -> tuple[object, ...]:
        return tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous"))

    assert await accounts._database.read(pragmas) == ("wal", 2)


async def test_a_newer_file_is_refused_and_left_as_it_is(path: Path, opening: Opening) -> None:
    await (await opening()).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    before = path.read_bytes()
    newer = LocalAccounts(path, SetClock(), SystemEntropy(), argon2=quick_argon2())
    with pytest.raises(UnavailableError, match="newer Tertulia"):
        await newer.start()
    assert path.read_bytes() == before


def test_a_migration_happens_wholly_or_not_at_all(path: Path) -> None:
    with closing(database.open_file(path)) as connection:
        step = "CREATE TABLE one (a); CREATE TABLE two (b)"
        with pytest.raises(sqlite3.OperationalError):
            schema.migrate(connection, (*schema.MIGRATIONS, step, "CREATE TABLE broken ("))
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        assert not {"one", "two"} & names
        assert connection.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS),)
        schema.migrate(connection, (*schema.MIGRATIONS, step))
        assert {"one", "two"} <= {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        assert connection.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS) + 1,)


async def test_people_are_counted_as_they_come_and_are_disabled(accounts: LocalAccounts) -> None:
    """As a look at everybody would say; whoever is disabled twice counts once, and who is refused not at all."""

    def looked(connection: sqlite3.Connection) -> tuple[int, int]:
        found: tuple[int, int] = connection.execute("SELECT count(*), sum(disabled) FROM users").fetchone()
        return found

    for name in ("ana", "ben", "cleo"):
        await accounts.create_user(name, PASSWORD)
    with pytest.raises(ConflictError):
        await accounts.create_user("ana", PASSWORD)
    for name, disabled in (("ana", True), ("ana", True), ("ben", True), ("ben", False)):
        await accounts.set_disabled(name, disabled)
    assert await accounts.database.read(people.counted) == await accounts.database.read(looked) == (3, 1)
    await accounts.database.write(lambda c: c.execute("DELETE FROM users WHERE username = 'ana'"))
    assert await accounts.database.read(people.counted) == (2, 0)


def test_a_file_of_an_earlier_version_is_counted_when_it_is_opened(path: Path) -> None:
    """Who was there before is not forgotten."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        schema.migrate(connection, schema.MIGRATIONS[:2])
        for name, disabled in (("ana", 0), ("ben", 1)):
            row = (name, "", "", disabled, 0)
            connection.execute(
                "INSERT INTO users (username, name, password, disabled, created) VALUES (?,?,?,?,?)", row
            )
        schema.migrate(connection)
        assert people.counted(connection) == (2, 1)


async def test_a_file_from_before_pictures_opens_and_takes_them(path: Path, opening: Opening) -> None:
    """People stay as they are, without one. Who only looks whether the files are there changes nothing."""
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        schema.migrate(connection, schema.MIGRATIONS[:2])
        connection.execute("INSERT INTO users (username, name, password, created) VALUES ('ana', 'Ana', 'x', 1)")
    assert transfer.pictures(path) == []
    accounts = await opening()
    before = await accounts.user("ana")
    assert before is not None
    assert (before.name, before.picture) == ("Ana", "")
    assert (await accounts.set_picture("ana", "a-file"))[0].picture == "a-file"
    assert transfer.pictures(path) == [("ana", "a-file")]


async def test_no_password_token_or_code_is_in_the_files_or_in_what_is_printed(
    accounts: LocalAccounts, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await accounts.create_user("ana", PASSWORD)
    first = await accounts.sign_in("ana", PASSWORD)
    second = await accounts.refresh(first.refresh_token)
    code = await accounts.invite("ana", admin=False, seconds=60)
    third = await accounts.change_password(await accounts.verify(second.access_token), PASSWORD, OTHER_PASSWORD)
    secrets = [PASSWORD, OTHER_PASSWORD, code]
    for grant in (first, second, third):
        secrets += [grant.access_token, grant.refresh_token, grant.refresh_token[24:]]
    held = b"".join(file.read_bytes() for file in path.parent.iterdir())
    printed = caplog.text + repr([first, second, third, accounts])
    assert not [secret for secret in secrets if secret.encode() in held or secret in printed]
    assert b"$argon2id$" in held


async def test_a_session_is_one_row_however_often_it_is_refreshed(accounts: LocalAccounts, clock: SetClock) -> None:
    await accounts.create_user("ana", PASSWORD)
    grant = await accounts.sign_in("ana", PASSWORD)
    first = grant.refresh_token
    for _ in range(50):
        clock.advance(250)
        grant = await accounts.refresh(grant.refresh_token)
    counts = await accounts._database.read(
        lambda c: [c.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("sessions", "changes")]
    )
    assert counts[0] == 1
    assert counts[1] < 10
    assert await code_of(accounts.refresh(first)) == "session_ended"
    assert await code_of(accounts.refresh(grant.refresh_token)) == "session_ended"


async def test_a_file_that_is_busy_for_too_long_is_unavailable_and_nothing_was_done(
    accounts: LocalAccounts, path: Path
) -> None:
    await accounts._database.read(lambda c: c.execute("PRAGMA busy_timeout = 20").fetchone())
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert await code_of(accounts.create_user("ana", PASSWORD)) == "unavailable"
        writer.execute("ROLLBACK")
    assert await accounts.user("ana") is None
    assert await accounts.create_user("ana", PASSWORD)


async def test_more_calls_than_can_wait_are_refused_as_overloaded(
    opening: Opening,
) -> None:
    accounts, may = await opening(poll_seconds=60), threading.Event()
    crowd: list[asyncio.Task[Any]] = [asyncio.create_task(accounts._database.read(lambda _: may.wait(10)))]
    crowd += [asyncio.create_task(accounts.user("ana")) for _ in range(database.WAITING_MAX + 4)]
    await asyncio.sleep(0)
    may.set()
    codes = [await code_of(task) for task in crowd]
    assert codes == [""] * database.WAITING_MAX + ["overloaded"] * 5
    assert await code_of(accounts.user("ana")) == ""


async def test_after_close_calls_say_that_the_server_stops(opening: Opening) -> None:
    accounts = await opening()
    for _ in range(2):
        await accounts.close()
    assert await code_of(accounts.user("ana")) == "shutting_down"


async def test_before_start_calls_are_refused(path: Path) -> None:
    accounts = LocalAccounts(path, SetClock(), SystemEntropy())
    assert await code_of(accounts.user("ana")) == "shutting_down"
    await accounts.close()
    assert not path.exists()


async def test_the_directory_reads_an_index_and_never_the_whole_table(accounts: LocalAccounts) -> None:
    """Only a long query, which few match, sorts what it found."""
    values = {"from": "ana", "to": "anb", "after": "", "limit": 10}

    def plan(connection: sqlite3.Connection, query: str) -> list[str]:
        return [row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + query, values)]

    assert await accounts._database.read(lambda c: plan(c, people._EVERYBODY)) == [
        "SEARCH users USING PRIMARY KEY (username>?)"
    ]
    assert await accounts._database.read(lambda c: plan(c, people._BY_KEY)) == [
        "SEARCH directory USING PRIMARY KEY (key=? AND username>?)",
        "SEARCH users USING PRIMARY KEY (username=?)",
    ]
    assert (await accounts._database.read(lambda c: plan(c, people._BY_BEGINNING)))[:2] == [
        "SEARCH directory USING PRIMARY KEY (key>? AND key<?)",
        "SEARCH users USING PRIMARY KEY (username=?)",
    ]
