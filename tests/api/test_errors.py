"""An error means the same over every wire."""

import msgspec
import pytest

from tertulia.api.dispatch import failure
from tertulia.api.errors import STATUS, TITLES, problem
from tertulia.domain.errors import ChatError, LimitedError, NotFoundError, registry


@pytest.mark.parametrize("code", sorted(registry()))
def test_problem_details_say_what_the_error_says(code: str) -> None:
    """Status, title, code, sentence and whether to try again (RFC 9457), for every code."""
    error = registry()[code](code)
    body = msgspec.to_builtins(problem(error))
    assert body["status"] == STATUS[code]
    assert body["title"] == TITLES[STATUS[code]]
    assert (body["code"], body["detail"], body["type"]) == (code, error.sentence, f"/docs/errors#{code}")
    assert body.get("temporary", False) is error.temporary
    assert set(body) <= {"type", "title", "status", "detail", "code", "temporary"}


def test_problem_details_carry_what_was_given() -> None:
    """Details, when to try again and the request's id, where there are any."""
    error = LimitedError("rate_limited", retry_after=1.5, maximum=3)
    body = msgspec.to_builtins(problem(error, "r-1"))
    assert (body["retry_after"], body["details"], body["request_id"]) == (1.5, {"maximum": 3}, "r-1")


@pytest.mark.parametrize(("wait", "header"), [(0.0, "1"), (0.2, "1"), (1.0, "1"), (1.2, "2"), (60.0, "60")])
def test_retry_after_is_in_whole_seconds_and_never_too_early(wait: float, header: str) -> None:
    """Rounded up, at least one (RFC 9110, 10.2.3)."""
    answer = failure(LimitedError("rate_limited", retry_after=wait))
    assert (answer.status, answer.headers["Retry-After"]) == (429, header)


def test_headers_of_a_failure() -> None:
    """Problem details have their media type; only who isn't signed in is told how to (RFC 9110, 15.5.2)."""
    for code, kind in registry().items():
        answer = failure(kind(code))
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert ("WWW-Authenticate" in answer.headers) is (answer.status == 401)
        assert "Retry-After" not in answer.headers
        assert answer.code == code


def test_statuses_follow_classes_but_for_three_codes() -> None:
    """What a code means can be read from its class; the exceptions are these."""
    assert {code for code, kind in registry().items() if STATUS[code] != STATUS[next(iter(kind.codes))]} == {
        "too_large",
        "not_supported",
        "method_not_allowed",
    }
    assert STATUS["internal"] == STATUS[ChatError("internal").code] == 500
    assert STATUS[NotFoundError("not_found").code] == 404
