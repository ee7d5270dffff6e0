"""How tries of passwords are counted."""

import pytest

from tertulia.domain.errors import LimitedError
from tertulia.domain.tries import TRIES_ANYWHERE_MAX, TRIES_MAX, TRIES_SECONDS, Tries


def fails(tries: Tries, username: str, address: str, now: float = 0.0) -> bool:
    """Whether a try is refused, with a time to wait; where it isn't, it fails."""
    try:
        tries.begin(username, address, now)
    except LimitedError as error:
        return error.retry_after is not None and 0 < error.retry_after <= TRIES_SECONDS
    return False


def test_tries_from_many_addresses_at_once_are_bounded_together() -> None:
    tries = Tries()
    refused = [fails(tries, "ana", f"a{n}") for n in range(TRIES_ANYWHERE_MAX + 5)]
    assert refused.count(False) == TRIES_ANYWHERE_MAX
    assert not fails(tries, "ben", "a1")


def test_nobody_is_locked_out_at_an_address_that_the_password_came_from() -> None:
    tries = Tries()
    tries.begin("ana", "home", 0)
    tries.succeeded("ana", "home")
    for n in range(TRIES_ANYWHERE_MAX + 5):
        fails(tries, "ana", f"a{n}")
    assert fails(tries, "ana", "elsewhere")
    assert not fails(tries, "ana", "home")


def test_tries_at_once_count_before_any_is_judged() -> None:
    tries = Tries()
    assert [fails(tries, "ana", "a") for _ in range(TRIES_MAX + 1)] == [False] * TRIES_MAX + [True]


def test_a_try_that_was_never_judged_is_taken_back() -> None:
    tries = Tries()
    for _ in range(TRIES_MAX * 20):
        assert not fails(tries, "ana", "a", 1.0)
        tries.withdraw("ana", "a", 1.0)
    assert not tries._times


def test_a_try_counts_for_fifteen_minutes() -> None:
    tries = Tries()
    for n in range(TRIES_MAX):
        tries.begin("ana", "a", float(n))
    with pytest.raises(LimitedError) as refusal:
        tries.begin("ana", "a", 100.0)
    assert refusal.value.retry_after == TRIES_SECONDS - 100
    assert fails(tries, "ana", "a", TRIES_SECONDS - 0.5)
    assert not fails(tries, "ana", "a", TRIES_SECONDS)
    assert fails(tries, "ana", "a", TRIES_SECONDS + 0.5)


def test_memory_is_bounded() -> None:
    tries = Tries(keys_max=10)
    for n in range(100):
        tries.begin(f"u{n}", "a", 0)
        tries.succeeded(f"v{n}", "a")
    assert len(tries._times) <= 10
    assert len(tries._known) <= 10
