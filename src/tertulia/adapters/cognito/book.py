"""One person's sign-in sessions, and what happens to them, as pure decisions: see `tertulia.adapters.cognito.sessions`.

Whose session isn't in the book is signed out. That says in one place, and in one read, whether an access token is good
at this moment, without comparing Cognito's clock with ours. Times are in microseconds.
"""

import hashlib
import hmac
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from tertulia.adapters.cognito.refresh_tokens import Presented
from tertulia.domain import limits

GRACE_SECONDS: Final = 10
"""So long a token that was spent leads to the same successor again: two tabs at once, or a lost answer, sign nobody
out."""
SESSIONS_MAX: Final = 50
"""Sessions that one person has at once; the one that was not used for longest ends first."""
ADMIN_SECONDS: Final = limits.ACCESS_TOKEN_SECONDS + 120
"""So long a change of administration holds against what tokens say; those given before it have expired by then."""
SALT_BYTES: Final = 16
_DIGEST_BYTES: Final = 16
_SECOND: Final = 1_000_000


class Session(Struct, frozen=True, array_like=True):
    """`current` and `previous` are digests of refresh secrets, `used` is when the last rotation was."""

    current: bytes
    used: int
    previous: bytes = b""
    salt: bytes = b""


class Book(Struct, frozen=True, kw_only=True):
    """`ends` counts the times that all sessions ended: a sign-in that began before such a time gives no session.

    `admin` is what an administrator decided last, and holds until `admin_until`.
    """

    sessions: dict[str, Session] = {}
    ends: int = 0
    admin: bool | None = None
    admin_until: int = 0

    def is_admin(self, said: bool, now: int) -> bool:
        """`said` is what the token says."""
        return self.admin if self.admin is not None and now < self.admin_until else said


class Rotation(Struct, frozen=True):
    """What a presented token led to: a successor's secret, or the end of its session for a reason."""

    successor: bytes = b""
    ended: str = ""

    def __repr__(self) -> str:
        return "Rotation(...)"


def live(book: Book, now: int) -> Book:
    """Without the sessions that nobody used for limits.REFRESH_TOKEN_SECONDS."""
    idle = limits.REFRESH_TOKEN_SECONDS * _SECOND
    kept = {name: one for name, one in book.sessions.items() if now - one.used < idle}
    return book if len(kept) == len(book.sessions) else replace(book, sessions=kept)


def begin(book: Book, session: str, secret: bytes, now: int) -> tuple[Book, tuple[str, ...]]:
    """With a new session; and those that ended to make room for it."""
    others = [name for name in book.sessions if name != session]
    others.sort(key=lambda name: book.sessions[name].used)
    surplus = tuple(others[: max(0, len(others) - SESSIONS_MAX + 1)])
    kept = {name: one for name, one in book.sessions.items() if name not in surplus}
    return replace(book, sessions=kept | {session: Session(_digest(secret), now)}), surplus


def rotate(book: Book, token: Presented, salt: bytes, now: int) -> tuple[Book, Rotation]:
    """Spends the token, in a book of live sessions.

    A successor is derived from it and a fresh salt, which stays in the book until the next rotation, so that the same
    token gives the same successor again for a moment; the book alone doesn't give it.
    """
    session = book.sessions.get(token.session)
    if session is None:
        return book, Rotation()
    digest = _digest(token.secret)
    if hmac.compare_digest(digest, session.current):
        successor = _successor(token.secret, salt)
        spent = Session(_digest(successor), now, digest, salt)
        return replace(book, sessions=book.sessions | {token.session: spent}), Rotation(successor)
    if _is_in_grace(session, digest, now):
        return book, Rotation(_successor(token.secret, session.salt))
    return end(book, token.session), Rotation(ended="token_reused")


def is_good(book: Book, token: Presented, now: int) -> bool:
    """Whether the token could still be refreshed with."""
    session = book.sessions.get(token.session)
    if session is None:
        return False
    digest = _digest(token.secret)
    return hmac.compare_digest(digest, session.current) or _is_in_grace(session, digest, now)


def end(book: Book, session: str) -> Book:
    return replace(book, sessions={name: one for name, one in book.sessions.items() if name != session})


def end_all(book: Book) -> Book:
    return replace(book, sessions={}, ends=book.ends + 1)


def expires(book: Book, now: int) -> int:
    """When nothing in the book matters any longer, in seconds since 1970."""
    last = max((one.used for one in book.sessions.values()), default=0)
    idle = last // _SECOND + limits.REFRESH_TOKEN_SECONDS if book.sessions else 0
    return max(idle, now // _SECOND + ADMIN_SECONDS) + 1


def _is_in_grace(session: Session, digest: bytes, now: int) -> bool:
    """By the distance, because a clock may jump back in between."""
    is_last = bool(session.previous) and hmac.compare_digest(digest, session.previous)
    return is_last and abs(now - session.used) <= GRACE_SECONDS * _SECOND


def _successor(secret: bytes, salt: bytes) -> bytes:
    return hmac.digest(salt, secret, hashlib.sha256)


def _digest(secret: bytes) -> bytes:
    """Of 256 random bits, so 128 of the digest are enough to recognise them."""
    return hashlib.sha256(secret).digest()[:_DIGEST_BYTES]
