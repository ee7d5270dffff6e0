"""A WebSocket session as a pure function: what each message leads to, and where its rates end."""

import json
from typing import Any

import msgspec
import pytest

from tertulia.api import events, session
from tertulia.api.session import Call, Close, Rates, Renew, Reply, Session, Step, begin, step
from tertulia.domain import limits
from tertulia.domain.presence import Presence

PING = b'{"action":"ping","request":1}'


def message(action: str, **fields: Any) -> bytes:
    return json.dumps({"action": action, **fields}).encode()


def steps_of(state: Session, count: int, data: bytes, now: float = 0.0) -> tuple[Session, list[Step]]:
    """The steps of the same message over and over, at one moment."""
    steps: list[Step] = []
    for _ in range(count):
        state, more = step(state, data, now)
        steps += more
    return state, steps


def error_of(steps: list[Step]) -> events.ActionError:
    (only,) = steps
    assert isinstance(only, Reply)
    assert isinstance(only.answer, events.ActionError)
    return only.answer


@pytest.mark.parametrize(
    "data",
    [
        message("send", request=1, conversation="g_1", id="m1", text="hola"),
        message("read", request=2, conversation="g_1", timestamp=5),
        message("typing", request=3, conversation="g_1"),
        message("draft", request=4, conversation="g_1", text="ho", version=1),
        message("location", request=4, conversation="g_1", timestamp=5, latitude=40.4, longitude=-3.7, accuracy=20),
        message("presence", request=5, status="away", watch=["bob"]),
    ],
)
def test_an_action_is_a_call(data: bytes) -> None:
    """Each action but the ping is passed on, as it was sent."""
    _, (only,) = step(begin(0), data, 0)
    assert isinstance(only, Call)
    assert only.action == msgspec.json.decode(data, type=events.AnyAction)


def test_a_ping_is_answered_at_once() -> None:
    """A ping needs no service."""
    assert step(begin(0), PING, 0)[1] == [Reply(events.Result(request=1))]


def test_a_ping_keeps_the_presence_that_was_set() -> None:
    """The lease is renewed with the status that the device has, not with another one."""
    state, _ = step(begin(0), message("presence", status="away"), 0)
    assert step(state, PING, 1)[1] == [Reply(events.Result(request=1)), Renew(Presence.AWAY)]


@pytest.mark.parametrize(
    ("data", "request_number"),
    [
        (b"", 0),
        (b"hola", 0),
        (b"[]", 0),
        (b"null", 0),
        (b"{}", 0),
        (b'{"action":"dance","request":3}', 3),
        (b'{"request":4}', 4),
        (b'{"action":"ping","request":-1}', 0),
        (b'{"action":"ping","request":"1"}', 0),
        (b'{"action":"ping","request":5,"extra":1}', 5),
        (message("send", request=6, conversation="g_1", id="m1", text="x" * (limits.TEXT_MAX + 1)), 6),
        (message("send", request=7, conversation="", id="m1"), 7),
        (message("draft", request=8, conversation="g_1", text="x" * (limits.DRAFT_MAX + 1), version=1), 8),
        (message("presence", request=9, watch=["bob"] * (limits.WATCH_MAX + 1)), 9),
        (b"[" * 60_000, 0),
    ],
)
def test_what_is_not_of_the_form_is_answered_with_its_number(data: bytes, request_number: int) -> None:
    """A wrong message is an error with the request's number where it can be told, and the session goes on."""
    state, steps = step(begin(0), data, 0)
    error = error_of(steps)
    assert (error.code, error.request) == ("invalid_request", request_number)
    assert step(state, PING, 0)[1] == [Reply(events.Result(request=1))]


def test_text_and_watch_of_the_greatest_size_are_taken() -> None:
    """The limits themselves are within the limits."""
    for data in (
        message("send", conversation="g_1", id="i" * limits.CLIENT_ID_MAX, text="x" * limits.TEXT_MAX),
        message("draft", conversation="g_1", text="x" * limits.DRAFT_MAX, version=1),
        message("presence", watch=["bob"] * limits.WATCH_MAX),
    ):
        assert isinstance(step(begin(0), data, 0)[1][0], Call)


def test_as_many_actions_as_the_burst_allows_pass() -> None:
    """The burst passes; one more is refused, and says when to come again."""
    state, steps = steps_of(begin(0), limits.ACTIONS_BURST, PING)
    assert all(isinstance(s, Reply) and isinstance(s.answer, events.Result) for s in steps)
    _, steps = step(state, PING, 0)
    error = error_of(steps)
    assert (error.code, error.request, error.temporary) == ("rate_limited", 1, True)
    assert error.retry_after == pytest.approx(1 / limits.ACTIONS_PER_SECOND)


def test_waiting_as_long_as_the_answer_says_helps() -> None:
    """After `retry_after` the action passes."""
    state, steps = steps_of(begin(0), limits.ACTIONS_BURST + 40, PING)
    last = steps[-1]
    assert isinstance(last, Reply)
    assert isinstance(last.answer, events.ActionError)
    assert isinstance(last.answer.retry_after, float)
    _, again = step(state, PING, last.answer.retry_after + 1 / limits.ACTIONS_PER_SECOND)
    assert again == [Reply(events.Result(request=1))]


def test_who_insists_is_disconnected() -> None:
    """A number of refusals is answered; one more closes the connection."""
    state, steps = steps_of(begin(0), limits.ACTIONS_BURST + limits.ACTIONS_REFUSED_MAX, PING)
    assert not any(isinstance(s, Close) for s in steps)
    assert step(state, PING, 0)[1] == [Close("rate_limited")]


def test_at_the_rate_nobody_is_ever_refused() -> None:
    """So many actions a second go on for ever."""
    state = begin(0)
    for number in range(20 * limits.ACTIONS_PER_SECOND):
        state, steps = step(state, PING, number / limits.ACTIONS_PER_SECOND)
        assert steps == [Reply(events.Result(request=1))]


def test_drafts_beyond_their_rate_are_not_passed_on() -> None:
    """Every keystroke of a fast typist passes; a flood is answered and shown to nobody."""
    draft = message("draft", request=1, conversation="g_1", text="h", version=1)
    state, steps = steps_of(begin(0), limits.DRAFTS_PER_SECOND + 5, draft)
    assert sum(isinstance(s, Call) for s in steps) == limits.DRAFTS_PER_SECOND
    assert steps[-1] == Reply(events.Result(request=1))
    assert isinstance(step(state, draft, 0.2)[1][0], Call)


def test_typing_beyond_its_rate_is_not_passed_on() -> None:
    """Others show it for seconds anyway."""
    typing = message("typing", request=1, conversation="g_1")
    state, steps = steps_of(begin(0), limits.TYPINGS_PER_SECOND + 5, typing)
    assert sum(isinstance(s, Call) for s in steps) == limits.TYPINGS_PER_SECOND
    assert isinstance(step(state, typing, 1.0)[1][0], Call)


def test_positions_beyond_their_rate_are_not_passed_on() -> None:
    """Whoever moves is seen to move; a flood is answered and shown to nobody."""
    position = message("location", request=1, conversation="g_1", timestamp=5, latitude=40.4, longitude=-3.7)
    state, steps = steps_of(begin(0), limits.LOCATIONS_PER_SECOND + 5, position)
    assert sum(isinstance(s, Call) for s in steps) == limits.LOCATIONS_PER_SECOND
    assert isinstance(step(state, position, 1.0)[1][0], Call)


def test_a_clock_that_stands_still_fills_no_bucket() -> None:
    """Rates depend on the time that passes alone."""
    rates = Rates(actions=1, burst=2, refused=1)
    state = begin(100, rates)
    seen = []
    for _ in range(4):
        state, (only,) = step(state, PING, 100, rates)
        seen.append(type(only) if isinstance(only, Close) else type(only.answer))  # type: ignore[union-attr]
    assert seen == [events.Result, events.Result, events.ActionError, Close]


def test_the_state_survives_a_row_in_a_table() -> None:
    """On API Gateway every message is a call of its own: the state goes through its encoded form and back."""
    state, _ = step(begin(0), message("presence", status="away"), 0)
    state, _ = steps_of(state, 30, PING)
    packed = msgspec.msgpack.encode(state)
    assert msgspec.msgpack.decode(packed, type=Session) == state
    assert len(packed) < 100


@pytest.mark.parametrize("reason", sorted(events.CLOSE_REASONS))
def test_every_close_reason_is_documented_for_people(reason: str) -> None:
    """A reason has a code that may be sent (RFC 6455, 7.4) and a sentence."""
    why = events.CLOSE_REASONS[reason]
    assert why.code in {1001, 1002, 1003, 1007, 1009} or 4000 <= why.code < 5000
    assert why.sentence.endswith(".")


def test_the_session_closes_for_documented_reasons_only() -> None:
    """What `step` says as a reason is in the table."""
    _, steps = steps_of(begin(0), limits.ACTIONS_BURST + limits.ACTIONS_REFUSED_MAX + 1, PING)
    assert {s.reason for s in steps if isinstance(s, Close)} <= set(events.CLOSE_REASONS)


def test_an_answer_to_an_error_holds_what_the_error_says() -> None:
    """Code, sentence, whether trying again helps, and when."""
    from tertulia.domain.errors import LimitedError

    error = LimitedError("rate_limited", retry_after=2.5)
    assert session.answer_error(9, error) == events.ActionError(
        request=9, code="rate_limited", detail=error.sentence, temporary=True, retry_after=2.5
    )
