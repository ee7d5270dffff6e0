"""Steps of the probes of roles: a few requests each, which fail where a function may not do what they need."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Final

from tests.aws.stage import CROWD, PACKED, WORD, Stage
from tests.conformance.people import JSON, message_path, new_id
from tests.conformance.places import PASSWORD
from tests.conformance.scenarios import POINT, SECRET
from tests.conformance.sockets import PATIENCE, ActionFailedError, Socket
from tests.fixtures import pictures
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tertulia.domain import limits

Step = Callable[[Stage], Awaitable[None]]
FAILURES: Final = (AssertionError, ActionFailedError, InvalidStatus, ConnectionClosed, ConnectionError, TimeoutError)
"""What a step raises where the system doesn't do what it should."""
ABSENCE_SECONDS: Final = 4.0
"""How long something is waited for that a role without its statement never does."""
THUMB: Final = "\N{THUMBS UP SIGN}"


# Chat-Messages-GET


async def read_page(s: Stage) -> None:
    assert [each["text"] for each in await s.bea.messages(s.long, limit=2)] == [
        f"{WORD} {PACKED}",
        f"{WORD} {PACKED + 1}",
    ]


async def read_log(s: Stage) -> None:
    """From a cursor that an entry in the index leads to."""
    page = await s.bea.log_page(s.long, after=64, limit=1)
    assert [entry["seq"] for entry in page["entries"]] == [65]


async def read_what_one_may(s: Stage) -> None:
    """A message that was changed while its reader was away is as it was; the log begins with the membership."""
    (message,) = await s.carl.messages(s.away)
    assert message["text"] == f"a {WORD}"
    assert [entry["seq"] for entry in await s.carl.log(s.away)][:2] == [1, 2]


async def search(s: Stage) -> None:
    """What is packed, and what isn't."""
    assert await s.bea.found(f"{WORD} 7", conversation=s.long) == [f"{WORD} 7"]
    assert await s.carl.found(WORD) == [f"a {WORD}"]


async def download(s: Stage) -> None:
    described = await s.bea.call("GET", f"/api/media/{s.file}")
    content = await s.http.get(described["url"])
    assert (content.status_code, content.content) == (200, b"content")


# Chat-Messages-POST


async def get_ticket(s: Stage) -> None:
    assert await s.ana.ticket()


async def send_file_and_delete(s: Stage) -> None:
    media = await s.ana.upload(b"gone soon")
    name = {"id": new_id(), "text": "look", "attachments": [{"media": media}]}
    path = f"/api/conversations/{s.group}/messages"
    message = await s.ana.call("POST", path, json=name, expect=201)
    assert await s.ana.call("POST", path, json=name) == message
    await s.ana.edit(s.group, message, "look here")
    await s.bea.react(s.group, message, THUMB)
    assert (await s.ana.delete(s.group, message))["deleted"]
    # Again: whoever was first may have died before everything was erased.
    await s.ana.delete(s.group, message)
    await s.ana.refused("media_not_found", "GET", f"/api/media/{media}")
    edit = next(each for each in reversed(s.items("Changes", s.group)) if each["kind"]["S"] == "edited")
    assert edit["erased"] == {"BOOL": True}


async def answer_as_seen(s: Stage) -> None:
    """A reaction by somebody who was away while the message changed."""
    (message,) = await s.carl.messages(s.away)
    path = f"{message_path(s.away, message)}/reactions/{THUMB}"
    assert (await s.carl.call("PUT", path))["text"] == f"a {WORD}"


async def send_and_push(s: Stage) -> None:
    message = await s.ana.send(s.group)
    await _heard(s, s.group, message)


async def send_to_a_ghost(s: Stage) -> None:
    """A connection that is gone is forgotten by whoever finds it gone."""
    ghost = s.ghost(s.bea)
    await s.ana.send(s.group)
    assert not s.connection_item(ghost)


async def read_older(s: Stage) -> None:
    """A cursor that moves to another message than the last."""
    before = await s.ana.send(s.group)
    await s.ana.send(s.group)
    moved = await s.bea.read(s.group, before["timestamp"])
    assert moved["read"]["timestamp"] == before["timestamp"]


# Chat-Media-POST


async def complete_a_picture(s: Stage) -> None:
    """It is rewritten, and its thumbnail is there."""
    completed = await s.ana.picture(pictures.telling("JPEG", 6), "a.jpg", "image/jpeg")
    assert (completed["width"], completed["height"]) == (40, 60)
    for name in ("url", "small"):
        content = await s.http.get(completed[name])
        assert content.status_code == 200
        assert pictures.SECRET not in content.content


async def join_parts(s: Stage) -> None:
    """What is missing is known, comes, and is joined."""
    size = limits.MEDIA_WHOLE_MAX + 3
    announced = await s.ana.announce(size)
    path = f"/api/media/{announced['id']}"
    assert (await s.ana.send_part(announced["parts"][1], b"end")).is_success
    asked = await s.ana.call("GET", f"{path}/parts")
    assert (asked["arrived"], len(asked["parts"])) == ([2], 1)
    assert (await s.ana.send_part(asked["parts"][0], b"x" * limits.MEDIA_PART_BYTES)).is_success
    assert (await s.ana.complete(announced["id"]))["size"] == size


async def keep_a_picture(s: Stage) -> None:
    """It is added, listed, and goes with its file."""
    completed = await s.admin.picture(pictures.png(), "a.png", "image/png")
    body = {"media": completed["id"], "kind": "emoji", "name": secrets.token_hex(8)}
    added = await s.admin.call("POST", "/api/library/pictures", json=body, expect=201)
    assert (await s.http.get(added["url"])).status_code == 200
    assert (await s.admin.call("PATCH", "/api/library", json={"house": True}))["packs"]
    await s.admin.call("DELETE", f"/api/library/pictures/{completed['id']}")
    await s.admin.refused("media_not_found", "GET", f"/api/media/{completed['id']}")


async def take_a_pack(s: Stage) -> None:
    """Its pictures are rewritten, and go with it."""
    media = await s.admin.upload(pictures.zipped({"a.png": pictures.telling("PNG")}))
    taken = await s.admin.call("POST", "/api/library/packs", json={"media": media, "kind": "sticker"})
    assert (taken["added"], taken["next"], taken["problems"]) == (1, None, [])
    await s.admin.call("DELETE", f"/api/library/packs/{media}")


# Chat-Conversations-GET


async def list_conversations(s: Stage) -> None:
    found = {each["id"]: each for each in (await s.carl.call("GET", "/api/conversations"))["conversations"]}
    assert found[s.away]["last_message"]["text"] == f"a {WORD}"
    assert found[s.missed]["last_message"]["text"] == "before"
    assert (await s.carl.view(s.away))["last_message"]["text"] == f"a {WORD}"


async def list_members(s: Stage) -> None:
    path = f"/api/conversations/{s.group}/members"
    first = await s.carl.call("GET", path, params={"limit": 1})
    second = await s.carl.call("GET", path, params={"limit": 1, "cursor": first["cursor"]})
    assert [each["username"] for each in first["members"] + second["members"]] == [s.ana.username, s.bea.username]


# Chat-Conversations-POST


async def begin(s: Stage) -> None:
    conversation = await s.ana.group(s.bea, title="New")
    await s.ana.add(conversation, s.carl)
    await s.ana.remove(conversation, s.carl)


async def begin_large(s: Stage) -> None:
    """More people than one transaction has room for."""
    body = {"kind": "group", "members": s.crowd[: CROWD - 5], "title": "All"}
    assert (await s.ana.call("POST", "/api/conversations", json=body, expect=201))["head"]["seq"] == 1


async def change_title(s: Stage) -> None:
    """The answer has the last message, as the caller may see it."""
    for conversation, text in ((s.away, f"a {WORD}"), (s.missed, "before")):
        changed = await s.carl.change(conversation, title=new_id())
        assert changed["last_message"]["text"] == text


async def change_and_push(s: Stage) -> None:
    changed = await s.ana.change(s.group, title=new_id())
    await s.listening.settle()
    assert changed["head"]["seq"] in [entry["seq"] for entry in s.listening.entries(s.group)]


async def change_before_a_ghost(s: Stage) -> None:
    ghost = s.ghost(s.bea)
    await s.ana.change(s.group, title=new_id())
    assert not s.connection_item(ghost)


# Chat-Users-GET


async def see_me(s: Stage) -> None:
    assert (await s.ana.call("GET", "/api/users/me"))["username"] == s.ana.username


async def search_directory(s: Stage) -> None:
    found = await s.ana.call("GET", "/api/users", params={"query": s.bea.username})
    assert [each["username"] for each in found["users"]] == [s.bea.username]
    one = await s.ana.call("GET", "/api/users", params={"usernames": s.bea.username})
    assert [each["username"] for each in one["users"]] == [s.bea.username]


async def see_what_people_say(s: Stage) -> None:
    text = new_id()
    await s.ana.call("PUT", "/api/users/me/status", json={"text": text})
    found = await s.bea.call("GET", "/api/statuses", params={"usernames": s.ana.username})
    assert found["statuses"][s.ana.username]["text"] == text


async def see_figures(s: Stage) -> None:
    figures = await s.admin.call("GET", "/api/figures")
    assert figures["people"] > 0
    assert figures["database_bytes"] > 0


async def see_a_portrait(s: Stage) -> None:
    """At the address that comes with the person."""
    media = (await s.ana.picture(pictures.png(), "a.png", "image/png"))["id"]
    await s.ana.call("PATCH", "/api/users/me", json={"picture": media})
    found = await s.bea.call("GET", "/api/users", params={"usernames": s.ana.username})
    assert found["users"][0]["picture"] == media
    assert (await s.http.get(found["users"][0]["picture_url"])).status_code == 200


# Chat-Users-POST


async def change_portraits(s: Stage) -> None:
    """One is named, seen, and gone when another takes its place."""
    media = [(await s.bea.picture(pictures.png(), "a.png", "image/png"))["id"] for _ in range(2)]
    for each in media:
        shown = await s.bea.call("PATCH", "/api/users/me", json={"picture": each})
        assert (await s.http.get(shown["picture_url"])).status_code == 200
    await s.bea.refused("media_not_found", "GET", f"/api/media/{media[0]}")
    await s.bea.call("PATCH", "/api/users/me", json={"picture": ""})


async def live_an_account(s: Stage) -> None:
    """Signing up, in and out, another name and another password."""
    eva = await s.people.register("eva")
    renewed = await s.http.post(
        "/api/auth/refresh", json={"refresh_token": eva.refresh_token, "return_refresh_token": True}
    )
    assert renewed.status_code == 200, renewed.text
    assert (await eva.call("PATCH", "/api/users/me", json={"name": "Eva"}))["name"] == "Eva"
    body = {"old": PASSWORD, "new": "another good password"}
    eva.token = (await eva.call("POST", "/api/auth/change-password", json=body))["access_token"]
    await eva.call("POST", "/api/auth/sign-out", json={})


async def administer(s: Stage) -> None:
    eva = await s.people.register("eva")
    path = f"/api/users/{eva.username}"
    for change in ({"disabled": True}, {"disabled": False}, {"admin": True}, {"admin": False}):
        changed = await s.admin.call("PATCH", path, json=change)
        assert all(changed.get(name, False) is value for name, value in change.items())


async def invite(s: Stage) -> None:
    code = (await s.admin.call("POST", "/api/invites", json={}, expect=201))["code"]
    for invitation, status in ((code, 201), (s.first_invitation(), 403)):
        body = {"username": f"eva-{secrets.token_hex(5)}", "password": PASSWORD, "invite": invitation}
        response = await s.http.post("/api/auth/sign-up", json=body)
        assert response.status_code == status, response.text


async def sign_out_everywhere(s: Stage) -> None:
    eva = await s.people.register("eva")
    socket = await eva.connect()
    await socket.settle()
    await eva.call("POST", "/api/auth/sign-out", json={"everywhere": True})
    await socket.until(lambda: socket.all("goodbye"), ABSENCE_SECONDS)
    await socket.ended(ABSENCE_SECONDS)


async def choose_notifications(s: Stage) -> None:
    """What is chosen is there afterwards."""
    path = f"/api/notifications/conversations/{s.group}"
    for level in ("none", "mentions"):
        await s.bea.call("PUT", path, json={"level": level})
        found = await s.bea.call("GET", "/api/notifications")
        assert found["conversations"][s.group]["level"] == level
    assert found["key"]


# Chat-Notify


async def forget_a_device(s: Stage) -> None:
    """A device whose session has ended, which is found when there is something to tell its owner."""
    again = await s.people.sign_in(s.carl.username, s.carl.password)
    body = {"endpoint": f"https://push.example/{new_id()}", "p256dh": POINT, "auth": SECRET}
    await again.call("POST", "/api/notifications/devices", json=body, expect=201)
    await again.call("POST", "/api/auth/sign-out", json={})
    await s.ana.send(s.group)
    s.notify(s.items("Messages", s.group)[-1:])
    assert (await s.carl.call("GET", "/api/notifications"))["devices"] == []


# Chat-WebSocket


async def connect_and_leave(s: Stage) -> None:
    eva = await s.people.register("eva")
    socket = await eva.connect()
    await _act(socket, "ping")
    (name,) = [key for key in s.connection_item(f"user#{eva.username}") if key.startswith("c#")]
    key = f"connection#{name.removeprefix('c#')}"
    assert s.connection_item(key)
    await socket.close()
    await _until(lambda: not s.connection_item(key))


async def speak(s: Stage) -> None:
    """Sending, once; an answer to what was said; and reading what isn't the last."""
    socket = await s.ana.connect()
    name = new_id()
    message = (await _act(socket, "send", conversation=s.group, id=name, text="hello"))["message"]
    await _heard(s, s.group, message)
    again = await _act(socket, "send", conversation=s.group, id=name, text="hello")
    assert again["message"]["timestamp"] == message["timestamp"]
    await s.carl.send(s.group)
    await s.carl.send(s.group)
    last = (await s.carl.messages(s.group, limit=2))[0]
    await _act(socket, "read", conversation=s.group, timestamp=last["timestamp"])
    await socket.close()


async def speak_with_a_file(s: Stage) -> None:
    media = await s.ana.upload(b"said")
    socket = await s.ana.connect()
    said = await _act(socket, "send", conversation=s.group, id=new_id(), attachments=[{"media": media}])
    assert said["message"]["attachments"][0]["size"] == 4
    await socket.close()


async def type_and_be_seen(s: Stage) -> None:
    """Typing reaches others; presence is told to who asks for somebody of the same group, and to who follows."""
    socket = await s.ana.connect()
    s.listening.events.clear()
    await _act(socket, "typing", conversation=s.group)
    await s.listening.settle()
    assert s.listening.all("typing", conversation=s.group, username=s.ana.username)
    told = await _act(socket, "presence", status="online", watch=[s.bea.username])
    assert told["presence"][s.bea.username] in ("online", "away", "offline")
    await socket.close()


async def speak_to_a_ghost(s: Stage) -> None:
    ghost = s.ghost(s.bea)
    socket = await s.ana.connect()
    await _act(socket, "send", conversation=s.group, id=new_id(), text="boo")
    assert not s.connection_item(ghost)
    await socket.close()


async def be_sent_away(s: Stage) -> None:
    """A connection whose row is gone is told so and closed."""
    eva = await s.people.register("eva")
    socket = await eva.connect()
    await _act(socket, "ping")
    (name,) = [key for key in s.connection_item(f"user#{eva.username}") if key.startswith("c#")]
    s.forget(f"connection#{name.removeprefix('c#')}")
    await socket.connection.send('{"action": "ping", "request": 99}')
    await socket.until(lambda: socket.all("goodbye"), ABSENCE_SECONDS)
    await socket.ended(ABSENCE_SECONDS)


# Chat-Stream


async def push_from_the_stream(s: Stage) -> None:
    """What nobody has marked as pushed."""
    message = await s.ana.send(s.group)
    s.forget(f"pushed#{s.group}")
    s.listening.events.clear()
    ghost = s.ghost(s.bea)
    assert s.stream(s.items("Messages", s.group)[-1:]) == []
    await _heard(s, s.group, message)
    assert s.connection_item(f"pushed#{s.group}")
    assert not s.connection_item(ghost)


async def pack(s: Stage) -> None:
    s.unpack(s.long)
    assert s.stream(s.items("Messages", s.long)) == []
    assert len(s.items("Search", s.long)) == 2


async def pack_again(s: Stage) -> None:
    """After an edit, all versions of the message are packed."""
    s.unpack(s.long)
    assert s.stream(s.items("Messages", s.long)) == []
    (first,) = await s.ana.messages(s.long, after=0, limit=1)
    await s.ana.edit(s.long, first, f"changed {new_id()}")
    assert s.stream(s.items("Changes", s.long)[-1:]) == []
    assert int(s.items("Search", s.long)[1]["version"]["N"]) > 1


async def finish_deletion(s: Stage) -> None:
    message = await s.ana.send(s.group)
    await s.ana.edit(s.group, message, "changed")
    await s.ana.delete(s.group, message)
    edit, deletion = s.items("Changes", s.group)[-2:]
    s.unerase(edit)
    assert s.stream([deletion]) == []
    assert s.items("Changes", s.group)[-2]["erased"] == {"BOOL": True}


async def delete_files(s: Stage) -> None:
    media = await s.ana.upload(b"gone soon")
    message = await s.ana.send(s.group, "look", attachments=[{"media": media}])
    before = s.items("Messages", s.group)[-1:]
    await s.ana.delete(s.group, message)
    assert s.stream(s.items("Messages", s.group)[-1:], before) == []


async def _heard(s: Stage, conversation: str, message: JSON) -> None:
    """bea was told of it before now."""
    await s.listening.settle()
    timestamps = [entry["timestamp"] for entry in s.listening.entries(conversation)]
    assert message["timestamp"] in timestamps, "it was not pushed"


async def _act(socket: Socket, action: str, **fields: Any) -> JSON:
    """The result; an answer that is to no request is the failure of this one."""
    failed: asyncio.Future[JSON] = asyncio.get_running_loop().create_future()
    socket.on_other = lambda answer: failed.done() or failed.set_exception(ActionFailedError(answer))
    answer = socket.start(action, **fields)
    done, _ = await asyncio.wait([answer, failed], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    socket.on_other = None
    for each in (answer, failed):
        if each not in done:
            each.cancel()
    if not done:
        raise TimeoutError(action)
    return done.pop().result()


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(ABSENCE_SECONDS):
        while not holds():
            await asyncio.sleep(0.05)
