"""Bounded: every limit that the API has, at it and one past it; readers that are too slow; people who want too much."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.conformance.homes import Home
from tests.conformance.people import JSON, Person, message_path, new_id, reaction_path
from tests.conformance.places import PASSWORD
from tests.conformance.sockets import ActionFailedError

from tertulia.domain import limits


async def test_the_length_of_a_text(home: Home) -> None:
    """8,000 characters are a message, of any script; 8,001 are not, sent or edited, over REST or a socket."""
    ana = await home.register()
    group = await ana.group()
    socket = await ana.connect()
    path = f"/api/conversations/{group}/messages"
    for character in ("x", "字", "👍"):
        longest = character * limits.TEXT_MAX
        message = await ana.send(group, longest)
        result = await socket.act("send", conversation=group, id=new_id(), text=longest)
        assert message["text"] == result["message"]["text"] == longest
        assert (await ana.edit(group, message, "y" + longest[1:]))["text"] == "y" + longest[1:]
        body = {"id": new_id(), "text": longest + character}
        await ana.refused("invalid_request", "POST", path, json=body)
        await ana.refused("invalid_request", "PATCH", message_path(group, message), json={"text": longest + character})
        await socket.refused("invalid_request", "send", conversation=group, **body)


async def test_the_length_of_a_client_id(home: Home) -> None:
    """64 characters name a message; 65, none, and other characters do not."""
    ana = await home.register()
    group = await ana.group()
    await ana.send(group, id="x" * limits.CLIENT_ID_MAX)
    for wrong in ("x" * (limits.CLIENT_ID_MAX + 1), "", "a b", "a/b", "é"):
        body = {"id": wrong, "text": "x"}
        await ana.refused("invalid_request", "POST", f"/api/conversations/{group}/messages", json=body)


async def test_the_number_of_attachments(home: Home) -> None:
    """Ten files go with a message; eleven don't."""
    ana = await home.register()
    group = await ana.group()
    refs = [{"media": await ana.upload(b"x")} for _ in range(limits.ATTACHMENTS_MAX + 1)]
    body = {"id": new_id(), "text": "x", "attachments": refs}
    await ana.refused("invalid_request", "POST", f"/api/conversations/{group}/messages", json=body)
    message = await ana.send(group, attachments=refs[: limits.ATTACHMENTS_MAX])
    assert len(message["attachments"]) == limits.ATTACHMENTS_MAX


async def test_the_number_of_mentions(home: Home) -> None:
    """The first fifty mentions of a message count."""
    ana = await home.register()
    group = await ana.group()
    names = [f"user{number}" for number in range(limits.MENTIONS_MAX + 1)]
    message = await ana.send(group, " ".join(f"@{name}" for name in names))
    assert message["mentions"] == names[: limits.MENTIONS_MAX]


async def test_the_kinds_of_reactions(home: Home) -> None:
    """A message has fifty kinds of reactions; one more is `too_many_reactions`, one more person is not."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    message = await ana.send(group)
    for number in range(limits.REACTION_KINDS_MAX):
        await ana.react(group, message, chr(0x1F600 + number))
    await ana.refused("too_many_reactions", "PUT", reaction_path(group, message, "🎉"))
    shown = await ben.react(group, message, "😀")
    assert len(shown["reactions"]) == limits.REACTION_KINDS_MAX
    await ana.unreact(group, message, "😇")
    await ana.react(group, message, "🎉")


@pytest.mark.parametrize(
    ("length", "fits"), [(limits.TITLE_MAX, True), (limits.TITLE_MAX + 1, False)], ids=["at", "past"]
)
async def test_the_length_of_a_title(home: Home, length: int, fits: bool) -> None:
    """A title has 120 characters at most, at creation and later."""
    ana = await home.register()
    group = await ana.group()
    title = "字" * length
    if fits:
        assert (await ana.change(group, title=title))["title"] == title
        await ana.group(title=title)
    else:
        await ana.refused("invalid_request", "PATCH", f"/api/conversations/{group}", json={"title": title})
        body = {"kind": "group", "members": [], "title": title}
        await ana.refused("invalid_request", "POST", "/api/conversations", json=body)


async def test_the_length_of_a_name(home: Home) -> None:
    """A name has 64 characters at most."""
    ana = await home.register()
    longest = "é" * limits.NAME_MAX
    assert (await ana.call("PATCH", "/api/users/me", json={"name": longest}))["name"] == longest
    await ana.refused("invalid_request", "PATCH", "/api/users/me", json={"name": longest + "é"})


async def test_the_length_of_a_username(home: Home) -> None:
    """From two characters to 32."""
    import secrets

    longest = secrets.token_hex(limits.USERNAME_MAX // 2)
    for username, status in ((longest, 201), (longest + "x", 400), ("x", 400)):
        response = await home.post("/api/auth/sign-up", {"username": username, "password": PASSWORD})
        assert response.status_code == status, response.text


async def test_the_length_of_a_password(home: Home) -> None:
    """From ten characters to 256."""
    ana = await home.register()
    for length in (limits.PASSWORD_MIN - 1, limits.PASSWORD_MAX + 1):
        body = {"old": PASSWORD, "new": ("aB3$xyzQ" * 40)[:length]}
        await ana.refused("invalid_request", "POST", "/api/auth/change-password", json=body)
    old = PASSWORD
    for length in (limits.PASSWORD_MIN, limits.PASSWORD_MAX):
        new = ("aB3$xyzQ" * 40)[:length]
        session = await ana.call("POST", "/api/auth/change-password", json={"old": old, "new": new})
        ana.token, old = session["access_token"], new


PAGES = {
    "users": ("/api/users", limits.PAGE_MAX, {"query": "a"}),
    "conversations": ("/api/conversations", limits.PAGE_MAX, {}),
    "members": ("/api/conversations/GROUP/members", limits.MEMBERS_PAGE_MAX, {}),
    "messages": ("/api/conversations/GROUP/messages", limits.PAGE_MAX, {}),
    "log": ("/api/conversations/GROUP/log", limits.LOG_PAGE_MAX, {}),
    "search": ("/api/search", limits.PAGE_MAX, {"query": "a"}),
}


@pytest.mark.parametrize(("path", "most", "params"), PAGES.values(), ids=PAGES.keys())
async def test_the_size_of_a_page(home: Home, path: str, most: int, params: JSON) -> None:
    """A page can be as large as its limit; larger, empty and negative ones are refused."""
    ana = await home.register()
    path = path.replace("GROUP", await ana.group())
    await ana.call("GET", path, params={**params, "limit": most})
    await ana.call("GET", path, params={**params, "limit": 1})
    for wrong in (most + 1, 0, -1, "ten"):
        await ana.refused("invalid_request", "GET", path, params={**params, "limit": wrong})


@pytest.mark.timeout(300)
async def test_the_largest_page_is_full(home: Home) -> None:
    """With more messages than a page holds, a page has as many as it may have."""
    ana = await home.register()
    group = await ana.group()
    socket = await ana.connect()
    sends = [socket.start("send", conversation=group, id=new_id(), text=str(n)) for n in range(limits.LOG_PAGE_MAX + 1)]
    await asyncio.gather(*sends)
    assert len(await ana.messages(group, limit=limits.PAGE_MAX)) == limits.PAGE_MAX
    assert len(await ana.messages(group)) == limits.PAGE_DEFAULT
    page = await ana.log_page(group, limit=limits.LOG_PAGE_MAX)
    assert (len(page["entries"]), page["through"]) == (limits.LOG_PAGE_MAX, limits.LOG_PAGE_MAX)


async def test_the_length_of_a_search(home: Home) -> None:
    """A search has 200 characters and 16 words at most."""
    ana = await home.register()
    await ana.search("x" * limits.SEARCH_QUERY_MAX)
    await ana.search(" ".join("x" * limits.SEARCH_TERMS_MAX))
    for wrong in ("x" * (limits.SEARCH_QUERY_MAX + 1), " ".join("x" * (limits.SEARCH_TERMS_MAX + 1))):
        await ana.refused("invalid_request", "GET", "/api/search", params={"query": wrong})
    await ana.refused("invalid_request", "GET", "/api/users", params={"query": "x" * (limits.SEARCH_QUERY_MAX + 1)})
    await ana.refused("invalid_request", "GET", "/api/users", params={"usernames": ",".join(["ana"] * 101)})


async def test_the_length_of_a_cursor(home: Home) -> None:
    """A cursor that is longer than any page gives is refused."""
    ana = await home.register()
    await ana.refused("invalid_request", "GET", "/api/users", params={"cursor": "x" * (limits.CURSOR_MAX + 1)})


async def test_the_members_that_a_group_begins_with(home: Home) -> None:
    """Ninety others can be named at creation; ninety-one are `group_full`."""
    ana = await home.register()
    names = [f"nobody{number}" for number in range(limits.GROUP_CREATE_MEMBERS_MAX + 1)]
    body: JSON = {"kind": "group", "members": names}
    await ana.refused("group_full", "POST", "/api/conversations", json=body)
    body["members"] = names[:-1]
    await ana.refused("user_not_found", "POST", "/api/conversations", json=body)


async def test_the_list_shows_the_first_members(home: Home) -> None:
    """A conversation shows its first twenty members by name, and says how many there are."""
    people = [await home.register("m") for _ in range(limits.MEMBERS_IN_LIST + 2)]
    group = await people[0].group(*people[1:])
    view = await people[1].view(group)
    assert view["member_count"] == limits.MEMBERS_IN_LIST + 2
    names = sorted(person.username for person in people)
    assert [member["username"] for member in view["members"]] == names[: limits.MEMBERS_IN_LIST]


async def test_the_size_of_a_request(home: Home) -> None:
    """A JSON body of 64 KiB is read; one byte more is `too_large`, also where it comes in chunks without a length."""
    ana = await home.register()
    group = await ana.group()
    path = f"/api/conversations/{group}/messages"
    body = b'{"id":"at-the-limit","text":"x"}'
    json_type = {"Content-Type": "application/json"}
    await ana.call("POST", path, content=body.ljust(limits.FRAME_BYTES_MAX), headers=json_type, expect=201)
    past = body.ljust(limits.FRAME_BYTES_MAX + 1)
    await ana.refused("too_large", "POST", path, content=past, headers=json_type)

    async def chunks() -> Any:
        for start in range(0, len(past), 4096):
            yield past[start : start + 4096]

    await ana.refused("too_large", "POST", path, content=chunks(), headers=json_type)


async def test_the_size_of_a_websocket_message(home: Home) -> None:
    """A message of 64 KiB is an action; one byte more closes the connection with 1009, and a goodbye before."""
    ana = await home.register()
    socket = await ana.connect()
    await socket.connection.send('{"action":"ping","request":7}'.ljust(limits.FRAME_BYTES_MAX))
    await socket.settle()
    await socket.connection.send('{"action":"ping","request":8}'.ljust(limits.FRAME_BYTES_MAX + 1))
    assert await socket.ended() == 1009 or not home.features.close_codes


async def test_the_length_of_a_draft(home: Home) -> None:
    """A draft of 1,000 characters is shown; a longer one is refused."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    await ana.change(group, live_typing=True)
    own, others = await ana.connect(), await ben.connect()
    longest = "字" * limits.DRAFT_MAX
    await own.act("draft", conversation=group, text=longest, version=1)
    await others.event("draft", text=longest)
    await own.refused("invalid_request", "draft", conversation=group, text=longest + "x", version=2)


async def test_the_number_of_people_watched(home: Home) -> None:
    """A connection follows the presence of 200 people; 201 are refused."""
    ana = await home.register()
    socket = await ana.connect()
    names = [f"user{number}" for number in range(limits.WATCH_MAX + 1)]
    await socket.act("presence", watch=names[:-1])
    await socket.refused("invalid_request", "presence", watch=names)


async def test_the_largest_timestamp(home: Home) -> None:
    """The largest integer that every client holds exactly is a timestamp; one more is not."""
    ana = await home.register()
    group = await ana.group()
    path = f"/api/conversations/{group}/read"
    await ana.call("PUT", path, json={"timestamp": limits.TIMESTAMP_MAX})
    await ana.refused("invalid_request", "PUT", path, json={"timestamp": limits.TIMESTAMP_MAX + 1})
    await ana.refused("invalid_request", "PUT", path, json={"timestamp": -1})
    await ana.refused("conversation_not_found", "GET", f"/api/conversations/{'x' * 64}")
    await ana.refused("invalid_request", "GET", f"/api/conversations/{'x' * 65}")


async def test_the_name_and_size_of_a_file(home: Home) -> None:
    """A file's name has 255 characters, its size at most what the server says in `/config.json`, 100 MiB unless it is
    set otherwise; past 8 MiB it comes in parts."""
    ana = await home.register()
    said = (await home.http.get("/config.json")).json()["media"]
    assert said["bytes_max"] == limits.MEDIA_BYTES_MAX == 100 * 1024 * 1024
    assert said["files_max"] == limits.ATTACHMENTS_MAX
    whole = await ana.announce(limits.MEDIA_WHOLE_MAX)
    assert (bool(whole["url"]), whole.get("parts")) == (True, None)
    parts = (await ana.announce(limits.MEDIA_WHOLE_MAX + 1))["parts"]
    assert [part["number"] for part in parts] == [1, 2]
    await ana.announce(limits.MEDIA_BYTES_MAX, "x" * limits.MEDIA_NAME_MAX)
    large = {"name": "x", "type": "image/png", "size": limits.MEDIA_BYTES_MAX + 1}
    await ana.refused("too_large", "POST", "/api/media", json=large)
    long = {"name": "x" * (limits.MEDIA_NAME_MAX + 1), "type": "image/png", "size": 1}
    await ana.refused("invalid_request", "POST", "/api/media", json=long)


@pytest.mark.slow
async def test_a_slow_reader_is_told_to_resume_and_loses_nothing(home: Home) -> None:
    """Who doesn't read is disconnected with `resume` (4000), the others are served on, and catching up gives all."""
    home.needs("slow_readers")
    ana, ben, carla = await home.register_all("ana", "ben", "carla")
    group = await ana.group(ben, carla)
    slow = await ben.connect(max_queue=1)
    others = await carla.connect()
    sender = await ana.connect()
    slow.connection.transport.pause_reading()
    text = "x" * limits.TEXT_MAX
    count = 0
    while count * len(text) < 3 * limits.BUFFER_BYTES_MAX + 8 * 1024 * 1024:
        results = [sender.start("send", conversation=group, id=new_id(), text=text) for _ in range(20)]
        await asyncio.gather(*results)
        count += 20
    last = (await ana.view(group))["head"]["seq"]
    await others.entry(group, last)
    slow.connection.transport.resume_reading()
    code = await slow.ended()
    assert code in (4000, 1006)
    received = slow.entries(group)
    assert len(received) < count
    cursor = received[-1]["seq"] if received else 0
    assert [entry["seq"] for entry in received] == list(range(2, cursor + 1))
    rest = await ben.log(group, after=cursor)
    assert [entry["seq"] for entry in rest] == list(range(cursor + 1, last + 1))
    again = await ben.connect()
    await again.settle()


async def limited(answers: list[Any]) -> Any:
    """The first answer that says 429, which says how long to wait."""
    found = next(answer for answer in answers if answer.status_code == 429)
    assert found.json()["code"] == "rate_limited"
    assert found.json()["temporary"] is True
    assert int(found.headers["retry-after"]) >= 1
    assert found.json()["retry_after"] > 0
    return found


@pytest.mark.slow
async def test_rate_limits_answer_429_and_say_when(start_home: Callable[..., Any]) -> None:
    """With the normal limits, too much of anything is `rate_limited` with Retry-After; others are served meanwhile."""
    async with start_home("rates", TERTULIA_RATE_FACTOR="1") as home:
        ana, ben = await home.register("ana"), await home.register("ben")
        group = await ana.group(ben)

        async def burst(person: Person, method: str, path: str, count: int, **how: Any) -> list[Any]:
            return list(await asyncio.gather(*(person.ask(method, path, **how) for _ in range(count))))

        path = f"/api/conversations/{group}/messages"
        sends = [ana.ask("POST", path, json={"id": new_id(), "text": "x"}) for _ in range(200)]
        answers = list(await asyncio.gather(*sends))
        assert 0 < sum(answer.status_code == 201 for answer in answers) < 200
        await limited(answers)
        await ben.send(group, "still served")
        refused = [answer for answer in answers if answer.status_code != 201]
        assert {answer.status_code for answer in refused} == {429}
        assert len(await ben.messages(group, limit=100)) >= 1
        await limited(await burst(ben, "POST", "/api/tickets", 150))


@pytest.mark.slow
async def test_too_many_actions_are_refused_then_cut_off(start_home: Callable[..., Any]) -> None:
    """Over a socket, too many actions get `rate_limited` with when to retry; insisting far beyond closes with 4008."""
    async with start_home("rates", TERTULIA_RATE_FACTOR="1") as home:
        ana = await home.register("ana")
        socket = await ana.connect()
        answers = await asyncio.gather(*(socket.start("ping") for _ in range(150)), return_exceptions=True)
        errors = [answer for answer in answers if isinstance(answer, ActionFailedError)]
        assert errors
        assert all(error.answer["code"] == "rate_limited" for error in errors)
        assert all(error.answer["retry_after"] > 0 and error.answer["temporary"] for error in errors)
        for _ in range(limits.ACTIONS_BURST + limits.ACTIONS_REFUSED_MAX + 100):
            socket.start("ping").add_done_callback(lambda answer: answer.exception())
        assert await socket.ended() == 4008 or not home.features.close_codes
        assert socket.events[-1] == {"type": "goodbye", "reason": "rate_limited", "resume": True}


@pytest.mark.slow
async def test_guessing_passwords_is_bounded(start_home: Callable[..., Any]) -> None:
    """After some wrong passwords the next tries are `rate_limited`; the same for a user who doesn't exist."""
    async with start_home() as home:
        ana = await home.register("ana")
        for name in (ana.username, "nobody-at-all"):
            codes = []
            for _ in range(12):
                answer = await home.post("/api/auth/sign-in", {"username": name, "password": "not the password"})
                codes.append(answer.json()["code"])
            assert codes[:10] == ["wrong_credentials"] * 10
            assert codes[-1] == "rate_limited"
