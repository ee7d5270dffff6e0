"""Sign-ins: how a session begins, goes on and ends, here and in Cognito."""

import logging
from base64 import urlsafe_b64decode
from collections.abc import Awaitable
from typing import Final

from msgspec.structs import replace

from tertulia.adapters.cognito import book as books
from tertulia.adapters.cognito.book import Book, Rotation
from tertulia.adapters.cognito.pool import ADMINS, Pool, Tokens
from tertulia.adapters.cognito.refresh_tokens import SECRET_BYTES, Presented, RefreshTokens
from tertulia.adapters.cognito.sessions import Sessions
from tertulia.domain import limits
from tertulia.domain.errors import ChatError, InvalidError, UnauthenticatedError, UnavailableError
from tertulia.domain.texts import checked_username
from tertulia.ports.accounts import Grant, Identity
from tertulia.ports.clock import Clock
from tertulia.ports.entropy import Entropy

SIGN_IN_ATTEMPTS: Final = 3
"""Where all of a person's sessions end while one begins, the password is asked about again."""
_log = logging.getLogger(__name__)


class SignIns:
    def __init__(self, pool: Pool, sessions: Sessions, clock: Clock, entropy: Entropy, client_secret: str) -> None:
        self._pool = pool
        self._sessions = sessions
        self._clock = clock
        self._entropy = entropy
        self._refresh_tokens = RefreshTokens(client_secret)

    async def begin(self, username: str, password: str) -> Grant:
        """A new session, unless all sessions of the user end meanwhile: then the password may no longer be good."""
        try:
            checked_username(username)
        except InvalidError as error:
            raise UnauthenticatedError("wrong_credentials") from error
        secret = self._bytes(SECRET_BYTES)
        for _ in range(SIGN_IN_ATTEMPTS):
            ends = (await self._sessions.read(username)).ends
            tokens = await self._pool.sign_in(username, password)
            session = tokens.claims.origin_jti

            def begin(book: Book, now: int) -> tuple[Book, tuple[str, ...] | None]:
                if book.ends != ends:  # noqa: B023 - called within this turn
                    return book, None
                return books.begin(book, session, secret, now)  # noqa: B023

            surplus = await self._sessions.change(username, begin)
            if surplus is not None:
                if surplus:
                    self._sessions.tell(username, surplus, "too_many_sessions")
                return await self._grant(tokens, Presented(username, session, secret, tokens.refresh))
        raise UnavailableError("overloaded", retry_after=1.0)

    async def refresh(self, refresh_token: str) -> Grant:
        """Cognito is asked between two looks at the book: a token of the past never reaches it, and one that it refuses
        is not spent for nothing."""
        token = self._refresh_tokens.parse(refresh_token)
        if token is None:
            raise UnauthenticatedError("session_ended")
        salt = self._bytes(books.SALT_BYTES)

        def rotate(book: Book, now: int) -> tuple[Book, Rotation]:
            return books.rotate(book, token, salt, now)

        if not books.is_good(await self._sessions.read(token.username), token, self._clock.now()):
            self._successor(token, await self._sessions.change(token.username, rotate))
        tokens = await self._refreshed(token)
        successor = self._successor(token, await self._sessions.change(token.username, rotate))
        return await self._grant(tokens, replace(token, secret=successor))

    async def sign_out(self, refresh_token: str | None, identity: Identity | None, *, everywhere: bool) -> None:
        """With a refresh token that is spent, `everywhere` ends its session alone."""
        token = self._refresh_tokens.parse(refresh_token or "")
        if identity is not None:
            await self.end(identity.username, None if everywhere else identity.session, "signed_out")
        if token is None:
            return
        book = await self._sessions.read(token.username)
        if token.session not in book.sessions:
            return
        is_good = books.is_good(book, token, self._clock.now())
        await self.end(token.username, None if everywhere and is_good else token.session, "signed_out")
        await self._in_cognito(self._pool.revoke(token.inner))

    async def end(self, username: str, session: str | None, reason: str) -> None:
        """One session, or all: here first, where it holds at once, then in Cognito."""

        def end(book: Book, _: int) -> tuple[Book, bool]:
            if session is None:
                return books.end_all(book), True
            return books.end(book, session), session in book.sessions

        if await self._sessions.change(username, end):
            self._sessions.tell(username, None if session is None else (session,), reason)
        if session is None:
            await self._in_cognito(self._pool.sign_out_everywhere(username))

    async def _refreshed(self, token: Presented) -> Tokens:
        """Cognito's answer; where it refuses, the session ends here too."""
        try:
            tokens = await self._pool.refresh(token.username, token.inner)
        except UnauthenticatedError:
            await self.end(token.username, token.session, "expired")
            raise
        if (tokens.claims.username, tokens.claims.origin_jti) != (token.username, token.session):
            raise UnauthenticatedError("session_ended")
        return tokens

    def _successor(self, token: Presented, rotation: Rotation) -> bytes:
        """Raises `session_ended` where there is none, after telling of it."""
        if rotation.ended:
            self._sessions.tell(token.username, (token.session,), rotation.ended)
        if not rotation.successor:
            raise UnauthenticatedError("session_ended")
        return rotation.successor

    async def _grant(self, tokens: Tokens, token: Presented) -> Grant:
        user = await self._pool.find(token.username)
        if user is None:
            raise UnauthenticatedError("session_ended")
        return Grant(
            access_token=tokens.access,
            expires_in=limits.ACCESS_TOKEN_SECONDS,
            refresh_token=self._refresh_tokens.text(token),
            refresh_expires_in=limits.REFRESH_TOKEN_SECONDS,
            user=replace(user, admin=ADMINS in tokens.claims.groups),
        )

    async def _in_cognito(self, ending: Awaitable[None]) -> None:
        """What has ended here lets nobody in any more; that it ends in Cognito too is for those who hold its tokens and
        speak to Cognito itself."""
        try:
            await ending
        except ChatError as error:
            _log.warning("A session that ended could not be ended in Cognito: %s", error.code)

    def _bytes(self, size: int) -> bytes:
        return urlsafe_b64decode(self._entropy.token(size) + "==")
