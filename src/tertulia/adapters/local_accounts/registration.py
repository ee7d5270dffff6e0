"""Registration: who may get an account, and invitations."""

import sqlite3
from collections.abc import Callable
from typing import Final, Literal

from tertulia.adapters.local_accounts import invites, people
from tertulia.adapters.local_accounts.database import Database
from tertulia.adapters.local_accounts.hashing import Passwords
from tertulia.domain import limits
from tertulia.domain.errors import ConflictError, ForbiddenError, InvalidError
from tertulia.domain.passwords import check_password
from tertulia.domain.texts import checked_line, checked_new_username
from tertulia.domain.users import User
from tertulia.ports.clock import Clock
from tertulia.ports.entropy import Entropy

SignUp = Literal["open", "invite", "closed"]
"""Who may sign up: anybody, who has an invitation, or who has one for an administrator."""
INVITE_SECONDS_MAX: Final = 365 * 24 * 3600
FIRST_ADMIN_SECONDS: Final = 24 * 3600
_SECOND: Final = 1_000_000


class Registration:
    def __init__(
        self, database: Database, passwords: Passwords, clock: Clock, entropy: Entropy, sign_up: SignUp
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._clock = clock
        self._entropy = entropy
        self._sign_up = sign_up

    async def sign_up(self, username: str, password: str, name: str, invite: str | None) -> User:
        """The invitation is spent in the transaction that makes the user, so it makes one."""

        def admitted(connection: sqlite3.Connection) -> bool:
            return self._admitted(connection, invite)

        # First, so that who may not sign up learns nothing of who exists.
        await self._database.read(admitted)
        return await self._add(username, password, name, admitted, invite)

    async def create(self, username: str, password: str, name: str, *, admin: bool) -> User:
        return await self._add(username, password, name, lambda _: admin, None)

    async def invite(self, by: str, *, admin: bool, seconds: int) -> str:
        if not 1 <= seconds <= INVITE_SECONDS_MAX:
            raise InvalidError("invalid_request", "An invitation is good for a second to a year.", field="seconds")
        code, now = self._entropy.token(), self._clock.now()
        expires = now + seconds * _SECOND
        await self._database.write(lambda c: invites.add(c, code, by, admin=admin, expires=expires, now=now))
        return code

    async def first_admin_invite(self) -> str | None:
        code = self._entropy.token()
        expires = self._clock.now() + FIRST_ADMIN_SECONDS * _SECOND
        return code if await self._database.write(lambda c: invites.add_first(c, code, expires=expires)) else None

    def _admitted(self, connection: sqlite3.Connection, invite: str | None) -> bool:
        """Whether the newcomer will be an administrator."""
        if invite:
            admin = invites.check(connection, invite, self._clock.now())
            if self._sign_up == "closed" and not admin:
                raise ForbiddenError("sign_up_closed")
            return admin
        if self._sign_up == "closed":
            raise ForbiddenError("sign_up_closed")
        if self._sign_up == "invite":
            raise ForbiddenError("invite_required")
        return False

    async def _add(
        self,
        username: str,
        password: str,
        name: str,
        is_admin: Callable[[sqlite3.Connection], bool],
        invite: str | None,
    ) -> User:
        checked_new_username(username)
        shown = checked_line(name, limits.NAME_MAX, "A name")
        check_password(username, password)
        if await self._database.read(lambda c: people.find(c, username)) is not None:
            raise ConflictError("username_taken")
        hashed = await self._passwords.hash(password)

        def add(connection: sqlite3.Connection) -> User:
            now = self._clock.now()
            user = User(username=username, name=shown, admin=is_admin(connection), created=now)
            people.add(connection, user, hashed, now)
            if invite:
                invites.spend(connection, invite)
            return user

        return await self._database.write(add)
