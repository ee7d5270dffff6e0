"""The HTTP edge of functions: API Gateway's events in, its answers out, by the same rules as the server's."""

import base64
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from tests.edges.function_events import JSON, ORIGIN, event, request
from tests.services.world import PASSWORD, World

from tertulia.adapters.memory.rates import MemoryRate, Unlimited
from tertulia.api.operations import OPERATIONS, Function
from tertulia.domain import limits
from tertulia.edges.functions import logs
from tertulia.edges.functions.http import HttpFunction, HttpSettings
from tertulia.edges.functions.requests import read_request


class Functions:
    """All of them, over services in memory."""

    def __init__(self, world: World, **settings: Any) -> None:
        self.world = world
        self.flushed = 0
        self.settings = HttpSettings(**{"origins": frozenset({ORIGIN}), **settings})
        self.rate: Any = Unlimited()

    async def call(self, function: Function, event: JSON) -> JSON:
        async def flush() -> None:
            self.flushed += 1

        made = HttpFunction(
            function,
            self.world.chat,
            settings=self.settings,
            rate=self.rate,
            flush=flush,
            documents={"/api/openapi.json": lambda: {"openapi": "3.1.0"}},
        )
        return await made.handle(event)

    async def token(self, username: str) -> str:
        return (await self.world.accounts.sign_in(username, PASSWORD)).access_token


@pytest.fixture
async def functions() -> Functions:
    world = World()
    await world.people("ana", "bea")
    return Functions(world)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged, a JSON object a line."""
    stream = io.StringIO()
    logger = logging.getLogger("tertulia")
    before = (logger.handlers, logger.level, logger.propagate)
    logs.configure(stream=stream)
    yield stream
    logger.handlers, logger.level, logger.propagate = before


def body(answer: JSON) -> Any:
    return json.loads(answer["body"])


def placed(made: JSON, conversation: str, token: str) -> JSON:
    """A recorded event for a conversation that there is."""
    filled: JSON = json.loads(json.dumps(made).replace("CONVERSATION", conversation).replace("TOKEN", token))
    return filled


async def test_a_recorded_post_sends_a_message(functions: Functions) -> None:
    """201 with the message; the same event again 200; and it is pushed before the answer is given."""
    group = await functions.world.group("ana", "bea")
    made = placed(event("http_post"), group, await functions.token("ana"))
    answer = await functions.call(Function.MESSAGES_POST, made)
    assert (answer["statusCode"], body(answer)["text"]) == (201, "hola")
    assert answer["isBase64Encoded"] is False
    assert functions.flushed == 1
    again = await functions.call(Function.MESSAGES_POST, made)
    assert (again["statusCode"], body(again)) == (200, body(answer))


async def test_a_recorded_get_reads_by_its_query(functions: Functions) -> None:
    """The raw query is read by our own rules."""
    group = await functions.world.group("ana", "bea")
    first = await functions.world.say("ana", group, "one")
    second = await functions.world.say("ana", group, "two")
    made = placed(event("http_get"), group, await functions.token("bea"))
    made["rawQueryString"] = f"limit=1&before={second.timestamp}"
    answer = await functions.call(Function.MESSAGES_GET, made)
    assert [each["timestamp"] for each in body(answer)["messages"]] == [first.timestamp]
    made["rawQueryString"] = "limit=1&limit=2"
    assert body(await functions.call(Function.MESSAGES_GET, made))["code"] == "invalid_request"


async def test_a_body_in_base_64_is_the_same_body(functions: Functions) -> None:
    """API Gateway encodes what it doesn't take for text; what is no base 64 is an error of ours to nobody."""
    group = await functions.world.group("ana", "bea")
    made = placed(event("http_post"), group, await functions.token("ana"))
    made |= {"body": base64.b64encode(made["body"].encode()).decode(), "isBase64Encoded": True}
    assert (await functions.call(Function.MESSAGES_POST, made))["statusCode"] == 201


async def test_the_refresh_token_comes_and_goes_as_a_cookie(functions: Functions) -> None:
    """HttpOnly, for `/api/auth` alone, over https alone; read from the event's cookies, or the header of an
    emulator."""
    credentials = {"username": "ana", "password": PASSWORD}
    answer = await functions.call(Function.USERS_POST, request("POST", "/api/auth/sign-in", body=credentials))
    (cookie,) = answer["cookies"]
    name, _, flags = cookie.partition(";")
    assert {flag.strip() for flag in flags.split(";")} >= {"HttpOnly", "Path=/api/auth", "SameSite=strict", "Secure"}
    refresh = request("POST", "/api/auth/refresh", body={}, origin=ORIGIN)
    refresh["cookies"] = ["theme=dark", name]
    answer = await functions.call(Function.USERS_POST, refresh)
    assert answer["statusCode"] == 200
    name = answer["cookies"][0].partition(";")[0]
    refresh = request("POST", "/api/auth/refresh", body={}, origin=ORIGIN, cookie=f"theme=dark; {name}")
    assert (await functions.call(Function.USERS_POST, refresh))["statusCode"] == 200
    out = await functions.call(Function.USERS_POST, request("POST", "/api/auth/sign-out", body={}, origin=ORIGIN))
    assert "Max-Age=0" in out["cookies"][0]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": ORIGIN}, 201),
        ({}, 201),
        ({"sec_fetch_site": "same-origin"}, 201),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
    ],
)
async def test_a_foreign_page_gets_no_ticket(functions: Functions, headers: dict[str, str], status: int) -> None:
    """By the same rule as the server."""
    asked = request("POST", "/api/tickets", token=await functions.token("ana"), **headers)
    answer = await functions.call(Function.MESSAGES_POST, asked)
    assert answer["statusCode"] == status
    if status == 403:
        assert body(answer)["code"] == "origin_not_allowed"


async def test_answers_are_kept_by_nobody_and_read_by_listed_origins_alone(functions: Functions) -> None:
    """Security headers on every answer, errors too; CORS for a listed origin."""
    for asked in (request("GET", "/api/users/me", origin=ORIGIN), request("GET", "/api/nothing", origin=ORIGIN)):
        headers = (await functions.call(Function.USERS_GET, asked))["headers"]
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["strict-transport-security"]
        assert headers["content-type"] == "application/problem+json"
        assert (headers["access-control-allow-origin"], headers["vary"]) == (ORIGIN, "Origin")
    foreign = await functions.call(Function.USERS_GET, request("GET", "/api/users/me", origin="https://evil.example"))
    assert "access-control-allow-origin" not in foreign["headers"]


async def test_a_function_has_its_own_operations_and_no_other(functions: Functions) -> None:
    """What another function's role is for, this one doesn't do; what only the home on one machine has, none does."""
    token = await functions.token("ana")
    for operation in OPERATIONS:
        path = operation.path.replace("{id}", "x").replace("{timestamp}", "1").replace("{username}", "bea")
        path = path.replace("{emoji}", "x")
        for function in Function:
            if function in (operation.function, Function.LOCAL):
                continue
            answer = await functions.call(function, request(operation.method, path, token=token, body={}))
            assert (answer["statusCode"], body(answer)["code"]) == (404, "not_found"), (operation.name, function)


async def test_unknown_paths_and_methods_are_problems(functions: Functions) -> None:
    """404; 405 with the methods there are; OPTIONS asks for these, and a listed origin's preflight is permitted
    them."""
    unknown = await functions.call(Function.USERS_GET, request("GET", "/api/users/me/too"))
    assert (unknown["statusCode"], body(unknown)["code"]) == (404, "not_found")
    wrong = await functions.call(Function.USERS_GET, request("DELETE", "/api/users/me"))
    assert (wrong["statusCode"], wrong["headers"]["allow"]) == (405, "GET, HEAD, PATCH, OPTIONS")
    asked = request("OPTIONS", "/api/users/me", origin=ORIGIN, access_control_request_method="PATCH")
    preflight = await functions.call(Function.USERS_GET, asked)
    assert (preflight["statusCode"], preflight["body"]) == (204, "")
    assert preflight["headers"]["access-control-allow-methods"] == "GET, HEAD, PATCH, OPTIONS"
    document = await functions.call(Function.USERS_GET, request("GET", "/api/openapi.json"))
    assert body(document) == {"openapi": "3.1.0"}


async def test_paths_are_the_same_decoded_or_not(functions: Functions) -> None:
    """API Gateway hands over paths with their escapes decoded; an emulator may not."""
    group = await functions.world.group("ana", "bea")
    message = await functions.world.say("ana", group)
    token = await functions.token("ana")
    for emoji in ("👍", "%F0%9F%91%8D"):
        path = f"/api/conversations/{group}/messages/{message.timestamp}/reactions/{emoji}"
        answer = await functions.call(Function.MESSAGES_POST, request("PUT", path, token=token))
        assert body(answer)["reactions"] == [{"emoji": "👍", "users": ["ana"]}]
    path = f"/api/conversations/{group}/messages/{message.timestamp}/reactions/%FF"
    answer = await functions.call(Function.MESSAGES_POST, request("PUT", path, token=token))
    assert body(answer)["code"] == "invalid_request"


async def test_bodies_are_bounded_and_json(functions: Functions) -> None:
    """At the limit it is read, one byte past it 413; what doesn't call itself JSON isn't read."""
    path, token = "/api/auth/sign-in", ""
    credentials = json.dumps({"username": "ana", "password": PASSWORD})
    padded = credentials + " " * (limits.FRAME_BYTES_MAX - len(credentials))
    assert (await functions.call(Function.USERS_POST, request("POST", path, body=padded)))["statusCode"] == 200
    over = await functions.call(Function.USERS_POST, request("POST", path, token=token, body=padded + " "))
    assert (over["statusCode"], body(over)["code"]) == (413, "too_large")
    plain = request("POST", path, body=credentials, content_type="text/plain")
    assert body(await functions.call(Function.USERS_POST, plain))["code"] == "invalid_request"


async def test_an_address_asks_for_a_bounded_amount(functions: Functions) -> None:
    """Over it 429 with `Retry-After`, for that address alone; signing in costs more than reading."""
    functions.rate = MemoryRate(functions.world.clock, per_second=1, burst=6)
    credentials = {"username": "ana", "password": PASSWORD}
    first = await functions.call(Function.USERS_POST, request("POST", "/api/auth/sign-in", body=credentials))
    assert first["statusCode"] == 200
    second = await functions.call(Function.USERS_POST, request("POST", "/api/auth/sign-in", body=credentials))
    assert (second["statusCode"], second["headers"]["retry-after"]) == (429, "4")
    other = request("POST", "/api/auth/sign-in", body=credentials)
    other["requestContext"]["http"]["sourceIp"] = "198.51.100.8"
    assert (await functions.call(Function.USERS_POST, other))["statusCode"] == 200


def test_the_callers_address_is_believed_of_the_products_own_front_alone() -> None:
    """With the secret, the address that the distribution saw; without it, whom API Gateway saw, whatever is claimed."""
    made = event("http_post")
    assert read_request(made, "s3cret").address == "203.0.113.80"
    made["headers"]["x-tertulia-front"] = "s3cret"
    assert read_request(made, "s3cret").address == "198.51.100.7"
    assert read_request(made, "another").address == "203.0.113.80"
    assert read_request(made, "").address == "203.0.113.80"
    made["headers"]["x-forwarded-for"] = "6.6.6.6, 198.51.100.7, 203.0.113.80"
    assert read_request(made, "s3cret").address == "198.51.100.7"


async def test_a_fault_is_an_answer_and_a_line(functions: Functions, lines: io.StringIO) -> None:
    """Nothing is raised, whatever the event; the log has the reason, the caller a problem."""
    answer = await functions.call(Function.USERS_GET, {"nonsense": True})
    assert (answer["statusCode"], body(answer)["code"]) == (500, "internal")
    faults = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert "KeyError" in faults[0]["exception"]
    assert faults[-1]["level"] == "error"


async def test_each_call_is_one_line_without_what_was_said(functions: Functions, lines: io.StringIO) -> None:
    """Function, operation, status, milliseconds, request id, who; no text, no token, no password."""
    group = await functions.world.group("ana", "bea")
    token = await functions.token("ana")
    await functions.call(Function.MESSAGES_POST, placed(event("http_post"), group, token))
    credentials = {"username": "ana", "password": "not the right one"}
    await functions.call(Function.USERS_POST, request("POST", "/api/auth/sign-in", body=credentials))
    sent, refused = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert sent["ms"] > 0
    assert {name: sent[name] for name in ("function", "operation", "status", "request_id", "username")} == {
        "function": "Chat-Messages-POST",
        "operation": "send_message",
        "status": 201,
        "request_id": "JKJaXmPLvHcESHA=",
        "username": "ana",
    }
    assert (refused["operation"], refused["status"], refused["code"]) == ("sign_in", 401, "wrong_credentials")
    for secret in ("hola", token, "not the right one", "the-refresh-token"):
        assert secret not in lines.getvalue()


async def test_a_callers_own_request_id_is_kept_where_it_is_sane(functions: Functions) -> None:
    """It stands in the answer and the log; anything else is replaced by API Gateway's."""
    answer = await functions.call(Function.USERS_GET, request("GET", "/api/users/me", x_request_id="mine-1"))
    assert answer["headers"]["x-request-id"] == body(answer)["request_id"] == "mine-1"
    answer = await functions.call(Function.USERS_GET, request("GET", "/api/users/me", x_request_id="no\nway"))
    assert answer["headers"]["x-request-id"] == "JKJbYmPLvHcESHB="
