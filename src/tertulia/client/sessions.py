"""Where a client keeps its sign-in session."""

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol

from msgspec import Struct


class SavedSession(Struct, frozen=True, kw_only=True):
    """A sign-in session. `expires` is when the access token does, in seconds since 1970; a token is "" where there is
    none."""

    url: str
    username: str = ""
    access_token: str = ""
    refresh_token: str = ""
    expires: float = 0.0

    def __repr__(self) -> str:
        """Without the tokens: a session may end up in a log."""
        return f"SavedSession(url={self.url!r}, username={self.username!r})"


class SessionStore(Protocol):
    """Keeps one session. A refresh token works once, so programs that share a store refresh under its lock."""

    def load(self) -> SavedSession | None: ...

    def save(self, session: SavedSession | None) -> None:
        """Keeps it; None forgets."""
        ...

    def exclusively(self) -> AbstractAsyncContextManager[None]:
        """While this is held, no other program that uses the same store holds it."""
        ...


class MemorySessions:
    """A store that nobody shares."""

    def __init__(self, session: SavedSession | None = None) -> None:
        self._session = session

    def load(self) -> SavedSession | None:
        return self._session

    def save(self, session: SavedSession | None) -> None:
        self._session = session

    def exclusively(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()
