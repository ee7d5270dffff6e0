"""Where somebody is: what a position is, and how long it is passed on."""

import math

import pytest

from tertulia.domain import limits
from tertulia.domain.errors import ChatError
from tertulia.domain.locations import Position, check_live, checked_live_seconds, checked_position, live_until
from tertulia.domain.messages import Message

SECOND = 1_000_000
SHARED = Message(seq=2, timestamp=10 * SECOND, number=1, author="ana", id="m1", live_until=70 * SECOND)
DELETED = Message(seq=2, timestamp=10 * SECOND, number=1, author="ana", id="m1", deleted=20 * SECOND)


@pytest.mark.parametrize(
    "wrong",
    [(90.1, 0, 0), (-91, 0, 0), (0, 180.5, 0), (0, -181, 0), (0, 0, -1), (math.nan, 0, 0), (0, math.inf, 0)],
)
def test_a_position_is_on_the_earth(wrong: tuple[float, float, float]) -> None:
    """Anything else is refused."""
    with pytest.raises(ChatError) as refused:
        checked_position(*wrong)
    assert refused.value.code == "invalid_request"


def test_a_position_has_no_more_digits_than_mean_something() -> None:
    """A decimetre, and a bound for what a device says of its own accuracy."""
    assert checked_position(40.41678912, -3.70379012, 12.345) == Position(40.416789, -3.70379, 12.3)
    assert checked_position(-90, 180, 10 * limits.ACCURACY_MAX) == Position(-90, 180, limits.ACCURACY_MAX)


@pytest.mark.parametrize("seconds", [1, limits.LIVE_SECONDS_MIN - 1, limits.LIVE_SECONDS_MAX + 1, -1])
def test_a_live_location_has_an_end(seconds: int) -> None:
    """Neither too soon nor too late."""
    with pytest.raises(ChatError) as refused:
        checked_live_seconds(seconds)
    assert refused.value.code == "invalid_request"


@pytest.mark.parametrize("seconds", [0, limits.LIVE_SECONDS_MIN, limits.LIVE_SECONDS_MAX])
def test_a_live_location_lasts_as_long_as_asked(seconds: int) -> None:
    """From the message on; a message without one has no end."""
    assert checked_live_seconds(seconds) == seconds
    assert live_until(10 * SECOND, seconds) == (10 + seconds) * SECOND * bool(seconds)


@pytest.mark.parametrize(
    ("message", "username", "now", "code"),
    [
        (None, "ana", 11, "message_not_found"),
        (SHARED, "ben", 11, "forbidden"),
        (SHARED, "ana", 70, "live_location_over"),
        (DELETED, "ana", 21, "live_location_over"),
    ],
)
def test_positions_end(message: Message | None, username: str, now: int, code: str) -> None:
    """With the time of the message, with the message, and they were never somebody else's to give."""
    with pytest.raises(ChatError) as refused:
        check_live(message, username, now * SECOND)
    assert refused.value.code == code


def test_a_position_is_passed_on_until_the_end() -> None:
    """To the last moment."""
    check_live(SHARED, "ana", 70 * SECOND - 1)
