"""What people say of themselves, and show of what they have read: the same in every home."""

import time

from tests.conformance.homes import Home
from tests.conformance.people import JSON, Person

LATER = 3_600_000_000


async def statuses(person: Person, *of: Person) -> JSON:
    found = await person.call("GET", "/api/statuses", params={"usernames": ",".join(each.username for each in of)})
    statuses: JSON = found["statuses"]
    return statuses


async def test_a_status_is_shown_and_told(home: Home) -> None:
    """Whoever asks gets it, in one request for many; who follows, and the person's other devices, are told at once."""
    ana, ben, carla = await home.register_all("ana", "ben", "carla")
    await ana.direct(ben)
    watcher, own, stranger = await ben.connect(), await ana.connect(), await carla.connect()
    await watcher.act("presence", watch=[ana.username])
    await stranger.act("presence", watch=[ana.username])
    until = int(time.time() * 1_000_000) + LATER
    said = {"emoji": "🌴", "text": "On <b>holiday</b>", "until": until, "dnd": True}
    status = await ana.call("PUT", "/api/users/me/status", json={**said, "text": f"\u202e{said['text']} "})
    assert status.pop("since") > 0
    assert status == said
    for socket in (watcher, own):
        event = await socket.event("status", username=ana.username)
        assert {key: event["status"].get(key) for key in said} == said
    await stranger.settle()
    assert stranger.all("status") == []
    found = await statuses(carla, ana, ben)
    assert found.keys() == {ana.username}
    assert {key: found[ana.username].get(key) for key in said} == said
    await ana.call("PUT", "/api/users/me/status", json={})
    assert (await statuses(ben, ana))[ana.username].keys() == {"since"}


async def test_what_has_ended_is_not_shown(home: Home) -> None:
    """Nothing has to happen at that moment: a status that ended before it was said is none."""
    ana, ben = await home.register_all("ana", "ben")
    body = {"text": "Lunch", "until": 1, "dnd": True, "dnd_until": 1}
    assert (await ana.call("PUT", "/api/users/me/status", json=body)).keys() == {"since"}
    assert (await statuses(ben, ana))[ana.username].keys() == {"since"}


async def test_a_status_is_a_line_of_bounded_length(home: Home) -> None:
    """At the limit it is taken, one past it nothing is changed; nor where it is no emoji, or no line."""
    ana = await home.register()
    longest = "é" * 80
    assert (await ana.call("PUT", "/api/users/me/status", json={"text": longest}))["text"] == longest
    for wrong in ({"text": longest + "x"}, {"text": "a\nb"}, {"emoji": "ab"}, {"until": -1}, {"status": "x"}):
        await ana.refused("invalid_request", "PUT", "/api/users/me/status", json=wrong)
    params = {"usernames": ",".join(f"p{number}" for number in range(101))}
    await ana.refused("invalid_request", "GET", "/api/statuses", params=params)
    assert (await statuses(ana, ana))[ana.username]["text"] == longest


async def test_what_is_read_privately_is_for_own_devices_alone(home: Home) -> None:
    """No event, no list of members, no conversation and no answer shows others how far somebody has read who doesn't
    show it; own devices agree, and unread counts stay exact. What one writes shows that one was there."""
    ana, ben = await home.register_all("ana", "ben")
    other_device = await home.people.sign_in(ben.username)
    group = await ana.group(ben)
    messages = [await ana.send(group, f"text {n}") for n in range(3)]
    one, two, theirs = await ben.connect(), await other_device.connect(), await ana.connect()
    await ben.call("PUT", "/api/users/me/receipts", json={"shown": False})
    assert (await two.event("receipts"))["shown"] is False
    assert (await other_device.call("GET", "/api/notifications"))["receipts"] is False
    await ben.read(group, messages[0]["timestamp"])

    async def shown(person: Person) -> set[int]:
        """How far Ben has read, wherever somebody can see it."""
        path = f"/api/conversations/{group}"
        lists = [
            (await person.view(group))["members"],
            (await person.call("GET", "/api/conversations"))["conversations"][0]["members"],
            (await person.call("GET", f"{path}/members"))["members"],
            [await ana.call("PUT", f"{path}/members/{ben.username}", json={})] if person is ana else [],
        ]
        return {each["read"]["number"] for found in lists for each in found if each["username"] == ben.username}

    body = {"timestamp": messages[1]["timestamp"], "private": True}
    state = await ben.call("PUT", f"/api/conversations/{group}/read", json=body)
    assert (state["read"]["number"], state["unread"]) == (2, 1)
    last = messages[2]["timestamp"]
    result = await one.act("read", conversation=group, timestamp=last, private=True)
    assert (result["read"]["number"], result["unread"]) == (3, 0)
    await two.event("read", conversation=group, read={"timestamp": last, "number": 3})
    await theirs.settle()
    assert [event["read"]["number"] for event in theirs.all("read")] == [1]
    assert (await shown(ana), await shown(ben)) == ({1}, {3})
    assert (await other_device.view(group))["unread"] == 0
    await ben.send(group, "an answer")
    assert await shown(ana) == {4}
