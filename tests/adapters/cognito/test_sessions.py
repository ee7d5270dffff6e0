"""Sessions over several functions that share nothing but the pool and the table."""

import asyncio
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
from tests.adapters.cognito.pools import OTHER_PASSWORD, PASSWORD, Refused, World

from tertulia.adapters.cognito.book import ADMIN_SECONDS, SESSIONS_MAX, Book, Session, begin, expires
from tertulia.domain import limits
from tertulia.ports.accounts import SessionsEnded

pytestmark = pytest.mark.slow
SECOND = 1_000_000


@pytest.mark.parametrize("how", ["signed out", "signed out everywhere", "new password", "disabled"])
async def test_what_ends_in_one_function_is_refused_by_another_at_once(world: World, how: str) -> None:
    """The access token has minutes left, and the other function has seen it before."""
    here, there = world.open(), world.open()
    await here.sign_up("ana", PASSWORD, "", None)
    grant = await here.sign_in("ana", PASSWORD)
    identity = await there.verify(grant.access_token)
    match how:
        case "signed out":
            await here.sign_out(grant.refresh_token, None, everywhere=False)
        case "signed out everywhere":
            await here.sign_out(None, identity, everywhere=True)
        case "new password":
            await here.change_password(identity, PASSWORD, OTHER_PASSWORD)
        case "disabled":
            await here.set_disabled("ana", True)
    with Refused("session_ended"):
        await there.verify(grant.access_token)
    with Refused("session_ended"):
        await there.refresh(grant.refresh_token)


@pytest.mark.parametrize("how", ["signed out", "signed out everywhere", "new password", "disabled"])
async def test_what_ends_here_ends_in_cognito_too(world: World, how: str) -> None:
    """Who kept Cognito's own tokens can do nothing with them."""
    accounts = world.open()
    await accounts.sign_up("ana", PASSWORD, "", None)
    grant = await accounts.sign_in("ana", PASSWORD)
    cognito = world.clients.client("cognito-idp")
    assert cognito.get_user(AccessToken=grant.access_token)["Username"] == "ana"
    match how:
        case "signed out":
            await accounts.sign_out(grant.refresh_token, None, everywhere=False)
        case "signed out everywhere":
            await accounts.sign_out(grant.refresh_token, None, everywhere=True)
        case "new password":
            await accounts.change_password(await accounts.verify(grant.access_token), PASSWORD, OTHER_PASSWORD)
        case "disabled":
            await accounts.set_disabled("ana", True)
    with pytest.raises(cognito.exceptions.NotAuthorizedException):
        cognito.get_user(AccessToken=grant.access_token)


async def test_administration_holds_at_once_everywhere_and_then_by_the_token(world: World) -> None:
    here, there = world.open(), world.open()
    await here.sign_up("ana", PASSWORD, "", None)
    grant = await here.sign_in("ana", PASSWORD)
    assert not (await there.verify(grant.access_token)).admin
    await here.set_admin("ana", True)
    assert (await there.verify(grant.access_token)).admin
    world.clock.advance(ADMIN_SECONDS)
    assert (await there.verify((await here.refresh(grant.refresh_token)).access_token)).admin


async def test_a_sign_in_that_began_before_all_sessions_ended_gives_none(world: World) -> None:
    """Somebody with the old password signs in while its owner sets a new one."""
    owner, thief = world.open(), world.open()
    await owner.sign_up("ana", PASSWORD, "", None)
    identity = await owner.verify((await owner.sign_in("ana", PASSWORD)).access_token)
    loop = asyncio.get_running_loop()

    def change() -> None:
        changed = owner.change_password(identity, PASSWORD, OTHER_PASSWORD)
        asyncio.run_coroutine_threadsafe(changed, loop).result(30)

    # The thief's password was right when Cognito was asked; the book is written after it was changed.
    with world.before("PutItem", change, "dynamodb"), Refused("wrong_credentials"):
        await thief.sign_in("ana", PASSWORD)


async def test_sign_ins_at_once_all_have_a_session(world: World) -> None:
    """Though all of them change the same item."""
    accounts = world.open()
    await accounts.sign_up("ana", PASSWORD, "", None)
    grants = await asyncio.gather(*(accounts.sign_in("ana", PASSWORD) for _ in range(6)))
    sessions = {(await accounts.verify(grant.access_token)).session for grant in grants}
    assert len(sessions) == 6


async def test_without_an_end_of_conflicts_it_is_overloaded(world: World) -> None:
    """A change is tried again a bounded number of times."""
    accounts = world.open()
    await accounts.sign_up("ana", PASSWORD, "", None)
    refused = world.failing("PutItem", "ConditionalCheckFailedException", service="dynamodb")
    with refused, Refused("overloaded") as refusal:
        await accounts.sign_in("ana", PASSWORD)
    assert refusal.error is not None
    assert refusal.error.retry_after


async def test_the_item_expires_after_its_last_session_and_is_not_read_then(world: World) -> None:
    """DynamoDB deletes it late: what is there after that time doesn't count."""
    accounts = world.open()
    await accounts.sign_up("ana", PASSWORD, "", None)
    grant = await accounts.sign_in("ana", PASSWORD)
    item = world.items()["sessions#ana"]
    idle = world.clock.now() // SECOND + limits.REFRESH_TOKEN_SECONDS
    assert idle < int(item["expires"]["N"]) <= idle + 1
    item["expires"] = {"N": str(world.clock.now() // SECOND)}
    world.clients.client("dynamodb").put_item(TableName=f"{world.prefix}Chat-Connections", Item=item)
    with Refused("session_ended"):
        await accounts.verify(grant.access_token)
    assert await accounts.verify((await accounts.sign_in("ana", PASSWORD)).access_token)


async def test_the_table_holds_nothing_of_a_person_but_the_username(world: World) -> None:
    """No name, no address, no password, no token that anybody could use."""
    accounts = world.open()
    await accounts.sign_up("ana", PASSWORD, "Ana María López", None, "ana@example.org")
    grant = await accounts.sign_in("ana", PASSWORD)
    code = await accounts.invite("ana", admin=False, seconds=60)
    stored = repr(world.items())
    for secret in ("María", "example.org", PASSWORD, grant.access_token, grant.refresh_token, code):
        assert secret not in stored
    secret = accounts._sign_ins._refresh_tokens.parse(grant.refresh_token)
    assert secret is not None
    assert secret.inner not in stored
    assert repr(secret.secret)[2:-1] not in stored


async def test_signing_up_changes_no_table(world: World) -> None:
    await world.open().sign_up("ana", PASSWORD, "Ana", None)
    assert world.items() == {}


async def test_what_cognito_refuses_to_refresh_has_ended_here_too(world: World) -> None:
    """Somebody signed the user out in Cognito's console."""
    accounts = world.open()
    ended: list[SessionsEnded] = []
    accounts.listen(ended.append)
    await accounts.sign_up("ana", PASSWORD, "", None)
    grant = await accounts.sign_in("ana", PASSWORD)
    session = (await accounts.verify(grant.access_token)).session
    world.clients.client("cognito-idp").admin_user_global_sign_out(UserPoolId=world.settings.pool, Username="ana")
    with Refused("session_ended"):
        await accounts.refresh(grant.refresh_token)
    assert ended == [SessionsEnded("ana", (session,), "expired")]
    with Refused("session_ended"):
        await accounts.verify(grant.access_token)


async def test_a_refresh_that_cognito_could_not_answer_spends_nothing(world: World) -> None:
    accounts = world.open()
    await accounts.sign_up("ana", PASSWORD, "", None)
    grant = await accounts.sign_in("ana", PASSWORD)
    with world.failing("AdminInitiateAuth", "InternalErrorException", 500), Refused("unavailable"):
        await accounts.refresh(grant.refresh_token)
    world.clock.advance(60)
    assert await accounts.refresh(grant.refresh_token)


async def test_a_session_ends_here_though_cognito_does_not_answer(world: World) -> None:
    accounts = world.open()
    await accounts.sign_up("ana", PASSWORD, "", None)
    grant = await accounts.sign_in("ana", PASSWORD)
    with world.failing("RevokeToken", "InternalErrorException", 500):
        await accounts.sign_out(grant.refresh_token, None, everywhere=False)
    with Refused("session_ended"):
        await accounts.verify(grant.access_token)


@pytest.mark.parametrize("code", ["TooManyRequestsException", "LimitExceededException"])
async def test_a_throttle_says_when_to_try_again_and_is_no_try(
    world: World, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    # The library tries again by itself, and waits before it does.
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _: None))
    accounts = world.open()
    await accounts.sign_up("ana", PASSWORD, "", None)
    with world.failing("AdminInitiateAuth", code):
        for _ in range(12):
            with Refused("rate_limited") as refusal:
                await accounts.sign_in("ana", PASSWORD)
            assert refusal.error is not None
            assert refusal.error.retry_after == 1
    assert await accounts.sign_in("ana", PASSWORD)


async def test_one_listeners_fault_keeps_no_other_from_hearing(world: World, caplog: Any) -> None:
    accounts = world.open()
    heard: list[SessionsEnded] = []

    def fails(_: SessionsEnded) -> None:
        raise RuntimeError

    accounts.listen(fails)
    accounts.listen(heard.append)
    await accounts.sign_up("ana", PASSWORD, "", None)
    await accounts.set_disabled("ana", True)
    assert heard == [SessionsEnded("ana", None, "disabled")]


def test_a_book_of_all_sessions_fits_into_two_read_units() -> None:
    """What `verify` costs: at most two units of 4 KB, and one up to some 30 sessions."""
    import msgspec

    book = Book()
    for n in range(SESSIONS_MAX + 1):
        book, _ = begin(book, f"{n:036}", b"s" * 32, n)
    full = Session(b"d" * 16, 2**50, b"d" * 16, b"s" * 16)
    size = len(book.sessions) * (36 + len(msgspec.msgpack.encode(full)) + 2) + 200
    assert len(book.sessions) == SESSIONS_MAX
    assert size <= 8 * 1024
    assert expires(Book(), 0) == ADMIN_SECONDS + 1
