"""People out of a pool and into another one, as the records of an export.

Cognito gives no password hash and takes none, and says itself when an account was made. So an export of a pool has
neither, and who comes into one has a password that nobody knows until another is set.
"""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from msgspec import Struct

from tertulia.adapters.cognito.people import words_of
from tertulia.adapters.cognito.pool import PASSWORD_BYTES, Page, Pool
from tertulia.adapters.cognito.settings import CognitoSettings
from tertulia.aws.clients import Clients
from tertulia.domain import limits
from tertulia.domain.errors import InvalidError
from tertulia.domain.texts import checked_email, checked_line, checked_username
from tertulia.domain.users import picture_of


class MovedUser(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person of an export, as far as a pool takes one. `email` is an address that was confirmed."""

    username: str
    name: str = ""
    admin: bool = False
    disabled: bool = False
    email: str = ""
    picture: str = ""


class CognitoMover:
    """The people of one pool."""

    def __init__(self, clients: Clients, settings: CognitoSettings) -> None:
        self._pool = Pool(clients, settings)

    async def export_users(self) -> AsyncIterator[dict[str, Any]]:
        """Everybody, in no order, a page of 60 at a time. Who never confirmed the own account isn't there."""
        admins = await self._admins()
        page = Page([], "")
        while True:
            page = await self._pool.page(following=page.following)
            for user in page.users:
                yield {
                    "username": user.username,
                    "password": "",
                    "name": user.name,
                    "admin": user.username in admins,
                    "disabled": user.disabled,
                    "created": user.created,
                    **({"picture": user.picture} if user.picture else {}),
                    **({"email": page.emails[user.username]} if user.username in page.emails else {}),
                }
            if not page.following:
                return

    async def import_user(self, record: dict[str, Any]) -> bool:
        """Whether the person is new; who is there already stays as is. Raises `invalid_request`.

        The password is set last, so that an import that was broken off is seen, and finished by the next one.
        """
        user = _checked(record)
        begun = await self._pool.has_begun(user.username)
        if begun is False:
            return False
        if begun is None:
            confirmed = {"email": user.email, "email_verified": "true"} if user.email else {}
            attributes = words_of(user.username, user.name) | confirmed | {"picture": user.picture}
            await self._pool.begin(user.username, attributes)
        if user.disabled:
            await self._pool.set_disabled(user.username, True)
        if user.admin:
            await self._pool.set_admin(user.username, True)
        await self._pool.set_password(user.username, secrets.token_urlsafe(PASSWORD_BYTES))
        return True

    async def _admins(self) -> frozenset[str]:
        found: list[str] = []
        following = ""
        while True:
            page, following = await self._pool.administrators(following)
            found += page
            if not following:
                return frozenset(found)


def _checked(record: dict[str, Any]) -> MovedUser:
    try:
        user = msgspec.convert(record, MovedUser)
    except msgspec.ValidationError as error:
        raise InvalidError("invalid_request", f"A user in the import is not of the documented form: {error}") from error
    checked_username(user.username)
    if user.email:
        checked_email(user.email)
    name = checked_line(user.name, limits.NAME_MAX, "A name")
    return msgspec.structs.replace(user, name=name, picture=picture_of(user.picture))
