"""Private: who may not read an entry gets nothing of it, by push, history, search, media, count or error message."""

import asyncio
from random import Random

import pytest
from tests.conformance.homes import Home
from tests.conformance.people import JSON, Person, message_path, new_id
from tests.conformance.recording import Device, Record
from tests.history.checker import assert_held

SEED = 7


def texts(messages: list[JSON]) -> list[str]:
    return [message.get("text", "") for message in messages]


async def everything_seen(person: Person, group: str) -> str:
    """All that a member can be shown of a conversation, as one text to look through."""
    view = await person.view(group)
    listed = (await person.call("GET", "/api/conversations"))["conversations"]
    found = await person.search("secret") + await person.search(conversation=group, after=1)
    return str([view, listed, await person.log(group), await person.messages(group), found])


async def test_a_new_member_reads_only_what_comes_after_joining(home: Home) -> None:
    """By default the history before joining is closed: in no answer is there a word of it, and nothing is unread."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group()
    await ana.send(group, "secret before")
    await ana.add(group, ben)
    view = await ben.view(group)
    assert view["unread"] == 0
    assert view["last_message"] is None
    await ana.send(group, "open after")
    assert "secret" not in await everything_seen(ben, group)
    assert texts(await ben.messages(group)) == ["open after"]
    assert [entry["kind"] for entry in await ben.log(group)] == ["member_added", "message"]
    assert (await ben.view(group))["unread"] == 1


async def test_open_history_shows_what_came_before(home: Home) -> None:
    """A group can open its earlier history to new members, and close it again."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group()
    await ana.send(group, "from before")
    await ana.add(group, ben)
    assert texts(await ben.messages(group)) == []
    await ana.change(group, history="all")
    assert texts(await ben.messages(group)) == ["from before"]
    assert await ben.log(group) == await ana.log(group)
    assert await ben.found("before") == ["from before"]
    await ana.change(group, history="joined")
    assert texts(await ben.messages(group)) == []
    assert await ben.found("before") == []


async def test_who_is_removed_gets_nothing_that_was_committed_later(home: Home) -> None:
    """After a removal no push, no read, no search and no action gives anything away, nor says that there is more."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    message = await ana.send(group, "while a member")
    socket = await ben.connect()
    await ana.remove(group, ben)
    await socket.event("conversation", conversation=group, change="left")
    pushed = len(socket.entries(group))
    assert socket.entries(group)[-1]["kind"] == "member_removed"
    await ana.send(group, "secret later")
    await ana.edit(group, message, "secret edit")
    await ana.change(group, title="secret title")
    await socket.settle()
    assert len(socket.entries(group)) == pushed
    assert not [event for event in socket.events if "secret" in str(event)]
    path = f"/api/conversations/{group}"
    for method, end in (("GET", ""), ("GET", "/log"), ("GET", "/messages"), ("GET", "/members")):
        await ben.refused("conversation_not_found", method, path + end)
    assert (await ben.call("GET", "/api/conversations"))["conversations"] == []
    assert await ben.search("secret") == []
    assert await ben.search("member") == []
    await ben.refused("conversation_not_found", "GET", "/api/search", params={"query": "x", "conversation": group})
    for action in (
        {"action": "typing"},
        {"action": "draft", "text": "x", "version": 1},
        {"action": "location", "timestamp": 1, "latitude": 0, "longitude": 0},
        {"action": "read", "timestamp": 1},
    ):
        await socket.refused("conversation_not_found", conversation=group, **action)
    await socket.refused("conversation_not_found", "send", conversation=group, id=new_id(), text="hello?")


async def test_a_conversation_of_others_looks_like_none_at_all(home: Home) -> None:
    """To a stranger a real conversation and one that doesn't exist give the same answer, word for word."""
    ana, eve = await home.register_all("ana", "eve")
    group = await ana.group()
    message = await ana.send(group, "secret")
    nowhere = "g_" + "a" * 26
    for method, end, body in (
        ("GET", "", None),
        ("PATCH", "", {"title": "x"}),
        ("GET", "/members", None),
        ("GET", "/messages", None),
        ("GET", "/log", None),
        ("POST", "/messages", {"id": "same", "text": "x"}),
        ("PUT", "/read", {"timestamp": 1}),
        ("PUT", f"/members/{eve.username}", {}),
        ("DELETE", f"/members/{ana.username}", None),
        ("PATCH", f"/messages/{message['timestamp']}", {"text": "x"}),
        ("DELETE", f"/messages/{message['timestamp']}", None),
        ("PUT", f"/messages/{message['timestamp']}/reactions/%F0%9F%91%8D", None),
    ):
        how: JSON = {"json": body} if body is not None else {}
        real, none = [(await eve.ask(method, f"/api/conversations/{c}{end}", **how)).json() for c in (group, nowhere)]
        for problem in (real, none):
            problem.pop("request_id", None)
        assert real == none, f"{method} {end}"


async def test_entries_about_hidden_messages_say_nothing(home: Home) -> None:
    """An edit, reaction or deletion of a message from before a member's time comes as `hidden`: a place and no more."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group()
    message = await ana.send(group, "secret before")
    await ana.add(group, ben)
    socket = await ben.connect()
    await ana.edit(group, message, "secret still")
    await ana.react(group, message, "🤫")
    await ana.unreact(group, message, "🤫")
    await ana.delete(group, message)
    whole = await ana.log(group)
    log = await ben.log(group)
    assert [entry["kind"] for entry in log] == ["member_added", "hidden", "hidden", "hidden", "hidden"]
    for entry in log[1:]:
        assert entry == {"kind": "hidden", "seq": entry["seq"], "timestamp": whole[entry["seq"] - 1]["timestamp"]}
        assert await socket.entry(group, entry["seq"]) == entry


async def test_messages_from_before_joining_cannot_be_touched(home: Home) -> None:
    """Who may not read a message can't edit, delete, react to or reply to it, and learns nothing by trying."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group()
    message = await ana.send(group, "secret before")
    await ana.add(group, ben)
    await ana.add(group, ben, role="owner")
    await ben.refused("message_not_found", "PATCH", message_path(group, message), json={"text": "x"})
    await ben.refused("message_not_found", "DELETE", message_path(group, message))
    await ben.refused("message_not_found", "PUT", message_path(group, message) + "/reactions/%F0%9F%91%8D")
    await ben.refused("message_not_found", "DELETE", message_path(group, message) + "/reactions/%F0%9F%91%8D")
    await ben.refused("message_not_found", "DELETE", message_path(group, message) + "/previews")
    await ben.refused("message_not_found", "GET", message_path(group, message) + "/edits")
    body = {"id": new_id(), "text": "x", "reply_to": message["timestamp"]}
    await ben.refused("reply_not_found", "POST", f"/api/conversations/{group}/messages", json=body)


async def test_of_a_thread_one_sees_ones_own_part(home: Home) -> None:
    """Who joined later gets the replies since, and nothing says how many there were before; a deleted one stays."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group()
    first = await ana.send(group, "secret question")
    early = await ana.send(group, "secret answer", reply_to=first["timestamp"])
    await ana.send(group, "beside")
    await ana.add(group, ben)
    late = await ana.send(group, "late answer", reply_to=early["timestamp"])
    mine = await ben.send(group, "mine", reply_to=late["timestamp"])
    await ben.send(group, "beside")
    thread = first["timestamp"]
    assert [each["thread"] for each in (early, late, mine)] == [thread] * 3
    whole = await ana.messages(group, thread=thread)
    assert texts(whole) == ["secret question", "secret answer", "late answer", "mine"]
    path = f"/api/conversations/{group}/messages"
    own = await ben.call("GET", path, params={"thread": thread, "limit": 2})
    assert (texts(own["messages"]), own["more_before"], own["more_after"]) == (["late answer", "mine"], False, False)
    assert await ana.messages(group, thread=thread, before=late["timestamp"], limit=1) == [early]
    await ana.delete(group, late)
    assert [each.get("deleted", 0) > 0 for each in await ben.messages(group, thread=thread)] == [True, False]


async def test_who_returns_sees_the_own_periods_only(home: Home) -> None:
    """A member who left and came back reads both stays and nothing of the time between."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    first = await ana.send(group, "first stay")
    await ana.remove(group, ben)
    between = await ana.send(group, "secret between")
    await ana.add(group, ben)
    await ana.send(group, "second stay")
    assert "secret" not in await everything_seen(ben, group)
    assert texts(await ben.messages(group)) == ["first stay", "second stay"]
    assert await ben.found("stay") == ["second stay", "first stay"]
    kinds = ["created", "message", "member_removed", "member_added", "message"]
    assert [entry["kind"] for entry in await ben.log(group)] == kinds
    await ana.edit(group, between, "secret edit")
    await ana.edit(group, first, "first stay, edited")
    assert [entry["kind"] for entry in await ben.log(group)][-2:] == ["hidden", "edited"]
    assert (await ben.view(group))["unread"] == 1


async def test_who_leaves_keeps_nothing_and_hears_nothing(home: Home) -> None:
    """Leaving is the same as being removed, and the others learn of it."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    theirs, others = await ben.connect(), await ana.connect()
    await ben.remove(group, ben)
    entry = (await ana.log(group))[-1]
    assert (entry["kind"], entry["author"], entry["username"]) == ("member_removed", ben.username, ben.username)
    await others.entry(group, entry["seq"])
    await theirs.event("conversation", conversation=group, change="left")
    await ben.refused("conversation_not_found", "GET", f"/api/conversations/{group}")


async def test_a_stranger_s_events_do_not_arrive(home: Home) -> None:
    """Typing, drafts, read cursors and entries go to members only."""
    ana, ben, eve = await home.register_all("ana", "ben", "eve")
    group = await ana.group(ben)
    await ana.change(group, live_typing=True)
    socket, others, strange = await ana.connect(), await ben.connect(), await eve.connect()
    message = await ben.send(group, "hello")
    await socket.act("typing", conversation=group)
    await socket.act("draft", conversation=group, text="hel", version=1)
    await socket.act("read", conversation=group, timestamp=message["timestamp"])
    await others.event("read", conversation=group)
    await others.event("typing", conversation=group)
    await others.event("draft", conversation=group)
    await strange.settle()
    assert strange.events == []


@pytest.mark.slow
async def test_removal_while_messages_are_in_flight_leaks_nothing(home: Home) -> None:
    """Members come and go while others write and everybody reads: the checker finds no entry outside a membership."""
    random = Random(SEED)
    ana, ben, carla, dora = await home.register_all("ana", "ben", "carla", "dora")
    group = await ana.group(ben, carla, dora)
    record = Record()
    devices = [Device(person.username, person, group, record) for person in (ana, ben, carla, dora)]
    for device in devices:
        await device.connect()
    going_on = True

    async def write(person: Person) -> None:
        number = 0
        while going_on:
            number += 1
            await record.send(person, group, new_id(), f"{person.username} {number}")

    async def read(device: Device) -> None:
        while going_on:
            await device.catch_up(limit=random.choice((2, 20, 500)))
            await record.page(device.person, group, limit=30)
            await record.view(device.person, group)

    work = [asyncio.create_task(write(person)) for person in (ana, carla)]
    work += [asyncio.create_task(read(device)) for device in devices]
    for _ in range(12):
        for person in (ben, dora):
            await asyncio.sleep(random.random() * 0.05)
            gone = {"kind": "member_removed", "username": person.username}
            await record.change(ana, group, gone, "DELETE", f"/members/{person.username}", None)
            await asyncio.sleep(random.random() * 0.05)
            back = {"kind": "member_added", "username": person.username}
            await record.change(ana, group, back, "PUT", f"/members/{person.username}", {})
    going_on = False
    await asyncio.gather(*work)
    last = (await ana.view(group))["head"]["seq"]
    for device in devices:
        await device.catch_up()
        assert device.cursor == last
        assert device.socket is not None
        await device.socket.settle()
    record.quiet()
    for device in devices:
        device.holds()
    assert_held(await record.history(ana, group))
