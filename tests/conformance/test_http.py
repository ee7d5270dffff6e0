"""HTTP: errors are problem details with documented codes, unknown fields are refused, methods mean what they mean."""

from typing import Any

import pytest
from tests.conformance.homes import Home
from tests.conformance.people import JSON, new_id

from tertulia.api.errors import STATUS
from tertulia.api.operations import OPERATIONS, Access, Function, Operation


async def test_an_error_is_a_problem_with_everything_in_it(home: Home) -> None:
    """RFC 9457: type, title, status, detail; and a stable code, and the id under which the log has it."""
    ana = await home.register()
    headers = {"X-Request-ID": "given-by-the-caller"}
    response = await ana.ask("GET", "/api/conversations/g_none", headers=headers)
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["code"] == "conversation_not_found"
    assert problem["status"] == response.status_code == STATUS["conversation_not_found"] == 404
    assert problem["request_id"] == "given-by-the-caller"
    assert problem["title"]
    assert problem["detail"].endswith(".")
    documented = await home.http.get(problem["type"].partition("#")[0])
    assert documented.status_code == 200
    assert 'id="conversation_not_found"' in documented.text


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/conversations/g_x/nothing", "/api/users/"])
async def test_an_unknown_address_is_not_found(home: Home, path: str) -> None:
    """What is no operation is 404 `not_found`, as a problem."""
    ana = await home.register()
    response = await ana.ask("GET", path)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_a_wrong_method_says_which_are_right(home: Home) -> None:
    """405 `method_not_allowed`, with the header Allow."""
    response = await home.http.request("DELETE", "/api/conversations")
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    allowed = {method.strip() for method in response.headers["allow"].split(",")}
    assert {"GET", "HEAD", "POST", "OPTIONS"} <= allowed


async def test_head_is_get_without_the_body(home: Home) -> None:
    """HEAD has the status and the headers of GET, and no body."""
    ana = await home.register()
    group = await ana.group()
    for path in ("/api/users/me", "/api/conversations", f"/api/conversations/{group}/log"):
        got, head = await ana.ask("GET", path), await ana.ask("HEAD", path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == got.headers["content-type"]
        assert head.headers["content-length"] == str(len(got.content))
    assert (await home.http.head("/api/users/me")).status_code == 401


async def test_options_says_what_an_address_takes(home: Home) -> None:
    """OPTIONS needs no token and does nothing."""
    home.needs("preflight")
    response = await home.http.options("/api/conversations")
    assert response.status_code in (200, 204)


async def test_a_foreign_page_may_not_read_answers(home: Home) -> None:
    """Without a listing an origin gets no CORS header, in a preflight or an answer: its browser keeps the rest."""
    ana = await home.register()
    foreign = {"Origin": "https://evil.example"}
    preflight = {**foreign, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    for response in (
        await home.http.options("/api/users/me", headers=preflight),
        await ana.ask("GET", "/api/users/me", headers=foreign),
    ):
        assert "access-control-allow-origin" not in response.headers


@pytest.mark.slow
async def test_a_listed_origin_may_use_the_api(start_home: Any) -> None:
    """An origin that is exactly one of the list may read answers and get tickets; one that looks like it may not."""
    listed = "https://chat.example.org"
    async with start_home(TERTULIA_ORIGINS=listed) as home:
        ana = await home.register()
        if home.features.preflight:
            preflight = {"Origin": listed, "Access-Control-Request-Method": "POST"}
            allowed = await home.http.options("/api/conversations", headers=preflight)
            assert allowed.headers["access-control-allow-origin"] == listed
        answer = await ana.ask("GET", "/api/users/me", headers={"Origin": listed})
        assert answer.headers["access-control-allow-origin"] == listed
        assert "origin" in answer.headers["vary"].lower()
        socket = await ana.connect()
        await socket.settle()
        assert await ana.ticket(origin=listed)
        for other in ("https://chat.example.org.evil.example", "http://chat.example.org", "null"):
            answer = await ana.ask("GET", "/api/users/me", headers={"Origin": other})
            assert "access-control-allow-origin" not in answer.headers
            await ana.refused("origin_not_allowed", "POST", "/api/tickets", headers={"Origin": other})


BODIES: dict[str, dict[str, Any]] = {
    "sign_up": {"username": "somebody", "password": "correct horse battery"},
    "sign_in": {"username": "somebody", "password": "correct horse battery"},
    "create_conversation": {"kind": "group", "members": []},
    "send_message": {"id": "x", "text": "x"},
    "create_media": {"name": "x", "type": "image/png", "size": 1},
    "move_cursor": {"timestamp": 1},
}


def path_of(name: str, group: str) -> tuple[str, str]:
    operation = next(operation for operation in OPERATIONS if operation.name == name)
    return operation.method, operation.path.replace("{id}", group)


@pytest.mark.parametrize("name", BODIES)
async def test_unknown_and_wrong_fields_are_refused(home: Home, name: str) -> None:
    """A field that is misspelt, missing or of the wrong type, no JSON at all: `invalid_request`, nothing is done."""
    ana = await home.register()
    group = await ana.group()
    method, path = path_of(name, group)
    good = BODIES[name]
    wrong: list[Any] = [{**good, "unknown": 1}, [], "text", 7, None]
    wrong += [{key: value for key, value in good.items() if key != missing} for missing in good if missing != "text"]
    wrong += [{**good, key: {"an": "object"}} for key in good]
    for body in wrong:
        await ana.refused("invalid_request", method, path, json=body)
    for content in (b"{", b"\xff\xfe", b'{"a":1}{"b":2}', b"{'a': 1}"):
        headers = {"Content-Type": "application/json"}
        await ana.refused("invalid_request", method, path, content=content, headers=headers)
    assert len(await ana.log(group)) == 1


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
async def test_unknown_parameters_are_refused(home: Home, operation: Operation) -> None:
    """A misspelt parameter, or one that stands there twice, is noticed by every operation, and nothing is done."""
    if operation.function is Function.LOCAL:
        home.needs("content")
    caller = await home.admin() if operation.access is Access.ADMIN else await home.register()
    group = await caller.group()
    message = await caller.send(group)
    media = (await caller.announce(1))["id"]
    identifier = media if "media" in operation.path else group
    path = operation.path.format(
        id=identifier, username=caller.username, timestamp=message["timestamp"], emoji="%F0%9F%91%8D", number=1
    )
    body: JSON = {} if operation.body_type is None else {"json": {}}
    await caller.refused("invalid_request", operation.method, path, params={"unknown": "1"}, **body)
    await caller.refused("invalid_request", operation.method, path + "?limit=1&limit=2", **body)
    assert len(await caller.log(group)) == 2


async def test_a_body_that_is_not_said_to_be_json_is_refused(home: Home) -> None:
    """Forms of other sites' pages can't be sent here without their browser asking first."""
    ana = await home.register()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        headers = {"Content-Type": kind}
        content = b'{"kind": "group", "members": []}'
        await ana.refused("invalid_request", "POST", "/api/conversations", content=content, headers=headers)


@pytest.mark.parametrize("conversation", ["%2e%2e", "a%2Fb", "a%00b", "é", "x" * 65, "%ff", "a b"])
async def test_an_id_that_is_none_is_refused(home: Home, conversation: str) -> None:
    """Ids of another form are `invalid_request` or `not_found`, never an error of the server's."""
    ana = await home.register()
    for end in ("/messages", "/log", ""):
        response = await ana.ask("GET", f"/api/conversations/{conversation}{end}")
        assert response.status_code in (400, 404), response.text


async def test_answers_are_not_kept_by_caches(home: Home) -> None:
    """What the API answers is for its caller and for now."""
    ana = await home.register()
    response = await ana.ask("GET", "/api/users/me")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_the_documents_name_every_operation(home: Home) -> None:
    """The OpenAPI document that the system serves has the operations that the suite tests."""
    document = (await home.http.get("/api/openapi.json")).json()
    served = {
        (method.upper(), path): each["operationId"]
        for path, item in document["paths"].items()
        for method, each in item.items()
        if method in ("get", "post", "put", "patch", "delete")
    }
    assert served == {(operation.method, operation.path): operation.name for operation in OPERATIONS}
    assert (await home.http.get("/api/asyncapi.json")).json()["asyncapi"].startswith("3.")


async def test_it_says_that_it_lives_and_is_ready(home: Home) -> None:
    """Health and readiness answer, and `/config.json` says where things are."""
    assert (await home.http.get("/healthz")).status_code == 200
    assert (await home.http.get("/readyz")).status_code == 200
    config = (await home.http.get("/config.json")).json()
    assert {"api", "ws", "media"} <= set(config)


async def test_every_operation_for_users_asks_who_calls(home: Home) -> None:
    """Without a token each operation that isn't public is 401 `unauthenticated`, before anything else is looked at."""
    for operation in OPERATIONS:
        if operation.access not in (Access.USER, Access.ADMIN):
            continue
        path = operation.path.replace("{id}", "x").replace("{username}", "x").replace("{timestamp}", "1")
        response = await home.http.request(operation.method, path.replace("{emoji}", "x"))
        assert (response.status_code, response.json()["code"]) == (401, "unauthenticated"), operation.name


async def test_a_request_that_is_repeated_is_not_done_twice(home: Home) -> None:
    """PUT and DELETE are idempotent (RFC 9110, 9.2.2): repeated, they answer alike and change nothing more."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group()
    member = f"/api/conversations/{group}/members/{ben.username}"
    message = await ana.send(group, id=new_id())
    reaction = f"/api/conversations/{group}/messages/{message['timestamp']}/reactions/%F0%9F%91%8D"
    assert [(await ana.ask("PUT", member, json={})).status_code for _ in range(2)] == [201, 200]
    first = await ana.call("PUT", reaction)
    assert await ana.call("PUT", reaction) == first
    first = await ana.call("DELETE", reaction)
    assert await ana.call("DELETE", reaction) == first
