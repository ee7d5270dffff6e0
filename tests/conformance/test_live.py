"""Of the moment: typing, live typing, presence. Nothing of it is stored."""

import pytest
from tests.conformance.homes import Home


async def test_typing_reaches_the_others(home: Home) -> None:
    """The others of the conversation see who is typing; the typist's own devices don't, and the log doesn't know."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    own, second, others = await ana.connect(), await ana.connect(), await ben.connect()
    await own.act("typing", conversation=group)
    event = await others.event("typing", conversation=group)
    assert event["username"] == ana.username
    assert event["thread"] == 0
    await own.act("typing", conversation=group, thread=17)
    await others.event("typing", conversation=group, thread=17)
    for socket in (own, second):
        await socket.settle()
        assert socket.all("typing") == []
    assert len(await ana.log(group)) == 1


async def test_live_typing_is_off_until_it_is_switched_on(home: Home) -> None:
    """Drafts are `live_typing_off` where the conversation hasn't switched it on, and again after switching it off."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    own, others = await ana.connect(), await ben.connect()
    await own.refused("live_typing_off", "draft", conversation=group, text="h", version=1)
    await ana.change(group, live_typing=True)
    await own.act("draft", conversation=group, text="he", version=2)
    event = await others.event("draft", conversation=group)
    assert (event["username"], event["text"], event["version"]) == (ana.username, "he", 2)
    await ana.change(group, live_typing=False)
    await own.refused("live_typing_off", "draft", conversation=group, text="hel", version=3)
    await others.settle()
    assert len(others.all("draft")) == 1


async def test_a_draft_that_is_sent_or_given_up_ends_empty(home: Home) -> None:
    """An empty draft is shown too: it says that the person stopped."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    await ana.change(group, live_typing=True)
    own, others = await ana.connect(), await ben.connect()
    await own.act("draft", conversation=group, text="never mind", version=1)
    await own.act("draft", conversation=group, text="", version=2)
    await others.event("draft", text="", version=2)
    assert "never mind" not in str([await ben.log(group), await ben.messages(group), await ben.search("never")])


async def test_presence_is_that_of_all_devices(home: Home) -> None:
    """Somebody is online while any device is, away when all that are there are away, offline when the last is gone."""
    ana, ben = await home.register_all("ana", "ben")
    await ana.group(ben)
    watcher = await ana.connect()

    async def seen() -> str:
        result = await watcher.act("presence", watch=[ben.username])
        status: str = result["presence"][ben.username]
        return status

    assert await seen() == "offline"
    one = await ben.connect()
    await one.act("presence", status="online")
    await watcher.event("presence", username=ben.username, status="online")
    two = await ben.connect()
    await two.act("presence", status="away")
    assert await seen() == "online"
    await one.close()
    await watcher.event("presence", username=ben.username, status="away")
    assert await seen() == "away"
    await two.act("presence", status="online")
    assert await seen() == "online"
    await two.close()
    await watcher.event("presence", username=ben.username, status="offline")
    assert await seen() == "offline"


async def test_presence_is_for_who_shares_a_conversation(home: Home) -> None:
    """Strangers' presence is not told, now or later, and asking doesn't say whether they exist."""
    ana, eve = await home.register_all("ana", "eve")
    watcher = await eve.connect()
    result = await watcher.act("presence", watch=[ana.username, "nobody-at-all"])
    assert result["presence"] == {}
    socket = await ana.connect()
    await socket.act("presence", status="online")
    await watcher.settle()
    assert watcher.all("presence") == []


async def test_a_ping_is_answered(home: Home) -> None:
    """A ping is answered at once, with its own number."""
    ana = await home.register()
    socket = await ana.connect()
    assert await socket.act("ping") == {}


@pytest.mark.parametrize(
    "message",
    [
        "not json",
        "[]",
        "{}",
        '{"action": "dance", "request": 3}',
        '{"action": "ping", "request": -1}',
        '{"action": "ping", "request": 3, "extra": 1}',
        '{"action": "send", "request": 3}',
        '{"action": "send", "request": 3, "conversation": "../x", "id": "a", "text": "b"}',
        '{"action": "read", "request": 3, "conversation": "g_x", "timestamp": 1.5}',
    ],
)
async def test_a_wrong_action_is_answered_and_the_connection_lives_on(home: Home, message: str) -> None:
    """What isn't a documented action gets `invalid_request`, and the next action is served."""
    ana = await home.register()
    socket = await ana.connect()
    answers: list[dict[str, object]] = []
    socket.on_other = answers.append
    await socket.connection.send(message)
    await socket.settle()
    assert [(answer["type"], answer["code"]) for answer in answers] == [("error", "invalid_request")]
    assert answers[0]["request"] in (0, 3)


async def test_a_live_location_is_passed_on_and_leaves_no_trail(home: Home) -> None:
    """Positions reach everybody who is connected, are nowhere afterwards, and end with the message that began them."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    own, others = await ana.connect(), await ben.connect()
    live = await ana.send(group, "on my way", live_seconds=900)
    assert live["live_until"] == live["timestamp"] + 900 * 1_000_000
    where = {"timestamp": live["timestamp"], "latitude": 40.4168, "longitude": -3.7038, "accuracy": 20}
    await own.act("location", conversation=group, **where)
    event = await others.event("location", conversation=group)
    assert {name: event[name] for name in where} == where
    assert event["username"] == ana.username
    socket = await ben.connect()
    await socket.refused("forbidden", "location", conversation=group, **where)
    assert "40.4168" not in str([await ben.log(group), await ben.messages(group), await ben.view(group)])
    await ana.call("DELETE", f"/api/conversations/{group}/messages/{live['timestamp']}")
    await own.refused("live_location_over", "location", conversation=group, **where)
    assert "live_until" not in str(await ben.log(group))
