"""From a request to an answer: decoded, authenticated, performed, and never an exception."""

import logging

import pytest
from tests.api.caller import Caller
from tests.services.world import PASSWORD

from tertulia.api.errors import STATUS
from tertulia.api.operations import OPERATIONS, Access, Operation
from tertulia.domain import limits
from tertulia.services.chat import Chat

GUARDED = [operation for operation in OPERATIONS if operation.access in (Access.USER, Access.ADMIN)]


@pytest.mark.parametrize("operation", GUARDED, ids=lambda operation: operation.name)
@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer nonsense"])
async def test_who_is_not_signed_in_gets_no_further(caller: Caller, operation: Operation, authorization: str) -> None:
    """Authentication comes before anything of the request is looked at."""
    answer = await caller.raw(operation.name, authorization=authorization, body=b"\xff", path={"x": "y"})
    assert (answer.status, answer.code, answer.username) == (401, "unauthenticated", "")


@pytest.mark.parametrize(
    "operation", [o for o in OPERATIONS if o.access is Access.ADMIN], ids=lambda operation: operation.name
)
async def test_administration_is_for_administrators(caller: Caller, operation: Operation) -> None:
    """Whoever else is signed in is refused, before the request is looked at."""
    answer = await caller.raw(operation.name, "ana", body=b"\xff")
    assert (answer.status, answer.code) == (403, "forbidden")


async def test_an_expired_and_an_ended_session_are_told_apart(caller: Caller) -> None:
    """A client refreshes after the one and signs in after the other."""
    caller.world.clock.advance(limits.ACCESS_TOKEN_SECONDS)
    assert (await caller.raw("get_me", "ana")).code == "token_expired"
    await caller.world.accounts.set_disabled("ana", True)
    assert (await caller.raw("get_me", "ana")).code == "session_ended"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"username": "fay"}',
        b'{"username": "fay", "password": 7}',
        b'{"username": "fay", "password": "\\ud800 a fine long sentence"}',
        b'{"username": "Fay", "password": "a fine long sentence"}',
        b'{"username": "fay", "password": "a fine long sentence", "nmae": "Fay"}',
        b"[" * 50_000,
    ],
    ids=range(11),
)
async def test_a_body_that_is_not_of_the_documented_form(caller: Caller, body: bytes) -> None:
    """Whatever comes, it is refused as the caller's mistake, and nothing was done."""
    answer = await caller.raw("sign_up", body=body)
    assert (answer.status, answer.code) == (400, "invalid_request")
    assert await caller.world.accounts.user("fay") is None


@pytest.mark.parametrize(
    "query",
    [{"limit": "0"}, {"limit": str(limits.PAGE_MAX + 1)}, {"limit": "x"}, {"limit": ""}, {"curser": "x"}],
    ids=str,
)
async def test_a_query_that_is_not_of_the_documented_form(caller: Caller, query: dict[str, str]) -> None:
    """Numbers have their limits, and names are those of the table."""
    answer = await caller.raw("list_conversations", "ana", query=query)
    assert (answer.status, answer.code) == (400, "invalid_request")


@pytest.mark.parametrize("limit", ["1", str(limits.PAGE_MAX)])
async def test_numbers_of_a_query_are_text_on_the_wire(caller: Caller, limit: str) -> None:
    """From the least to the greatest."""
    assert (await caller.call("list_conversations", "ana", query={"limit": limit}))[0] == 200


async def test_a_path_that_is_not_of_the_documented_form(caller: Caller) -> None:
    """An id has the characters of one."""
    answer = await caller.raw("get_conversation", "ana", path={"id": "a b"})
    assert (answer.status, answer.code) == (400, "invalid_request")


async def test_a_fault_is_an_answer_that_says_nothing(
    caller: Caller, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller gets a code and the request's id, the log gets the reason."""

    async def broken(*_: object) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(caller.world.accounts, "user", broken)
    with caplog.at_level(logging.ERROR, logger="tertulia.api"):
        status, body = await caller.call("get_me", "ana", request_id="r-1")
    assert (status, body["code"], body["request_id"]) == (500, "internal", "r-1")
    assert "secret" not in str(body)
    assert "the secret reason" in caplog.text


async def test_an_answer_names_who_called(caller: Caller) -> None:
    """For the log of requests, also where the request failed after authentication."""
    assert (await caller.raw("get_me", "ana")).username == "ana"
    assert (await caller.raw("get_conversation", "ana", path={"id": "g"})).username == "ana"
    assert (await caller.raw("get_keys")).username == ""


async def test_every_scheme_is_read_in_any_case(caller: Caller) -> None:
    """`bearer` is `Bearer` (RFC 9110, 11.1)."""
    assert (await caller.raw("get_me", authorization=f"bearer  {caller.tokens['ana']} ")).status == 200


async def test_declared_and_answered_codes_agree_on_status(caller: Caller) -> None:
    """A domain error becomes the status of its code."""
    status, body = await caller.call("sign_in", body={"username": "ana", "password": "wrong"})
    assert (status, body["status"], body["code"]) == (STATUS["wrong_credentials"], 401, "wrong_credentials")
    assert isinstance(caller.world.chat, Chat)
    assert (await caller.call("sign_in", body={"username": "ana", "password": PASSWORD}))[0] == 200
