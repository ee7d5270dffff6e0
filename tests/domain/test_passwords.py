"""Which passwords are refused as weak, and why."""

import pytest

from tertulia.domain import limits
from tertulia.domain.errors import InvalidError
from tertulia.domain.passwords import check_password, password_bytes


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "zebra-quilt-42",
        "mañana será otro",
        "пароль длинный",
        "🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵",
        "0192837465 5",
        "a" * 5 + "bcd" * 2,
    ],
)
def test_a_long_password_that_nobody_guesses_is_taken(password: str) -> None:
    check_password("ana", password)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "at least 10"),
        ("", "at least 10"),
        ("aaaaaaaaaaaa", "different"),
        ("abababababab", "different"),
        ("AaAaBbBbCcCc", "different"),
        ("password123", "common"),
        ("Password2024!", "common"),
        ("123password456", "common"),
        ("qwertyuiop", "common"),
        ("poiuytrewq", "common"),
        ("1q2w3e4r5t", "common"),
        ("1234567890", "common"),
        ("0123456789", "common"),
        ("9876543210", "common"),
        ("abcdefghijkl", "common"),
        ("administrator", "common"),
        ("charlotte7", "username"),
        ("charlottecharlotte", "username"),
        ("Charlotte1999", "username"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(InvalidError, match=why) as refusal:
        check_password("charlotte", password)
    assert refusal.value.code == "weak_password"


def test_the_length_is_between_its_limits() -> None:
    text = "abcd efgh, ijklm nopq " * 20
    for size in (limits.PASSWORD_MIN, limits.PASSWORD_MAX):
        check_password("ana", text[:size])
    for size in (limits.PASSWORD_MIN - 1, limits.PASSWORD_MAX + 1):
        with pytest.raises(InvalidError):
            check_password("ana", text[:size])


def test_a_password_is_hashed_composed_and_any_text_can_be() -> None:
    assert password_bytes("n\u0303") == password_bytes("ñ")
    assert password_bytes("\ud800") == b"\xed\xa0\x80"
    assert password_bytes("ſ") != password_bytes("s")
