"""A password may be tried so often in a window, and a lock ends by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.domain.errors import LimitedError
from tertulia.domain.tries import TRIES_MAX, TRIES_SECONDS, Tries, recent, wait


def test_a_try_is_free_below_the_limit_and_none_at_it() -> None:
    """At the limit one waits until the oldest try that counts is outside the window."""
    times = [10.0, 20.0, 30.0]
    assert wait(times, 40.0, 4) == 0
    assert wait(times, 40.0, 3) == pytest.approx(TRIES_SECONDS - 30)
    assert wait(times, 40.0, 2) == pytest.approx(TRIES_SECONDS - 20)


def test_what_is_outside_the_window_does_not_count() -> None:
    """A try counts for the window's length, and not at its end."""
    assert recent([0.0, 5.0], TRIES_SECONDS - 1.0) == (0.0, 5.0)
    assert recent([0.0, 5.0], float(TRIES_SECONDS)) == (5.0,)


@given(st.lists(st.integers(0, 2000).map(float), max_size=20).map(sorted), st.integers(1, 5))
def test_after_the_wait_a_try_is_free(times: list[float], limit: int) -> None:
    """Who waits as long as was said may try."""
    now = 2000.0
    assert wait(times, now + wait(times, now, limit), limit) == 0


def test_what_is_taken_back_twice_is_taken_back_once() -> None:
    """A try that was never judged may be withdrawn when it doesn't count any more."""
    tries = Tries()
    tries.begin("ana", "here", 1.0)
    tries.begin("ana", "here", 2.0)
    tries.withdraw("ana", "here", 1.0)
    tries.withdraw("ana", "here", 1.0)
    for moment in range(TRIES_MAX - 1):
        tries.begin("ana", "here", 3.0 + moment)
    with pytest.raises(LimitedError):
        tries.begin("ana", "here", 20.0)
