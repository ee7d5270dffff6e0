"""People: the directory, the own profile, administration and invitations."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from tests.conformance.homes import Home
from tests.conformance.people import JSON, Person, new_id
from tests.conformance.places import PASSWORD
from tests.fixtures import pictures


async def names(person: Person, **params: Any) -> list[str]:
    found = await person.call("GET", "/api/users", params=params)
    return [user["username"] for user in found["users"]]


async def test_people_are_found_by_the_beginning_of_username_or_name(home: Home) -> None:
    """The directory finds by the beginning of the username or of any word of the name, whatever case and accents."""
    word = f"zo{secrets.token_hex(4)}"
    ana = await home.register("ana", name=f"Ana Žofie {word.upper()}é")
    for query in (ana.username, ana.username[:-1], word, word.upper(), f"{word}e"):
        assert ana.username in await names(ana, query=query), query
    assert ana.username not in await names(ana, query=word[1:])


async def test_the_directory_comes_in_pages(home: Home) -> None:
    """Pages, put together, are everybody who matches, once, by username."""
    word = f"team{secrets.token_hex(4)}"
    people = [await home.register("member", name=f"Member {word}") for _ in range(7)]
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await people[0].call("GET", "/api/users", params={"query": word, "limit": 3, "cursor": cursor})
        found += [user["username"] for user in page["users"]]
        cursor = page["cursor"]
    assert found == sorted(person.username for person in people)


async def test_given_users_are_looked_up(home: Home) -> None:
    """`usernames` asks for these: those that exist come back."""
    ana, ben = await home.register_all("ana", "ben")
    wanted = f"{ben.username},{ana.username},nobody-at-all"
    assert sorted(await names(ana, usernames=wanted)) == sorted([ana.username, ben.username])


async def test_the_own_name_can_be_changed(home: Home) -> None:
    """The new name is what others see from now on; blanks at the ends go. A field that is misspelt is noticed."""
    ana, ben = await home.register_all("ana", "ben")
    assert (await ana.call("PATCH", "/api/users/me", json={"name": "  Ana Nova "}))["name"] == "Ana Nova"
    found = await ben.call("GET", "/api/users", params={"usernames": ana.username})
    assert found["users"][0]["name"] == "Ana Nova"
    for wrong in ({"name": "x", "nmae": "x"}, {"name": None}, {"name": {}}, [], "x"):
        await ana.refused("invalid_request", "PATCH", "/api/users/me", json=wrong)
    assert (await ana.call("GET", "/api/users/me"))["name"] == "Ana Nova"


async def test_a_picture_of_a_person_is_everybodys_and_small(home: Home) -> None:
    """Who is asked for by name comes with an address for a still thumbnail, which says nothing of where it was taken;
    the file itself is the person's own, and goes when another takes its place or none."""
    ana, ben = await home.register_all("ana", "ben")

    async def seen() -> JSON:
        (user,) = (await ben.call("GET", "/api/users", params={"usernames": ana.username}))["users"]
        return dict(user)

    async def named(media: str) -> JSON:
        return await ana.call("PATCH", "/api/users/me", json={"picture": media})

    assert "picture" not in await seen()
    first = (await ana.picture(pictures.moving("GIF"), "a.gif", "image/gif"))["id"]
    second = (await ana.picture(pictures.telling("JPEG", 6), "a.jpg", "image/jpeg"))["id"]
    for media in (first, second, second):
        assert (await named(media))["picture"] == (await seen())["picture"] == media
        content = (await home.http.get((await seen())["picture_url"])).content
        assert (content[:4], content[8:12], b"ANIM" in content, pictures.SECRET in content) == (
            b"RIFF",
            b"WEBP",
            False,
            False,
        )
    await ben.refused("media_not_found", "GET", f"/api/media/{second}")
    assert (await ana.call("GET", f"/api/media/{second}"))["id"] == second
    await ana.refused("media_not_found", "GET", f"/api/media/{first}")
    for other in (first, (await ben.picture(pictures.png()))["id"]):
        await ana.refused("media_not_found", "PATCH", "/api/users/me", json={"picture": other})
    svg = await ana.upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml")
    await ana.refused("picture_unsuitable", "PATCH", "/api/users/me", json={"picture": svg})
    group = await ana.group(ben)
    body = {"id": new_id(), "attachments": [{"media": second}]}
    await ana.refused("attachment_not_found", "POST", f"/api/conversations/{group}/messages", json=body)
    address = (await seen())["picture_url"]
    assert "picture" not in await named("")
    assert "picture" not in await seen()
    assert (await home.http.get(address)).status_code == 404
    await ana.refused("media_not_found", "GET", f"/api/media/{second}")


async def test_an_administrator_is_made_and_unmade(home: Home) -> None:
    """Administrators make others administrators; nobody shuts themselves out; unknown users are `user_not_found`."""
    admin, ana = await home.admin(), await home.register()
    path = f"/api/users/{ana.username}"
    assert (await admin.call("PATCH", path, json={"admin": True}))["admin"] is True
    again = await home.people.sign_in(ana.username)
    assert (await again.call("PATCH", path, json={}))["admin"] is True
    await again.refused("forbidden", "PATCH", path, json={"admin": False})
    await again.refused("forbidden", "PATCH", path, json={"disabled": True})
    assert not (await admin.call("PATCH", path, json={"admin": False})).get("admin")
    await admin.refused("user_not_found", "PATCH", "/api/users/nobody-at-all", json={"admin": True})
    await admin.refused("user_not_found", "PATCH", "/api/users/nobody-at-all", json={})


async def test_no_codes_are_sent_where_there_is_no_mail(home: Home) -> None:
    """A home that can't send codes says `not_supported`, and not whether the user exists."""
    ana = await home.register()
    for name in (ana.username, "nobody-at-all"):
        answers = [
            await home.post("/api/auth/confirm", {"username": name, "code": "123456"}),
            await home.post("/api/auth/forgot-password", {"username": name}),
            await home.post("/api/auth/reset-password", {"username": name, "code": "123456", "new": PASSWORD}),
        ]
        assert [(a.status_code, a.json()["code"]) for a in answers] == [(501, "not_supported")] * 3


@pytest.mark.slow
async def test_invitations(start_home: Callable[..., Any]) -> None:
    """Where one needs an invitation to sign up, an administrator's code lets one person in, once, in its time."""
    async with start_home(TERTULIA_SIGN_UP="invite") as home:
        admin = await home.admin()
        code = (await admin.call("POST", "/api/invites", json={"hours": 1}, expect=201))["code"]
        expired = (await admin.call("POST", "/api/invites", json={"hours": 1}, expect=201))["code"]

        async def sign_up(name: str, **invite: str) -> tuple[int, str]:
            response = await home.post("/api/auth/sign-up", {"username": name, "password": PASSWORD, **invite})
            return response.status_code, response.json().get("code", "")

        assert await sign_up("ana") == (403, "invite_required")
        assert await sign_up("ana", invite="made-up") == (403, "invite_invalid")
        assert await sign_up("ana", invite=code) == (201, "")
        assert await sign_up("ben", invite=code) == (403, "invite_invalid")
        home.move_clock(3700)
        assert await sign_up("ben", invite=expired) == (403, "invite_invalid")


@pytest.mark.slow
async def test_sign_up_can_be_closed(start_home: Callable[..., Any]) -> None:
    """Where accounts are the operator's affair, sign-up is `sign_up_closed`."""
    async with start_home(TERTULIA_SIGN_UP="closed") as home:
        response = await home.post("/api/auth/sign-up", {"username": "ana", "password": PASSWORD})
        assert (response.status_code, response.json()["code"]) == (403, "sign_up_closed")


@pytest.mark.parametrize("hours", [0, 24 * 30 + 1])
async def test_an_invitation_is_good_for_an_hour_to_thirty_days(home: Home, hours: int) -> None:
    """Other times are `invalid_request`."""
    admin = await home.admin()
    await admin.refused("invalid_request", "POST", "/api/invites", json={"hours": hours})
