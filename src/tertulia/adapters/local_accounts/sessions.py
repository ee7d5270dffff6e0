"""Sign-in sessions in the accounts file, and their refresh tokens (RFC 9700, section 4.14.2).

A refresh token is the session's family secret (16 bytes) and a secret of its own (32 bytes); the file holds a digest of
each. The family tells a token that was once ours from a forgery, however old it is, so spent tokens need no memory: a
session has one row, always.

A successor is derived from the token that it replaces and a fresh random salt, which stays in the row until the next
rotation. So a token that was spent a moment ago, by another tab or because an answer got lost, gets the very same
successor again. After GRACE_SECONDS it ends the session.
"""

import hashlib
import hmac
import sqlite3
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from tertulia.adapters.local_accounts.database import log_change
from tertulia.domain import limits

GRACE_SECONDS: Final = 10
SESSIONS_MAX: Final = 50
"""Sessions that one person has at once; the one that was not used for longest ends first."""
FAMILY_BYTES: Final = 16
SECRET_BYTES: Final = 32
_SECOND: Final = 1_000_000


class Presented(Struct, frozen=True):
    """A refresh token in its two parts. Prints as nothing."""

    family: bytes
    secret: bytes

    def __repr__(self) -> str:
        return "Presented(...)"


class Rotation(Struct, frozen=True):
    """What a presented token led to: a successor, or the end of its session, or neither where it is unknown."""

    username: str = ""
    session: str = ""
    successor: str = ""

    def __repr__(self) -> str:
        return f"Rotation(username={self.username!r}, ...)"


def parse(token: str) -> Presented | None:
    """The parts of a token, or None where it is not one of ours."""
    size = FAMILY_BYTES + SECRET_BYTES
    try:
        raw = urlsafe_b64decode(token) if len(token) == size * 4 // 3 else b""
    except (Base64Error, ValueError):
        return None
    return Presented(raw[:FAMILY_BYTES], raw[FAMILY_BYTES:]) if len(raw) == size else None


def begin(connection: sqlite3.Connection, username: str, session: str, token: Presented, now: int) -> None:
    """A new session whose first refresh token is `token`."""
    held = connection.execute("SELECT id FROM sessions WHERE username = ? ORDER BY rotated", (username,)).fetchall()
    surplus = [one for (one,) in held[: max(0, len(held) - SESSIONS_MAX + 1)]]
    if surplus:
        end(connection, username, surplus, "too_many_sessions", now)
    connection.execute(
        "INSERT INTO sessions (id, username, family, current, rotated, created) VALUES (?, ?, ?, ?, ?, ?)",
        (session, username, _digest(token.family), _digest(token.secret), now, now),
    )


def rotate(connection: sqlite3.Connection, token: Presented, salt: bytes, now: int) -> Rotation:
    """Spends the token. A `successor` in the answer is the next one; without it, there is no session."""
    row = connection.execute(
        "SELECT id, username, current, previous, salt, rotated FROM sessions WHERE family = ?",
        (_digest(token.family),),
    ).fetchone()
    if row is None:
        return Rotation()
    session, username, current, previous, last_salt, rotated = row
    digest = _digest(token.secret)
    if now - rotated >= limits.REFRESH_TOKEN_SECONDS * _SECOND:
        end(connection, username, [session], "expired", now)
        return Rotation(username, session)
    if digest == current:
        successor = _successor(token, salt)
        connection.execute(
            "UPDATE sessions SET current = ?, previous = ?, salt = ?, rotated = ? WHERE id = ?",
            (_digest(successor.secret), digest, salt, now, session),
        )
        return Rotation(username, session, text(successor))
    if digest == previous and _in_grace(rotated, now):
        return Rotation(username, session, text(_successor(token, last_salt)))
    end(connection, username, [session], "token_reused", now)
    return Rotation(username, session)


def owner(connection: sqlite3.Connection, token: Presented, now: int) -> tuple[str, str, bool] | None:
    """Username and session of a token, and whether it could still be refreshed with."""
    row = connection.execute(
        "SELECT username, id, current, previous, rotated FROM sessions WHERE family = ?", (_digest(token.family),)
    ).fetchone()
    if row is None:
        return None
    username, session, current, previous, rotated = row
    digest = _digest(token.secret)
    return username, session, digest == current or (digest == previous and _in_grace(rotated, now))


def exists(connection: sqlite3.Connection, username: str, session: str) -> bool:
    query = "SELECT 1 FROM sessions WHERE id = ? AND username = ?"
    return connection.execute(query, (session, username)).fetchone() is not None


def of(connection: sqlite3.Connection, username: str, now: int) -> frozenset[str]:
    """The sessions of a person that somebody could go on with."""
    query = "SELECT id FROM sessions WHERE username = ? AND rotated > ?"
    rows = connection.execute(query, (username, now - limits.REFRESH_TOKEN_SECONDS * _SECOND))
    return frozenset(session for (session,) in rows)


def end(connection: sqlite3.Connection, username: str, sessions: Sequence[str], reason: str, now: int) -> None:
    """Ends the named sessions of a person, those that there are."""
    for session in sessions:
        gone = connection.execute("DELETE FROM sessions WHERE id = ? AND username = ?", (session, username))
        if gone.rowcount:
            log_change(connection, now, "ended", username, [session], reason)


def end_all(connection: sqlite3.Connection, username: str, reason: str, now: int) -> None:
    """Ends every session of a person. Logged also where there is none, for a connection that outlived its session."""
    ended = connection.execute("DELETE FROM sessions WHERE username = ? RETURNING id", (username,)).fetchall()
    log_change(connection, now, "all_ended", username, [one for (one,) in ended], reason)


def expire(connection: sqlite3.Connection, now: int, limit: int = 100) -> None:
    """Ends sessions that nobody used for limits.REFRESH_TOKEN_SECONDS, at most `limit` at once."""
    query = "SELECT username, id FROM sessions WHERE rotated <= ? ORDER BY rotated LIMIT ?"
    for username, session in connection.execute(
        query, (now - limits.REFRESH_TOKEN_SECONDS * _SECOND, limit)
    ).fetchall():
        end(connection, username, [session], "expired", now)


def text(token: Presented) -> str:
    """48 bytes are 64 characters, with no padding."""
    return urlsafe_b64encode(token.family + token.secret).decode()


def _successor(token: Presented, salt: bytes) -> Presented:
    """256 bits that need both the token and the salt; the file has only the salt."""
    return Presented(token.family, hmac.digest(salt, token.secret, "sha256"))


def _in_grace(rotated: int, now: int) -> bool:
    """By the distance, because a clock may jump back in between."""
    return abs(now - rotated) <= GRACE_SECONDS * _SECOND


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
