"""Access: what tokens prove at this moment, and who is told when sessions end, in whichever process that happened."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from typing import Final

from tertulia.adapters.local_accounts import keyring, people, sessions
from tertulia.adapters.local_accounts.database import Change, Database, forget_changes, recent_changes
from tertulia.adapters.local_accounts.tokens import ENDED_MAX, Signer, Verifier
from tertulia.domain import limits
from tertulia.domain.errors import ChatError
from tertulia.domain.users import User
from tertulia.ports.accounts import Grant, Identity, SessionsEnded
from tertulia.ports.clock import Clock
from tertulia.ports.entropy import Entropy

POLL_SECONDS: Final = 0.4
"""How often another process's changes are looked for: within a second they have to be known."""
TIDY_SECONDS: Final = 600
"""How often sessions that nobody uses are ended, and old changes forgotten."""
_SECOND: Final = 1_000_000
_log = logging.getLogger(__name__)


class Access:
    """Follows the log of changes, and keeps in memory what every request asks for."""

    def __init__(self, database: Database, clock: Clock, entropy: Entropy, issuer: str, poll_seconds: float) -> None:
        self._database = database
        database.listen(self.apply)
        self._clock = clock
        self._entropy = entropy
        self._poll_seconds = poll_seconds
        self._signer = Signer(issuer)
        self._verifier = Verifier(self._signer)
        self._admins: set[str] = set()
        self._keys_changed = False
        self._listeners: list[Callable[[SessionsEnded], None]] = []
        self._following: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to follow the log, from the sessions that ended before."""
        await self._database.write(self._tidy)
        await self._load_keys()
        self._admins |= await self._database.read(people.admins)
        for change in await self._database.read(lambda c: recent_changes(c, ENDED_MAX)):
            self._verifier.end(change.sessions.split(), change.at // _SECOND)
        self._following = asyncio.create_task(self._follow(), name="accounts: changes of other processes")

    async def close(self) -> None:
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
            self._following = None

    def listen(self, listener: Callable[[SessionsEnded], None]) -> None:
        self._listeners.append(listener)

    def verify(self, access_token: str) -> Identity:
        return self._verifier.verify(access_token, self._clock.now() // _SECOND, self._admins)

    def grant(self, user: User, session: str, refresh_token: str) -> Grant:
        token = self._signer.sign(
            user.username,
            session,
            admin=user.admin,
            now=self._clock.now() // _SECOND,
            token_id=self._entropy.token(),
        )
        return Grant(
            access_token=token,
            expires_in=limits.ACCESS_TOKEN_SECONDS,
            refresh_token=refresh_token,
            refresh_expires_in=limits.REFRESH_TOKEN_SECONDS,
            user=user,
        )

    def keys(self) -> list[dict[str, str]]:
        return self._signer.public()

    async def rotate_key(self) -> None:
        await self._database.write(lambda c: keyring.rotate(c, self._clock.now()))
        await self._load_keys()

    def apply(self, changes: Sequence[Change]) -> None:
        """Takes in what was committed, in its order, and tells the listeners which sessions ended."""
        for change in changes:
            match change.kind:
                case "ended" | "all_ended":
                    ended = tuple(change.sessions.split())
                    self._verifier.end(ended, change.at // _SECOND)
                    self._tell(
                        SessionsEnded(change.username, None if change.kind == "all_ended" else ended, change.reason)
                    )
                case "admin":
                    self._admins.add(change.username)
                case "not_admin":
                    self._admins.discard(change.username)
                case "keys":
                    self._keys_changed = True

    def _tell(self, ended: SessionsEnded) -> None:
        for listener in self._listeners:
            try:
                listener(ended)
            except Exception:  # noqa: BLE001
                # One listener's fault must not keep the others from closing connections.
                _log.exception("A listener of ended sessions failed")

    async def _follow(self) -> None:
        tidied = self._clock.monotonic()
        while True:
            await asyncio.sleep(self._poll_seconds)
            try:
                await self._database.poll()
                if self._keys_changed:
                    await self._load_keys()
                if self._clock.monotonic() - tidied >= TIDY_SECONDS:
                    tidied = self._clock.monotonic()
                    await self._database.write(self._tidy)
            except ChatError as error:
                _log.warning("The accounts file could not be read: %s", error.__cause__ or error)

    def _tidy(self, connection: sqlite3.Connection) -> None:
        sessions.expire(connection, self._clock.now())
        forget_changes(connection, self._clock.now())

    async def _load_keys(self) -> None:
        self._keys_changed = False
        self._signer.load(await self._database.write(lambda c: keyring.load(c, self._clock.now())))
        self._verifier.forget()
