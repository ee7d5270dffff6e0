"""Signing up: invitations, codes, and what becomes of a sign-up that fails half-way."""

import asyncio

import pytest
from tests.adapters.cognito.pools import OTHER_PASSWORD, PASSWORD, Refused, World

from tertulia.domain import limits

pytestmark = pytest.mark.slow
EMAIL = "ana@example.org"


async def test_an_invitation_is_given_back_where_the_username_is_taken(world: World) -> None:
    accounts = world.open()
    await accounts.sign_up("ana", PASSWORD, "", None)
    code = await accounts.invite("root", admin=True, seconds=60)
    with Refused("username_taken"):
        await accounts.sign_up("ana", PASSWORD, "", code)
    assert (await accounts.sign_up("ben", PASSWORD, "", code))[0].admin


@pytest.mark.parametrize(
    "operation", ["AdminCreateUser", "AdminSetUserPassword", "AdminAddUserToGroup", "AdminGetUser"]
)
async def test_a_sign_up_that_fails_half_way_leaves_no_user_and_the_invitation(world: World, operation: str) -> None:
    """Wherever Cognito stops answering."""
    accounts = world.open()
    code = await accounts.invite("root", admin=True, seconds=60)
    before = world.items()
    with world.failing(operation, "TooManyRequestsException"), Refused("rate_limited"):
        await accounts.sign_up("ana", PASSWORD, "", code)
    assert world.items() == before
    assert await accounts.user("ana") is None
    assert (await accounts.sign_up("ana", PASSWORD, "", code))[0].admin


async def test_whose_username_was_made_by_a_try_whose_answer_got_lost_gets_it(world: World) -> None:
    """The second try finds it taken, by nobody else."""
    accounts = world.open()
    with world.losing("AdminCreateUser", 1):
        await accounts.sign_up("ana", PASSWORD, "Ana", None)
    assert (await accounts.sign_in("ana", PASSWORD)).user.name == "Ana"


async def test_a_username_that_somebody_else_took_meanwhile_is_taken(world: World) -> None:
    """Also where the first answer that says so got lost."""
    pool = {"UserPoolId": world.settings.pool, "Username": "ana"}
    world.clients.client("cognito-idp").admin_create_user(**pool, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
    with world.losing("AdminCreateUser", 1), Refused("username_taken"):
        await world.open().sign_up("ana", PASSWORD, "", None)
    assert world.clients.client("cognito-idp").admin_get_user(**pool)["UserStatus"] == "FORCE_CHANGE_PASSWORD"


async def test_a_sign_up_that_is_never_answered_leaves_no_user(world: World) -> None:
    """Though the service made one."""
    accounts = world.open()
    with world.losing("AdminCreateUser", 3), Refused("unavailable"):
        await accounts.sign_up("ana", PASSWORD, "", None)
    assert await accounts.user("ana") is None
    await accounts.sign_up("ana", PASSWORD, "", None)


async def test_an_invitation_expires_by_itself(world: World) -> None:
    """The item has a time to live, a moment after it is no longer taken."""
    await world.open().invite("root", admin=False, seconds=60)
    (item,) = world.items().values()
    assert int(item["expires"]["N"]) == world.clock.now() // 1_000_000 + 61


async def test_the_first_administrator_is_invited_once(world: World) -> None:
    """The code ends with the first administrator, also one that was given and not used."""
    accounts = world.open()
    first, second = await accounts.first_admin_invite(), await accounts.first_admin_invite()
    assert first is not None
    assert second is not None
    assert (await accounts.sign_up("root", PASSWORD, "", first))[0].admin
    with Refused("invite_invalid"):
        await accounts.sign_up("rival", PASSWORD, "", second)
    assert await accounts.first_admin_invite() is None


@pytest.mark.parametrize("password", [f" {PASSWORD}", f"{PASSWORD}\u3000"])
async def test_a_password_neither_begins_nor_ends_with_a_blank(world: World, password: str) -> None:
    """Cognito takes none that does, and would say so in its own words."""
    with Refused("weak_password"):
        await world.open().sign_up("ana", password, "", None)


@pytest.mark.parametrize("world", [{"confirm_by_email": True}], indirect=True)
class TestCodes:
    async def test_who_has_to_confirm_signs_in_after_that(self, world: World) -> None:
        accounts = world.open()
        user, asked = await accounts.sign_up("ana", PASSWORD, "Ana", None, EMAIL)
        assert asked
        assert (user.username, user.name, user.created) == ("ana", "Ana", world.clock.now())
        with Refused("wrong_credentials"):
            await accounts.sign_in("ana", PASSWORD)
        with Refused("invalid_code"):
            await accounts.confirm("ana", "000000")
        await accounts.confirm("ana", "123456")
        assert (await accounts.sign_in("ana", PASSWORD)).user == user

    async def test_a_code_is_sent_once_more(self, world: World) -> None:
        """To who is to confirm; whether there is such a one, the answer doesn't say."""
        accounts = world.open()
        await accounts.sign_up("ana", PASSWORD, "", None, EMAIL)
        for username in ("ana", "nobody"):
            with world.before("ResendConfirmationCode", lambda: None):
                await accounts.resend_code(username)
        await accounts.confirm("ana", "123456")
        await accounts.resend_code("ana")

    async def test_who_never_confirmed_is_not_there_for_others(self, world: World) -> None:
        accounts = world.open()
        await accounts.sign_up("ana", PASSWORD, "Ana", None, EMAIL)
        assert await accounts.user("ana") is None
        assert await accounts.users(["ana"]) == []
        assert await accounts.directory("an", limit=5) == []
        with Refused("username_taken"):
            await accounts.sign_up("ana", PASSWORD, "", None, EMAIL)

    @pytest.mark.parametrize("email", ["", "ana", "ana@", "@example.org", "a b@example.org", "ana@example"])
    async def test_an_address_is_needed(self, world: World, email: str) -> None:
        with Refused("invalid_request"):
            await world.open().sign_up("ana", PASSWORD, "", None, email)

    async def test_an_address_has_a_length(self, world: World) -> None:
        accounts = world.open()
        longest = "a" * (limits.EMAIL_MAX - len(EMAIL)) + EMAIL
        with Refused("invalid_request"):
            await accounts.sign_up("ana", PASSWORD, "", None, f"a{longest}")
        assert (await accounts.sign_up("ana", PASSWORD, "", None, longest))[1]

    async def test_an_administrators_invitation_holds_after_confirming(self, world: World) -> None:
        accounts = world.open()
        code = await accounts.invite("root", admin=True, seconds=60)
        await accounts.sign_up("ana", PASSWORD, "", code, EMAIL)
        await accounts.confirm("ana", "123456")
        assert (await accounts.sign_in("ana", PASSWORD)).user.admin

    async def test_a_new_password_by_a_code_ends_every_session(self, world: World) -> None:
        accounts = world.open()
        await accounts.sign_up("ana", PASSWORD, "", None, EMAIL)
        await accounts.confirm("ana", "123456")
        grant = await accounts.sign_in("ana", PASSWORD)
        await accounts.forgot_password("ana")
        with Refused("invalid_code"):
            await accounts.reset_password("ana", "000000", OTHER_PASSWORD)
        with Refused("weak_password"):
            await accounts.reset_password("ana", "654321", "short")
        assert await accounts.verify(grant.access_token)
        await accounts.reset_password("ana", "654321", OTHER_PASSWORD)
        with Refused("session_ended"):
            await accounts.verify(grant.access_token)
        with Refused("wrong_credentials"):
            await accounts.sign_in("ana", PASSWORD)
        assert await accounts.sign_in("ana", OTHER_PASSWORD)

    async def test_nothing_is_said_of_who_exists(self, world: World) -> None:
        """A code that was never asked for is wrong, for users and for others."""
        accounts = world.open()
        await accounts.sign_up("ana", PASSWORD, "", None, EMAIL)
        await asyncio.gather(accounts.forgot_password("nobody"), accounts.forgot_password("ana"))
        for username in ("ana", "nobody"):
            with Refused("invalid_code"):
                await accounts.reset_password(username, "000000", OTHER_PASSWORD)
            with Refused("invalid_code"):
                await accounts.confirm(username, "000000")

    @pytest.mark.parametrize("code", ["InvalidParameterException", "UserNotFoundException", "NotAuthorizedException"])
    async def test_nothing_is_said_of_who_has_no_address(self, world: World, code: str) -> None:
        with world.failing("ForgotPassword", code):
            await world.open().forgot_password("ana")

    async def test_after_too_many_codes_one_waits(self, world: World) -> None:
        accounts = world.open()
        with (
            world.failing("ConfirmForgotPassword", "TooManyFailedAttemptsException"),
            Refused("rate_limited") as refusal,
        ):
            await accounts.reset_password("ana", "000000", OTHER_PASSWORD)
        assert refusal.error is not None
        assert refusal.error.retry_after == 60
