"""What somebody has written and not sent yet: on all devices of that person, and nowhere else."""

from tests.conformance.homes import Home


async def test_a_draft_is_on_all_devices_of_its_person(home: Home) -> None:
    """Another device is told of it and reads it, with its answer and files; it goes when it is cleared."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    about = await ben.send(group, "where?")
    other, bens = await ana.connect(), await ben.connect()
    note = {"media": await ana.upload(b"words", "a.txt", "text/plain"), "alt": "a list"}
    body = {"text": "half a sent", "reply_to": about["timestamp"], "attachments": [note]}
    path = f"/api/conversations/{group}/draft"
    kept = await ana.call("PUT", path, json=body)
    event = await other.event("kept_draft", conversation=group)
    assert event["timestamp"] == kept["timestamp"]
    (found,) = (await ana.call("GET", "/api/drafts"))["drafts"]
    assert found == {"conversation": group, **kept, **body}
    cleared = await ana.call("PUT", path, json={})
    await other.event("kept_draft", conversation=group, timestamp=cleared["timestamp"])
    assert (await ana.call("GET", "/api/drafts"))["drafts"] == []
    await bens.settle()
    assert bens.all("kept_draft") == []


async def test_nobody_else_gets_anything_of_a_draft(home: Home) -> None:
    """Not the other members, in list, log, messages or search; nor its person while removed."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    path = f"/api/conversations/{group}/draft"
    await ben.call("PUT", path, json={"text": "halfword"})
    assert (await ana.call("GET", "/api/drafts"))["drafts"] == []
    assert "halfword" not in str([await ana.log(group), await ana.messages(group), await ana.view(group)])
    assert await ben.found("halfword") == []
    await ana.remove(group, ben)
    assert (await ben.call("GET", "/api/drafts"))["drafts"] == []
    await ben.refused("conversation_not_found", "PUT", path, json={"text": "more"})
    await ana.add(group, ben)
    assert [each["text"] for each in (await ben.call("GET", "/api/drafts"))["drafts"]] == ["halfword"]
