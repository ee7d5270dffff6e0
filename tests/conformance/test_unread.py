"""Unread can't drift: it is the head's messages minus the reader's cursor, which only moves forward, on all devices."""

import asyncio

from tests.conformance.homes import Home
from tests.conformance.people import LAST, Person


async def unread(person: Person, conversation: str) -> int:
    """The unread count, which must agree with the head and the cursor of the same answer."""
    view = await person.view(conversation)
    assert view["unread"] == view["head"]["messages"] - view["read"]["number"]
    return int(view["unread"])


async def test_only_messages_count(home: Home) -> None:
    """Edits, reactions, titles and members are no messages: they are never unread."""
    ana, ben, carla = await home.register_all("ana", "ben", "carla")
    group = await ana.group(ben)
    message = await ana.send(group)
    await ana.edit(group, message, "edited")
    await ana.react(group, message, "👍")
    await ana.change(group, title="Title")
    await ana.add(group, carla)
    assert await unread(ben, group) == 1
    await ana.delete(group, message)
    assert await unread(ben, group) == 1


async def test_sending_moves_the_own_cursor(home: Home) -> None:
    """Who writes has read what came before: the own cursor goes to the own message, the others' stay."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    for _ in range(3):
        await ana.send(group)
    assert (await unread(ana, group), await unread(ben, group)) == (0, 3)
    await ben.send(group)
    assert (await unread(ana, group), await unread(ben, group)) == (1, 0)


async def test_the_cursor_only_moves_forward(home: Home) -> None:
    """Moving it back changes nothing, and is answered with where it is."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    messages = [await ana.send(group, f"text {n}") for n in range(5)]
    state = await ben.read(group, messages[3]["timestamp"])
    assert state == {"read": {"timestamp": messages[3]["timestamp"], "number": 4}, "unread": 1}
    assert await ben.read(group, messages[1]["timestamp"]) == state
    assert await ben.read(group, 0) == state
    assert await unread(ben, group) == 1


async def test_the_cursor_goes_to_the_last_message_at_or_before(home: Home) -> None:
    """A timestamp between two messages means the earlier one; one in the future, the last there is."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    messages = [await ana.send(group, f"text {n}") for n in range(3)]
    assert (await ben.read(group, messages[1]["timestamp"] - 1))["read"]["number"] == 1
    assert (await ben.read(group, LAST))["unread"] == 0
    await ana.send(group)
    assert await unread(ben, group) == 1


async def test_all_devices_of_a_person_share_the_cursor(home: Home) -> None:
    """What is read on one device is read on the other, which is told at once, as are the other members."""
    ana, ben = await home.register_all("ana", "ben")
    other_device = await home.people.sign_in(ben.username)
    group = await ana.group(ben)
    message = await ana.send(group)
    one, two, theirs = await ben.connect(), await other_device.connect(), await ana.connect()
    result = await one.act("read", conversation=group, timestamp=message["timestamp"])
    assert result == {"read": {"timestamp": message["timestamp"], "number": 1}, "unread": 0}
    for socket in (two, theirs):
        event = await socket.event("read", conversation=group, username=ben.username)
        assert event["read"] == {"timestamp": message["timestamp"], "number": 1}
    assert await unread(other_device, group) == 0
    members = (await ana.call("GET", f"/api/conversations/{group}/members"))["members"]
    assert {m["username"]: m["read"]["number"] for m in members} == {ana.username: 1, ben.username: 1}


async def test_unread_is_exact_while_two_devices_read_and_others_write(home: Home) -> None:
    """Two devices move one cursor while messages come in: it ends where the furthest put it, and the rest is unread."""
    ana, ben = await home.register_all("ana", "ben")
    other_device = await home.people.sign_in(ben.username)
    group = await ana.group(ben)
    messages = [await ana.send(group, f"text {n}") for n in range(20)]

    async def read(person: Person, places: range) -> None:
        for place in places:
            await person.read(group, messages[place]["timestamp"])
            assert await unread(person, group) <= 40 - place - 1

    async def write() -> None:
        for number in range(20):
            await ana.send(group, f"more {number}")

    await asyncio.gather(read(ben, range(15)), read(other_device, range(10, -1, -1)), write())
    assert await unread(ben, group) == await unread(other_device, group) == 25


async def test_the_list_and_the_single_view_agree(home: Home) -> None:
    """Every conversation of the list looks exactly like itself alone, unread count, last message and all."""
    ana, ben, carla = await home.register_all("ana", "ben", "carla")
    groups = [await ana.group(ben, title=f"Group {n}") for n in range(3)] + [await ana.direct(carla)]
    for number, group in enumerate(groups):
        for _ in range(number):
            await ana.send(group)
    for person in (ana, ben, carla):
        listed = (await person.call("GET", "/api/conversations"))["conversations"]
        for view in listed:
            assert view == await person.view(view["id"])
    counts = {v["id"]: v["unread"] for v in (await ben.call("GET", "/api/conversations"))["conversations"]}
    assert counts == {groups[0]: 0, groups[1]: 1, groups[2]: 2}


async def test_cursors_outlast_the_process(home: Home) -> None:
    """Read cursors are durable: after a kill they are where they were acknowledged."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    messages = [await ana.send(group, f"text {n}") for n in range(4)]
    await ben.read(group, messages[2]["timestamp"])
    home.kill()
    assert await unread(ben, group) == 1
