"""One order: a gap-free seq, a timestamp that strictly increases with it, for everybody, decided by no clock."""

import asyncio

import pytest
from tests.conformance.homes import Home
from tests.conformance.people import JSON, Person, new_id
from tests.conformance.sockets import ActionFailedError

WRITERS = 200
TRIES = 5
"""Where a home may be overloaded: of one message."""


def assert_ordered(log: list[JSON]) -> None:
    """Seq is 1, 2, 3 ... and timestamps strictly increase."""
    assert [entry["seq"] for entry in log] == list(range(1, len(log) + 1))
    timestamps = [entry["timestamp"] for entry in log]
    assert timestamps == sorted(set(timestamps))


@pytest.mark.slow
async def test_two_hundred_writers_make_one_order(home: Home) -> None:
    """Two hundred sends at once from twenty people give one log, in which everybody finds the same entries."""
    people = [await home.register("writer") for _ in range(20)]
    group = await people[0].group(*people[1:])
    sockets = [await person.connect() for person in people]

    async def write(number: int) -> JSON:
        person, socket = people[number % 20], sockets[number % 20]
        new = {"id": new_id(), "text": f"text {number}"}
        for _ in range(1 if home.features.at_once else TRIES):
            if number % 2:
                response = await person.ask("POST", f"/api/conversations/{group}/messages", json=new)
                answer: JSON = response.json()
                if response.status_code in (200, 201):
                    return answer
            else:
                try:
                    message: JSON = (await socket.act("send", conversation=group, **new))["message"]
                except ActionFailedError as error:
                    answer = error.answer
                else:
                    return message
            assert answer["code"] == "overloaded", answer
            # What is asked of clients: to wait as long as the answer says, and not all alike.
            await asyncio.sleep(answer["retry_after"] * (1 + number % 7))
        raise AssertionError(f"message {number} was not taken: {answer}")

    answers = await asyncio.gather(*(write(number) for number in range(WRITERS)))
    log = await people[0].log(group)
    assert_ordered(log)
    messages = [entry for entry in log if entry["kind"] == "message"]
    assert [entry["number"] for entry in messages] == list(range(1, WRITERS + 1))
    assert {entry["text"] for entry in messages} == {f"text {number}" for number in range(WRITERS)}
    by_seq = {entry["seq"]: entry for entry in log}
    assert all(by_seq[answer["seq"]]["id"] == answer["id"] for answer in answers)
    for person, socket in zip(people, sockets, strict=True):
        for entry in log[1:]:
            await socket.entry(group, entry["seq"])
        assert await person.log(group) == log
        pushed = socket.entries(group)
        if not home.features.pushed_once:
            pushed = list({entry["seq"]: entry for entry in pushed}.values())
        assert sorted(pushed, key=lambda entry: entry["seq"]) == log[1:]


async def test_sends_over_one_socket_keep_their_order(home: Home) -> None:
    """Sends that leave one socket without waiting for answers are committed in the order in which they left."""
    ana = await home.register()
    group = await ana.group()
    socket = await ana.connect()
    texts = [f"text {number}" for number in range(40)]
    sends = [socket.start("send", conversation=group, id=new_id(), text=text) for text in texts]
    await asyncio.gather(*sends)
    assert [message["text"] for message in await ana.messages(group)] == texts


async def test_what_was_answered_first_comes_first(home: Home) -> None:
    """A send that begins after another was acknowledged has a higher seq, whoever sends and however."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    socket = await ben.connect()
    seqs = []
    for number in range(10):
        seqs.append((await ana.send(group, f"ana {number}"))["seq"])
        result = await socket.act("send", conversation=group, id=new_id(), text=f"ben {number}")
        seqs.append(result["message"]["seq"])
    assert seqs == list(range(2, 22))


async def test_everything_that_happens_is_an_entry(home: Home) -> None:
    """Messages, edits, deletions, reactions, members, roles, titles, settings: each is one entry, in its order."""
    ana, ben, carla = await home.register_all("ana", "ben", "carla")
    group = await ana.group(ben, title="Before")
    message = await ana.send(group, "hello")
    await ana.edit(group, message, "hello there")
    await ben.react(group, message, "👍")
    await ben.unreact(group, message, "👍")
    await ana.add(group, carla)
    await ana.add(group, carla, role="admin")
    await ana.remove(group, carla)
    await ana.change(group, title="After")
    await ana.change(group, live_typing=True)
    await ana.change(group, history="all")
    await ana.delete(group, message)
    log = await ana.log(group)
    assert_ordered(log)
    assert [entry["kind"] for entry in log] == [
        "created",
        "message",
        "edited",
        "reaction_added",
        "reaction_removed",
        "member_added",
        "role_changed",
        "member_removed",
        "title_changed",
        "settings_changed",
        "settings_changed",
        "deleted",
    ]
    assert {entry["author"] for entry in log[3:5]} == {ben.username}
    assert log[5]["username"] == carla.username
    assert log[9]["live_typing"] is True
    assert log[10]["history"] == "all"


async def test_what_changes_nothing_is_no_entry(home: Home) -> None:
    """A state that already holds makes no entry: requests can be repeated without a trace."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben, title="Same")
    message = await ana.send(group, "hello")
    await ana.react(group, message, "👍")
    before = (await ana.view(group))["head"]
    await ana.react(group, message, "👍")
    await ana.unreact(group, message, "🎉")
    await ana.edit(group, message, "hello")
    await ana.add(group, ben)
    await ana.add(group, ben, role="member")
    await ana.change(group, title="Same")
    await ana.change(group, live_typing=False, history="joined")
    assert (await ana.view(group))["head"] == before
    await ana.delete(group, message)
    after = (await ana.view(group))["head"]
    await ana.delete(group, message)
    assert (await ana.view(group))["head"] == after


async def test_a_clock_that_jumps_back_reorders_nothing(home: Home) -> None:
    """With the clock an hour back, then a day ahead, then back again, seq and timestamps go on increasing."""
    ana = await home.register()
    group = await ana.group()
    try:
        for seconds in (0, -3600, 60, -60, 0):
            home.move_clock(seconds)
            await ana.send(group, f"at {seconds}")
            await ana.send(group, f"again at {seconds}")
    finally:
        home.move_clock(0)
    log = await ana.log(group)
    assert_ordered(log)
    texts = [message["text"] for message in await ana.messages(group)]
    assert texts == [f"{word}at {seconds}" for seconds in (0, -3600, 60, -60, 0) for word in ("", "again ")]


async def order_of(person: Person, group: str) -> list[int]:
    return [message["timestamp"] for message in await person.messages(group)]


async def test_pages_before_after_and_around_agree_with_the_order(home: Home) -> None:
    """Whichever way one pages, it is the same messages in the same order, and `more` says what is left."""
    ana = await home.register()
    group = await ana.group()
    sent = [(await ana.send(group, f"text {number}"))["timestamp"] for number in range(23)]
    path = f"/api/conversations/{group}/messages"
    backwards: list[int] = []
    page = await ana.call("GET", path, params={"limit": 5})
    while True:
        backwards = [message["timestamp"] for message in page["messages"]] + backwards
        assert page["more_before"] is (len(backwards) < 23)
        if not page["more_before"]:
            break
        page = await ana.call("GET", path, params={"limit": 5, "before": backwards[0]})
        assert page["more_after"] is True
    forwards: list[int] = []
    while True:
        page = await ana.call("GET", path, params={"limit": 5, "after": forwards[-1] if forwards else 0})
        forwards += [message["timestamp"] for message in page["messages"]]
        assert page["more_after"] is (len(forwards) < 23)
        if not page["more_after"]:
            break
    assert backwards == forwards == sent
    for place in (0, 1, 11, 22):
        around = await ana.call("GET", path, params={"limit": 5, "around": sent[place]})
        shown = [message["timestamp"] for message in around["messages"]]
        start = sent.index(shown[0])
        assert shown == sent[start : start + 5]
        assert sent[place] in shown
        assert around["more_before"] is (start > 0)
        assert around["more_after"] is (start + 5 < 23)
