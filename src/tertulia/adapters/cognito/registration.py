"""Registration: who may get an account, and with which invitation."""

import logging
from typing import Final

from msgspec.structs import replace

from tertulia.adapters.cognito.invites import Invite, Invites
from tertulia.adapters.cognito.people import words_of
from tertulia.adapters.cognito.pool import Pool
from tertulia.adapters.cognito.settings import CognitoSettings
from tertulia.domain import limits
from tertulia.domain.errors import ForbiddenError, InvalidError, UnavailableError
from tertulia.domain.passwords import check_password
from tertulia.domain.texts import checked_email, checked_line, checked_new_username
from tertulia.domain.users import User

FIRST_ADMIN_SECONDS: Final = 24 * 3600
_log = logging.getLogger(__name__)


class Registration:
    def __init__(self, pool: Pool, invites: Invites, settings: CognitoSettings) -> None:
        self._pool = pool
        self._invites = invites
        self._settings = settings

    async def sign_up(self, username: str, password: str, name: str, code: str | None, email: str) -> User:
        """The invitation is spent first, so that it makes one user, and given back where there is none in the end; it
        is lost where the process dies in between."""
        # First, so that who may not sign up learns nothing of who exists.
        invite = await self._admitted(code)
        checked_new_username(username)
        shown = checked_line(name, limits.NAME_MAX, "A name")
        check_new_password(username, password)
        if self._settings.confirm_by_email:
            checked_email(email)
        if invite is None:
            return await self._create(username, password, shown, email, admin=False)
        await self._invites.spend(invite)
        try:
            return await self._create(username, password, shown, email, admin=invite.admin)
        except BaseException:
            await self._invites.give_back(invite)
            raise

    async def first_admin_invite(self) -> str | None:
        """A code for the first administrator, good for a day and until there is one; None where there is."""
        if (await self._pool.administrators())[0]:
            return None
        return await self._invites.make("", admin=True, seconds=FIRST_ADMIN_SECONDS, first=True)

    async def _admitted(self, code: str | None) -> Invite | None:
        if code:
            invite = await self._invites.find(code)
            if invite.first and (await self._pool.administrators())[0]:
                raise ForbiddenError("invite_invalid")
            if self._settings.sign_up == "closed" and not invite.admin:
                raise ForbiddenError("sign_up_closed")
            return invite
        if self._settings.sign_up == "closed":
            raise ForbiddenError("sign_up_closed")
        if self._settings.sign_up == "invite":
            raise ForbiddenError("invite_required")
        return None

    async def _create(self, username: str, password: str, name: str, email: str, *, admin: bool) -> User:
        """All of the user, or none."""
        attributes = words_of(username, name)
        if self._settings.confirm_by_email:
            await self._pool.sign_up(username, password, email)
        else:
            await self._pool.create(username, password, attributes)
        try:
            if self._settings.confirm_by_email:
                await self._pool.set_attributes(username, attributes)
            if admin:
                await self._pool.set_admin(username, True)
            user = await self._pool.find(username, unconfirmed=True)
            if user is None:
                raise UnavailableError("unavailable")
        except BaseException:
            _log.warning("A sign-up failed half-way and is taken back")
            await self._pool.delete(username)
            raise
        return replace(user, admin=admin)


def check_new_password(username: str, password: str) -> None:
    """Our rules, and the one of Cognito's that can't be turned off. Raises `weak_password`."""
    check_password(username, password)
    if password != password.strip():
        raise InvalidError("weak_password", "Choose a password that neither begins nor ends with a blank.")
