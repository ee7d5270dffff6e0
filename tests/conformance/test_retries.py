"""Once: a retry, at any time and over any connection, has no second effect and answers with the first result."""

import asyncio
from typing import Any

import pytest
from tests.conformance.homes import Home
from tests.conformance.people import JSON, Person, new_id

FIRST = ("seq", "timestamp", "number", "author", "id", "text")


async def post(person: Person, conversation: str, body: JSON) -> tuple[int, JSON]:
    response = await person.ask("POST", f"/api/conversations/{conversation}/messages", json=body)
    return response.status_code, response.json()


def same(one: JSON, other: JSON) -> bool:
    return all(one.get(field) == other.get(field) for field in FIRST)


async def sent(person: Person, conversation: str, client_id: str) -> list[JSON]:
    """The entries of the log under this id."""
    return [entry for entry in await person.log(conversation) if entry.get("id") == client_id]


async def test_a_retry_over_rest_answers_200_with_the_first_message(home: Home) -> None:
    """The second POST with the same id makes no entry and answers 200 with the message of the first."""
    ana = await home.register()
    group = await ana.group()
    body = {"id": new_id(), "text": "once"}
    first_status, first = await post(ana, group, body)
    second_status, second = await post(ana, group, body)
    assert (first_status, second_status) == (201, 200)
    assert first == second
    assert len(await sent(ana, group, body["id"])) == 1


async def test_a_retry_over_another_socket_answers_with_the_first_message(home: Home) -> None:
    """A send whose socket broke is retried over a new one: `created` is false, the message the same."""
    ana = await home.register()
    group = await ana.group()
    body = {"conversation": group, "id": new_id(), "text": "once"}
    one = await ana.connect()
    first = await one.act("send", **body)
    one.cut()
    two = await ana.connect()
    second = await two.act("send", **body)
    assert (first["created"], second["created"]) == (True, False)
    assert first["message"] == second["message"]
    assert len(await sent(ana, group, body["id"])) == 1


@pytest.mark.parametrize("socket_first", [True, False])
async def test_a_retry_may_change_between_rest_and_socket(home: Home, socket_first: bool) -> None:
    """REST and WebSocket are two doors of one room: the id counts, not the way."""
    ana = await home.register()
    group = await ana.group()
    socket = await ana.connect()
    body = {"id": new_id(), "text": "once"}
    if socket_first:
        first = (await socket.act("send", conversation=group, **body))["message"]
        status, second = await post(ana, group, body)
        assert status == 200
    else:
        status, first = await post(ana, group, body)
        assert status == 201
        result = await socket.act("send", conversation=group, **body)
        second = result["message"]
        assert result["created"] is False
    assert first == second
    assert len(await sent(ana, group, body["id"])) == 1


async def test_a_retry_from_another_sign_in_session_is_the_same_message(home: Home) -> None:
    """The id belongs to the person, not to a device or a session."""
    ana = await home.register()
    again = await home.people.sign_in(ana.username)
    group = await ana.group()
    body = {"id": new_id(), "text": "once"}
    _, first = await post(ana, group, body)
    status, second = await post(again, group, body)
    assert status == 200
    assert first == second


async def test_fifty_at_once_are_one_message(home: Home) -> None:
    """Fifty concurrent sends of one id: one 201, 49 times 200, one entry, one message in all answers."""
    ana = await home.register()
    group = await ana.group()
    body = {"id": new_id(), "text": "once"}
    answers = await asyncio.gather(*(post(ana, group, body) for _ in range(50)))
    statuses = [status for status, _ in answers]
    assert (statuses.count(201), statuses.count(200)) == (1, 49)
    assert all(same(message, answers[0][1]) for _, message in answers)
    assert len(await sent(ana, group, body["id"])) == 1
    assert (await ana.view(group))["head"]["messages"] == 1


async def test_fifty_at_once_over_sockets_and_rest_are_one_message(home: Home) -> None:
    """The same through five sockets and REST together: one answer says `created`."""
    ana = await home.register()
    group = await ana.group()
    sockets = [await ana.connect() for _ in range(5)]
    body = {"id": new_id(), "text": "once"}

    async def over_rest() -> tuple[bool, JSON]:
        status, message = await post(ana, group, body)
        assert status in (200, 201)
        return status == 201, message

    async def over(number: int) -> tuple[bool, JSON]:
        result = await sockets[number % 5].act("send", conversation=group, **body)
        return result["created"], result["message"]

    answers = await asyncio.gather(*(over_rest() for _ in range(25)), *(over(n) for n in range(25)))
    assert sum(created for created, _ in answers) == 1
    assert all(same(message, answers[0][1]) for _, message in answers)
    assert len(await sent(ana, group, body["id"])) == 1


@pytest.mark.slow
@pytest.mark.parametrize("end", ["restart", "kill"])
async def test_a_retry_after_a_restart_is_the_same_message(home: Home, end: str) -> None:
    """What was acknowledged before the process ended is found by a retry afterwards, however it ended."""
    ana = await home.register()
    group = await ana.group()
    body = {"id": new_id(), "text": "once"}
    _, first = await post(ana, group, body)
    getattr(home, end)()
    status, second = await post(ana, group, body)
    assert status == 200
    assert first == second
    assert len(await sent(ana, group, body["id"])) == 1


CHANGED: dict[str, dict[str, Any]] = {
    "text": {"text": "other"},
    "reply": {"reply": True},
    "white space": {"text": "once "},
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED.keys())
async def test_an_id_with_other_content_is_refused(home: Home, change: JSON) -> None:
    """The same id with other content is a mistake of the client's: 409 `id_reused`, and nothing changes."""
    ana = await home.register()
    group = await ana.group()
    earlier = await ana.send(group, "earlier")
    body = {"id": new_id(), "text": "once"}
    await post(ana, group, body)
    other = {**body, **change}
    if other.pop("reply", False):
        other["reply_to"] = earlier["timestamp"]
    await ana.refused("id_reused", "POST", f"/api/conversations/{group}/messages", json=other)
    socket = await ana.connect()
    await socket.refused("id_reused", "send", conversation=group, **other)
    assert [entry["text"] for entry in await sent(ana, group, body["id"])] == ["once"]


async def test_the_same_id_is_free_for_others_and_elsewhere(home: Home) -> None:
    """An id is one person's in one conversation: others, and the same person elsewhere, may use it too."""
    ana, ben = await home.register_all("ana", "ben")
    group, other = await ana.group(ben), await ana.group(ben)
    body = {"id": new_id(), "text": "mine"}
    assert [(await post(person, where, body))[0] for person in (ana, ben) for where in (group, other)] == [201] * 4


async def test_a_retry_after_an_edit_does_not_undo_it(home: Home) -> None:
    """A late retry of an edited message is a retry still: 200, the same place, and the edit stays."""
    ana = await home.register()
    group = await ana.group()
    body = {"id": new_id(), "text": "once"}
    _, first = await post(ana, group, body)
    await ana.edit(group, first, "edited")
    status, second = await post(ana, group, body)
    assert status == 200
    assert (second["seq"], second["timestamp"]) == (first["seq"], first["timestamp"])
    assert [message["text"] for message in await ana.messages(group)] == ["edited"]


async def test_a_retry_after_a_deletion_does_not_bring_the_message_back(home: Home) -> None:
    """A late retry of a deleted message answers with its place, and the words stay gone."""
    ana = await home.register()
    group = await ana.group()
    body = {"id": new_id(), "text": "secret words"}
    _, first = await post(ana, group, body)
    await ana.delete(group, first)
    status, second = await post(ana, group, body)
    assert status == 200
    assert second["timestamp"] == first["timestamp"]
    assert second["deleted"]
    assert "secret" not in str(second) + str(await ana.messages(group)) + str(await ana.log(group))


async def test_a_group_is_made_once_for_each_id(home: Home) -> None:
    """Creating a group with the same id again, also twenty times at once, answers with the same group."""
    ana, ben = await home.register_all("ana", "ben")
    body = {"kind": "group", "members": [ben.username], "title": "Once", "id": new_id()}
    answers = await asyncio.gather(*(ana.ask("POST", "/api/conversations", json=body) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    listed = await ana.call("GET", "/api/conversations")
    assert len(listed["conversations"]) == 1
