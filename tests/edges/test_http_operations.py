"""Operations over HTTP: what reaches `dispatch`, and what comes back."""

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from typing import Any

import msgspec
import pytest
from msgspec import UNSET
from tests.edges.http_server import client, echo_app, problem_of

from tertulia.adapters.memory.rates import MemoryRate
from tertulia.api.dispatch import Answer, RefreshCookie, failure
from tertulia.api.operations import OPERATIONS, Operation
from tertulia.domain import limits
from tertulia.domain.errors import LimitedError, UnauthenticatedError
from tertulia.edges.server.http import create_app

JSON = {"content-type": "application/json"}


class StillClock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> int:
        return int(self.seconds * 1_000_000)

    def monotonic(self) -> float:
        return self.seconds


async def nothing_comes() -> dict[str, Any]:
    return {"type": "http.request", "body": b""}


async def nobody_listens(_: Any) -> None: ...


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
async def test_every_operation_is_reached_by_its_path_and_method(operation: Operation) -> None:
    """A request with an operation's method and path reaches that operation and no other, with the path's parts."""
    echo, app = echo_app()
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    path = operation.path.format_map({name: f"value-{name}" for name in names})
    async with client(app) as http:
        answer = await http.request(operation.method, path)
    assert answer.status_code == 200
    assert [name for name, _ in echo.calls] == [operation.name]
    assert echo.last.path == {name: f"value-{name}" for name in names}


@pytest.mark.parametrize(
    ("sent", "seen"), [("%2F", "/"), ("%F0%9F%98%80", "😀"), ("%25", "%"), ("a%2Fb%3Fc", "a/b?c"), ("%2E%2E", "..")]
)
async def test_a_slash_within_a_part_of_the_path_stays_there(sent: str, seen: str) -> None:
    """Percent-encoding in one part of a path can't change which operation is meant."""
    echo, app = echo_app()
    scope = {
        "type": "http",
        "method": "PUT",
        "scheme": "http",
        "path": f"/api/conversations/c/messages/3/reactions/{seen}",
        "raw_path": b"/api/conversations/c/messages/3/reactions/" + sent.encode(),
        "query_string": b"",
        "headers": [],
    }
    await app(scope, nothing_comes, nobody_listens)
    assert [name for name, _ in echo.calls] == ["add_reaction"]
    assert echo.last.path == {"id": "c", "timestamp": "3", "emoji": seen}
    async with client(app) as http:
        answer = await http.get("/api/users%2Fme")
    assert problem_of(answer)["code"] == "not_found"


@pytest.mark.parametrize(
    "path", ["/api/nothing", "/api/users/", "/api//users", "/api/", "/api/conversations//messages"]
)
async def test_unknown_path_is_a_problem(path: str) -> None:
    """What is not in the table of operations isn't there, and the answer says so as a problem."""
    echo, app = echo_app()
    async with client(app) as http:
        answer = await http.get(path)
    assert answer.status_code == 404
    assert problem_of(answer)["code"] == "not_found"
    assert echo.calls == []


async def test_wrong_method_names_the_right_ones() -> None:
    """A known path with another method answers 405 and says in Allow what it takes (RFC 9110, 15.5.6)."""
    _, app = echo_app()
    async with client(app) as http:
        answer = await http.delete("/api/users/me")
    assert answer.status_code == 405
    assert problem_of(answer)["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "GET, HEAD, PATCH, OPTIONS"


async def test_head_answers_as_get_without_a_body() -> None:
    """HEAD has the status and headers of GET and no content (RFC 9110, 9.3.2)."""
    echo, app = echo_app()
    async with client(app) as http:
        get, head = await http.get("/api/users/me"), await http.head("/api/users/me")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert [name for name, _ in echo.calls] == ["get_me", "get_me"]


async def test_a_part_of_the_path_that_is_not_utf8_is_refused() -> None:
    """Bytes that are no text are an invalid request, not a failure."""
    _, app = echo_app()
    async with client(app) as http:
        answer = await http.put("/api/conversations/c/messages/3/reactions/%FF")
    assert (answer.status_code, problem_of(answer)["code"]) == (400, "invalid_request")


async def test_what_an_operation_is_told_of_the_request() -> None:
    """Query, body, token, origin, address, range and request id reach the operation as they were sent."""
    echo, app = echo_app(origins=("https://other.example",))
    headers = {
        **JSON,
        "authorization": "Bearer abc",
        "origin": "https://other.example",
        "range": "bytes=0-1",
        "x-request-id": "mine-1",
    }
    async with client(app) as http:
        await http.post("/api/conversations/c1/messages?a=1&b=%C3%A9&c=", content=b'{"id":"m"}', headers=headers)
    seen = echo.last
    assert (seen.query, seen.body) == ({"a": "1", "b": "é", "c": ""}, b'{"id":"m"}')
    assert (seen.authorization, seen.origin) == ("Bearer abc", "https://other.example")
    assert (seen.address, seen.range, seen.request_id) == ("203.0.113.9", "bytes=0-1", "mine-1")


@pytest.mark.parametrize("query", ["a=1&a=2", "a=%FF", "&".join(f"f{n}=1" for n in range(21))])
async def test_a_query_that_means_two_things_is_refused(query: str) -> None:
    """A name that stands twice, bytes that are no text, or more fields than any operation has: an invalid request."""
    echo, app = echo_app()
    async with client(app) as http:
        answer = await http.get(f"/api/users?{query}")
    assert (answer.status_code, problem_of(answer)["code"]) == (400, "invalid_request")
    assert echo.calls == []


async def test_body_at_the_limit_is_read_and_one_byte_more_is_not() -> None:
    """A JSON body has at most FRAME_BYTES_MAX bytes, whether or not it says how many."""

    async def chunked(size: int) -> AsyncIterator[bytes]:
        for _ in range(size // 1024):
            yield b" " * 1024
        yield b" " * (size % 1024)

    echo, app = echo_app()
    limit = limits.FRAME_BYTES_MAX
    async with client(app) as http:
        for content in (b" " * limit, chunked(limit)):
            assert (await http.post("/api/auth/sign-in", content=content, headers=JSON)).status_code == 200
            assert len(echo.last.body) == limit
        calls = len(echo.calls)
        for content in (b" " * (limit + 1), chunked(limit + 1)):
            answer = await http.post("/api/auth/sign-in", content=content, headers=JSON)
            assert (answer.status_code, problem_of(answer)["code"]) == (413, "too_large")
    assert len(echo.calls) == calls


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_a_body_that_does_not_call_itself_json_is_refused(content_type: str) -> None:
    """A form of another site can't send a body that is taken for JSON: that needs a content type it can't set."""
    echo, app = echo_app()
    async with client(app) as http:
        headers = {"content-type": content_type} if content_type else {}
        answer = await http.post("/api/auth/sign-in", content=b'{"username":"ana"}', headers=headers)
    assert (answer.status_code, problem_of(answer)["code"]) == (400, "invalid_request")
    assert echo.calls == []


async def test_an_absent_body_needs_no_content_type() -> None:
    """An operation whose body may be absent can be called without one."""
    echo, app = echo_app()
    async with client(app) as http:
        assert (await http.post("/api/auth/refresh")).status_code == 200
    assert echo.last.body == b""


async def test_content_of_a_file_is_streamed_and_bounded() -> None:
    """An upload reaches the operation in pieces, whatever its type, and ends where it goes beyond the largest file."""

    async def pieces(count: int) -> AsyncIterator[bytes]:
        for _ in range(count):
            yield b"x" * 65536

    echo, app = echo_app()
    async with client(app) as http:
        assert (await http.put("/api/media/m/content", content=pieces(3))).status_code == 200
        assert echo.bodies == [b"x" * 3 * 65536]
        count = limits.MEDIA_BYTES_MAX // 65536
        answer = await http.put("/api/media/m/content", content=pieces(count + 1))
        assert (answer.status_code, problem_of(answer)["code"]) == (413, "too_large")
        declared = {"content-length": str(limits.MEDIA_BYTES_MAX + 1)}
        answer = await http.put("/api/media/m/content", content=b"x", headers=declared)
        assert (answer.status_code, problem_of(answer)["code"]) == (413, "too_large")


async def test_refresh_token_goes_by_cookie_that_no_script_and_no_other_site_gets() -> None:
    """The cookie is HttpOnly, SameSite=Strict, bound to /api/auth, Secure over https, and cleared by an empty value."""
    echo, app = echo_app()
    echo.answer = Answer(status=200, body={}, cookie=RefreshCookie("secret", 60))
    async with client(app) as http:
        plain = await http.post("/api/auth/sign-in")
        echo.answer = Answer(status=200, body={}, cookie=RefreshCookie("", 60))
        cleared = await http.post("/api/auth/sign-out")
    set_, unset = (SimpleCookie(answer.headers["set-cookie"])["tertulia_refresh"] for answer in (plain, cleared))
    given = {"path": "/api/auth", "httponly": True, "samesite": "strict"}
    assert (set_.value, {name: value for name, value in set_.items() if value}) == (
        "secret",
        {**given, "max-age": "60"},
    )
    assert (unset.value, {name: value for name, value in unset.items() if value}) == ("", {**given, "max-age": "0"})
    echo.answer = Answer(status=200, body={}, cookie=RefreshCookie("secret", 60))
    async with client(app, base_url="https://chat.example") as http:
        secure = await http.post("/api/auth/sign-in")
    assert secure.headers["set-cookie"].endswith("; Secure")


async def test_refresh_token_reaches_only_the_operations_of_the_cookie() -> None:
    """The cookie is read where an operation is about it, and nowhere else."""
    echo, app = echo_app()
    headers = {"cookie": "other=1; tertulia_refresh=secret; xtertulia_refresh=no"}
    async with client(app) as http:
        await http.post("/api/auth/refresh", headers=headers)
        assert echo.last.refresh_token == "secret"
        await http.get("/api/users/me", headers=headers)
        assert echo.last.refresh_token is None
        await http.post("/api/auth/refresh", headers={"cookie": "tertulia_refresh="})
        assert echo.last.refresh_token is None


async def test_error_of_an_operation_is_a_problem_with_its_headers() -> None:
    """401 says how to sign in, 429 when to come again, and both are problems."""
    echo, app = echo_app()
    async with client(app) as http:
        echo.answer = failure(UnauthenticatedError("token_expired"), "r1")
        expired = await http.get("/api/users/me", headers={"x-request-id": "r1"})
        echo.answer = failure(LimitedError("rate_limited", retry_after=1.2), "r2")
        limited = await http.get("/api/users/me", headers={"x-request-id": "r2"})
    assert (expired.status_code, problem_of(expired)["code"]) == (401, "token_expired")
    assert expired.headers["www-authenticate"].startswith("Bearer")
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "2")
    assert problem_of(limited)["temporary"] is True
    assert expired.headers.get_list("content-type") == ["application/problem+json"]


async def test_an_unexpected_fault_is_a_problem_without_details(caplog: pytest.LogCaptureFixture) -> None:
    """What fails inside is logged under the request's id and told to nobody."""
    echo, app = echo_app()
    echo.error = RuntimeError("secret detail")
    async with client(app) as http:
        answer = await http.get("/api/users/me", headers={"x-request-id": "r9"})
    assert (answer.status_code, problem_of(answer)["code"]) == (500, "internal")
    assert b"secret detail" not in answer.content
    fault = next(record for record in caplog.records if record.name == "tertulia.faults")
    assert fault.__dict__["fields"]["request_id"] == "r9"
    assert fault.exc_info is not None


async def test_streamed_answer_is_sent_as_it_comes_and_its_source_closed() -> None:
    """The content of a file comes with the operation's own headers; its source is closed, and for HEAD never opened."""
    closed: list[str] = []

    async def content(name: str) -> AsyncIterator[bytes]:
        try:
            yield b"one "
            yield b"two"
        finally:
            closed.append(name)

    echo, app = echo_app()
    headers = {"Content-Type": "image/png", "Content-Length": "7", "Cache-Control": "private, max-age=60"}
    async with client(app) as http:
        for method, body in (("GET", b"one two"), ("HEAD", b"")):
            echo.answer = Answer(status=200, headers=headers, content=content(method))
            answer = await http.request(method, "/api/media/m/content")
            assert (answer.content, answer.headers["content-type"]) == (body, "image/png")
            assert answer.headers.get_list("cache-control") == ["private, max-age=60"]
            assert "sandbox" in answer.headers["content-security-policy"]
    assert closed == ["GET"]


async def test_an_address_is_limited_and_told_when_to_come_again() -> None:
    """Who asks too often gets 429 with Retry-After; another address is not affected, and time heals it."""
    clock = StillClock()
    echo, _ = echo_app()
    app = create_app(echo, rate=MemoryRate(clock, per_second=1.0, burst=6.0))
    async with client(app) as one, client(app, "198.51.100.7") as other:
        assert [(await one.get("/api/users/me")).status_code for _ in range(6)] == [200] * 6
        refused = await one.get("/api/users/me")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert problem_of(refused)["code"] == "rate_limited"
        assert (await one.get("/api/nothing")).status_code == 429
        assert (await other.get("/api/users/me")).status_code == 200
        clock.seconds += 1.0
        assert (await one.get("/api/users/me")).status_code == 200
        assert (await one.get("/healthz")).status_code == 200
    assert len(echo.calls) == 8


async def test_signing_in_costs_an_address_more_than_reading() -> None:
    """Guessing passwords meets the limit of an address sooner."""
    echo, _ = echo_app()
    app = create_app(echo, rate=MemoryRate(StillClock(), per_second=1.0, burst=10.0))
    async with client(app) as http:
        statuses = [(await http.post("/api/auth/sign-in")).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


async def test_a_household_of_ipv6_addresses_is_limited_as_one() -> None:
    """Addresses of one /64 share a bucket: one machine can use any of them."""
    echo, _ = echo_app()
    app = create_app(echo, rate=MemoryRate(StillClock(), per_second=1.0, burst=1.0))
    statuses = []
    for address in ("2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1", "::ffff:203.0.113.9", "203.0.113.9"):
        async with client(app, address) as http:
            statuses.append((await http.get("/api/users/me")).status_code)
    assert statuses == [200, 429, 200, 200, 429]


async def test_answers_are_compact_json_and_never_stored() -> None:
    """An answer of the API is JSON, and no cache keeps it."""
    echo, app = echo_app()
    echo.answer = Answer(status=201, body={"text": "é"}, cookie=UNSET)
    async with client(app) as http:
        answer = await http.get("/api/users/me")
    assert (answer.status_code, answer.content) == (201, msgspec.json.encode({"text": "é"}))
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("application/json", "no-store")
