"""Which passwords are too weak."""

import pytest

from tertulia.domain import limits
from tertulia.domain.errors import InvalidError
from tertulia.domain.passwords import check_password, password_bytes

GOOD = [
    "a fine long sentence",
    "correct horse battery staple",
    "пароль из слов",
    "xK9#mQ2$vL",
    "長いパスワードです十文字",
]
WEAK = {
    "one short": "xK9#mQ2$v",
    "one long": "xK9#" * 64 + "x",
    "three different characters": "abcabcabcabc",
    "the username": "anastasia.k",
    "the username twice": "anastasia.kanastasia.k",
    "the username and digits": "Anastasia.K-2024",
    "common, with digits": "password1234",
    "common, with signs around it": "!!Passw0rd!!",
    "common, apart": "let-me-in-2024",
    "row of the keyboard": "qwertyuiop",
    "row backwards": "poiuytrewq",
    "count up": "1234567890",
    "count down": "0987654321",
    "letters up": "abcdefghijkl",
}


@pytest.mark.parametrize("password", [*GOOD, "xK9#" * 64], ids=str)
def test_good_passwords(password: str) -> None:
    """Any script, from the least to the greatest length."""
    assert limits.PASSWORD_MIN <= len(password) <= limits.PASSWORD_MAX
    check_password("anastasia.k", password)


@pytest.mark.parametrize("password", WEAK.values(), ids=WEAK)
def test_weak_passwords(password: str) -> None:
    """Each is refused with a sentence that says what to choose instead."""
    with pytest.raises(InvalidError) as error:
        check_password("anastasia.k", password)
    assert error.value.code == "weak_password"
    assert error.value.sentence.startswith("Choose a password")


def test_a_username_of_digits_forbids_no_password_but_itself() -> None:
    """A username without letters is compared as a whole."""
    check_password("42", "a fine long sentence 42")
    with pytest.raises(InvalidError):
        check_password("4271", "427142714271")


def test_every_keyboard_gives_the_same_bytes() -> None:
    """A letter and its accent are the same password as the accented letter (RFC 8265)."""
    assert password_bytes("e\u0301") == password_bytes("\u00e9") == b"\xc3\xa9"
    assert password_bytes("\ud800")
