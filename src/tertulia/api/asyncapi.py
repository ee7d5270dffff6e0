"""The AsyncAPI 3.0 document of the WebSocket API, made from the actions, events and close reasons alone.

The document is the server's: it receives actions and sends events (AsyncAPI 3.0, "Operation Object").
"""

from typing import Any, Final, get_args

import msgspec
from msgspec import Struct

from tertulia.api import events as e
from tertulia.api.responses import ReadState
from tertulia.api.schemas import REF_TEMPLATE, doc, first_sentence, schemas
from tertulia.domain.events import Event
from tertulia.domain.messages import Message
from tertulia.domain.presence import Presence
from tertulia.version import __version__

CHANNEL: Final = "chat"
ACTIONS: Final[tuple[type[e.Action], ...]] = get_args(e.AnyAction)
EVENTS: Final[tuple[type[Struct], ...]] = get_args(Event)
ANSWERS: Final = (e.Result, e.ActionError)


class SendResult(Struct, frozen=True, kw_only=True):
    """`result` of the action `send`. `created` is false where the message was there already: a retry."""

    message: Message
    created: bool


class PresenceResult(Struct, frozen=True, kw_only=True):
    """`result` of the action `presence`: the status of each person that the connection watches, by username."""

    presence: dict[str, Presence]


class NoResult(Struct, frozen=True, kw_only=True):
    """`result` of an action with nothing to say beyond that it is done."""


RESULTS: Final[dict[type[e.Action], type[Struct]]] = {
    e.Send: SendResult,
    e.Read: ReadState,
    e.SetPresence: PresenceResult,
}
"""What `result` holds, by action; NoResult for the others."""

_DESCRIPTION: Final = """\
Real-time chat: what goes over the WebSocket at `/ws`, one JSON text message each. The REST API is described by
`/api/openapi.json`.

A client gets a ticket from `create_ticket` and connects with it; no token ever stands in an address. Each action is
answered by one `result` or `error` with the same `request` number. Entries are also in the log and can always be read
there: who sees a hole in the `seq` of a conversation asks for what is missing. All other events are of the moment.
"""


def asyncapi(host: str = "127.0.0.1:8080", *, protocol: str = "ws") -> dict[str, Any]:
    """The document, ready to be encoded as JSON. `host` is the server's host and port; `protocol` is `ws` or `wss`."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tertulia",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {"server": {"host": host, "protocol": protocol}},
        "channels": {CHANNEL: _channel()},
        "operations": {**_received(), **_sent()},
        "components": {"messages": _messages(), "schemas": _schemas()},
        "x-close-reasons": msgspec.to_builtins(list(e.CLOSE_REASONS.values())),
    }


def tag_of(kind: type[Struct]) -> str:
    """The value by which a message is told apart from the others."""
    return str(kind.__struct_config__.tag)


def _channel() -> dict[str, Any]:
    reasons = "\n".join(f"- {r.code} `{r.reason}`: {r.sentence}" for r in e.CLOSE_REASONS.values())
    return {
        "address": "/ws",
        "title": "The connection of one device",
        "description": f"The server closes with one of these codes:\n\n{reasons}",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _messages()},
        "bindings": {
            "ws": {
                "method": "GET",
                "query": {
                    "type": "object",
                    "properties": {"ticket": {"type": "string", "description": "What `create_ticket` answered."}},
                    "required": ["ticket"],
                },
                "bindingVersion": "0.1.0",
            }
        },
    }


def _received() -> dict[str, Any]:
    """An operation for each action, with its answers."""
    return {
        f"action_{tag_of(kind)}": {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{CHANNEL}"},
            "summary": first_sentence(kind),
            "messages": [_in_channel(action_name(kind))],
            "reply": {
                "channel": {"$ref": f"#/channels/{CHANNEL}"},
                "messages": [_in_channel(f"result_{tag_of(kind)}"), _in_channel("error")],
            },
        }
        for kind in ACTIONS
    }


def _sent() -> dict[str, Any]:
    """An operation for each event."""
    return {
        f"event_{tag_of(kind)}": {
            "action": "send",
            "channel": {"$ref": f"#/channels/{CHANNEL}"},
            "summary": first_sentence(kind),
            "messages": [_in_channel(f"event_{tag_of(kind)}")],
        }
        for kind in EVENTS
    }


def action_name(kind: type[e.Action]) -> str:
    return f"action_{tag_of(kind)}"


def _messages() -> dict[str, Any]:
    actions = {action_name(kind): _message(kind) for kind in ACTIONS}
    results = {f"result_{tag_of(kind)}": _result(kind) for kind in ACTIONS}
    events = {f"event_{tag_of(kind)}": _message(kind) for kind in EVENTS}
    return {**actions, **results, "error": _message(e.ActionError), **events}


def _message(kind: type[Struct]) -> dict[str, Any]:
    described = doc(kind)
    message = {"name": tag_of(kind), "title": kind.__name__, "payload": _schema(kind), "summary": first_sentence(kind)}
    return {**message, "description": described} if described else message


def _result(kind: type[e.Action]) -> dict[str, Any]:
    result = RESULTS.get(kind, NoResult)
    narrowed = {"type": "object", "properties": {"result": _schema(result)}, "required": ["result"]}
    return {
        "name": tag_of(e.Result),
        "title": f"Result of {tag_of(kind)}",
        "summary": f"The answer to the action `{tag_of(kind)}`.",
        "payload": {"allOf": [_schema(e.Result), narrowed]},
    }


def _schemas() -> dict[str, Any]:
    found: dict[str, Any] = _name_discriminators(schemas([*ACTIONS, *ANSWERS, *EVENTS, *RESULTS.values(), NoResult])[1])
    return found


def _name_discriminators(schema: Any) -> Any:
    """The same schema with AsyncAPI's form of a discriminator, which is the name of the field alone."""
    if isinstance(schema, list):
        return [_name_discriminators(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: value["propertyName"] if key == "discriminator" else _name_discriminators(value)
        for key, value in schema.items()
    }


def _schema(kind: type[Struct]) -> dict[str, Any]:
    return {"$ref": REF_TEMPLATE.format(name=kind.__name__)}


def _in_channel(message: str) -> dict[str, Any]:
    return {"$ref": f"#/channels/{CHANNEL}/messages/{message}"}
