"""What every adapter of `tertulia.ports.accounts` keeps."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.accounts_adapters import ADAPTERS, OTHER_PASSWORD, PASSWORD, SLOW, Opening, SignUp

from tertulia.adapters.memory.clock import SetClock
from tertulia.domain import limits
from tertulia.domain.errors import ChatError
from tertulia.domain.users import User
from tertulia.ports.accounts import Accounts, Grant, SessionsEnded


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(
    params=[pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in sorted(ADAPTERS)]
)
async def opening(request: pytest.FixtureRequest, clock: SetClock, tmp_path: Path) -> AsyncIterator[Opening]:
    async with AsyncExitStack() as stack:
        made: Any = ADAPTERS[request.param]

        async def opened(sign_up: SignUp = "open") -> Accounts:
            return await stack.enter_async_context(made(request, clock, tmp_path, sign_up))

        yield opened


@pytest.fixture
async def accounts(opening: Opening) -> Accounts:
    accounts = await opening()
    for username, name in [("ana", "Ana María López"), ("ben", "Ben Ólafsson")]:
        await accounts.sign_up(username, PASSWORD, name, None)
    return accounts


class Refused:
    """The code of the ChatError that the block raises is the one given; keeps the error."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.error: ChatError | None = None

    def __enter__(self) -> "Refused":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        assert isinstance(error, ChatError), f"expected {self.code}, got {error!r}"
        assert error.code == self.code
        self.error = error
        return True


async def is_good(accounts: Accounts, grant: Grant) -> bool:
    """Whether the grant's access token is taken."""
    try:
        await accounts.verify(grant.access_token)
    except ChatError as error:
        if error.code != "session_ended":
            raise
        return False
    return True


class TestSignUp:
    async def test_makes_a_user_who_can_sign_in(self, accounts: Accounts, clock: SetClock) -> None:
        user, asked = await accounts.sign_up("cleo", PASSWORD, "  Cleo  ", None)
        assert user == User(username="cleo", name="Cleo", created=clock.now())
        assert not asked
        assert (await accounts.sign_in("cleo", PASSWORD)).user == user

    async def test_a_username_belongs_to_one_user(self, accounts: Accounts) -> None:
        with Refused("username_taken"):
            await accounts.sign_up("ana", OTHER_PASSWORD, "", None)
        assert await accounts.sign_in("ana", PASSWORD)

    @pytest.mark.parametrize("word", ["all", "here"])
    async def test_what_names_everybody_is_no_username(self, accounts: Accounts, word: str) -> None:
        with Refused("username_taken"):
            await accounts.sign_up(word, PASSWORD, "", None)

    async def test_of_many_at_once_one_gets_the_username(self, accounts: Accounts) -> None:
        tries = [accounts.sign_up("dora", f"{PASSWORD} {n}", "", None) for n in range(8)]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(o, tuple) for o in outcomes) == 1
        assert {o.code for o in outcomes if isinstance(o, ChatError)} == {"username_taken"}

    @pytest.mark.parametrize("username", ["", "a", "Ana", "ana b", "-ana", "a" * 33, "añ", "ana\n", "é" * 5])
    async def test_refuses_a_username_of_another_form(self, accounts: Accounts, username: str) -> None:
        with Refused("invalid_request"):
            await accounts.sign_up(username, PASSWORD, "", None)

    async def test_refuses_a_name_that_is_too_long_or_has_line_breaks(self, accounts: Accounts) -> None:
        assert (await accounts.sign_up("cleo", PASSWORD, "n" * limits.NAME_MAX, None))[0].name
        for name in ("n" * (limits.NAME_MAX + 1), "a\nb"):
            with Refused("invalid_request"):
                await accounts.sign_up("dora", PASSWORD, name, None)

    async def test_refuses_a_weak_password(self, accounts: Accounts) -> None:
        with Refused("weak_password"):
            await accounts.sign_up("cleo", "password123", "", None)
        assert await accounts.user("cleo") is None


class TestInvitations:
    async def test_where_sign_up_is_by_invitation_nobody_comes_without_one(self, opening: Opening) -> None:
        accounts = await opening("invite")
        with Refused("invite_required"):
            await accounts.sign_up("cleo", PASSWORD, "", None)
        with Refused("invite_invalid"):
            await accounts.sign_up("cleo", PASSWORD, "", "guessed")

    async def test_an_invitation_brings_in_one_person(self, opening: Opening) -> None:
        accounts = await opening("invite")
        code = await accounts.invite("ana", admin=False, seconds=60)
        assert not (await accounts.sign_up("cleo", PASSWORD, "", code))[0].admin
        with Refused("invite_invalid"):
            await accounts.sign_up("dora", PASSWORD, "", code)

    async def test_one_invitation_at_once_brings_in_one_person(self, opening: Opening) -> None:
        accounts = await opening("invite")
        code = await accounts.invite("ana", admin=False, seconds=60)
        tries = [accounts.sign_up(f"user{n}", PASSWORD, "", code) for n in range(6)]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(o, tuple) for o in outcomes) == 1

    async def test_a_refused_sign_up_spends_no_invitation(self, opening: Opening) -> None:
        accounts = await opening("invite")
        code = await accounts.invite("ana", admin=False, seconds=60)
        with Refused("weak_password"):
            await accounts.sign_up("cleo", "short", "", code)
        assert await accounts.sign_up("cleo", PASSWORD, "", code)

    async def test_an_invitation_expires(self, opening: Opening, clock: SetClock) -> None:
        accounts = await opening("invite")
        codes = [await accounts.invite("ana", admin=False, seconds=60) for _ in range(2)]
        clock.advance(59)
        assert await accounts.sign_up("cleo", PASSWORD, "", codes[0])
        clock.advance(1)
        with Refused("invite_invalid"):
            await accounts.sign_up("dora", PASSWORD, "", codes[1])

    async def test_where_sign_up_is_closed_only_an_administrators_invitation_opens_it(self, opening: Opening) -> None:
        accounts = await opening("closed")
        with Refused("sign_up_closed"):
            await accounts.sign_up("cleo", PASSWORD, "", None)
        with Refused("sign_up_closed"):
            await accounts.sign_up("cleo", PASSWORD, "", await accounts.invite("ana", admin=False, seconds=60))
        code = await accounts.invite("ana", admin=True, seconds=60)
        assert (await accounts.sign_up("cleo", PASSWORD, "", code))[0].admin

    async def test_where_sign_up_is_open_an_invitation_still_counts(self, accounts: Accounts) -> None:
        with Refused("invite_invalid"):
            await accounts.sign_up("cleo", PASSWORD, "", "guessed")
        code = await accounts.invite("ana", admin=True, seconds=60)
        assert (await accounts.sign_up("cleo", PASSWORD, "", code))[0].admin

    async def test_an_invitation_is_good_for_a_time(self, accounts: Accounts) -> None:
        with Refused("invalid_request"):
            await accounts.invite("ana", admin=False, seconds=0)


class TestSignIn:
    async def test_grants_what_it_says(self, accounts: Accounts, clock: SetClock) -> None:
        grant = await accounts.sign_in("ana", PASSWORD)
        assert grant.user == await accounts.user("ana")
        assert grant.expires_in == limits.ACCESS_TOKEN_SECONDS
        assert grant.refresh_expires_in == limits.REFRESH_TOKEN_SECONDS
        identity = await accounts.verify(grant.access_token)
        assert (identity.username, identity.admin) == ("ana", False)
        assert identity.expires == clock.now() // 1_000_000 + limits.ACCESS_TOKEN_SECONDS

    async def test_each_sign_in_is_a_session_of_its_own(self, accounts: Accounts) -> None:
        grants = [await accounts.sign_in("ana", PASSWORD) for _ in range(3)]
        assert len({(await accounts.verify(g.access_token)).session for g in grants}) == 3

    async def test_answers_the_same_for_unknown_users_wrong_passwords_and_disabled_accounts(
        self, accounts: Accounts
    ) -> None:
        await accounts.set_disabled("ben", True)
        answers = set()
        for username, password in [("ana", OTHER_PASSWORD), ("nobody", PASSWORD), ("ben", PASSWORD), ("x" * 90, "y")]:
            with Refused("wrong_credentials") as refusal:
                await accounts.sign_in(username, password)
            assert refusal.error is not None
            answers.add((str(refusal.error), refusal.error.retry_after, str(refusal.error.details)))
        assert len(answers) == 1

    async def test_a_password_is_the_same_however_a_keyboard_composes_it(self, accounts: Accounts) -> None:
        await accounts.sign_up("cleo", "mañana será otro día", "", None)
        assert await accounts.sign_in("cleo", "man\u0303ana sera\u0301 otro di\u0301a")

    @pytest.mark.parametrize("username", ["ana", "nobody"])
    async def test_tries_are_bounded_for_known_and_unknown_users(
        self, accounts: Accounts, clock: SetClock, username: str
    ) -> None:
        for _ in range(10):
            with Refused("wrong_credentials"):
                await accounts.sign_in(username, OTHER_PASSWORD)
            clock.advance(1)
        with Refused("rate_limited") as refusal:
            await accounts.sign_in(username, OTHER_PASSWORD)
        assert refusal.error is not None
        assert refusal.error.retry_after == pytest.approx(15 * 60 - 10)

    async def test_the_right_password_waits_too_and_the_lock_ends_by_itself_however_often_somebody_knocks(
        self, accounts: Accounts, clock: SetClock
    ) -> None:
        for _ in range(10):
            with Refused("wrong_credentials"):
                await accounts.sign_in("ana", OTHER_PASSWORD)
        for _ in range(20):
            clock.advance(44)
            with Refused("rate_limited"):
                await accounts.sign_in("ana", PASSWORD)
        clock.advance(15 * 60 - 20 * 44)
        assert await accounts.sign_in("ana", PASSWORD)

    async def test_mistakes_count_no_longer_after_a_sign_in(self, accounts: Accounts) -> None:
        for _ in range(3):
            for _ in range(9):
                with Refused("wrong_credentials"):
                    await accounts.sign_in("ana", OTHER_PASSWORD)
            assert await accounts.sign_in("ana", PASSWORD)

    async def test_who_guesses_at_one_address_locks_nobody_out_at_another(self, accounts: Accounts) -> None:
        for _ in range(10):
            with Refused("wrong_credentials"):
                await accounts.sign_in("ana", OTHER_PASSWORD, address="203.0.113.7")
        with Refused("rate_limited"):
            await accounts.sign_in("ana", PASSWORD, address="203.0.113.7")
        assert await accounts.sign_in("ana", PASSWORD, address="198.51.100.1")
        assert await accounts.sign_in("ben", PASSWORD, address="203.0.113.7")

    async def test_a_person_has_fifty_sessions_and_the_one_unused_for_longest_ends_for_another(
        self, accounts: Accounts, clock: SetClock
    ) -> None:
        ended: list[SessionsEnded] = []
        accounts.listen(ended.append)
        grants = []
        for _ in range(50):
            grants.append(await accounts.sign_in("ana", PASSWORD))
            clock.advance(1)
        grants[0] = await accounts.refresh(grants[0].refresh_token)
        assert not ended
        oldest = await accounts.verify(grants[1].access_token)
        await accounts.sign_in("ana", PASSWORD)
        assert ended == [SessionsEnded("ana", (oldest.session,), "too_many_sessions")]
        assert [await is_good(accounts, g) for g in grants] == [True, False] + [True] * 48


class TestAccessTokens:
    async def test_expire(self, accounts: Accounts, clock: SetClock) -> None:
        grant = await accounts.sign_in("ana", PASSWORD)
        clock.advance(limits.ACCESS_TOKEN_SECONDS - 1)
        assert await accounts.verify(grant.access_token)
        clock.advance(1)
        for _ in range(2):
            with Refused("token_expired"):
                await accounts.verify(grant.access_token)

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "\0", "x" * 10_000, "eyJhbGciOiJub25lIn0.e30."])
    async def test_what_is_no_token_of_ours_is_refused(self, accounts: Accounts, token: str) -> None:
        with Refused("unauthenticated"):
            await accounts.verify(token)

    async def test_a_refresh_token_is_no_access_token(self, accounts: Accounts) -> None:
        with Refused("unauthenticated"):
            await accounts.verify((await accounts.sign_in("ana", PASSWORD)).refresh_token)

    async def test_who_becomes_or_stops_being_an_administrator_does_at_once(self, accounts: Accounts) -> None:
        grant = await accounts.sign_in("ana", PASSWORD)
        for admin in (True, False):
            assert (await accounts.set_admin("ana", admin)).admin is admin
            assert (await accounts.verify(grant.access_token)).admin is admin
            assert (await accounts.sign_in("ana", PASSWORD)).user.admin is admin

    async def test_published_keys_hold_nothing_private(self, accounts: Accounts) -> None:
        private = {"d", "p", "q", "dp", "dq", "qi", "k", "oth"}
        assert not any(private & set(key) for key in await accounts.keys())


class TestRefresh:
    async def test_rotates_and_keeps_the_session(self, accounts: Accounts, clock: SetClock) -> None:
        first = await accounts.sign_in("ana", PASSWORD)
        clock.advance(400)
        second = await accounts.refresh(first.refresh_token)
        assert second.refresh_token != first.refresh_token
        with Refused("token_expired"):
            await accounts.verify(first.access_token)
        clock.advance(100)
        third = await accounts.refresh(second.refresh_token)
        sessions = {(await accounts.verify(g.access_token)).session for g in (second, third)}
        assert len(sessions) == 1

    async def test_a_spent_token_ends_its_session_and_no_other(self, accounts: Accounts, clock: SetClock) -> None:
        first, other = await accounts.sign_in("ana", PASSWORD), await accounts.sign_in("ana", PASSWORD)
        second = await accounts.refresh(first.refresh_token)
        session = (await accounts.verify(second.access_token)).session
        ended: list[SessionsEnded] = []
        accounts.listen(ended.append)
        clock.advance(11)
        with Refused("session_ended"):
            await accounts.refresh(first.refresh_token)
        assert ended == [SessionsEnded("ana", (session,), "token_reused")]
        with Refused("session_ended"):
            await accounts.refresh(second.refresh_token)
        assert not await is_good(accounts, second)
        assert await is_good(accounts, other)

    async def test_two_tabs_at_once_or_a_lost_answer_sign_nobody_out(self, accounts: Accounts, clock: SetClock) -> None:
        """Within ten seconds a spent token leads to the same successor again."""
        first = await accounts.sign_in("ana", PASSWORD)
        clock.advance(400)
        both = await asyncio.gather(*(accounts.refresh(first.refresh_token) for _ in range(4)))
        assert len({g.refresh_token for g in both}) == 1
        clock.advance(10)
        again = await accounts.refresh(first.refresh_token)
        assert again.refresh_token == both[0].refresh_token
        clock.advance(200)
        assert await is_good(accounts, await accounts.refresh(again.refresh_token))

    async def test_a_clock_that_jumps_back_between_two_tabs_signs_nobody_out(
        self, accounts: Accounts, clock: SetClock
    ) -> None:
        first = await accounts.sign_in("ana", PASSWORD)
        second = await accounts.refresh(first.refresh_token)
        clock.advance(-5)
        assert (await accounts.refresh(first.refresh_token)).refresh_token == second.refresh_token

    async def test_a_spent_token_has_no_grace_once_its_successor_is_spent(self, accounts: Accounts) -> None:
        first = await accounts.sign_in("ana", PASSWORD)
        second = await accounts.refresh(first.refresh_token)
        third = await accounts.refresh(second.refresh_token)
        with Refused("session_ended"):
            await accounts.refresh(first.refresh_token)
        assert not await is_good(accounts, third)

    async def test_a_session_ends_when_nobody_uses_it_and_not_before(self, accounts: Accounts, clock: SetClock) -> None:
        grant = await accounts.sign_in("ana", PASSWORD)
        for _ in range(3):
            clock.advance(limits.REFRESH_TOKEN_SECONDS - 1)
            grant = await accounts.refresh(grant.refresh_token)
        clock.advance(limits.REFRESH_TOKEN_SECONDS)
        with Refused("session_ended"):
            await accounts.refresh(grant.refresh_token)

    @pytest.mark.parametrize("token", ["", "x", "é" * 64, "A" * 64, "A" * 63 + "=", "\ud800" * 64, "A" * 5000])
    async def test_an_unknown_token_is_refused(self, accounts: Accounts, token: str) -> None:
        with Refused("session_ended"):
            await accounts.refresh(token)


class TestSignOut:
    async def test_by_refresh_token_ends_that_session(self, accounts: Accounts) -> None:
        here, there = await accounts.sign_in("ana", PASSWORD), await accounts.sign_in("ana", PASSWORD)
        await accounts.sign_out(here.refresh_token, None, everywhere=False)
        assert (await is_good(accounts, here), await is_good(accounts, there)) == (False, True)
        with Refused("session_ended"):
            await accounts.refresh(here.refresh_token)

    async def test_by_identity_ends_that_session(self, accounts: Accounts) -> None:
        here, there = await accounts.sign_in("ana", PASSWORD), await accounts.sign_in("ana", PASSWORD)
        await accounts.sign_out(None, await accounts.verify(here.access_token), everywhere=False)
        assert (await is_good(accounts, here), await is_good(accounts, there)) == (False, True)

    async def test_everywhere_ends_every_session_of_that_person_and_of_nobody_else(self, accounts: Accounts) -> None:
        for by_token in (True, False):
            grants = [await accounts.sign_in("ana", PASSWORD) for _ in range(3)]
            bens = await accounts.sign_in("ben", PASSWORD)
            ended: list[SessionsEnded] = []
            accounts.listen(ended.append)
            identity = None if by_token else await accounts.verify(grants[0].access_token)
            await accounts.sign_out(grants[0].refresh_token if by_token else None, identity, everywhere=True)
            assert [await is_good(accounts, g) for g in grants] == [False] * 3
            assert await is_good(accounts, bens)
            assert ended == [SessionsEnded("ana", None, "signed_out")]

    async def test_is_no_error_for_an_unknown_token_or_a_second_time(self, accounts: Accounts) -> None:
        grant = await accounts.sign_in("ana", PASSWORD)
        await accounts.sign_out("unknown", None, everywhere=True)
        await accounts.sign_out(None, None, everywhere=True)
        assert await is_good(accounts, grant)
        for _ in range(2):
            await accounts.sign_out(grant.refresh_token, None, everywhere=False)

    async def test_a_spent_token_signs_out_its_own_session_alone(self, accounts: Accounts, clock: SetClock) -> None:
        first, other = await accounts.sign_in("ana", PASSWORD), await accounts.sign_in("ana", PASSWORD)
        second = await accounts.refresh(first.refresh_token)
        clock.advance(60)
        await accounts.sign_out(first.refresh_token, None, everywhere=True)
        assert (await is_good(accounts, second), await is_good(accounts, other)) == (False, True)


class TestPasswords:
    async def test_a_new_password_ends_every_session_and_begins_one(self, accounts: Accounts) -> None:
        here, there = await accounts.sign_in("ana", PASSWORD), await accounts.sign_in("ana", PASSWORD)
        ended: list[SessionsEnded] = []
        accounts.listen(ended.append)
        grant = await accounts.change_password(await accounts.verify(here.access_token), PASSWORD, OTHER_PASSWORD)
        assert ended == [SessionsEnded("ana", None, "password_changed")]
        assert [await is_good(accounts, g) for g in (here, there, grant)] == [False, False, True]
        for old in (here, there):
            with Refused("session_ended"):
                await accounts.refresh(old.refresh_token)
        with Refused("wrong_credentials"):
            await accounts.sign_in("ana", PASSWORD)
        assert await accounts.sign_in("ana", OTHER_PASSWORD)
        assert await accounts.refresh(grant.refresh_token)

    async def test_a_change_needs_the_old_password_and_tries_are_bounded(self, accounts: Accounts) -> None:
        grant = await accounts.sign_in("ana", PASSWORD)
        identity = await accounts.verify(grant.access_token)
        for _ in range(10):
            with Refused("wrong_credentials"):
                await accounts.change_password(identity, OTHER_PASSWORD, OTHER_PASSWORD)
        with Refused("rate_limited"):
            await accounts.change_password(identity, PASSWORD, OTHER_PASSWORD)
        assert await is_good(accounts, grant)
        assert await accounts.sign_in("ana", PASSWORD)

    async def test_a_change_refuses_a_weak_password(self, accounts: Accounts) -> None:
        grant = await accounts.sign_in("ana", PASSWORD)
        with Refused("weak_password"):
            await accounts.change_password(await accounts.verify(grant.access_token), PASSWORD, "aaaaaaaaaaaa")
        assert await is_good(accounts, grant)

    async def test_an_ended_session_changes_no_password(self, accounts: Accounts) -> None:
        grant = await accounts.sign_in("ana", PASSWORD)
        identity = await accounts.verify(grant.access_token)
        await accounts.sign_out(grant.refresh_token, None, everywhere=False)
        with Refused("session_ended"):
            await accounts.change_password(identity, PASSWORD, OTHER_PASSWORD)
        assert await accounts.sign_in("ana", PASSWORD)

    async def test_what_needs_mail_says_that_it_is_not_offered(self, accounts: Accounts) -> None:
        for asked in (
            accounts.confirm("ana", "123456"),
            accounts.resend_code("ana"),
            accounts.forgot_password("ana"),
            accounts.reset_password("ana", "123456", OTHER_PASSWORD),
        ):
            with Refused("not_supported"):
                await asked


class TestPeople:
    async def test_users_are_found_by_username(self, accounts: Accounts) -> None:
        ana = await accounts.user("ana")
        assert ana is not None
        assert ana.name == "Ana María López"
        assert await accounts.user("nobody") is None
        found = await accounts.users(["ben", "nobody", "ana", "ben"])
        assert sorted(user.username for user in found) == ["ana", "ben"]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["ana", "ben"]),
            ("an", ["ana"]),
            ("AN", ["ana"]),
            ("lop", ["ana"]),
            ("lope", ["ana"]),
            ("LÓPEZ", ["ana"]),
            ("maria", ["ana"]),
            ("ana maria l", ["ana"]),
            ("maria  lopez ", ["ana"]),
            ("olafs", ["ben"]),
            ("o\u0301l", ["ben"]),
            ("ria", []),
            ("pez", []),
            ("%", []),
            ("_", ["ana", "ben"]),
            ("lopez ana", []),
            ("z" * 300, []),
        ],
    )
    async def test_the_directory_finds_the_beginning_of_a_word_without_case_and_accents(
        self, accounts: Accounts, query: str, found: list[str]
    ) -> None:
        assert [user.username for user in await accounts.directory(query, limit=10)] == found

    async def test_the_directory_finds_every_script(self, accounts: Accounts) -> None:
        names = {"u1": "Ольга Ёлкина", "u2": "李小龍", "u3": "محمد علي", "u4": "Straße Åse", "u5": "Ｆｕｌｌ"}
        for username, name in names.items():
            await accounts.sign_up(username, PASSWORD, name, None)
        for query, username in [("елк", "u1"), ("李", "u2"), ("علي", "u3"), ("strass", "u4"), ("full", "u5")]:
            assert [user.username for user in await accounts.directory(query, limit=10)] == [username]

    @pytest.mark.parametrize("query", ["", "te", "team", "team m"])
    async def test_the_directory_pages_by_username_without_a_gap(self, accounts: Accounts, query: str) -> None:
        for n in range(7):
            await accounts.sign_up(f"t{n}", PASSWORD, "Team Member Team Members", None)
        seen, after = [], "b" if query else "ben"
        while page := await accounts.directory(query, after=after, limit=3):
            assert len(page) <= 3
            seen += [user.username for user in page]
            after = seen[-1]
        assert seen == [f"t{n}" for n in range(7)]

    async def test_the_directory_leaves_out_disabled_users(self, accounts: Accounts) -> None:
        await accounts.set_disabled("ana", True)
        for query in ("", "an", "lopez"):
            assert "ana" not in [user.username for user in await accounts.directory(query, limit=10)]
        assert (await accounts.users(["ana"]))[0].disabled

    async def test_who_is_renamed_is_found_by_the_new_name_only(self, accounts: Accounts) -> None:
        assert (await accounts.rename("ana", " Zoë ")).name == "Zoë"
        assert await accounts.directory("lopez", limit=10) == []
        assert [user.username for user in await accounts.directory("zoe", limit=10)] == ["ana"]
        for name in ("n" * (limits.NAME_MAX + 1), "a\0b"):
            with Refused("invalid_request"):
                await accounts.rename("ana", name)

    async def test_a_picture_is_named_replaced_and_removed(self, accounts: Accounts) -> None:
        """Everybody who asks for the person learns of it, and whoever names another learns which was before."""
        for picture, before in (("one", ""), ("two", "one"), ("two", "two"), ("", "two"), ("three", "")):
            user, replaced = await accounts.set_picture("ana", picture)
            assert (user.username, user.name, user.picture, replaced) == ("ana", "Ana María López", picture, before)
        named = [await accounts.user("ana"), *await accounts.users(["ana"]), *await accounts.directory("an", limit=5)]
        assert [user.picture for user in named if user] == ["three"] * 3
        assert (await accounts.rename("ana", "Zoë")).picture == "three"
        assert (await accounts.set_disabled("ana", True)).picture == "three"
        assert [user.picture for user in await accounts.users(["ben"])] == [""]

    async def test_what_is_done_to_an_unknown_user_is_refused(self, accounts: Accounts) -> None:
        for asked in (
            accounts.rename("nobody", "x"),
            accounts.set_disabled("nobody", True),
            accounts.set_disabled("nobody", False),
            accounts.set_admin("nobody", True),
            accounts.set_picture("nobody", "one"),
        ):
            with Refused("user_not_found"):
                await asked

    async def test_disabling_ends_every_session_and_enabling_lets_sign_in_again(self, accounts: Accounts) -> None:
        grant = await accounts.sign_in("ana", PASSWORD)
        ended: list[SessionsEnded] = []
        accounts.listen(ended.append)
        assert (await accounts.set_disabled("ana", True)).disabled
        assert ended == [SessionsEnded("ana", None, "disabled")]
        assert not await is_good(accounts, grant)
        with Refused("session_ended"):
            await accounts.refresh(grant.refresh_token)
        assert not (await accounts.set_disabled("ana", False)).disabled
        assert len(ended) == 1
        assert await is_good(accounts, await accounts.sign_in("ana", PASSWORD))
        assert not await is_good(accounts, grant)
