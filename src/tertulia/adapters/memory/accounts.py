"""Accounts in memory: what the port means, in its simplest form. For tests: nothing survives, and the hash is cheap."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tertulia.domain import limits
from tertulia.domain.directory import directory_words, fold
from tertulia.domain.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    LimitedError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)
from tertulia.domain.passwords import check_password, password_bytes
from tertulia.domain.texts import checked_line, checked_new_username
from tertulia.domain.tries import TRIES_MAX, recent, wait
from tertulia.domain.users import User
from tertulia.ports.accounts import Grant, Identity, SessionsEnded
from tertulia.ports.clock import Clock
from tertulia.ports.entropy import Entropy

_GRACE_SECONDS = 10
_SESSIONS_MAX = 50


class _Person(Struct):
    user: User
    salt: str
    password: bytes


class _Session(Struct):
    """`used` is the time of the last refresh, in microseconds."""

    id: str
    username: str
    used: int


class _Refresh(Struct):
    """A refresh token; spent where it has a successor."""

    session: str
    spent: int = 0
    successor: str = ""


class _Invite(Struct):
    admin: bool
    expires: int


class MemoryAccounts:
    """Needs no start. Access tokens are names, not signatures, so there are no keys."""

    def __init__(
        self, clock: Clock, entropy: Entropy, *, sign_up: Literal["open", "invite", "closed"] = "open"
    ) -> None:
        self._clock = clock
        self._entropy = entropy
        self._sign_up = sign_up
        self._people: dict[str, _Person] = {}
        self._sessions: dict[str, _Session] = {}
        self._refreshes: dict[str, _Refresh] = {}
        self._tokens: dict[str, Identity] = {}
        self._invites: dict[str, _Invite] = {}
        self._tries: dict[tuple[str, str], tuple[float, ...]] = {}
        self._listeners: list[Callable[[SessionsEnded], None]] = []

    def listen(self, listener: Callable[[SessionsEnded], None]) -> None:
        self._listeners.append(listener)

    async def sign_up(
        self,
        username: str,
        password: str,
        name: str,
        invite: str | None,
        email: str = "",  # noqa: ARG002 - no codes are sent
    ) -> tuple[User, bool]:
        admin = self._admitted(invite)
        checked_new_username(username)
        shown = checked_line(name, limits.NAME_MAX, "A name")
        check_password(username, password)
        if username in self._people:
            raise ConflictError("username_taken")
        self._invites.pop(invite or "", None)
        user = User(username=username, name=shown, admin=admin, created=self._clock.now())
        salt = self._entropy.token()
        self._people[username] = _Person(user, salt, _digest(salt, password))
        return user, False

    async def confirm(self, username: str, code: str) -> None:  # noqa: ARG002 - the port's names
        raise UnavailableError("not_supported")

    async def sign_in(self, username: str, password: str, *, address: str = "") -> Grant:
        self._prove(username, password, address)
        return self._begin(username)

    async def refresh(self, refresh_token: str) -> Grant:
        known = self._refreshes.get(refresh_token)
        session = self._sessions.get(known.session) if known else None
        if known is None or session is None:
            raise UnauthenticatedError("session_ended")
        now = self._clock.now()
        if now - session.used >= limits.REFRESH_TOKEN_SECONDS * 1_000_000:
            self._end(session.username, [session.id], "expired")
            raise UnauthenticatedError("session_ended")
        if not known.successor:
            known.spent, known.successor = now, self._entropy.token(32)
            self._refreshes[known.successor] = _Refresh(session.id)
            session.used = now
        elif not self._is_good(known):
            self._end(session.username, [session.id], "token_reused")
            raise UnauthenticatedError("session_ended")
        return self._grant(session, known.successor)

    async def sign_out(self, refresh_token: str | None, identity: Identity | None, *, everywhere: bool) -> None:
        known = self._refreshes.get(refresh_token or "")
        ours = [(identity.session, True)] if identity else []
        if known:
            ours.append((known.session, self._is_good(known)))
        for session, is_good in ours:
            if username := self._sessions[session].username if session in self._sessions else "":
                self._end(username, None if everywhere and is_good else [session], "signed_out")

    async def change_password(self, identity: Identity, old: str, new: str) -> Grant:
        check_password(identity.username, new)
        person = self._prove(identity.username, old, "change-password")
        if identity.session not in self._sessions:
            raise UnauthenticatedError("session_ended")
        person.password = _digest(person.salt, new)
        self._end(identity.username, None, "password_changed")
        return self._begin(identity.username)

    async def resend_code(self, username: str) -> None:  # noqa: ARG002 - the port's names
        raise UnavailableError("not_supported")

    async def forgot_password(self, username: str) -> None:  # noqa: ARG002 - the port's names
        raise UnavailableError("not_supported")

    async def reset_password(self, username: str, code: str, new: str) -> None:  # noqa: ARG002 - as above
        raise UnavailableError("not_supported")

    async def verify(self, access_token: str) -> Identity:
        identity = self._tokens.get(access_token)
        if identity is None:
            raise UnauthenticatedError("unauthenticated")
        if identity.session not in self._sessions:
            raise UnauthenticatedError("session_ended")
        if self._clock.now() >= identity.expires * 1_000_000:
            raise UnauthenticatedError("token_expired")
        return replace(identity, admin=self._people[identity.username].user.admin)

    async def live_sessions(self, username: str) -> frozenset[str]:
        idle = self._clock.now() - limits.REFRESH_TOKEN_SECONDS * 1_000_000
        return frozenset(s.id for s in self._sessions.values() if s.username == username and s.used > idle)

    async def keys(self) -> list[dict[str, str]]:
        return []

    async def user(self, username: str) -> User | None:
        person = self._people.get(username)
        return person.user if person else None

    async def users(self, usernames: Sequence[str]) -> list[User]:
        return [self._people[one].user for one in dict.fromkeys(usernames) if one in self._people]

    async def directory(self, query: str, *, after: str = "", limit: int) -> list[User]:
        beginning = fold(query)
        everybody = sorted((person.user for person in self._people.values()), key=lambda user: user.username)
        found = (
            user
            for user in everybody
            if user.username > after
            and not user.disabled
            and any(word.startswith(beginning) for word in directory_words(user.username, user.name) | {""})
        )
        return [user for user, _ in zip(found, range(limit), strict=False)]

    async def rename(self, username: str, name: str) -> User:
        shown = checked_line(name, limits.NAME_MAX, "A name")
        return self._change(username, name=shown)

    async def set_picture(self, username: str, picture: str) -> tuple[User, str]:
        person = self._people.get(username)
        before = person.user.picture if person else ""
        return self._change(username, picture=picture), before

    async def set_disabled(self, username: str, disabled: bool) -> User:
        user = self._change(username, disabled=disabled)
        if disabled:
            self._end(username, None, "disabled")
        return user

    async def set_admin(self, username: str, admin: bool) -> User:
        return self._change(username, admin=admin)

    async def invite(self, by: str, *, admin: bool, seconds: int) -> str:  # noqa: ARG002 - as above
        if seconds < 1:
            raise InvalidError("invalid_request")
        code = self._entropy.token()
        self._invites[code] = _Invite(admin, self._clock.now() + seconds * 1_000_000)
        return code

    async def close(self) -> None:
        """Nothing to close."""

    def _admitted(self, code: str | None) -> bool:
        if code:
            invite = self._invites.get(code)
            if invite is None or self._clock.now() >= invite.expires:
                raise ForbiddenError("invite_invalid")
            if self._sign_up == "closed" and not invite.admin:
                raise ForbiddenError("sign_up_closed")
            return invite.admin
        if self._sign_up != "open":
            raise ForbiddenError("invite_required" if self._sign_up == "invite" else "sign_up_closed")
        return False

    def _is_good(self, known: _Refresh) -> bool:
        """Not spent, or only a moment ago and what it led to is not."""
        if not known.successor:
            return True
        recently = abs(self._clock.now() - known.spent) <= _GRACE_SECONDS * 1_000_000
        return recently and not self._refreshes[known.successor].successor

    def _prove(self, username: str, password: str, address: str) -> _Person:
        key, now = (username, address), self._clock.monotonic()
        tried = recent(self._tries.get(key, ()), now)
        if seconds := wait(tried, now, TRIES_MAX):
            raise LimitedError("rate_limited", retry_after=seconds)
        person = self._people.get(username)
        right = person is not None and hmac.compare_digest(_digest(person.salt, password), person.password)
        if person is None or not right or person.user.disabled:
            self._tries[key] = (*tried, now)
            raise UnauthenticatedError("wrong_credentials")
        self._tries.pop(key, None)
        return person

    def _begin(self, username: str) -> Grant:
        held = sorted((s for s in self._sessions.values() if s.username == username), key=lambda s: s.used)
        for surplus in held[: max(0, len(held) - _SESSIONS_MAX + 1)]:
            self._end(username, [surplus.id], "too_many_sessions")
        session = _Session(self._entropy.token(), username, self._clock.now())
        self._sessions[session.id] = session
        token = self._entropy.token(32)
        self._refreshes[token] = _Refresh(session.id)
        return self._grant(session, token)

    def _grant(self, session: _Session, refresh_token: str) -> Grant:
        user = self._people[session.username].user
        expires = self._clock.now() // 1_000_000 + limits.ACCESS_TOKEN_SECONDS
        token = self._entropy.token()
        self._tokens[token] = Identity(username=user.username, session=session.id, admin=user.admin, expires=expires)
        return Grant(
            access_token=token,
            expires_in=limits.ACCESS_TOKEN_SECONDS,
            refresh_token=refresh_token,
            refresh_expires_in=limits.REFRESH_TOKEN_SECONDS,
            user=user,
        )

    def _end(self, username: str, sessions: Sequence[str] | None, reason: str) -> None:
        for session in [s for s in self._sessions.values() if s.username == username]:
            if sessions is None or session.id in sessions:
                del self._sessions[session.id]
        for listener in self._listeners:
            listener(SessionsEnded(username, None if sessions is None else tuple(sessions), reason))

    def _change(self, username: str, **change: str | bool) -> User:
        person = self._people.get(username)
        if person is None:
            raise NotFoundError("user_not_found")
        person.user = replace(person.user, **change)
        return person.user


def _digest(salt: str, password: str) -> bytes:
    """Cheap on purpose: nothing here outlives a test."""
    return hashlib.blake2b(password_bytes(password), key=salt.encode()).digest()
