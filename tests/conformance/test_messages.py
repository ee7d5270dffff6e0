"""Messages: replies, edits, deletions, reactions."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.conformance.homes import Home
from tests.conformance.people import message_path, new_id

SCRIPTS = {
    "Latin": "Žluťoučký kůň pěl ďábelské ódy",
    "Cyrillic": "Съешь же ещё этих мягких французских булок",
    "Arabic": "نص حكيم له سر قاطع",
    "Chinese": "我能吞下玻璃而不伤身体",
    "Japanese": "私はガラスを食べられます",
    "Korean": "나는 유리를 먹을 수 있어요",
    "Devanagari": "मैं काँच खा सकता हूँ",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇪🇺",
    "mixed": "abc שלום 123\nsecond line\ttab",
    "markup": "<script>alert('x')</script> & \"quotes\" \\ %00 ${x}",
    "combining": "e\u0301 a\u0300\u0316\u0317 \u200d\u200e\u202e",
}


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
async def test_a_text_comes_back_as_it_was_sent(home: Home, text: str) -> None:
    """Every script comes back character for character, over REST and sockets, in pushes, log and history."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    socket = await ben.connect()
    message = await ana.send(group, text)
    assert message["text"] == text
    assert (await socket.entry(group, 2))["text"] == text
    result = await socket.act("send", conversation=group, id=new_id(), text=text)
    assert result["message"]["text"] == text
    assert [m["text"] for m in await ana.messages(group)] == [text, text]
    assert [e["text"] for e in await ana.log(group, after=1)] == [text, text]


@pytest.mark.parametrize("text", ["", " \n\t ", "bell \x07", "null \x00", "escape \x1b[31m"])
async def test_a_text_that_says_nothing_or_rings_bells_is_refused(home: Home, text: str) -> None:
    """Blank texts and control characters are `invalid_request`."""
    ana = await home.register()
    group = await ana.group()
    body = {"id": new_id(), "text": text}
    await ana.refused("invalid_request", "POST", f"/api/conversations/{group}/messages", json=body)
    assert len(await ana.log(group)) == 1


async def test_a_reply_names_its_message(home: Home) -> None:
    """A reply carries the timestamp of the message that it answers, which must be there."""
    ana, ben = await home.register_all("ana", "ben")
    group, other = await ana.group(ben), await ana.group()
    first = await ana.send(group, "question")
    reply = await ben.send(group, "answer", reply_to=first["timestamp"])
    assert reply["reply_to"] == first["timestamp"]
    elsewhere = await ana.send(other, "elsewhere")
    for timestamp in (elsewhere["timestamp"], first["timestamp"] + 1, 1):
        body = {"id": new_id(), "text": "x", "reply_to": timestamp}
        await ana.refused("reply_not_found", "POST", f"/api/conversations/{group}/messages", json=body)


async def test_an_edit_comes_in_time_where_the_operator_wants_it(start_home: Callable[..., Any]) -> None:
    """Afterwards it is `too_late_to_edit`, and the message can still be deleted."""
    async with start_home("clock", TERTULIA_EDIT_SECONDS="60") as home:
        assert (await home.http.get("/config.json")).json()["edit_seconds"] == 60
        ana, ben = await home.register_all("ana", "ben")
        group = await ana.group(ben)
        message = await ana.send(group, "first")
        await ana.edit(group, message, "second")
        home.move_clock(120)
        path = message_path(group, message)
        await ana.refused("too_late_to_edit", "PATCH", path, json={"text": "third"})
        assert (await ana.call("DELETE", path))["deleted"]


async def test_an_edit_changes_the_own_message_for_everybody(home: Home) -> None:
    """Who wrote a message can change its text, as often as wanted; nobody else can, whatever the role."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    message = await ben.send(group, "frist")
    edited = await ben.edit(group, message, "first")
    assert (edited["text"], edited["seq"], edited["timestamp"]) == ("first", message["seq"], message["timestamp"])
    assert edited["edited"] > message["timestamp"]
    again = await ben.edit(group, message, "first!")
    assert again["edited"] > edited["edited"]
    assert await ana.messages(group) == [again]
    assert (await ana.view(group))["last_message"] == again
    assert await ana.versions(group, again) == [
        {"timestamp": again["edited"], "text": "first!"},
        {"timestamp": edited["edited"], "text": "first"},
        {"timestamp": message["timestamp"], "text": "frist"},
    ]
    await ana.refused("forbidden", "PATCH", message_path(group, message), json={"text": "x"})
    await ben.refused("message_not_found", "PATCH", f"/api/conversations/{group}/messages/12345", json={"text": "x"})


async def test_a_deleted_message_leaves_a_tombstone_and_no_words(home: Home) -> None:
    """After a deletion the words, also those of edits, are in no log, history, search, list or retry."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    message = await ana.send(group, "secret one")
    await ana.edit(group, message, "secret two")
    await ben.react(group, message, "👍")
    socket = await ben.connect()
    tombstone = await ana.delete(group, message)
    assert (tombstone.get("text", ""), tombstone["timestamp"]) == ("", message["timestamp"])
    assert tombstone["deleted"] > message["timestamp"]
    assert "reactions" not in tombstone or tombstone["reactions"] == []
    for person in (ana, ben):
        seen = [await person.log(group), await person.messages(group), await person.view(group)]
        seen += [await person.call("GET", "/api/conversations"), await person.search("secret")]
        assert "secret" not in str(seen)
        assert await person.messages(group) == [tombstone]
        assert (await person.view(group))["last_message"] == tombstone
    entry = (await ana.log(group))[-1]
    assert await socket.entry(group, entry["seq"]) == entry
    assert (entry["kind"], entry["target"]) == ("deleted", message["timestamp"])
    assert [e["kind"] for e in await ana.log(group)] == ["created", "message", "edited", "reaction_added", "deleted"]


async def test_a_deleted_message_stays_as_it_is(home: Home) -> None:
    """It can't be edited or reacted to; deleting it again changes nothing."""
    ana = await home.register()
    group = await ana.group()
    message = await ana.send(group)
    tombstone = await ana.delete(group, message)
    path = message_path(group, message)
    await ana.refused("message_deleted", "PATCH", path, json={"text": "x"})
    await ana.refused("message_deleted", "GET", f"{path}/edits")
    await ana.refused("message_deleted", "PUT", f"{path}/reactions/%F0%9F%91%8D")
    await ana.refused("message_deleted", "DELETE", f"{path}/reactions/%F0%9F%91%8D")
    await ana.refused("message_deleted", "DELETE", f"{path}/previews")
    assert await ana.delete(group, message) == tombstone


async def test_who_may_delete(home: Home) -> None:
    """Members delete what they wrote; admins and owners what anybody wrote."""
    owner, admin, member = await home.register_all("owner", "admin", "member")
    group = await owner.group(admin, member)
    await owner.add(group, admin, role="admin")
    messages = [await person.send(group) for person in (owner, admin, member)]
    await member.refused("forbidden", "DELETE", message_path(group, messages[0]))
    await member.refused("forbidden", "DELETE", message_path(group, messages[1]))
    await admin.delete(group, messages[0])
    await owner.delete(group, messages[1])
    await member.delete(group, messages[2])
    await member.refused("message_not_found", "DELETE", f"/api/conversations/{group}/messages/12345")


async def test_in_a_direct_conversation_each_deletes_the_own(home: Home) -> None:
    """Between two people nobody takes back what the other said."""
    ana, ben = await home.register_all("ana", "ben")
    direct = await ana.direct(ben)
    message = await ana.send(direct)
    await ben.refused("forbidden", "DELETE", message_path(direct, message))
    await ana.delete(direct, message)


@pytest.mark.parametrize("emoji", ["👍", "👍🏽", "❤️", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇪🇺", "1️⃣"])
async def test_reactions_of_every_kind(home: Home, emoji: str) -> None:
    """A reaction is one emoji of any make; each person has it once, and takes back the own."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    message = await ana.send(group)
    await ana.react(group, message, emoji)
    both = await ben.react(group, message, emoji)
    assert both["reactions"] == [{"emoji": emoji, "users": [ana.username, ben.username]}]
    assert (await ana.messages(group))[0]["reactions"] == both["reactions"]
    left = await ana.unreact(group, message, emoji)
    assert left["reactions"] == [{"emoji": emoji, "users": [ben.username]}]
    assert not (await ben.unreact(group, message, emoji)).get("reactions")


@pytest.mark.parametrize("emoji", ["x", "ab", "👍👍👍👍👍x", "<b>", ":no spaces:", "7"])
async def test_what_is_no_emoji_is_no_reaction(home: Home, emoji: str) -> None:
    """Words and markup are not reactions."""
    ana = await home.register()
    group = await ana.group()
    message = await ana.send(group)
    from tests.conformance.people import reaction_path

    await ana.refused("invalid_request", "PUT", reaction_path(group, message, emoji))


async def test_mentions_are_found(home: Home) -> None:
    """`@username` is a mention, in code it is not, and edits have mentions of their own."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    message = await ana.send(group, f"@{ben.username}, see `@{ana.username}`")
    assert message["mentions"] == [ben.username]
    edited = await ana.edit(group, message, f"no, @{ana.username}")
    assert edited["mentions"] == [ana.username]
    everybody = await ana.send(group, f"@all: @{ben.username} is back\n> @here")
    assert everybody["mentions"] == ["@all", ben.username, "here"]
    assert (await ana.log(group))[-1]["mentions"] == everybody["mentions"]
    assert (await ana.send(await ana.direct(ben), "@all"))["mentions"] == ["all"]
