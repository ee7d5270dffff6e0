"""The accounts as a whole: a backup while they are in use, and people out of one file and into another."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from tertulia.adapters.local_accounts import people
from tertulia.adapters.local_accounts.database import open_file
from tertulia.adapters.local_accounts.hashing import checked_hash
from tertulia.adapters.local_accounts.schema import WITH_PICTURES
from tertulia.domain import limits
from tertulia.domain.errors import InvalidError
from tertulia.domain.texts import checked_line, checked_username
from tertulia.domain.users import User, picture_of

_PAGE: Final = 500


class ExportedUser(msgspec.Struct, frozen=True, kw_only=True):
    """A person with the hash of the password, as an export holds one; "" where it can't be exported, and then no
    password is right until another is set. No sessions: who moves signs in again."""

    username: str
    password: str = ""
    name: str = ""
    admin: bool = False
    disabled: bool = False
    created: int = 0
    picture: str = ""

    def __repr__(self) -> str:
        return f"ExportedUser(username={self.username!r}, ...)"


def backup(source: Path, target: Path) -> None:
    """A copy of one state of the file, its owner's alone (0600). It is whole once it has the name `target`. Blocks."""
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    try:
        with closing(open_file(source)) as ours, closing(sqlite3.connect(partial)) as copy:
            ours.backup(copy, pages=256)
            copy.execute("PRAGMA journal_mode = DELETE")
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def export_users(path: Path) -> Iterator[dict[str, Any]]:
    """Everybody, by username, in pages, so that nothing is held up meanwhile. Blocks."""
    query = (
        "SELECT username, name, password, admin, disabled, created, picture FROM users WHERE username > ? "
        "ORDER BY username LIMIT ?"
    )
    after = ""
    with closing(open_file(path)) as connection:
        while rows := connection.execute(query, (after, _PAGE)).fetchall():
            for username, name, password, admin, disabled, created, picture in rows:
                yield {
                    "username": username,
                    "name": name,
                    "password": password,
                    "admin": bool(admin),
                    "disabled": bool(disabled),
                    "created": created,
                    **({"picture": picture} if picture else {}),
                }
            after = rows[-1][0]


def pictures(path: Path) -> list[tuple[str, str]]:
    """Who has a picture, and which file it is. Nothing in the accounts is changed, also where an older Tertulia wrote
    them. Blocks."""
    if not path.is_file():
        return []
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        query = "SELECT username, picture FROM users WHERE picture <> '' ORDER BY username"
        return connection.execute(query).fetchall() if version >= WITH_PICTURES else []


def checked(record: dict[str, Any]) -> ExportedUser:
    """The person of an export, or InvalidError `invalid_request`."""
    try:
        exported = msgspec.convert(record, ExportedUser)
    except msgspec.ValidationError as error:
        raise InvalidError("invalid_request", f"A user in the import is not of the documented form: {error}") from error
    checked_username(exported.username)
    name = checked_line(exported.name, limits.NAME_MAX, "A name")
    if exported.password:
        checked_hash(exported.password)
    if not 0 <= exported.created <= limits.TIMESTAMP_MAX:
        raise InvalidError("invalid_request", "A user in the import was made at an impossible time.")
    return replace(exported, name=name, picture=picture_of(exported.picture))


def import_user(connection: sqlite3.Connection, exported: ExportedUser, now: int) -> bool:
    """Whether the person is new. Who is there already stays as is, so an import can be repeated."""
    if people.find(connection, exported.username) is not None:
        return False
    user = User(
        username=exported.username,
        name=exported.name,
        admin=exported.admin,
        disabled=exported.disabled,
        created=exported.created,
        picture=exported.picture,
    )
    people.add(connection, user, exported.password, now)
    return True
