"""Conversations, members, messages, history and search, from bytes to answers."""

from typing import Any

import pytest
from tests.api.caller import Caller


@pytest.fixture
async def group(caller: Caller) -> str:
    """Ana owns it, Ben is a member."""
    _, body = await caller.call("create_conversation", "ana", body={"kind": "group", "members": ["ben"], "title": "G"})
    made: str = body["id"]
    return made


async def say(caller: Caller, group: str, text: str = "hello", **more: Any) -> dict[str, Any]:
    body = {"id": more.pop("id", f"id-{len(text)}"), "text": text, **more}
    _, message = await caller.call("send_message", "ana", path={"id": group}, body=body)
    sent: dict[str, Any] = message
    return sent


async def test_a_conversation_as_its_caller_sees_it(caller: Caller, group: str) -> None:
    """Every field is there; `role`, `read` and `unread` are the caller's own."""
    sent = await say(caller, group)
    _, body = await caller.call("get_conversation", "ben", path={"id": group})
    assert body == {
        "id": group,
        "kind": "group",
        "title": "G",
        "live_typing": False,
        "history": "joined",
        "created": body["created"],
        "head": {"seq": 2, "timestamp": sent["timestamp"], "messages": 1},
        "last_message": sent,
        "members": [
            {"username": "ana", "role": "owner", "read": {"timestamp": sent["timestamp"], "number": 1}},
            {"username": "ben", "role": "member", "read": {"timestamp": body["created"], "number": 0}},
        ],
        "member_count": 2,
        "role": "member",
        "read": {"timestamp": body["created"], "number": 0},
        "unread": 1,
        "since": body["created"],
    }


async def test_made_is_201_and_found_is_200(caller: Caller) -> None:
    """For direct conversations, groups under one id, members and messages."""
    direct = {"kind": "direct", "members": ["ben"]}
    group = {"kind": "group", "members": [], "id": "one"}
    for body in (direct, group):
        status, made = await caller.call("create_conversation", "ana", body=body)
        again, found = await caller.call("create_conversation", "ana", body=body)
        assert (status, again, found["id"]) == (201, 200, made["id"])
    path = {"id": made["id"], "username": "ben"}
    assert [(await caller.call("put_member", "ana", path=path, body={}))[0] for _ in range(2)] == [201, 200]
    sent = [
        await caller.call("send_message", "ana", path={"id": made["id"]}, body={"id": "x", "text": "y"}) for _ in "ab"
    ]
    assert [status for status, _ in sent] == [201, 200]
    assert sent[0][1] == sent[1][1]


async def test_lists_have_cursors(caller: Caller, group: str) -> None:
    """Null on the last page."""
    _, other = await caller.call("create_conversation", "ana", body={"kind": "direct", "members": ["ben"]})
    _, first = await caller.call("list_conversations", "ana", query={"limit": "1"})
    _, second = await caller.call("list_conversations", "ana", query={"limit": "1", "cursor": first["cursor"]})
    assert second["cursor"] is None
    found = [conversation["id"] for page in (first, second) for conversation in page["conversations"]]
    assert found == sorted([group, other["id"]])
    _, members = await caller.call("list_members", "ben", path={"id": group}, query={"limit": "1"})
    assert ([member["username"] for member in members["members"]], members["cursor"]) == (["ana"], "ana")


async def test_changing_a_conversation_and_its_members(caller: Caller, group: str) -> None:
    """What is absent stays; removed is gone."""
    _, body = await caller.call("update_conversation", "ana", path={"id": group}, body={"history": "all"})
    assert (body["title"], body["history"], body["since"]) == ("G", "all", 0)
    path = {"id": group, "username": "ben"}
    _, member = await caller.call("put_member", "ana", path=path, body={"role": "admin"})
    assert member["role"] == "admin"
    assert await caller.call("remove_member", "ana", path=path) == (200, {})
    assert (await caller.call("get_conversation", "ben", path={"id": group}))[0] == 404


async def test_messages_change_and_are_read_in_pages(caller: Caller, group: str) -> None:
    """An edit, a reaction, and a page around them with what lies beyond it."""
    sent = [await say(caller, group, text) for text in ("one", "other", "third one")]
    path = {"id": group, "timestamp": str(sent[1]["timestamp"])}
    await caller.call("edit_message", "ana", path=path, body={"text": "second"})
    first = (await caller.call("list_versions", "ben", path=path, query={"limit": "1"}))[1]
    assert [each["text"] for each in first["versions"]] == ["second"]
    query = {"before": str(first["cursor"])}
    earlier = (await caller.call("list_versions", "ben", path=path, query=query))[1]
    assert earlier == {"versions": [{"timestamp": sent[1]["timestamp"], "text": "other"}], "cursor": None}
    _, after = await caller.call("add_reaction", "ben", path={**path, "emoji": "👍"})
    assert after["reactions"] == [{"emoji": "👍", "users": ["ben"]}]
    query = {"around": path["timestamp"], "limit": "1"}
    _, page = await caller.call("list_messages", "ben", path={"id": group}, query=query)
    assert (page["messages"], page["more_before"], page["more_after"]) == ([after], True, True)
    _, after = await caller.call("remove_reaction", "ben", path={**path, "emoji": "👍"})
    assert "reactions" not in after
    assert await caller.call("remove_previews", "ana", path=path) == (200, after)
    _, gone = await caller.call("delete_message", "ana", path=path)
    assert (gone.get("text", ""), gone["deleted"] > 0) == ("", True)


async def test_the_log_says_how_far_it_goes(caller: Caller, group: str) -> None:
    """Entries, the seq up to which they are complete, and the head."""
    await say(caller, group)
    _, body = await caller.call("read_log", "ben", path={"id": group}, query={"after": "1", "limit": "1"})
    assert [entry["kind"] for entry in body["entries"]] == ["message"]
    assert (body["through"], body["head"]["seq"]) == (2, 2)


async def test_moving_the_cursor(caller: Caller, group: str) -> None:
    """The answer is where it is and what is unread."""
    sent = await say(caller, group)
    body = {"timestamp": sent["timestamp"]}
    assert await caller.call("move_cursor", "ben", path={"id": group}, body=body) == (
        200,
        {"read": {"timestamp": sent["timestamp"], "number": 1}, "unread": 0},
    )


async def test_searching(caller: Caller, group: str) -> None:
    """Results name conversation and message; what `has` may be is checked."""
    sent = await say(caller, group, "hello world")
    _, body = await caller.call("search_messages", "ben", query={"query": "world"})
    assert body == {"results": [{"conversation": group, "message": sent}], "cursor": None}
    for query in ({"query": "x", "has": "nothing"}, {}, {"query": "x", "from": "No One"}):
        assert (await caller.call("search_messages", "ben", query=query))[0] == 400


async def test_a_message_carries_files(caller: Caller, group: str) -> None:
    """The upload's name and size, the sender's words."""
    media = await caller.world.upload("ana")
    sent = await say(caller, group, "", id="x", attachments=[{"media": media, "alt": "a cat"}])
    assert sent["attachments"] == [
        {"media": media, "name": "a.bin", "type": "application/x-bytes", "size": 10, "alt": "a cat"}
    ]


async def test_a_draft_comes_back_as_it_was_kept(caller: Caller, group: str) -> None:
    """With its files, for its person alone; without text and files there is none."""
    file = {"media": "m1", "voice": True, "peaks": [1, 2]}
    body = {"text": "half", "reply_to": 5, "attachments": [file]}
    status, kept = await caller.call("keep_draft", "ben", path={"id": group}, body=body)
    assert status == 200
    _, found = await caller.call("list_drafts", "ben")
    assert found == {"drafts": [{"conversation": group, **kept, **body}]}
    assert (await caller.call("list_drafts", "ana"))[1] == {"drafts": []}
    await caller.call("keep_draft", "ben", path={"id": group}, body={})
    assert (await caller.call("list_drafts", "ben"))[1] == {"drafts": []}
