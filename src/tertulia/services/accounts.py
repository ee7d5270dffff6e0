"""Accounts: what people and administrators do with them. Passwords and tokens are the adapter's affair."""

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from tertulia.domain import limits
from tertulia.domain.errors import ForbiddenError, InvalidError, NotFoundError
from tertulia.domain.texts import checked_line, checked_username
from tertulia.domain.users import User
from tertulia.ports.accounts import Accounts as AccountsPort
from tertulia.ports.accounts import Grant, Identity
from tertulia.ports.clock import Clock
from tertulia.ports.media import MediaStore
from tertulia.ports.rates import Rate
from tertulia.services import limiting
from tertulia.services.portraits import Portraits

INVITE_HOURS_MAX = 24 * 30


class Accounts:
    def __init__(self, accounts: AccountsPort, rate: Rate, media: MediaStore, clock: Clock) -> None:
        self._accounts = accounts
        self._rate = rate
        self._portraits = Portraits(accounts, media, clock)

    async def sign_up(
        self, username: str, password: str, name: str, invite: str | None, address: str, *, email: str = ""
    ) -> tuple[User, bool]:
        """The new user, and whether a code is asked for. Raises as the port does."""
        limiting.take(self._rate, address)
        shown = checked_line(name, limits.NAME_MAX, "A name")
        return await self._accounts.sign_up(checked_username(username), password, shown, invite, email)

    async def confirm(self, username: str, code: str, address: str) -> None:
        limiting.take(self._rate, address)
        await self._accounts.confirm(username, code)

    async def sign_in(self, username: str, password: str, address: str) -> Grant:
        limiting.take(self._rate, address)
        return await self._accounts.sign_in(username, password, address=address)

    async def refresh(self, refresh_token: str | None) -> Grant:
        return await self._accounts.refresh(refresh_token or "")

    async def sign_out(self, refresh_token: str | None, identity: Identity | None, *, everywhere: bool) -> None:
        await self._accounts.sign_out(refresh_token, identity, everywhere=everywhere)

    async def change_password(self, identity: Identity, old: str, new: str) -> Grant:
        return await self._accounts.change_password(identity, old, new)

    async def resend_code(self, username: str, address: str) -> None:
        limiting.take(self._rate, address)
        await self._accounts.resend_code(username)

    async def forgot_password(self, username: str, address: str) -> None:
        limiting.take(self._rate, address)
        await self._accounts.forgot_password(username)

    async def reset_password(self, username: str, code: str, new: str, address: str) -> None:
        limiting.take(self._rate, address)
        await self._accounts.reset_password(username, code, new)

    async def verify(self, access_token: str) -> Identity:
        return await self._accounts.verify(access_token)

    async def keys(self) -> list[dict[str, str]]:
        return await self._accounts.keys()

    async def me(self, identity: Identity) -> User:
        user = await self._accounts.user(identity.username)
        if user is None:
            raise NotFoundError("user_not_found")
        return self._portraits.shown(user)

    async def update_me(
        self, identity: Identity, *, name: str | UnsetType = UNSET, picture: str | UnsetType = UNSET
    ) -> User:
        """What is unset stays. Raises `invalid_request`, `media_not_found`, `picture_unsuitable`, `user_not_found`."""
        shown = UNSET if name is UNSET else checked_line(name, limits.NAME_MAX, "A name")
        user = await self._portraits.change(identity.username, picture) if picture is not UNSET else None
        if shown is not UNSET:
            user = self._portraits.shown(await self._accounts.rename(identity.username, shown))
        return await self.me(identity) if user is None else user

    async def directory(self, query: str, *, after: str, limit: int) -> tuple[list[User], str | None]:
        """A page of users, and where the next page begins. Without addresses of pictures: who shows one asks for the
        person."""
        if len(query) > limits.SEARCH_QUERY_MAX:
            raise InvalidError("invalid_request", "Search for less.", maximum=limits.SEARCH_QUERY_MAX)
        found = await self._accounts.directory(query, after=after, limit=limit + 1)
        page = found[:limit]
        return page, page[-1].username if len(found) > limit else None

    async def users(self, usernames: Sequence[str]) -> list[User]:
        """Those of at most 100 users that exist, with addresses of their pictures."""
        if len(usernames) > limits.PAGE_MAX:
            raise InvalidError("invalid_request", f"Ask for up to {limits.PAGE_MAX} users.", maximum=limits.PAGE_MAX)
        return self._portraits.all_shown(await self._accounts.users(usernames))

    async def update_user(
        self,
        identity: Identity,
        username: str,
        *,
        disabled: bool | UnsetType,
        admin: bool | UnsetType,
        without_picture: bool = False,
    ) -> User:
        """For administrators, who can't shut themselves out. Raises `forbidden`, `user_not_found`."""
        _require_admin(identity)
        if username == identity.username and (disabled is True or admin is False):
            raise ForbiddenError("forbidden", "Another administrator has to do this to you.")
        user = await self._accounts.user(username)
        if disabled is not UNSET:
            user = await self._accounts.set_disabled(username, disabled)
        if admin is not UNSET:
            user = await self._accounts.set_admin(username, admin)
        if without_picture:
            user = await self._portraits.change(username, "")
        if user is None:
            raise NotFoundError("user_not_found")
        return self._portraits.shown(user)

    async def invite(self, identity: Identity, *, admin: bool, hours: int) -> tuple[str, int]:
        """A code for one person, and for how many seconds it is good. For administrators."""
        _require_admin(identity)
        if not 1 <= hours <= INVITE_HOURS_MAX:
            raise InvalidError(
                "invalid_request", f"An invitation is good for 1 to {INVITE_HOURS_MAX} hours.", maximum=INVITE_HOURS_MAX
            )
        seconds = hours * 3600
        return await self._accounts.invite(identity.username, admin=admin, seconds=seconds), seconds


def _require_admin(identity: Identity) -> None:
    if not identity.admin:
        raise ForbiddenError("forbidden")
