"""Accounts, administration and tickets, from bytes to answers."""

import pytest
from tests.api.caller import Caller
from tests.services.world import PASSWORD

from tertulia.api.dispatch import RefreshCookie
from tertulia.api.handlers.accounts import bearer
from tertulia.domain import limits

ANA = {"username": "ana", "password": PASSWORD}


async def test_signing_up_answers_the_user(caller: Caller) -> None:
    """201, and nothing of the password."""
    status, body = await caller.call("sign_up", body={"username": "fay", "password": PASSWORD, "name": "Fay"})
    assert (status, body["username"], body["name"]) == (201, "fay", "Fay")
    assert PASSWORD not in str(body)
    assert (await caller.call("sign_up", body={"username": "fay", "password": PASSWORD}))[0] == 409


async def test_the_refresh_token_is_a_cookie_unless_it_is_asked_for(caller: Caller) -> None:
    """Every answer that begins or renews a session sets it; the body has it only for clients without cookies."""
    answer = await caller.raw("sign_in", body=b'{"username": "ana", "password": "a fine long sentence"}')
    assert isinstance(answer.cookie, RefreshCookie)
    assert answer.cookie.max_age == limits.REFRESH_TOKEN_SECONDS
    _, body = await caller.call("sign_in", body=ANA)
    assert "refresh_token" not in body
    _, asked = await caller.call("sign_in", body={**ANA, "return_refresh_token": True})
    assert asked["refresh_token"]


async def test_refreshing_takes_the_token_of_body_or_cookie(caller: Caller) -> None:
    """The one in the body first; without any the session has ended."""
    _, asked = await caller.call("sign_in", body={**ANA, "return_refresh_token": True})
    answer = await caller.raw("refresh", refresh_token=asked["refresh_token"])
    assert answer.status == 200
    assert isinstance(answer.cookie, RefreshCookie)
    status, _ = await caller.call("refresh", body={"refresh_token": answer.cookie.value}, refresh_token="nonsense")
    assert status == 200
    assert (await caller.call("refresh"))[1]["code"] == "session_ended"


async def test_signing_out_clears_the_cookie_and_ends_the_session(caller: Caller) -> None:
    """By the access token, by the cookie, or by neither: an unknown session is no error."""
    answer = await caller.raw("sign_out", "ana")
    assert (answer.status, answer.cookie) == (200, RefreshCookie("", 0))
    assert (await caller.raw("get_me", "ana")).code == "session_ended"
    assert (await caller.raw("sign_out", refresh_token="unknown")).status == 200
    assert (await caller.raw("sign_out", authorization="Bearer nonsense")).code == "unauthenticated"


async def test_signing_out_everywhere(caller: Caller) -> None:
    """The other sessions end too."""
    _, other = await caller.call("sign_in", body=ANA)
    await caller.call("sign_out", "ana", body={"everywhere": True})
    answer = await caller.raw("get_me", authorization=f"Bearer {other['access_token']}")
    assert answer.code == "session_ended"


async def test_changing_the_password(caller: Caller) -> None:
    """The caller gets a new session; a wrong old password changes nothing."""
    changes = {"old": PASSWORD, "new": "quite another sentence"}
    assert (await caller.call("change_password", "ana", body={**changes, "old": "wrong"}))[0] == 401
    status, body = await caller.call("change_password", "ana", body=changes)
    assert (status, body["user"]["username"]) == (200, "ana")
    assert (await caller.call("sign_in", body=ANA))[0] == 401


async def test_what_takes_mail_is_not_supported_here(caller: Caller) -> None:
    """501, which is not the caller's mistake."""
    for name, body in (
        ("confirm", {"username": "ana", "code": "1"}),
        ("resend_code", {"username": "ana"}),
        ("forgot_password", {"username": "ana"}),
        ("reset_password", {"username": "ana", "code": "1", "new": PASSWORD}),
    ):
        status, answer = await caller.call(name, body=body)
        assert (status, answer["code"]) == (501, "not_supported")


async def test_the_directory_searches_and_looks_up(caller: Caller) -> None:
    """By the beginning of a word in pages, or by names."""
    _, first = await caller.call("list_users", "ana", query={"limit": "1"})
    assert ([user["username"] for user in first["users"]], first["cursor"]) == (["ana"], "ana")
    _, second = await caller.call("list_users", "ana", query={"limit": "1", "cursor": "ana"})
    assert ([user["username"] for user in second["users"]], second["cursor"]) == (["ben"], None)
    _, named = await caller.call("list_users", "ana", query={"usernames": "ben,,nobody"})
    assert [user["username"] for user in named["users"]] == ["ben"]


async def test_ones_own_profile(caller: Caller) -> None:
    """Read and changed; the name has its limit."""
    assert (await caller.call("update_me", "ana", body={"name": "Ana López"}))[1]["name"] == "Ana López"
    assert (await caller.call("get_me", "ana"))[1]["name"] == "Ana López"
    assert (await caller.call("update_me", "ana", body={"name": "x" * (limits.NAME_MAX + 1)}))[0] == 400


async def test_a_field_of_the_profile_that_is_absent_stays(caller: Caller) -> None:
    """And a picture has the form of a file's id; what an administrator says of one can only be that it goes."""
    await caller.call("update_me", "ana", body={"name": "Ana"})
    status, body = await caller.call("update_me", "ana", body={"picture": ""})
    assert (status, body["name"], body.get("picture", "")) == (200, "Ana", "")
    for wrong in ("https://evil.example/x.png", "x" * 65, None):
        assert (await caller.call("update_me", "ana", body={"picture": wrong}))[0] == 400
    assert (await caller.call("update_me", "ana", body={"picture": "nothing"}))[0] == 404
    await caller.world.accounts.set_admin("ana", True)
    await caller.world.accounts.set_picture("ben", "one")
    _, shown = await caller.call("list_users", "ana", query={"usernames": "ben"})
    assert shown["users"][0]["picture_url"].startswith("/api/media/one/content?")
    status, _ = await caller.call("update_user", "ana", path={"username": "ben"}, body={"picture": "two"})
    assert status == 400
    status, body = await caller.call("update_user", "ana", path={"username": "ben"}, body={"picture": ""})
    assert (status, body.get("picture", "")) == (200, "")


async def test_administrators_change_users_and_invite(caller: Caller) -> None:
    """What is absent stays."""
    await caller.world.accounts.set_admin("ana", True)
    status, body = await caller.call("update_user", "ana", path={"username": "ben"}, body={"disabled": True})
    assert (status, body["disabled"], body.get("admin", False)) == (200, True, False)
    status, body = await caller.call("create_invite", "ana", body={"hours": 2})
    assert (status, body["expires_in"]) == (201, 7200)
    status, _ = await caller.call("sign_up", body={"username": "fay", "password": PASSWORD, "invite": body["code"]})
    assert status == 201


async def test_figures_are_for_administrators(caller: Caller) -> None:
    """Who becomes one gets them; what this home doesn't count is null."""
    assert (await caller.call("get_figures", "ana"))[0] == 403
    await caller.world.accounts.set_admin("ana", True)
    await caller.world.group("ana", "ben")
    status, body = await caller.call("get_figures", "ana")
    assert (status, body["conversations"], body["messages"], body["people"]) == (200, 1, 0, None)


async def test_a_ticket_is_for_the_callers_origin(caller: Caller) -> None:
    """The header `Origin` of the request is what the connection must have."""
    status, body = await caller.call("create_ticket", "ana", origin="https://chat.example.org")
    assert (status, body["expires_in"]) == (201, limits.TICKET_SECONDS)
    ticket = await caller.world.chat.tickets.redeem(body["ticket"], "https://chat.example.org")
    assert ticket.username == "ana"


async def test_keys_are_public(caller: Caller) -> None:
    """Nobody has to sign in to check a token."""
    assert await caller.call("get_keys") == (200, {"keys": []})


@pytest.mark.parametrize(
    ("header", "token"), [("Bearer abc", "abc"), ("bearer abc ", "abc"), ("Basic abc", ""), ("abc", ""), ("", "")]
)
def test_the_token_of_a_header(header: str, token: str) -> None:
    """The scheme is `Bearer` (RFC 6750, 2.1)."""
    assert bearer(header) == token
