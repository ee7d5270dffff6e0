"""The reference documentation, written from the same tables as the code: `docs/reference/*.md`."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final, get_args

from msgspec import Struct

from tertulia.api import events as e
from tertulia.api import requests as q
from tertulia.api.asyncapi import ACTIONS, EVENTS, RESULTS, tag_of
from tertulia.api.errors import STATUS
from tertulia.api.openapi import TAGS
from tertulia.api.operations import ACCESS_ERRORS, COMMON_ERRORS, OPERATIONS, Access, Operation
from tertulia.api.responses import Problem
from tertulia.api.schemas import doc, properties, schemas, without_null
from tertulia.domain.entries import BaseEntry, VisibleEntry
from tertulia.domain.errors import registry
from tertulia.domain.events import Membership
from tertulia.domain.presence import Presence

_NOTICE: Final = "<!-- Written by scripts/generate_reference.py from the code; changes here are lost. -->\n"
_WHO: Final = {
    Access.PUBLIC: "anybody",
    Access.USER: "who is signed in",
    Access.ADMIN: "administrators of the server",
    Access.SIGNED: "who has a signed address",
}
_API: Final = """\
The same as a document for machines: `/api/openapi.json` (OpenAPI 3.1). Bodies are JSON; an operation that takes one
wants `Content-Type: application/json`. Times are integer microseconds since 1970. A token stands in the header
`Authorization: Bearer ...`. An error is a problem ([errors](errors.md)).
"""
_ERRORS: Final = """\
An error over HTTP is a problem (RFC 9457) with the content type `application/problem+json`; over the WebSocket it is
a message of the type `error`. `code` is stable, `detail` is a sentence that says what to do. Where `temporary` is true
the same request can succeed later, after `retry_after` seconds where that is given (over HTTP also as `Retry-After`).
Sending again is always safe: a message that carries the same `id` is there once.
"""
_EVENTS: Final = """\
The same as a document for machines: `/api/asyncapi.json` (AsyncAPI 3.0). Get a ticket with
[`create_ticket`](api.md#create_ticket) and connect to `/ws?ticket=...`. Every message is one JSON object as text. A
client's action has a `request` number, which its answer repeats.
"""


def pages() -> dict[str, str]:
    """The content of each page, by file name."""
    return {"api.md": _api(), "errors.md": _errors(), "events.md": _events()}


def _api() -> str:
    parts = [
        _NOTICE,
        "# REST API",
        _API,
        f"Every operation can answer {_codes(COMMON_ERRORS)}.",
        f"One that wants a user can also answer {_codes(ACCESS_ERRORS[Access.USER])}.",
        f"One for administrators can also answer {_codes(ACCESS_ERRORS[Access.ADMIN])}.",
    ]
    for tag, group in groupby(sorted(OPERATIONS, key=lambda o: list(TAGS).index(o.tag)), key=lambda o: o.tag):
        parts += [f"## {tag.capitalize()}", TAGS[tag]]
        for operation in group:
            parts += _operation(operation)
    parts.append("## Types")
    for kind in _named_types():
        parts += [f'### <a id="type-{kind["title"].lower()}"></a>{kind["title"]}', *_type(kind)]
    return _join(parts)


def _operation(operation: Operation) -> list[str]:
    answers = "a file" if operation.raw_response else _type_link(operation.response.__name__)
    facts = [f"For {_WHO[operation.access]}. Answers {' or '.join(str(s) for s in operation.statuses)} with {answers}."]
    if operation.raw_body:
        facts.append("The body is the content of the file.")
    if operation.errors:
        facts.append(f"Errors: {_codes(operation.errors)}.")
    parts = [f"### {operation.name}", f"`{operation.method} {operation.path}`", operation.summary, " ".join(facts)]
    rows = [*_rows(operation.path_type, "path"), *_rows(operation.query_type, "query")]
    if operation.body_type:
        rows += _rows(operation.body_type, "body")
    if rows:
        parts.append(_table(("Field", "In", "Type", "Default", ""), rows))
    described = [kind for kind in (operation.query_type, operation.body_type) if kind and kind is not q.Nothing]
    return parts + [doc(kind) for kind in described if doc(kind)]


def _rows(kind: type[Struct], place: str) -> list[tuple[str, ...]]:
    fields, required = properties(kind)
    return [
        (f"`{name}`", place, *_cells(without_null(schema) if place != "body" else schema, name in required))
        for name, schema in fields.items()
    ]


def _named_types() -> list[dict[str, Any]]:
    responses = [operation.response for operation in OPERATIONS if not operation.raw_response]
    bodies = {operation.body_type.__name__ for operation in OPERATIONS if operation.body_type}
    requests = [operation.body_type for operation in OPERATIONS if operation.body_type]
    wanted: list[type[Any]] = [*responses, *requests, Problem, Membership, Presence]
    return [schema for name, schema in schemas(dict.fromkeys(wanted))[1].items() if name not in bodies]


def _type(schema: dict[str, Any]) -> list[str]:
    parts = [schema["description"]] if "description" in schema else []
    if "enum" in schema:
        return [*parts, "One of " + ", ".join(f"`{value}`" for value in sorted(schema["enum"])) + "."]
    rows = [
        (f"`{name}`", *_cells(field, name in schema.get("required", [])))
        for name, field in schema.get("properties", {}).items()
    ]
    return [*parts, _table(("Field", "Type", "Default", ""), rows)] if rows else [*parts, "No fields."]


def _cells(schema: dict[str, Any], required: bool) -> tuple[str, str, str]:
    """Type, default and description of a field."""
    default = "required" if required else f"`{_literal(schema['default'])}`" if "default" in schema else "absent"
    return _type_name(schema), default, _cell(schema.get("description", ""))


def _type_name(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return _type_link(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(_type_name(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        if "prefixItems" in schema:
            return "list of " + ", ".join(_type_name(item) for item in schema["prefixItems"])
        return f"list of {_type_name(schema.get('items', {}))}{_bounds(schema, 'Items')}"
    if schema.get("type") == "object" and "additionalProperties" in schema:
        return f"object of {_type_name(schema['additionalProperties'])}"
    return f"{schema.get('type', 'anything')}{_bounds(schema, 'Length')}"


def _bounds(schema: dict[str, Any], what: str) -> str:
    low = schema.get(f"min{what}", schema.get("minimum"))
    high = schema.get(f"max{what}", schema.get("maximum"))
    if low is None and high is None:
        return ""
    if high is None:
        return f", from {low}"
    return f", up to {high}" if low is None else f", {low} to {high}"


def _errors() -> str:
    kinds = registry()
    used = {code: [o.name for o in OPERATIONS if code in o.errors] for code in kinds}
    rows = [
        (f'<a id="{code}"></a>`{code}`', str(STATUS[code]), "yes" if kind.temporary else "no", kind.codes[code])
        for code, kind in sorted(kinds.items())
    ]
    parts = [
        _NOTICE,
        "# Errors",
        _ERRORS,
        _table(("Code", "Status", "Temporary", "What to do"), rows),
        "## Where they come from",
        f"Every operation can answer {_codes(COMMON_ERRORS)}. Beyond those and the ones about signing in:",
        _table(
            ("Code", "Operations"),
            [(f"`{code}`", ", ".join(f"`{name}`" for name in names)) for code, names in sorted(used.items()) if names],
        ),
    ]
    return _join(parts)


def _events() -> str:
    parts = [
        _NOTICE,
        "# WebSocket API",
        _EVENTS,
        "## Actions",
    ]
    for action in ACTIONS:
        parts += [f"### {tag_of(action)}", doc(action), _field_table(action, "action")]
        result = RESULTS.get(action)
        if result:
            parts.append("Its `result`: " + ", ".join(_result_fields(result)) + ".")
    parts += ["## Answers", "### result", doc(e.Result), _field_table(e.Result, "type")]
    parts += ["### error", doc(e.ActionError), _field_table(e.ActionError, "type"), "## Events"]
    for event in EVENTS:
        parts += [f"### {tag_of(event)}", doc(event), _field_table(event, "type")]
    parts += ["## Entries", doc(BaseEntry), "An entry event carries one of these; `kind` tells them apart."]
    entries: tuple[type[Struct], ...] = get_args(VisibleEntry)
    for entry in entries:
        parts += [f"### {tag_of(entry)}", doc(entry), _field_table(entry, "kind")]
    rows = [(str(r.code), f"`{r.reason}`", "yes" if r.resume else "no", r.sentence) for r in e.CLOSE_REASONS.values()]
    parts += ["## Why the server closes", _table(("Close code", "Reason", "Connect again", ""), rows)]
    return _join(part for part in parts if part)


def _field_table(kind: type[Struct], tag: str) -> str:
    fields, required = properties(kind)
    rows = [(f"`{name}`", *_cells(schema, name in required)) for name, schema in fields.items() if name != tag]
    return _table(("Field", "Type", "Default", ""), [(f"`{tag}`", f"`{tag_of(kind)}`", "required", ""), *rows])


def _result_fields(kind: type[Struct]) -> list[str]:
    fields, _ = properties(kind)
    return [f"`{name}` ({_type_name(schema)})" for name, schema in fields.items()]


def _type_link(name: str) -> str:
    return f"[{name}](api.md#type-{name.lower()})"


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(f"[`{code}`](errors.md#{code})" for code in codes)


def _literal(value: Any) -> str:
    return {"True": "true", "False": "false", "None": "null"}.get(
        str(value), f'"{value}"' if value == "" else str(value)
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _join(parts: Iterable[str]) -> str:
    return "\n\n".join(part.strip() for part in parts) + "\n"
