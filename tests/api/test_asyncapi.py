"""The AsyncAPI document says what the actions, events and close reasons say, all of it and nothing else."""

from copy import deepcopy
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from tertulia.api import events as e
from tertulia.api.asyncapi import ACTIONS, EVENTS, RESULTS, NoResult, PresenceResult, SendResult, asyncapi, tag_of
from tertulia.api.responses import ReadState
from tertulia.domain.entries import Hidden, MemberAdded, MessageSent
from tertulia.domain.events import (
    ConversationChanged,
    DraftEvent,
    EntryEvent,
    Event,
    Goodbye,
    HeadEvent,
    KeptDraftEvent,
    LocationEvent,
    Membership,
    PresenceEvent,
    ReadEvent,
    ReceiptsEvent,
    StatusEvent,
    TypingEvent,
)
from tertulia.domain.members import Cursor
from tertulia.domain.messages import Message
from tertulia.domain.presence import Presence
from tertulia.domain.status import Status

DOCUMENT = asyncapi()

OFFICIAL = Path(__file__).parents[2] / "web" / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.0.0.json"

MESSAGE = Message(seq=7, timestamp=70, number=3, author="ana", id="m1", text="hello")
ENTRY = MessageSent(seq=7, timestamp=70, number=3, author="ana", id="m1", text="hello")
SAMPLES: dict[str, object] = {
    "action_send": e.Send(request=1, conversation="c1", id="m1", text="hello"),
    "action_read": e.Read(request=2, conversation="c1", timestamp=70),
    "action_typing": e.Typing(conversation="c1"),
    "action_draft": e.Draft(conversation="c1", text="he", version=2),
    "action_location": e.Locate(conversation="c1", timestamp=70, latitude=40.4168, longitude=-3.7038, accuracy=20),
    "action_presence": e.SetPresence(status=Presence.AWAY, watch=["ben"]),
    "action_ping": e.Ping(request=9),
    "result_send": e.Result(request=1, result={"message": MESSAGE, "created": True}),
    "result_read": e.Result(request=2, result={"read": Cursor(70, 3), "unread": 0}),
    "result_typing": e.Result(request=3),
    "result_draft": e.Result(request=4),
    "result_location": e.Result(request=4),
    "result_presence": e.Result(request=5, result={"presence": {"ben": Presence.ONLINE}}),
    "result_ping": e.Result(request=9),
    "error": e.ActionError(request=1, code="rate_limited", detail="Wait.", temporary=True, retry_after=0.5),
    "event_entry": EntryEvent("c1", ENTRY),
    "event_head": HeadEvent("c1", 71),
    "event_read": ReadEvent("c1", "ana", Cursor(70, 3)),
    "event_typing": TypingEvent("c1", "ana"),
    "event_draft": DraftEvent("c1", "ana", "he", 2),
    "event_kept_draft": KeptDraftEvent("c1", 70),
    "event_location": LocationEvent("c1", "ana", 70, 40.4168, -3.7038, 20),
    "event_conversation": ConversationChanged("c1", Membership.JOINED),
    "event_presence": PresenceEvent("ben", Presence.ONLINE),
    "event_status": StatusEvent("ben", Status(emoji="🎉", text="busy", until=90, since=70)),
    "event_receipts": ReceiptsEvent(shown=False),
    "event_goodbye": Goodbye("resume", resume=True),
}


def payload_schema(message: str) -> dict[str, Any]:
    payload: dict[str, Any] = DOCUMENT["components"]["messages"][message]["payload"]
    return {**payload, "components": DOCUMENT["components"]}


def references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for item in value for found in references(item)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [found for item in value.values() for found in references(item)]


@pytest.fixture(scope="module")
def official() -> Draft7Validator:
    if not OFFICIAL.exists():
        pytest.fail("The schema of AsyncAPI comes with what the web client's tests need: run scripts/web_tests.py.")
    return Draft7Validator(msgspec.json.decode(OFFICIAL.read_bytes()))


@pytest.mark.slow
def test_document_keeps_the_official_schema(official: Draft7Validator) -> None:
    """The document is what the AsyncAPI initiative's own JSON Schema of version 3.0.0 asks for."""
    assert DOCUMENT["asyncapi"] == "3.0.0"
    official.validate(DOCUMENT)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("info", {"title": "without a version"}),
        ("servers/server/protocols", "ws"),
        ("channels/chat/bindings/ws/method", "PUT"),
        ("operations/action_send/action", "shout"),
        ("operations/action_send/messages", {}),
        ("components/messages/error/body", {}),
        ("components/schemas/Goodbye/type", "strange"),
    ],
)
def test_the_official_schema_sees_what_is_wrong(official: Draft7Validator, path: str, wrong: object) -> None:
    """It looks into every part of the document."""
    document = deepcopy(DOCUMENT)
    *folders, name = path.split("/")
    part = document
    for folder in folders:
        part = part[folder]
    part[name] = wrong
    assert not official.is_valid(document)


def test_every_reference_leads_somewhere() -> None:
    """No reference of the document dangles."""
    found = references(DOCUMENT)
    assert len(found) > 50
    for reference in found:
        value: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            value = value[step]
        assert isinstance(value, dict)


def test_payloads_are_json_schemas() -> None:
    """Each schema of the document is a JSON Schema."""
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_document_is_plain_json() -> None:
    """What the document holds survives JSON unchanged."""
    assert msgspec.json.decode(msgspec.json.encode(DOCUMENT)) == DOCUMENT


def test_each_action_and_event_is_an_operation_and_nothing_else() -> None:
    """The server receives every action and sends every event; the document has no operation beyond these."""
    received = {f"action_{tag_of(kind)}" for kind in get_args(e.AnyAction)}
    sent = {f"event_{tag_of(kind)}" for kind in get_args(Event)}
    found = DOCUMENT["operations"]
    assert {name for name, operation in found.items() if operation["action"] == "receive"} == received
    assert {name for name, operation in found.items() if operation["action"] == "send"} == sent
    assert set(found) == received | sent


def test_channel_offers_every_message() -> None:
    """The channel names all messages, so that each can be referred to."""
    assert set(DOCUMENT["channels"]["chat"]["messages"]) == set(DOCUMENT["components"]["messages"]) == set(SAMPLES)


def test_close_reasons_are_those_of_the_code() -> None:
    """Every reason for which the server closes is documented, with its code and whether to connect again."""
    found = {(reason["reason"], reason["code"], reason["resume"]) for reason in DOCUMENT["x-close-reasons"]}
    assert found == {(reason.reason, reason.code, reason.resume) for reason in e.CLOSE_REASONS.values()}
    assert all(f"`{reason}`" in DOCUMENT["channels"]["chat"]["description"] for reason in e.CLOSE_REASONS)


@pytest.mark.parametrize("name", SAMPLES)
def test_what_the_code_sends_keeps_the_schema(name: str) -> None:
    """A message as it is encoded is what the document describes."""
    Draft202012Validator(payload_schema(name)).validate(msgspec.json.decode(msgspec.json.encode(SAMPLES[name])))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_message_without_its_tag_breaks_the_schema(name: str) -> None:
    """No schema of a message is so wide that it takes anything."""
    message = msgspec.json.decode(msgspec.json.encode(SAMPLES[name]))
    message.pop("action" if name.startswith("action_") else "type")
    assert not Draft202012Validator(payload_schema(name)).is_valid(message)


@pytest.mark.parametrize(
    "entry", [MemberAdded(seq=2, timestamp=9, author="ana", username="ben"), Hidden(seq=3, timestamp=10)]
)
def test_entries_of_other_kinds_keep_the_schema(entry: MemberAdded | Hidden) -> None:
    """An entry event can carry every kind of entry."""
    event = msgspec.json.decode(msgspec.json.encode(EntryEvent("c1", entry)))
    Draft202012Validator(payload_schema("event_entry")).validate(event)


def test_results_of_actions_have_the_fields_of_their_structs() -> None:
    """What an action's result holds is described by a struct: the fields that the answer is decoded into."""
    assert {e.Send: SendResult, e.Read: ReadState, e.SetPresence: PresenceResult} == RESULTS
    for kind in ACTIONS:
        sample = msgspec.json.decode(msgspec.json.encode(SAMPLES[f"result_{tag_of(kind)}"]))
        result = RESULTS.get(kind, NoResult)
        assert set(sample["result"]) == {field.encode_name for field in msgspec.structs.fields(result)}
        msgspec.convert(sample["result"], result)


def test_every_event_can_be_told_apart() -> None:
    """No two messages of the server have the same tag."""
    tags = [tag_of(kind) for kind in (*EVENTS, e.Result, e.ActionError)]
    assert len(tags) == len(set(tags))
