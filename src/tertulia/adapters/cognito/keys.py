"""The pool's JWK set (RFC 7517): fetched at first use, again when a token names a key that isn't in it, and hourly."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from tertulia.adapters.cognito.signatures import PublicKey, public_key
from tertulia.domain.errors import UnavailableError
from tertulia.ports.clock import Clock

REFETCH_SECONDS: Final = 60.0
"""So often at most for unknown keys, however many tokens name some."""
STALE_SECONDS: Final = 3600.0
"""After which the set is fetched anew, so that a key that was withdrawn is forgotten."""
RETRY_SECONDS: Final = 1.0
"""After a fetch that failed."""
KEYS_MAX: Final = 20
_PUBLIC: Final = ("kty", "kid", "alg", "use", "n", "e")
_log = logging.getLogger(__name__)


class KeySet:
    """`fetch` gives the set as JSON, or raises UnavailableError."""

    def __init__(self, fetch: Callable[[], Awaitable[bytes]], clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, PublicKey] = {}
        self._published: list[dict[str, str]] = []
        self._next_fetch = float("-inf")
        self._stale_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def key(self, kid: str) -> PublicKey | None:
        """None where the pool has no such key. Raises UnavailableError where there is no set at all."""
        if kid not in self._keys or self._clock.monotonic() >= self._stale_at:
            await self._renew()
        return self._keys.get(kid)

    async def published(self) -> list[dict[str, str]]:
        """The set itself, its public parts. Raises UnavailableError where it can't be had."""
        if self._clock.monotonic() >= self._stale_at:
            await self._renew()
        return list(self._published)

    async def _renew(self) -> None:
        async with self._fetching:
            if self._clock.monotonic() >= self._next_fetch:
                await self._load()
        if not self._published:
            raise UnavailableError("unavailable", retry_after=RETRY_SECONDS)

    async def _load(self) -> None:
        """Keeps what there is where nothing better can be had."""
        try:
            jwks = _parsed(await self._fetch())
        except UnavailableError:
            _log.warning("The user pool's keys could not be fetched")
            self._next_fetch = self._clock.monotonic() + RETRY_SECONDS
            return
        self._keys = {key.kid: key for jwk in jwks if (key := public_key(jwk))}
        self._published = [{name: str(jwk[name]) for name in _PUBLIC if name in jwk} for jwk in jwks]
        now = self._clock.monotonic()
        self._next_fetch, self._stale_at = now + REFETCH_SECONDS, now + STALE_SECONDS


def _parsed(body: bytes) -> list[dict[str, Any]]:
    try:
        keys = msgspec.json.decode(body, type=dict[str, list[dict[str, Any]]]).get("keys", [])
    except msgspec.DecodeError as error:
        raise UnavailableError("unavailable") from error
    return keys[:KEYS_MAX]
