"""People in the accounts file: the statements, each part of its caller's transaction."""

import sqlite3
from collections.abc import Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from tertulia.adapters.local_accounts.database import log_change
from tertulia.domain.directory import BEGINNING_MAX, directory_keys, fold
from tertulia.domain.errors import ConflictError, NotFoundError
from tertulia.domain.users import User

_ONE: Final = "SELECT username, name, admin, disabled, created, picture FROM users WHERE username = ?"
_PAGE: Final = """
SELECT username, name, admin, disabled, created, picture FROM users WHERE username > ? ORDER BY username LIMIT ?"""
_EVERYBODY: Final = """
SELECT username, name, admin, disabled, created, picture FROM users
WHERE username > :after AND disabled = 0 ORDER BY username LIMIT :limit"""
_BY_KEY: Final = """
SELECT users.username, name, admin, disabled, created, picture
FROM directory CROSS JOIN users ON users.username = directory.username
WHERE key = :from AND directory.username > :after AND disabled = 0
ORDER BY directory.username LIMIT :limit"""
# CROSS JOIN and + keep SQLite from walking through all usernames, which would spare it the sorting.
_BY_BEGINNING: Final = """
SELECT DISTINCT users.username, name, admin, disabled, created, picture
FROM directory CROSS JOIN users ON users.username = directory.username
WHERE key >= :from AND key < :to AND +directory.username > :after AND disabled = 0
ORDER BY users.username LIMIT :limit"""
_LAST: Final = "\U0010ffff"
"""Sorts after every character (SQLite compares text by its UTF-8 bytes)."""


class Secret(NamedTuple):
    """What a sign-in is checked against. Not for logs, so it prints as nothing."""

    password: str
    disabled: bool

    def __repr__(self) -> str:
        return "Secret(...)"


def find(connection: sqlite3.Connection, username: str) -> User | None:
    row = connection.execute(_ONE, (username,)).fetchone()
    return _user(row) if row else None


def get(connection: sqlite3.Connection, username: str) -> User:
    user = find(connection, username)
    if user is None:
        raise NotFoundError("user_not_found")
    return user


def find_all(connection: sqlite3.Connection, usernames: Sequence[str]) -> list[User]:
    """In the order asked for, each once."""
    found = (find(connection, username) for username in dict.fromkeys(usernames))
    return [user for user in found if user is not None]


def secret(connection: sqlite3.Connection, username: str) -> Secret | None:
    row = connection.execute("SELECT password, disabled FROM users WHERE username = ?", (username,)).fetchone()
    return Secret(row[0], bool(row[1])) if row else None


def add(connection: sqlite3.Connection, user: User, password: str, now: int) -> None:
    """Raises ConflictError `username_taken`."""
    try:
        connection.execute(
            "INSERT INTO users (username, name, password, admin, disabled, created, picture)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (user.username, user.name, password, user.admin, user.disabled, user.created, user.picture),
        )
    except sqlite3.IntegrityError as error:
        raise ConflictError("username_taken") from error
    _index(connection, user.username, user.name)
    _log_admin(connection, user, now)


def set_password(connection: sqlite3.Connection, username: str, password: str) -> None:
    connection.execute("UPDATE users SET password = ? WHERE username = ?", (password, username))


def set_name(connection: sqlite3.Connection, username: str, name: str) -> User:
    get(connection, username)
    connection.execute("UPDATE users SET name = ? WHERE username = ?", (name, username))
    connection.execute("DELETE FROM directory WHERE username = ?", (username,))
    _index(connection, username, name)
    return get(connection, username)


def set_picture(connection: sqlite3.Connection, username: str, picture: str) -> tuple[User, str]:
    """The person, and what the picture was before."""
    before = get(connection, username)
    connection.execute("UPDATE users SET picture = ? WHERE username = ?", (picture, username))
    return replace(before, picture=picture), before.picture


def set_flags(connection: sqlite3.Connection, user: User, now: int) -> User:
    """Makes the file say of the user what `user.admin` and `user.disabled` do."""
    query = "UPDATE users SET admin = ?, disabled = ? WHERE username = ?"
    connection.execute(query, (user.admin, user.disabled, user.username))
    _log_admin(connection, user, now)
    return user


def admins(connection: sqlite3.Connection) -> frozenset[str]:
    """Administrators who may sign in."""
    rows = connection.execute("SELECT username FROM users WHERE admin = 1 AND disabled = 0").fetchall()
    return frozenset(username for (username,) in rows)


def counted(connection: sqlite3.Connection) -> tuple[int, int]:
    """How many people have an account, and how many of them are disabled."""
    everybody, disabled = connection.execute("SELECT people, disabled FROM figures WHERE number = 1").fetchone()
    return everybody, disabled


def directory(connection: sqlite3.Connection, query: str, after: str, limit: int) -> list[User]:
    """Reads an index in the order of the answer, except for a long query, whose few matches are sorted."""
    beginning = fold(query)
    values = {"after": after, "limit": limit, "from": beginning, "to": beginning + _LAST}
    if not beginning:
        chosen = _EVERYBODY
    elif len(beginning) <= BEGINNING_MAX:
        chosen = _BY_KEY
    else:
        chosen = _BY_BEGINNING
    return [_user(row) for row in connection.execute(chosen, values)]


def page(connection: sqlite3.Connection, after: str, limit: int) -> list[User]:
    """Everybody, disabled ones too, by username."""
    rows = connection.execute(_PAGE, (after, limit))
    return [_user(row) for row in rows]


def _log_admin(connection: sqlite3.Connection, user: User, now: int) -> None:
    log_change(connection, now, "admin" if user.admin and not user.disabled else "not_admin", user.username)


def _index(connection: sqlite3.Connection, username: str, name: str) -> None:
    connection.executemany(
        "INSERT INTO directory (key, username) VALUES (?, ?)", [(k, username) for k in directory_keys(username, name)]
    )


def _user(row: tuple[str, str, int, int, int, str]) -> User:
    username, name, admin, disabled, created, picture = row
    return User(
        username=username,
        name=name,
        admin=bool(admin),
        disabled=bool(disabled),
        created=created,
        picture=picture,
    )
