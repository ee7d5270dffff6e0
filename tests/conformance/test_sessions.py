"""Accounts and sign-in sessions: tokens that rotate, sessions that end everywhere and at once."""

import asyncio
import secrets
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest
from tests.conformance.homes import Home
from tests.conformance.people import JSON, Person
from tests.conformance.places import PASSWORD

SESSION_ENDED = 4001
AT_ONCE = 1.0
"""Seconds within which sockets of an ended session are closed."""


async def refresh(home: Home, token: str) -> httpx.Response:
    return await home.post("/api/auth/refresh", {"refresh_token": token, "return_refresh_token": True})


def code(response: httpx.Response) -> str:
    return str(response.json()["code"])


def cookie_of(response: httpx.Response) -> Any:
    cookie: SimpleCookie = SimpleCookie(response.headers["set-cookie"])
    return cookie["tertulia_refresh"]


async def test_sign_up_then_sign_in(home: Home) -> None:
    """A new account can sign in at once; the answer says who it is and how long the token is good."""
    ana = await home.register("ana", name="Ana María")
    me = await ana.call("GET", "/api/users/me")
    assert (me["username"], me["name"], me.get("admin", False)) == (ana.username, "Ana María", False)
    response = await home.post("/api/auth/sign-in", {"username": ana.username, "password": PASSWORD})
    session = response.json()
    assert session["user"] == me
    assert 0 < session["expires_in"] <= 300
    assert "refresh_token" not in session


async def test_a_username_is_taken_once(home: Home) -> None:
    """Of twenty sign-ups of one username at once, one succeeds; the others are `username_taken`."""
    body = {"username": f"ana-{secrets.token_hex(5)}", "password": PASSWORD}
    answers = await asyncio.gather(*(home.post("/api/auth/sign-up", body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {code(answer) for answer in answers if answer.status_code == 409} == {"username_taken"}


@pytest.mark.parametrize("password", ["1234567890", "aaaaaaaaaaaaaa", "password123"])
async def test_a_weak_password_is_refused(home: Home, password: str) -> None:
    """Common passwords and repeated characters are `weak_password`."""
    body = {"username": f"ana-{secrets.token_hex(5)}", "password": password}
    assert code(await home.post("/api/auth/sign-up", body)) == "weak_password"


@pytest.mark.parametrize("username", ["A", "Ana", "a", "ana maria", "-ana", "ana/x", "ana@x", "añа", "x" * 33, ""])
async def test_a_wrong_username_is_refused(home: Home, username: str) -> None:
    """Usernames are lower-case letters, digits, `_`, `.`, `-`, from 2 to 32 of them."""
    assert code(await home.post("/api/auth/sign-up", {"username": username, "password": PASSWORD})) == "invalid_request"


async def test_a_wrong_password_and_an_unknown_user_are_answered_alike(home: Home) -> None:
    """The answers are the same word for word: nobody learns from them which usernames exist."""
    ana = await home.register()
    wrong = await home.post("/api/auth/sign-in", {"username": ana.username, "password": "not the password"})
    unknown = await home.post("/api/auth/sign-in", {"username": f"{ana.username}x", "password": PASSWORD})
    assert (wrong.status_code, code(wrong)) == (401, "wrong_credentials")
    problems = [answer.json() for answer in (wrong, unknown)]
    for problem in problems:
        problem.pop("request_id", None)
    assert problems[0] == problems[1]


async def test_the_refresh_token_comes_as_a_cookie_that_scripts_cannot_read(home: Home) -> None:
    """The cookie is HttpOnly, SameSite=Strict, for the accounts' paths only; it refreshes; sign-out clears it."""
    ana = await home.register()
    response = await home.post("/api/auth/sign-in", {"username": ana.username, "password": PASSWORD})
    cookie = cookie_of(response)
    assert cookie["httponly"] is True
    assert (cookie["samesite"].lower(), cookie["path"]) == ("strict", "/api/auth")
    headers = {"Cookie": f"tertulia_refresh={cookie.value}"}
    refreshed = await home.post("/api/auth/refresh", {}, headers=headers)
    assert refreshed.status_code == 200
    assert "refresh_token" not in refreshed.json()
    rotated = cookie_of(refreshed)
    assert rotated.value != cookie.value
    out = await home.post("/api/auth/sign-out", {}, headers={"Cookie": f"tertulia_refresh={rotated.value}"})
    assert (out.status_code, cookie_of(out).value, cookie_of(out)["max-age"]) == (200, "", "0")
    gone = await home.post("/api/auth/refresh", {}, headers={"Cookie": f"tertulia_refresh={rotated.value}"})
    assert code(gone) == "session_ended"


async def test_a_foreign_origin_cannot_use_the_cookie(home: Home) -> None:
    """A page of another origin can neither sign in, refresh, nor sign out with a person's cookie."""
    ana = await home.register()
    response = await home.post("/api/auth/sign-in", {"username": ana.username, "password": PASSWORD})
    headers = {"Cookie": f"tertulia_refresh={cookie_of(response).value}", "Origin": "https://evil.example"}
    for path, body in (
        ("refresh", {}),
        ("sign-out", {}),
        ("sign-in", {"username": ana.username, "password": PASSWORD}),
    ):
        answer = await home.post(f"/api/auth/{path}", body, headers=headers)
        assert (answer.status_code, code(answer)) == (403, "origin_not_allowed")
    body = {"old": PASSWORD, "new": "an entirely new one"}
    await ana.refused("origin_not_allowed", "POST", "/api/auth/change-password", json=body, headers=headers)
    own = {**headers, "Origin": home.base_url}
    assert (await home.post("/api/auth/refresh", {}, headers=own)).status_code == 200


async def test_refresh_tokens_rotate(home: Home) -> None:
    """Each refresh gives a new refresh token and an access token that works."""
    ana = await home.register()
    token = ana.refresh_token
    seen = {token}
    for _ in range(3):
        session = (await refresh(home, token)).json()
        token = session["refresh_token"]
        ana.token = session["access_token"]
        await ana.call("GET", "/api/users/me")
        seen.add(token)
    assert len(seen) == 4


async def test_a_spent_refresh_token_ends_its_session(home: Home) -> None:
    """Who presents a token that was spent a while ago has copied it: the whole session ends, sockets too (RFC 9700)."""
    ana = await home.register()
    other = await home.people.sign_in(ana.username)
    first = (await refresh(home, ana.refresh_token)).json()
    home.move_clock(60)
    try:
        socket = await ana.connect()
        assert code(await refresh(home, ana.refresh_token)) == "session_ended"
        assert code(await refresh(home, first["refresh_token"])) == "session_ended"
        assert await socket.ended(AT_ONCE) == SESSION_ENDED or not home.features.close_codes
        ana.token = first["access_token"]
        await ana.refused("session_ended", "GET", "/api/users/me")
        await other.call("GET", "/api/users/me")
    finally:
        home.move_clock(0)


async def test_a_refresh_whose_answer_was_lost_can_be_repeated(home: Home) -> None:
    """Right after it was spent a token still refreshes: two tabs at once, or a lost answer, sign nobody out."""
    ana = await home.register()
    answers = await asyncio.gather(refresh(home, ana.refresh_token), refresh(home, ana.refresh_token))
    assert [answer.status_code for answer in answers] == [200, 200]
    for answer in answers:
        ana.token = answer.json()["access_token"]
        await ana.call("GET", "/api/users/me")


async def test_an_unknown_refresh_token_is_refused(home: Home) -> None:
    """Neither made-up nor missing tokens refresh."""
    for body in ({"refresh_token": "made-up"}, {}):
        assert code(await home.post("/api/auth/refresh", body)) == "session_ended"


async def ends(home: Home, person: Person, socket: Any) -> None:
    """The session has ended: for the socket within a second, with a goodbye; for requests at once."""
    assert await socket.ended(AT_ONCE) == SESSION_ENDED or not home.features.close_codes
    assert socket.events[-1]["type"] == "goodbye"
    assert (socket.events[-1]["reason"], socket.events[-1]["resume"]) == ("session_ended", False)
    await person.refused("session_ended", "GET", "/api/users/me")


async def test_sign_out_here_leaves_the_other_sessions(home: Home) -> None:
    """Signing out ends this session's sockets, tokens and refresh, and no other session's."""
    ana = await home.register()
    other = await home.people.sign_in(ana.username)
    here, there = await ana.connect(), await other.connect()
    await ana.call("POST", "/api/auth/sign-out", json={"refresh_token": ana.refresh_token})
    await ends(home, ana, here)
    assert code(await refresh(home, ana.refresh_token)) == "session_ended"
    await there.settle()
    await other.call("GET", "/api/users/me")


async def test_sign_out_everywhere_ends_every_session(home: Home) -> None:
    """With `everywhere` all sessions of the person end, and nobody else's."""
    ana, ben = await home.register_all("ana", "ben")
    other = await home.people.sign_in(ana.username)
    sockets = [await ana.connect(), await other.connect()]
    bens = await ben.connect()
    await ana.call("POST", "/api/auth/sign-out", json={"everywhere": True})
    await ends(home, ana, sockets[0])
    await ends(home, other, sockets[1])
    for person in (ana, other):
        assert code(await refresh(home, person.refresh_token)) == "session_ended"
    await bens.settle()


async def test_a_new_password_ends_every_session_but_gives_a_new_one(home: Home) -> None:
    """After a change of password old sessions are over, the answer's session works, and only the new password."""
    ana = await home.register()
    other = await home.people.sign_in(ana.username)
    sockets = [await ana.connect(), await other.connect()]
    body: JSON = {"old": "not the password", "new": "an entirely new one"}
    await ana.refused("wrong_credentials", "POST", "/api/auth/change-password", json=body)
    weak = {"old": PASSWORD, "new": "1234567890"}
    await ana.refused("weak_password", "POST", "/api/auth/change-password", json=weak)
    body["old"] = PASSWORD
    session = await ana.call("POST", "/api/auth/change-password", json={**body, "return_refresh_token": True})
    await ends(home, ana, sockets[0])
    await ends(home, other, sockets[1])
    ana.token = session["access_token"]
    await ana.call("GET", "/api/users/me")
    assert (await refresh(home, session["refresh_token"])).status_code == 200
    old = await home.post("/api/auth/sign-in", {"username": ana.username, "password": PASSWORD})
    assert code(old) == "wrong_credentials"
    await home.people.sign_in(ana.username, "an entirely new one")


async def test_disabling_an_account_ends_its_sessions_and_bars_the_door(home: Home) -> None:
    """A disabled person is out within a second and can't sign in, until enabled again."""
    admin, ana = await home.admin(), await home.register()
    socket = await ana.connect()
    path = f"/api/users/{ana.username}"
    assert (await admin.call("PATCH", path, json={"disabled": True}))["disabled"] is True
    await ends(home, ana, socket)
    assert code(await refresh(home, ana.refresh_token)) == "session_ended"
    answer = await home.post("/api/auth/sign-in", {"username": ana.username, "password": PASSWORD})
    assert code(answer) == "wrong_credentials"
    await admin.call("PATCH", path, json={"disabled": False})
    await home.people.sign_in(ana.username)


async def test_a_disabled_person_is_not_in_the_directory(home: Home) -> None:
    """Who is disabled is neither found nor can be added to a group."""
    admin, ana, ben = await home.admin(), await home.register(), await home.register("ben")
    await admin.call("PATCH", f"/api/users/{ben.username}", json={"disabled": True})
    found = await ana.call("GET", "/api/users", params={"query": ben.username})
    assert found["users"] == []
    body = {"kind": "group", "members": [ben.username]}
    await ana.refused("user_not_found", "POST", "/api/conversations", json=body)


async def test_an_access_token_expires(home: Home) -> None:
    """After its five minutes an access token is `token_expired`, and a refresh gives a new one."""
    ana = await home.register()
    home.move_clock(400)
    try:
        await ana.refused("token_expired", "GET", "/api/users/me")
        answer = await home.http.post("/api/auth/sign-out", json={}, headers={"Authorization": f"Bearer {ana.token}"})
        assert code(answer) == "token_expired"
        ana.token = (await refresh(home, ana.refresh_token)).json()["access_token"]
        await ana.call("GET", "/api/users/me")
    finally:
        home.move_clock(0)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic YTpi", "Bearer a.b.c"])
async def test_a_token_that_is_none_is_refused(home: Home, header: str) -> None:
    """Without a token of the server's own nobody is signed in."""
    headers = {"Authorization": header} if header else {}
    response = await home.http.get("/api/users/me", headers=headers)
    assert (response.status_code, code(response)) == (401, "unauthenticated")
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_signing_out_with_a_token_that_is_none_is_refused(home: Home) -> None:
    """Who shows a token with a sign-out is who it says, or nobody: a made-up one is `unauthenticated`."""
    answer = await home.post("/api/auth/sign-out", {}, headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, code(answer)) == (401, "unauthenticated")


async def test_a_token_with_a_changed_part_is_refused(home: Home) -> None:
    """Neither the claims nor the signature of a token can be changed, nor its algorithm left out."""
    ana = await home.register()
    header, claims, signature = ana.token.split(".")
    none = "eyJhbGciOiJub25lIn0"
    for token in (f"{header}.{claims[:-4]}AAAA.{signature}", f"{header}.{claims}.{'A' * 86}", f"{none}.{claims}."):
        response = await home.http.get("/api/users/me", headers={"Authorization": f"Bearer {token}"})
        assert code(response) == "unauthenticated"


async def test_the_public_keys_are_published(home: Home) -> None:
    """The JWK set (RFC 7517) has the keys of access tokens, and nothing private."""
    keys = (await home.http.get("/api/auth/jwks.json")).json()["keys"]
    assert keys
    assert all({"kty", "kid"} <= set(key) and "d" not in key and "k" not in key for key in keys)


@pytest.mark.slow
async def test_sessions_outlast_a_restart(home: Home) -> None:
    """After a restart, and after a kill, access and refresh tokens work as before; ended sessions stay ended."""
    ana, ben = await home.register_all("ana", "ben")
    await ben.call("POST", "/api/auth/sign-out", json={"everywhere": True})
    home.kill()
    await ana.call("GET", "/api/users/me")
    await ben.refused("session_ended", "GET", "/api/users/me")
    assert (await refresh(home, ana.refresh_token)).status_code == 200
    assert code(await refresh(home, ben.refresh_token)) == "session_ended"
