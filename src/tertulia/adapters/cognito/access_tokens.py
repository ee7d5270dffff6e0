"""Access tokens of the pool: JWTs (RFC 7519) that Cognito signs with RS256."""

from collections import OrderedDict
from typing import Final

import msgspec
from msgspec import Struct, field

from tertulia.adapters.cognito.keys import KeySet
from tertulia.adapters.cognito.settings import CognitoSettings
from tertulia.adapters.cognito.signatures import base64url, is_signed
from tertulia.domain.errors import UnauthenticatedError

TOKEN_MAX: Final = 4_096
"""Characters; nothing longer is looked at. Cognito's have some 1,100."""
CACHE_MAX: Final = 2_000
"""Verified tokens that are remembered in a container, about 6 MB; one more costs its signature check again."""


class Claims(Struct, frozen=True, kw_only=True):
    """What a token says. `origin_jti` is the same for all tokens of one sign-in. Times in seconds since 1970."""

    iss: str
    client_id: str
    token_use: str
    username: str
    origin_jti: str
    exp: int
    groups: list[str] = field(default_factory=list, name="cognito:groups")


class _Header(Struct, frozen=True):
    alg: str
    kid: str


class AccessTokens:
    """Which tokens are the pool's, for our app client. Bounded in memory: oldest use is forgotten first."""

    def __init__(self, settings: CognitoSettings, keys: KeySet, *, cache_max: int = CACHE_MAX) -> None:
        self._issuer = settings.token_issuer
        self._client_id = settings.client_id
        self._keys = keys
        self._cache_max = cache_max
        self._verified: OrderedDict[str, Claims] = OrderedDict()

    async def read(self, token: str, now: int) -> Claims:
        """`now` is in seconds since 1970. Raises `unauthenticated` where it is none of ours, `token_expired`."""
        claims = self._verified.get(token)
        if claims is None:
            claims = await self._check(token)
            self._verified[token] = claims
            if len(self._verified) > self._cache_max:
                self._verified.popitem(last=False)
        else:
            self._verified.move_to_end(token)
        if now >= claims.exp:
            self._verified.pop(token, None)
            raise UnauthenticatedError("token_expired")
        return claims

    async def _check(self, token: str) -> Claims:
        parts = token.split(".")
        if len(token) > TOKEN_MAX or len(parts) != 3:
            raise UnauthenticatedError("unauthenticated")
        try:
            header = msgspec.json.decode(base64url(parts[0]), type=_Header)
            signature, claims = base64url(parts[2]), decoded(token)
        except ValueError as error:
            raise UnauthenticatedError("unauthenticated") from error
        # Before the key is looked for, so that tokens of others make nobody fetch keys.
        if header.alg != "RS256" or not self._is_for_us(claims):
            raise UnauthenticatedError("unauthenticated")
        key = await self._keys.key(header.kid)
        if key is None or not is_signed(key, f"{parts[0]}.{parts[1]}".encode(), signature):
            raise UnauthenticatedError("unauthenticated")
        return claims

    def _is_for_us(self, claims: Claims) -> bool:
        return claims.iss == self._issuer and claims.client_id == self._client_id and claims.token_use == "access"  # noqa: S105


def decoded(token: str) -> Claims:
    """What a token says, unchecked: for those that Cognito itself has just answered. Raises ValueError."""
    return msgspec.json.decode(base64url(token.split(".")[1]), type=Claims)
