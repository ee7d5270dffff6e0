"""Passwords: which ones are too weak, and the bytes that are hashed."""

import unicodedata
from itertools import pairwise
from typing import Final

from tertulia.domain import limits
from tertulia.domain.errors import InvalidError

DISTINCT_MIN: Final = 4
"""Different characters that a password has at least."""

_COMMON: Final = frozenset(
    [
        "password",
        "passwort",
        "passw0rd",
        "p@ssword",
        "p@ssw0rd",
        "contraseña",
        "motdepasse",
        "parola",
        "senha",
        "wachtwoord",
        "salasana",
        "haslo",
        "iloveyou",
        "iloveyouso",
        "loveyou",
        "letmein",
        "letmeinnow",
        "welcome",
        "welcomeback",
        "trustno",
        "qwerty",
        "qwertz",
        "azerty",
        "qwertyuiop",
        "qwertzuiop",
        "azertyuiop",
        "qwertyqwerty",
        "asdfghjkl",
        "asdfghjklz",
        "zxcvbnm",
        "zaqxsw",
        "qazwsx",
        "qazwsxedc",
        "qweasd",
        "qweasdzxc",
        "monkey",
        "dragon",
        "baseball",
        "basketball",
        "football",
        "superman",
        "batman",
        "spiderman",
        "pokemon",
        "starwars",
        "sunshine",
        "princess",
        "butterfly",
        "chocolate",
        "shadow",
        "master",
        "michael",
        "jennifer",
        "jordan",
        "charlie",
        "liverpool",
        "chelsea",
        "barcelona",
        "realmadrid",
        "admin",
        "administrator",
        "adminadmin",
        "root",
        "login",
        "secret",
        "changeme",
        "changemenow",
        "default",
        "guest",
        "testtest",
        "test",
        "example",
        "tertulia",
        "computer",
        "internet",
        "whatever",
        "superstar",
        "hello",
        "helloworld",
        "abcabcabc",
        "passwordpassword",
    ]
)
"""The most common passwords, without the digits and signs that people put around them."""
_ROWS: Final = ("qwertyuiopasdfghjklzxcvbnm", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn", "qazwsxedcrfvtgbyhn")


def check_password(username: str, password: str) -> None:
    """Raises InvalidError `weak_password`, with a sentence that says why.

    A password has 10 to 256 characters and at least four different ones. It isn't the username, one of the most
    common passwords (also with digits or signs around it), a row of the keyboard, nor a count up or down.
    """
    if len(password) < limits.PASSWORD_MIN:
        raise _weak(f"Choose a password of at least {limits.PASSWORD_MIN} characters.")
    if len(password) > limits.PASSWORD_MAX:
        raise _weak(f"Choose a password of at most {limits.PASSWORD_MAX} characters.")
    folded = password.casefold()
    if len(set(folded)) < DISTINCT_MIN:
        raise _weak("Choose a password with more different characters.")
    core = "".join(c for c in folded if c.isalpha())
    name = "".join(c for c in username.casefold() if c.isalpha())
    if username.casefold() * (len(folded) // max(1, len(username))) == folded or (name and core == name):
        raise _weak("Choose a password that is not your username.")
    if core in _COMMON or _bare(folded) in _COMMON or _in_a_row(folded):
        raise _weak("Choose a password that is not a common one.")


def password_bytes(password: str) -> bytes:
    """What is hashed: the password composed (Unicode NFC, as in RFC 8265), so that every keyboard gives the same."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _bare(folded: str) -> str:
    """Without the digits and signs at either end."""
    start = next((i for i, c in enumerate(folded) if c.isalpha()), 0)
    end = next((i for i, c in enumerate(reversed(folded)) if c.isalpha()), 0)
    return folded[start : len(folded) - end]


def _in_a_row(folded: str) -> bool:
    if any(folded in row or folded[::-1] in row for row in _ROWS):
        return True
    steps = {ord(b) - ord(a) for a, b in pairwise(folded)}
    # 1234567890 goes from 9 to 0.
    return steps <= {1, -9} or steps <= {-1, 9}


def _weak(sentence: str) -> InvalidError:
    return InvalidError("weak_password", sentence)
