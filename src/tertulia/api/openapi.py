"""The OpenAPI 3.1 document of the REST API, made from the table of operations alone."""

from itertools import groupby
from typing import Any, Final

import msgspec

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api.errors import STATUS, TITLES, problem
from tertulia.api.http import REFRESH_COOKIE
from tertulia.api.operations import OPERATIONS, Access, Operation, errors_of
from tertulia.api.schemas import REF_TEMPLATE, doc, properties, schemas, without_null
from tertulia.domain.errors import registry
from tertulia.version import __version__

PROBLEM: Final = "application/problem+json"
TAGS: Final = {
    "accounts": "Signing up and in, the directory of people, one's own profile.",
    "administration": "What administrators of the server do.",
    "conversations": "Direct conversations and groups, their members and roles.",
    "messages": "The log of a conversation: reading it, adding to it, searching it.",
    "media": "Files that messages carry.",
    "drafts": "What somebody has written and not sent yet.",
    "library": "The server's own pictures: stickers, GIFs, emoji.",
    "notifications": "What somebody is told of, and by which browsers while nobody looks.",
    "real time": "What a WebSocket connection needs. What goes over it is in the AsyncAPI document.",
}
_DESCRIPTION: Final = """\
Real-time chat: the REST API. What is pushed over the WebSocket at `/ws` is described by `/api/asyncapi.json`.

An error is a problem (RFC 9457) with a stable `code`; `temporary` says that the same request can succeed later.
Every answer carries `X-Request-ID`, which the server's log repeats. Times are integer microseconds since 1970.
"""
_SUCCESS: Final = {200: "Done.", 201: "Made.", 202: "Accepted; a code was sent.", 206: "The part that was asked for."}
_HEADERS: Final = {
    "X-Request-ID": {"description": "Names this request in the server's log.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait before the next try.", "schema": {"type": "integer"}},
}
_SECURITY_SCHEMES: Final = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The access token that `sign_in` and `refresh` answer.",
    },
    "refresh_cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": REFRESH_COOKIE,
        "description": "The refresh token, HttpOnly and SameSite=Strict. It works once: each refresh sets a new one.",
    },
    "signature": {
        "type": "apiKey",
        "in": "query",
        "name": "signature",
        "description": "A signed address: `get_media` and `create_media` answer one, good until its `expires`.",
    },
}


def openapi(server: str = "/") -> dict[str, Any]:
    """The document, ready to be encoded as JSON. `server` is the base address of the API, relative or absolute."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tertulia",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": server}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "examples": _examples(),
            "headers": _HEADERS,
            "securitySchemes": _SECURITY_SCHEMES,
        },
    }


def _schemas() -> dict[str, Any]:
    bodies = [operation.body_type for operation in OPERATIONS if operation.body_type]
    answers = [operation.response for operation in OPERATIONS if not operation.raw_response]
    return schemas(dict.fromkeys([*bodies, *answers, r.Problem]))[1]


def _examples() -> dict[str, Any]:
    """An example of every problem that an operation can answer."""
    codes = dict.fromkeys(code for operation in OPERATIONS for code in errors_of(operation))
    return {
        code: {"summary": kind.codes[code], "value": msgspec.to_builtins(problem(kind(code)))}
        for code, kind in registry().items()
        if code in codes
    }


def _paths() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return paths


def _operation(operation: Operation) -> dict[str, Any]:
    parameters = [*_parameters(operation.path_type, "path"), *_parameters(operation.query_type, "query")]
    described = operation.summary
    if operation.query_type is not q.Nothing and doc(operation.query_type):
        described += "\n\n" + doc(operation.query_type)
    document: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": described,
        "tags": [operation.tag],
        "responses": {**_successes(operation), **_failures(operation)},
        "security": _security(operation),
    }
    if parameters:
        document["parameters"] = parameters
    if operation.raw_body:
        document["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": {}}}}
    elif operation.body_type:
        document["requestBody"] = _body(operation.body_type)
    return document


def _parameters(kind: type[q.Request], place: str) -> list[dict[str, Any]]:
    fields, required = properties(kind)
    parameters = []
    for name, full in fields.items():
        schema = dict(without_null(full))
        described = schema.pop("description", None)
        parameter = {"name": name, "in": place, "required": place == "path" or name in required, "schema": schema}
        parameters.append({**parameter, "description": described} if described else parameter)
    return parameters


def _body(kind: type[q.Request]) -> dict[str, Any]:
    _, required = properties(kind)
    return {
        "required": bool(required),
        "content": {"application/json": {"schema": {"$ref": REF_TEMPLATE.format(name=kind.__name__)}}},
    }


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    match operation.access:
        case Access.USER | Access.ADMIN:
            return [{"bearer": []}]
        case Access.SIGNED:
            return [{"signature": []}]
        case Access.PUBLIC if operation.name == "sign_out":
            return [{"refresh_cookie": []}, {"bearer": []}, {}]
        case Access.PUBLIC if operation.name == "refresh":
            return [{"refresh_cookie": []}, {}]
        case _:
            return []


def _successes(operation: Operation) -> dict[str, Any]:
    if operation.raw_response:
        content: dict[str, Any] = {"*/*": {"schema": {}}}
    else:
        content = {"application/json": {"schema": {"$ref": REF_TEMPLATE.format(name=operation.response.__name__)}}}
    headers = _headers("X-Request-ID")
    if operation.cookie:
        headers["Set-Cookie"] = {
            "description": f"`{REFRESH_COOKIE}`: HttpOnly, SameSite=Strict, Path=/api/auth.",
            "schema": {"type": "string"},
        }
    return {
        str(status): {"description": _SUCCESS[status], "headers": headers, "content": content}
        for status in operation.statuses
    }


def _failures(operation: Operation) -> dict[str, Any]:
    codes = sorted(errors_of(operation), key=lambda code: (STATUS[code], code))
    return {
        str(status): _failure(status, list(group)) for status, group in groupby(codes, key=lambda code: STATUS[code])
    }


def _failure(status: int, codes: list[str]) -> dict[str, Any]:
    """One response for all codes of a status, with an example of each."""
    examples = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
    narrowed = {"type": "object", "properties": {"status": {"const": status}, "code": {"enum": codes}}}
    schema = {"allOf": [{"$ref": REF_TEMPLATE.format(name="Problem")}, narrowed]}
    names = ("X-Request-ID", "Retry-After") if status in (429, 503) else ("X-Request-ID",)
    return {
        "description": f"{TITLES[status]}: " + ", ".join(f"`{code}`" for code in codes) + ".",
        "headers": _headers(*names),
        "content": {PROBLEM: {"schema": schema, "examples": examples}},
    }


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
