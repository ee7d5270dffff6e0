"""Events as API Gateway and DynamoDB send them (recorded), made to say what a test needs."""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "events"
JSON = dict[str, Any]
ORIGIN = "https://chat.example"
CONNECTION = "QVpXbe9PliACHtQ="


def event(name: str) -> JSON:
    """A copy of the recorded event of that name."""
    return deepcopy(_recorded(name))


@cache
def _recorded(name: str) -> JSON:
    recorded: JSON = json.loads((HERE / f"{name}.json").read_text())
    return recorded


def request(method: str, path: str, *, token: str = "", body: Any = None, query: str = "", **headers: str) -> JSON:
    """An HTTP request; header names have `_` for `-`."""
    made = event("http_get")
    made["requestContext"]["http"] |= {"method": method, "path": path}
    made |= {"rawPath": path, "rawQueryString": query, "routeKey": f"{method} {path}"}
    made["headers"].pop("authorization")
    made["headers"] |= {name.replace("_", "-"): value for name, value in headers.items()}
    if token:
        made["headers"]["authorization"] = f"Bearer {token}"
    if body is not None:
        made["headers"].setdefault("content-type", "application/json")
        made["body"] = body if isinstance(body, str) else json.dumps(body)
    return made


def connecting(ticket: str, *, origin: str | None = ORIGIN, connection: str = CONNECTION) -> JSON:
    made = event("websocket_connect")
    made["queryStringParameters"] = {"ticket": ticket} if ticket else None
    made["requestContext"]["connectionId"] = connection
    if origin is None:
        del made["headers"]["Origin"]
    else:
        made["headers"]["Origin"] = origin
    return made


def message(body: Any, *, connection: str = CONNECTION) -> JSON:
    made = event("websocket_message")
    made["requestContext"]["connectionId"] = connection
    made["body"] = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return made


def disconnecting(connection: str = CONNECTION) -> JSON:
    made = event("websocket_disconnect")
    made["requestContext"]["connectionId"] = connection
    return made
