"""Accounts over the services: what administrators may, what is checked before the port is asked."""

import pytest
from msgspec import UNSET
from tests.services.refused import refused
from tests.services.world import PASSWORD, World, who

from tertulia.domain import limits
from tertulia.services.accounts import INVITE_HOURS_MAX

ADDRESS = "192.0.2.1"


async def test_signing_up_and_in(world: World) -> None:
    """A name loses its blanks; the session that begins is the person's."""
    user, asked = await world.chat.accounts.sign_up("fay", PASSWORD, " Fay ", None, ADDRESS)
    assert (user.username, user.name, asked) == ("fay", "Fay", False)
    grant = await world.chat.accounts.sign_in("fay", PASSWORD, ADDRESS)
    identity = await world.chat.accounts.verify(grant.access_token)
    assert identity.username == "fay"
    assert await world.chat.accounts.me(identity) == user
    again = await world.chat.accounts.refresh(grant.refresh_token)
    await world.chat.accounts.sign_out(again.refresh_token, None, everywhere=False)
    with refused("session_ended"):
        await world.chat.accounts.refresh(again.refresh_token)
    with refused("session_ended"):
        await world.chat.accounts.refresh(None)


async def test_a_changed_password_is_the_only_one(world: World) -> None:
    """The old one is wrong from then on."""
    grant = await world.chat.accounts.sign_in("ana", PASSWORD, ADDRESS)
    identity = await world.chat.accounts.verify(grant.access_token)
    await world.chat.accounts.change_password(identity, PASSWORD, "quite another sentence")
    with refused("wrong_credentials"):
        await world.chat.accounts.sign_in("ana", PASSWORD, ADDRESS)
    await world.chat.accounts.sign_in("ana", "quite another sentence", ADDRESS)


@pytest.mark.parametrize("username", ["Fay", "f", "f a", "x" * (limits.USERNAME_MAX + 1)])
async def test_a_username_has_its_form(world: World, username: str) -> None:
    """Checked before anything is made."""
    with refused("invalid_request"):
        await world.chat.accounts.sign_up(username, PASSWORD, "", None, ADDRESS)


async def test_a_name_is_a_short_line(world: World) -> None:
    """At the limit it is taken, one past it is not, at sign-up and later."""
    long = "x" * limits.NAME_MAX
    assert (await world.chat.accounts.sign_up("fay", PASSWORD, long, None, ADDRESS))[0].name == long
    assert (await world.chat.accounts.update_me(who("fay"), name=f" {long} ")).name == long
    for name in (long + "x", "a\nb"):
        with refused("invalid_request"):
            await world.chat.accounts.sign_up("guy", PASSWORD, name, None, ADDRESS)
        with refused("invalid_request"):
            await world.chat.accounts.update_me(who("fay"), name=name)


async def test_who_is_no_longer_there_is_not_found(world: World) -> None:
    """A token can outlive its account."""
    with refused("user_not_found"):
        await world.chat.accounts.me(who("nobody"))


async def test_what_takes_mail_is_not_supported_here(world: World) -> None:
    """The port's answer reaches the caller."""
    accounts = world.chat.accounts
    for call in (
        accounts.confirm("ana", "123456", ADDRESS),
        accounts.resend_code("ana", ADDRESS),
        accounts.forgot_password("ana", ADDRESS),
        accounts.reset_password("ana", "123456", PASSWORD, ADDRESS),
    ):
        with refused("not_supported"):
            await call


class TestDirectory:
    async def test_pages_hold_everybody_once(self, world: World) -> None:
        """By username, whatever the size of a page."""
        for limit in (1, 2, 5, 6):
            found: list[str] = []
            cursor: str | None = ""
            while cursor is not None:
                page, cursor = await world.chat.accounts.directory("", after=cursor, limit=limit)
                found += [user.username for user in page]
            assert found == ["ana", "ben", "cleo", "dan", "eve"]

    async def test_a_query_is_bounded(self, world: World) -> None:
        """At the limit it is asked, one past it is not."""
        long = "x" * limits.SEARCH_QUERY_MAX
        assert await world.chat.accounts.directory(long, after="", limit=5) == ([], None)
        with refused("invalid_request"):
            await world.chat.accounts.directory(long + "x", after="", limit=5)

    async def test_so_many_users_are_looked_up_at_once(self, world: World) -> None:
        """Those that exist come back; one name too many is refused."""
        names = ["ana", "nobody", *(f"p{n}" for n in range(limits.PAGE_MAX - 2))]
        assert [user.username for user in await world.chat.accounts.users(names)] == ["ana"]
        with refused("invalid_request"):
            await world.chat.accounts.users([*names, "ben"])


class TestAdministration:
    async def test_only_administrators_administer(self, world: World) -> None:
        """The service itself asks, whatever the edge has done."""
        with refused("forbidden"):
            await world.chat.accounts.update_user(who("ana"), "ben", disabled=True, admin=UNSET)
        with refused("forbidden"):
            await world.chat.accounts.invite(who("ana"), admin=False, hours=1)

    async def test_an_administrator_disables_and_appoints(self, world: World) -> None:
        """What is absent stays, and the user comes back as it is then."""
        update, root = world.chat.accounts.update_user, who("ana", admin=True)
        assert (await update(root, "ben", disabled=True, admin=True)).disabled
        user = await update(root, "ben", disabled=False, admin=UNSET)
        assert (user.disabled, user.admin) == (False, True)
        assert await update(root, "ben", disabled=UNSET, admin=UNSET) == user
        assert not (await update(root, "ben", disabled=UNSET, admin=False)).admin

    async def test_an_administrator_does_not_shut_out_the_own_account(self, world: World) -> None:
        """Neither by disabling it nor by stepping down; what changes nothing is allowed."""
        root = who("ana", admin=True)
        for disabled, admin in ((True, UNSET), (UNSET, False)):
            with refused("forbidden"):
                await world.chat.accounts.update_user(root, "ana", disabled=disabled, admin=admin)
        assert (await world.chat.accounts.update_user(root, "ana", disabled=False, admin=True)).admin

    async def test_an_unknown_user_is_not_found(self, world: World) -> None:
        """Whatever is asked to change."""
        for disabled, admin in ((True, UNSET), (UNSET, True), (UNSET, UNSET)):
            with refused("user_not_found"):
                await world.chat.accounts.update_user(who("ana", admin=True), "nobody", disabled=disabled, admin=admin)

    async def test_an_invitation_is_good_for_hours(self, world: World) -> None:
        """From one hour to a month, and one hour past each end is refused."""
        root = who("ana", admin=True)
        for hours in (1, INVITE_HOURS_MAX):
            code, seconds = await world.chat.accounts.invite(root, admin=False, hours=hours)
            assert (bool(code), seconds) == (True, hours * 3600)
        for hours in (0, INVITE_HOURS_MAX + 1):
            with refused("invalid_request"):
                await world.chat.accounts.invite(root, admin=False, hours=hours)
        user, _ = await world.chat.accounts.sign_up("fay", PASSWORD, "", code, ADDRESS)
        assert not user.admin


async def test_keys_are_those_of_the_port(world: World) -> None:
    """The memory accounts sign nothing and have none."""
    assert await world.chat.accounts.keys() == []
