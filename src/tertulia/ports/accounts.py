"""Accounts: who people are, their passwords, their sign-in sessions."""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from tertulia.domain.users import User


class Identity(Struct, frozen=True, kw_only=True):
    """Who calls, as an access token proves it. `session` names the sign-in that the token comes from."""

    username: str
    session: str
    admin: bool
    expires: int
    """Seconds since 1970."""


class Grant(Struct, frozen=True, kw_only=True):
    """What a sign-in or a refresh gives. `expires_in` is in seconds. The refresh token works once."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: int
    user: User

    def __repr__(self) -> str:
        """Without the tokens: what is printed may end in a log."""
        return f"Grant(user={self.user.username!r}, ...)"


class SessionsEnded(Struct, frozen=True):
    """Sign-in sessions of a person ended: the named ones, or all where `sessions` is None."""

    username: str
    sessions: tuple[str, ...] | None
    reason: str


class Accounts(Protocol):
    """Raises the errors of `tertulia.domain.errors`. Passwords are never logged, stored or compared in clear."""

    def listen(self, listener: Callable[[SessionsEnded], None]) -> None:
        """Calls `listener` on the event loop within a second of the end of sessions, also where another process
        ended them."""
        ...

    async def sign_up(
        self, username: str, password: str, name: str, invite: str | None, email: str = ""
    ) -> tuple[User, bool]:
        """The new user, and whether a confirmation code is still asked for: it was sent to `email`, which is of no use
        and not kept where no codes are sent. Raises `username_taken`, `sign_up_closed`,
        `invite_required`, `invite_invalid`, `weak_password`."""
        ...

    async def confirm(self, username: str, code: str) -> None:
        """Raises `invalid_code`; `not_supported` where no codes are used."""
        ...

    async def sign_in(self, username: str, password: str, *, address: str = "") -> Grant:
        """Raises `wrong_credentials`, the same and in the same time for an unknown user, a wrong password and a
        disabled
        account; `rate_limited` after too many tries. They are counted for the username at the caller's network
        `address`, so that who guesses from one address doesn't lock the user out at another."""
        ...

    async def refresh(self, refresh_token: str) -> Grant:
        """Rotates: the token given is spent. Raises `session_ended`; a spent token ends its whole session (RFC 9700,
        4.14.2)."""
        ...

    async def sign_out(self, refresh_token: str | None, identity: Identity | None, *, everywhere: bool) -> None:
        """Ends the session of the token or identity, or all of that person's. Unknown tokens are no error."""
        ...

    async def change_password(self, identity: Identity, old: str, new: str) -> Grant:
        """Ends every session; the caller gets a new one. Raises `wrong_credentials`, `weak_password`,
        `rate_limited`."""
        ...

    async def resend_code(self, username: str) -> None:
        """Sends the code that confirms a new account once more; says nothing about whether there is one."""
        ...

    async def forgot_password(self, username: str) -> None:
        """Sends a code where there is a way to; says nothing about whether the user exists."""
        ...

    async def reset_password(self, username: str, code: str, new: str) -> None:
        """Ends every session. Raises `invalid_code`, `weak_password`, `rate_limited`."""
        ...

    async def verify(self, access_token: str) -> Identity:
        """Raises `unauthenticated`, `token_expired`, `session_ended`. Cheap: called for every request."""
        ...

    async def live_sessions(self, username: str) -> frozenset[str]:
        """The sign-in sessions that the person has at this moment."""
        ...

    async def keys(self) -> list[dict[str, str]]:
        """The public keys of access tokens, for a JWK set (RFC 7517)."""
        ...

    async def user(self, username: str) -> User | None: ...

    async def users(self, usernames: Sequence[str]) -> list[User]:
        """Those of them that exist."""
        ...

    async def directory(self, query: str, *, after: str = "", limit: int) -> list[User]:
        """Enabled users whose username or name has a word that starts with `query`, by username, after `after`."""
        ...

    async def rename(self, username: str, name: str) -> User: ...

    async def set_picture(self, username: str, picture: str) -> tuple[User, str]:
        """Names the file that shows the person, "" for none. The person, and the file that was named before. Raises
        `user_not_found`."""
        ...

    async def set_disabled(self, username: str, disabled: bool) -> User:
        """Disabling ends every session. Raises `user_not_found`."""
        ...

    async def set_admin(self, username: str, admin: bool) -> User: ...

    async def invite(self, by: str, *, admin: bool, seconds: int) -> str:
        """A code with which one person can sign up within that time."""
        ...

    async def close(self) -> None: ...
