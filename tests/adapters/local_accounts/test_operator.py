"""What the operator does beyond the port: first administrator, passwords, backup, export and import."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from tests.adapters.local_accounts.opening import OTHER_PASSWORD, PASSWORD, Opening, code_of, quick_argon2

from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.local_accounts.registration import FIRST_ADMIN_SECONDS
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.domain.errors import InvalidError
from tertulia.ports.accounts import SessionsEnded


@pytest.mark.parametrize("sign_up", ["open", "invite", "closed"])
async def test_the_first_administrators_invitation_works_in_every_mode(opening: Opening, sign_up: str) -> None:
    accounts = await opening(sign_up=sign_up)
    code = await accounts.first_admin_invite()
    user, _ = await accounts.sign_up("ana", PASSWORD, "", code)
    assert user.admin
    assert await accounts.first_admin_invite() is None


async def test_of_first_administrators_invitations_the_last_counts_and_none_once_there_is_one(
    accounts: LocalAccounts, clock: SetClock
) -> None:
    old = await accounts.first_admin_invite()
    new = await accounts.first_admin_invite()
    assert await code_of(accounts.sign_up("ana", PASSWORD, "", old)) == "invite_invalid"
    await accounts.create_user("root1", PASSWORD, admin=True)
    assert await code_of(accounts.sign_up("ana", PASSWORD, "", new)) == "invite_invalid"
    await accounts.set_disabled("root1", True)
    code = await accounts.first_admin_invite()
    clock.advance(FIRST_ADMIN_SECONDS)
    assert await code_of(accounts.sign_up("ana", PASSWORD, "", code)) == "invite_invalid"


async def test_the_operator_makes_accounts_where_sign_up_is_closed(opening: Opening) -> None:
    accounts = await opening(sign_up="closed")
    assert (await accounts.create_user("ana", PASSWORD, "Ana", admin=True)).admin
    assert await code_of(accounts.create_user("ana", PASSWORD)) == "username_taken"
    assert await code_of(accounts.create_user("ben", "short")) == "weak_password"
    assert await code_of(accounts.create_user("Ben", PASSWORD)) == "invalid_request"
    assert await accounts.sign_in("ana", PASSWORD)


async def test_a_password_that_the_operator_sets_ends_every_session(accounts: LocalAccounts) -> None:
    await accounts.create_user("ana", PASSWORD)
    grant = await accounts.sign_in("ana", PASSWORD)
    ended: list[SessionsEnded] = []
    accounts.listen(ended.append)
    assert await code_of(accounts.set_password("ana", "password123")) == "weak_password"
    assert await code_of(accounts.set_password("nobody", OTHER_PASSWORD)) == "user_not_found"
    assert not ended
    await accounts.set_password("ana", OTHER_PASSWORD)
    assert ended == [SessionsEnded("ana", None, "password_changed")]
    assert await code_of(accounts.verify(grant.access_token)) == "session_ended"
    assert await code_of(accounts.sign_in("ana", PASSWORD)) == "wrong_credentials"
    assert await accounts.sign_in("ana", OTHER_PASSWORD)


async def test_everybody_is_listed_disabled_ones_too(accounts: LocalAccounts) -> None:
    for username in ("ana", "ben", "cleo"):
        await accounts.create_user(username, PASSWORD)
    await accounts.set_disabled("ben", True)
    assert [(u.username, u.disabled) for u in await accounts.everybody(limit=2)] == [("ana", False), ("ben", True)]
    assert [u.username for u in await accounts.everybody(after="ben", limit=2)] == ["cleo"]


async def test_a_backup_is_whole_and_private_and_works_as_accounts(
    accounts: LocalAccounts, tmp_path: Path, clock: SetClock
) -> None:
    await accounts.create_user("ana", PASSWORD)
    grant = await accounts.sign_in("ana", PASSWORD)
    target = tmp_path / "copy.db"
    target.write_text("an older backup")
    await accounts.backup(target)
    await accounts.create_user("ben", PASSWORD)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.db", "data"]
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy = LocalAccounts(target, clock, SystemEntropy(), argon2=quick_argon2())
    await copy.start()
    try:
        assert [user.username for user in await copy.everybody(limit=9)] == ["ana"]
        assert (await copy.verify(grant.access_token)).username == "ana"
        assert await copy.sign_in("ana", PASSWORD)
    finally:
        await copy.close()


async def test_a_backup_that_fails_leaves_nothing_behind(accounts: LocalAccounts, tmp_path: Path) -> None:
    target = tmp_path / "taken"
    target.mkdir()
    with pytest.raises(OSError, match="taken"):
        await accounts.backup(target)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["data", "taken"]


async def test_people_move_with_their_passwords_and_an_import_can_be_repeated(
    accounts: LocalAccounts, tmp_path: Path, clock: SetClock
) -> None:
    for n in range(3):
        await accounts.create_user(f"user{n}", PASSWORD, f"User Number{n}", admin=n == 0)
    await accounts.set_disabled("user2", True)
    await accounts.set_picture("user1", "a-file")
    exported = list(accounts.export_users())
    assert set(exported[0]) == {"username", "name", "password", "admin", "disabled", "created"}
    assert exported[1]["picture"] == "a-file"
    new = LocalAccounts(tmp_path / "new.db", clock, SystemEntropy(), argon2=quick_argon2(), sign_up="closed")
    await new.start()
    try:
        assert [await new.import_user(record) for record in exported] == [True] * 3
        assert [await new.import_user(record | {"name": "x"}) for record in exported] == [False] * 3
        assert list(new.export_users()) == exported
        grant = await new.sign_in("user0", PASSWORD)
        assert (await new.verify(grant.access_token)).admin
        assert await code_of(new.sign_in("user2", PASSWORD)) == "wrong_credentials"
        assert [user.username for user in await new.directory("number1", limit=5)] == ["user1"]
    finally:
        await new.close()


@pytest.mark.parametrize(
    "change",
    [
        {"username": "Ana"},
        {"username": 7},
        {"password": "in clear"},
        {"name": "a\nb"},
        {"created": -1},
        {"created": 2**60},
        {"admin": "yes"},
    ],
)
async def test_an_import_of_another_form_is_refused(accounts: LocalAccounts, change: dict[str, object]) -> None:
    record = {"username": "ana", "password": quick_argon2().hash(PASSWORD)}
    with pytest.raises(InvalidError) as refusal:
        await accounts.import_user(record | change)
    assert str(record["password"]) not in repr(refusal.value)
    assert await accounts.user("ana") is None
    assert await accounts.import_user(record)
