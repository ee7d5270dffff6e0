"""The accounts of the serverless home: the port, over a Cognito user pool and the sessions in `Chat-Connections`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from msgspec.structs import replace

from tertulia.adapters.cognito import book as books
from tertulia.adapters.cognito.access_tokens import AccessTokens
from tertulia.adapters.cognito.book import Book
from tertulia.adapters.cognito.invites import Invites
from tertulia.adapters.cognito.keys import KeySet
from tertulia.adapters.cognito.people import People, words_of
from tertulia.adapters.cognito.pool import ADMINS, Pool
from tertulia.adapters.cognito.registration import Registration, check_new_password
from tertulia.adapters.cognito.sessions import Sessions
from tertulia.adapters.cognito.settings import CognitoSettings
from tertulia.adapters.cognito.sign_ins import SignIns
from tertulia.aws.clients import Clients
from tertulia.aws.fetching import fetch
from tertulia.domain import limits
from tertulia.domain.errors import InvalidError, NotFoundError, UnauthenticatedError, UnavailableError
from tertulia.domain.texts import checked_line, checked_username
from tertulia.domain.tries import Tries
from tertulia.domain.users import User
from tertulia.ports.accounts import Grant, Identity, SessionsEnded
from tertulia.ports.clock import Clock
from tertulia.ports.entropy import Entropy

_ADDRESS_MAX: Final = 64
_SECOND: Final = 1_000_000


class CognitoAccounts:
    """Needs no start. What has been returned is committed. Any number of processes may use the same pool."""

    def __init__(
        self, clients: Clients, clock: Clock, entropy: Entropy, *, settings: CognitoSettings, prefix: str = ""
    ) -> None:
        self._clock = clock
        self._settings = settings
        self._tries = Tries()
        self._pool = Pool(clients, settings)
        self._people = People(self._pool, clock)
        self._sessions = Sessions(clients, clock, prefix)
        self._invites = Invites(clients, clock, entropy, prefix)
        self._registration = Registration(self._pool, self._invites, settings)
        self._keys = KeySet(lambda: fetch(clients, settings.key_set_url), clock)
        self._access_tokens = AccessTokens(settings, self._keys)
        self._sign_ins = SignIns(self._pool, self._sessions, clock, entropy, settings.client_secret)

    async def close(self) -> None:
        """Nothing to close: the clients are their owner's."""

    def listen(self, listener: Callable[[SessionsEnded], None]) -> None:
        """Told of what ends through this object. What another function ends is seen by the next `verify` here."""
        self._sessions.listen(listener)

    # Signing up, in and out

    async def sign_up(
        self, username: str, password: str, name: str, invite: str | None, email: str = ""
    ) -> tuple[User, bool]:
        user = await self._registration.sign_up(username, password, name, invite, email)
        return user, self._settings.confirm_by_email

    async def confirm(self, username: str, code: str) -> None:
        self._require_codes()
        await self._pool.confirm(checked_username(username), code)

    async def sign_in(self, username: str, password: str, *, address: str = "") -> Grant:
        who = username if len(username) <= limits.USERNAME_MAX else ""
        with self._try(who, address[:_ADDRESS_MAX]):
            return await self._sign_ins.begin(username, password)

    async def refresh(self, refresh_token: str) -> Grant:
        return await self._sign_ins.refresh(refresh_token)

    async def sign_out(self, refresh_token: str | None, identity: Identity | None, *, everywhere: bool) -> None:
        await self._sign_ins.sign_out(refresh_token, identity, everywhere=everywhere)

    async def verify(self, access_token: str) -> Identity:
        """One consistent read; the signature is checked once for each token and container."""
        now = self._clock.now()
        claims = await self._access_tokens.read(access_token, now // _SECOND)
        book = await self._sessions.read(claims.username)
        if claims.origin_jti not in book.sessions:
            raise UnauthenticatedError("session_ended")
        return Identity(
            username=claims.username,
            session=claims.origin_jti,
            admin=book.is_admin(ADMINS in claims.groups, now),
            expires=claims.exp,
        )

    async def live_sessions(self, username: str) -> frozenset[str]:
        """One consistent read."""
        return frozenset((await self._sessions.read(username)).sessions)

    async def keys(self) -> list[dict[str, str]]:
        return await self._keys.published()

    # Passwords

    async def change_password(self, identity: Identity, old: str, new: str) -> Grant:
        """Where the process dies after the new password is set, sessions may go on: they can be ended everywhere."""
        username = identity.username
        check_new_password(username, new)
        book = await self._sessions.read(username)
        if identity.session not in book.sessions:
            raise UnauthenticatedError("session_ended")
        ends = book.ends
        with self._try(username, "change-password"):
            await self._pool.sign_in(username, old)

        def claim(book: Book, _: int) -> tuple[Book, bool]:
            """Of two changes at once, and of a sign-in with the old password meanwhile, one goes on."""
            is_ours = book.ends == ends and identity.session in book.sessions
            return (replace(book, ends=ends + 1) if is_ours else book), is_ours

        if not await self._sessions.change(username, claim):
            raise UnauthenticatedError("session_ended")
        await self._pool.set_password(username, new)
        await self._sign_ins.end(username, None, "password_changed")
        return await self._sign_ins.begin(username, new)

    async def resend_code(self, username: str) -> None:
        self._require_codes()
        # As below: nothing of it is said.
        with suppress(InvalidError, NotFoundError):
            await self._pool.resend_code(checked_username(username))

    async def forgot_password(self, username: str) -> None:
        self._require_codes()
        # An unknown user, one who never confirmed, one without an address: nothing of it is said.
        with suppress(InvalidError, NotFoundError):
            await self._pool.forgot_password(checked_username(username))

    async def reset_password(self, username: str, code: str, new: str) -> None:
        self._require_codes()
        check_new_password(checked_username(username), new)
        await self._pool.reset_password(username, code, new)
        await self._sign_ins.end(username, None, "password_changed")

    # People

    async def user(self, username: str) -> User | None:
        return await self._people.find(username)

    async def users(self, usernames: Sequence[str]) -> list[User]:
        return await self._people.find_all(usernames)

    async def directory(self, query: str, *, after: str = "", limit: int) -> list[User]:
        return await self._people.directory(query, after, limit)

    async def rename(self, username: str, name: str) -> User:
        shown = checked_line(name, limits.NAME_MAX, "A name")
        await self._pool.set_attributes(checked_username(username), words_of(username, shown))
        return await self._people.get(username)

    async def set_picture(self, username: str, picture: str) -> tuple[User, str]:
        """Of two changes at the same moment both can name the same file as the one before: see
        docs/decisions/0017-profile-pictures.md."""
        before = await self._people.get(checked_username(username))
        await self._pool.set_attributes(username, {"picture": picture})
        return replace(before, picture=picture), before.picture

    async def set_disabled(self, username: str, disabled: bool) -> User:
        await self._pool.set_disabled(checked_username(username), disabled)
        if disabled:
            await self._sign_ins.end(username, None, "disabled")
        return await self._people.get(username)

    async def set_admin(self, username: str, admin: bool) -> User:
        """Holds at once, also for access tokens that were given before."""
        await self._pool.set_admin(checked_username(username), admin)

        def note(book: Book, now: int) -> tuple[Book, None]:
            return replace(book, admin=admin, admin_until=now + books.ADMIN_SECONDS * _SECOND), None

        await self._sessions.change(username, note)
        return await self._people.get(username)

    # Invitations

    async def invite(self, by: str, *, admin: bool, seconds: int) -> str:
        return await self._invites.make(by, admin=admin, seconds=seconds)

    async def first_admin_invite(self) -> str | None:
        """For the operator: a code for the first administrator, good for a day and until there is one; None where there
        is."""
        return await self._registration.first_admin_invite()

    @contextmanager
    def _try(self, username: str, address: str) -> Iterator[None]:
        """A try of a password. It counts unless it proves right, or was never judged. Raises `rate_limited`."""
        began = self._clock.monotonic()
        self._tries.begin(username, address, began)
        try:
            yield
        except UnauthenticatedError:
            raise
        except BaseException:
            self._tries.withdraw(username, address, began)
            raise
        self._tries.succeeded(username, address)

    def _require_codes(self) -> None:
        if not self._settings.confirm_by_email:
            raise UnavailableError("not_supported", "No codes are sent here. An administrator can help.")
