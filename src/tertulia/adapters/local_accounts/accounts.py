"""The accounts of one machine, on a SQLite file: the port, and what the command line needs beyond it."""

import asyncio
import sqlite3
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher
from msgspec.structs import replace

from tertulia.adapters.local_accounts import people, sessions, transfer
from tertulia.adapters.local_accounts.access import POLL_SECONDS, Access
from tertulia.adapters.local_accounts.database import Database
from tertulia.adapters.local_accounts.hashing import Passwords, hasher
from tertulia.adapters.local_accounts.registration import Registration, SignUp
from tertulia.domain import limits
from tertulia.domain.errors import UnauthenticatedError, UnavailableError
from tertulia.domain.passwords import check_password
from tertulia.domain.texts import checked_line
from tertulia.domain.tries import Tries
from tertulia.domain.users import User
from tertulia.ports.accounts import Grant, Identity, SessionsEnded
from tertulia.ports.clock import Clock
from tertulia.ports.entropy import Entropy

FILE: Final = "accounts.db"
"""The file's name in the data folder."""
_ADDRESS_MAX: Final = 64


class LocalAccounts:
    """Use between `start` and `close`, on one event loop. `path` is the file, `issuer` names the server in its tokens.

    What has been returned is safe on disk. Several processes may use the same file at once.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        entropy: Entropy,
        *,
        sign_up: SignUp = "open",
        issuer: str = "tertulia",
        poll_seconds: float = POLL_SECONDS,
        argon2: PasswordHasher | None = None,
    ) -> None:
        self._path = path
        self._clock = clock
        self._entropy = entropy
        self._tries = Tries()
        self._passwords = Passwords(argon2 or hasher())
        self._database = Database(path)
        self._access = Access(self._database, clock, entropy, issuer, poll_seconds)
        self._registration = Registration(self._database, self._passwords, clock, entropy, sign_up)

    async def start(self) -> None:
        """Opens the file, making it where there is none. Raises UnavailableError where a newer Tertulia wrote it."""
        try:
            await self._database.open()
            await self._passwords.open()
            await self._access.start()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Ends what `start` began; may be called twice. What is under way is finished first."""
        await self._access.close()
        await self._passwords.close()
        await self._database.close()

    def listen(self, listener: Callable[[SessionsEnded], None]) -> None:
        self._access.listen(listener)

    # Signing up, in and out

    async def sign_up(
        self,
        username: str,
        password: str,
        name: str,
        invite: str | None,
        email: str = "",  # noqa: ARG002 - no codes are sent
    ) -> tuple[User, bool]:
        return await self._registration.sign_up(username, password, name, invite), False

    async def confirm(self, username: str, code: str) -> None:  # noqa: ARG002 - the port's names
        raise UnavailableError("not_supported", "This server asks for no confirmation codes.")

    async def sign_in(self, username: str, password: str, *, address: str = "") -> Grant:
        known = await self._proven(username, password, address)
        if known is None:
            raise UnauthenticatedError("wrong_credentials")
        return await self._begin(username, known, await self._renewed(known, password))

    async def refresh(self, refresh_token: str) -> Grant:
        """A token that was spent up to sessions.GRACE_SECONDS ago gives the same successor again, so that two tabs at
        once, or an answer that got lost, sign nobody out; one spent longer ago ends its session."""
        token = sessions.parse(refresh_token)
        if token is None:
            raise UnauthenticatedError("session_ended")
        salt = self._bytes(sessions.SECRET_BYTES)

        def rotate(connection: sqlite3.Connection) -> tuple[sessions.Rotation, User | None]:
            rotation = sessions.rotate(connection, token, salt, self._clock.now())
            return rotation, people.find(connection, rotation.username)

        rotation, user = await self._database.write(rotate)
        if user is None or not rotation.successor:
            raise UnauthenticatedError("session_ended")
        return self._access.grant(user, rotation.session, rotation.successor)

    async def sign_out(self, refresh_token: str | None, identity: Identity | None, *, everywhere: bool) -> None:
        """With a refresh token that is spent, `everywhere` ends its session alone."""
        token = sessions.parse(refresh_token or "")

        def end(connection: sqlite3.Connection) -> None:
            now = self._clock.now()
            owners = [(identity.username, identity.session, True)] if identity else []
            if token is not None and (owner := sessions.owner(connection, token, now)):
                owners.append(owner)
            for username, session, is_good in owners:
                if everywhere and is_good:
                    sessions.end_all(connection, username, "signed_out", now)
                else:
                    sessions.end(connection, username, [session], "signed_out", now)

        await self._database.write(end)

    async def verify(self, access_token: str) -> Identity:
        return self._access.verify(access_token)

    async def live_sessions(self, username: str) -> frozenset[str]:
        return await self._database.read(lambda c: sessions.of(c, username, self._clock.now()))

    @property
    def database(self) -> Database:
        """The file, for what else belongs to people: see `books`."""
        return self._database

    async def keys(self) -> list[dict[str, str]]:
        return self._access.keys()

    async def rotate_key(self) -> None:
        """A new key signs from now on; the tokens of earlier ones stay good until they expire."""
        await self._access.rotate_key()

    # Passwords

    async def change_password(self, identity: Identity, old: str, new: str) -> Grant:
        check_password(identity.username, new)
        known = await self._proven(identity.username, old, "change-password")
        if known is None:
            raise UnauthenticatedError("wrong_credentials")
        return await self._begin(identity.username, known, await self._passwords.hash(new), instead_of=identity.session)

    async def resend_code(self, username: str) -> None:  # noqa: ARG002 - the port's names
        raise UnavailableError("not_supported", "This server sends no mail, and new accounts need no code.")

    async def forgot_password(self, username: str) -> None:  # noqa: ARG002 - the port's names
        raise UnavailableError("not_supported", "This server sends no mail. An operator can set a new password.")

    async def reset_password(self, username: str, code: str, new: str) -> None:  # noqa: ARG002 - as above
        raise UnavailableError("not_supported", "This server sends no mail. An operator can set a new password.")

    async def set_password(self, username: str, new: str) -> None:
        """For the operator: ends every session of the user. Raises `user_not_found`, `weak_password`."""
        await self._database.read(lambda c: people.get(c, username))
        check_password(username, new)
        password = await self._passwords.hash(new)

        def change(connection: sqlite3.Connection) -> None:
            people.get(connection, username)
            people.set_password(connection, username, password)
            sessions.end_all(connection, username, "password_changed", self._clock.now())

        await self._database.write(change)

    # People

    async def user(self, username: str) -> User | None:
        return await self._database.read(lambda c: people.find(c, username))

    async def users(self, usernames: Sequence[str]) -> list[User]:
        return await self._database.read(lambda c: people.find_all(c, usernames))

    async def directory(self, query: str, *, after: str = "", limit: int) -> list[User]:
        return await self._database.read(lambda c: people.directory(c, query, after, limit))

    async def everybody(self, *, after: str = "", limit: int) -> list[User]:
        """For the operator: all users by username, disabled ones too."""
        return await self._database.read(lambda c: people.page(c, after, limit))

    async def rename(self, username: str, name: str) -> User:
        shown = checked_line(name, limits.NAME_MAX, "A name")
        return await self._database.write(lambda c: people.set_name(c, username, shown))

    async def set_picture(self, username: str, picture: str) -> tuple[User, str]:
        return await self._database.write(lambda c: people.set_picture(c, username, picture))

    async def set_disabled(self, username: str, disabled: bool) -> User:
        def change(connection: sqlite3.Connection) -> User:
            now = self._clock.now()
            if disabled:
                sessions.end_all(connection, username, "disabled", now)
            return people.set_flags(connection, replace(people.get(connection, username), disabled=disabled), now)

        return await self._database.write(change)

    async def set_admin(self, username: str, admin: bool) -> User:
        """Holds at once, also for access tokens that were given before."""
        return await self._database.write(
            lambda c: people.set_flags(c, replace(people.get(c, username), admin=admin), self._clock.now())
        )

    async def create_user(self, username: str, password: str, name: str = "", *, admin: bool = False) -> User:
        """For the operator: an account without an invitation. Raises `username_taken`, `weak_password`."""
        return await self._registration.create(username, password, name, admin=admin)

    # Invitations

    async def invite(self, by: str, *, admin: bool, seconds: int) -> str:
        return await self._registration.invite(by, admin=admin, seconds=seconds)

    async def first_admin_invite(self) -> str | None:
        """A code for the first administrator, good for a day and until there is one; None where there is.

        Codes that were given before end.
        """
        return await self._registration.first_admin_invite()

    # The whole

    async def backup(self, target: Path) -> None:
        """A copy of the file as it is now, whole once it is there. It holds hashes and signing keys: guard it."""
        await asyncio.to_thread(transfer.backup, self._path, target)

    def export_users(self) -> Iterator[dict[str, Any]]:
        """Everybody, with password hashes, as `import_user` takes them. Reads the file where it is called: not on the
        loop."""
        return transfer.export_users(self._path)

    async def import_user(self, record: dict[str, Any]) -> bool:
        """Whether the person is new; who is there already stays as is. Raises `invalid_request`."""
        exported = transfer.checked(record)
        return await self._database.write(lambda c: transfer.import_user(c, exported, self._clock.now()))

    async def _proven(self, username: str, password: str, address: str) -> str | None:
        """The user's hash where the password is the user's, else None, after the same work whatever the reason is."""
        who = username if len(username) <= limits.USERNAME_MAX else ""
        where, began = address[:_ADDRESS_MAX], self._clock.monotonic()
        self._tries.begin(who, where, began)
        try:
            known = await self._database.read(lambda c: people.secret(c, who))
            matched = await self._passwords.matches(known.password if known else None, password)
        except UnavailableError:
            self._tries.withdraw(who, where, began)
            raise
        if known is None or known.disabled or not matched:
            return None
        self._tries.succeeded(who, where)
        return known.password

    async def _renewed(self, known: str, password: str) -> str:
        """The hash with today's parameters, where it isn't and there is room to make it."""
        if not self._passwords.is_outdated(known):
            return known
        try:
            return await self._passwords.hash(password)
        except UnavailableError:
            return known

    async def _begin(self, username: str, known: str, password: str, *, instead_of: str | None = None) -> Grant:
        """A new session, with the hash `password` from now on, unless the account has changed since `known` was read.

        `instead_of` names the session that asks for it; all of the user's sessions end then.
        """
        token, session = self._new_token(), self._entropy.token()

        def begin(connection: sqlite3.Connection) -> User | None:
            now = self._clock.now()
            if people.secret(connection, username) != (known, False):
                return None
            if instead_of is not None:
                if not sessions.exists(connection, username, instead_of):
                    raise UnauthenticatedError("session_ended")
                sessions.end_all(connection, username, "password_changed", now)
            if password != known:
                people.set_password(connection, username, password)
            sessions.begin(connection, username, session, token, now)
            return people.get(connection, username)

        user = await self._database.write(begin)
        if user is None:
            raise UnauthenticatedError("wrong_credentials")
        return self._access.grant(user, session, sessions.text(token))

    def _new_token(self) -> sessions.Presented:
        secret = self._bytes(sessions.FAMILY_BYTES + sessions.SECRET_BYTES)
        return sessions.Presented(secret[: sessions.FAMILY_BYTES], secret[sessions.FAMILY_BYTES :])

    def _bytes(self, size: int) -> bytes:
        return urlsafe_b64decode(self._entropy.token(size) + "==")
