"""Invitations in the accounts file. Of a code there is only its SHA-256 digest."""

import hashlib
import sqlite3

from tertulia.adapters.local_accounts import people
from tertulia.domain.errors import ForbiddenError


def add(connection: sqlite3.Connection, code: str, by: str, *, admin: bool, expires: int, now: int) -> None:
    connection.execute("DELETE FROM invites WHERE expires <= ?", (now,))
    _insert(connection, code, by, admin=admin, first=False, expires=expires)


def add_first(connection: sqlite3.Connection, code: str, *, expires: int) -> bool:
    """An invitation for the first administrator, in place of earlier ones; False where there is an administrator."""
    connection.execute("DELETE FROM invites WHERE first = 1")
    if people.admins(connection):
        return False
    _insert(connection, code, "", admin=True, first=True, expires=expires)
    return True


def check(connection: sqlite3.Connection, code: str, now: int) -> bool:
    """Whether the invitation is for an administrator. Raises ForbiddenError `invite_invalid`."""
    row = connection.execute(
        "SELECT admin, first FROM invites WHERE digest = ? AND expires > ?", (_digest(code), now)
    ).fetchone()
    if row is None or (row[1] and people.admins(connection)):
        raise ForbiddenError("invite_invalid")
    return bool(row[0])


def spend(connection: sqlite3.Connection, code: str) -> None:
    connection.execute("DELETE FROM invites WHERE digest = ?", (_digest(code),))


def _insert(connection: sqlite3.Connection, code: str, by: str, *, admin: bool, first: bool, expires: int) -> None:
    connection.execute(
        "INSERT INTO invites (digest, made_by, admin, first, expires) VALUES (?, ?, ?, ?, ?)",
        (_digest(code), by, admin, first, expires),
    )


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).digest()
