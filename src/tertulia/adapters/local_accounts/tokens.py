"""Access tokens: JWTs (RFC 7519, RFC 9068) signed with Ed25519, and whose they were when their session ended.

The algorithm's name is "Ed25519" (RFC 9864), which says all of it; "EdDSA" is deprecated there.
"""

import json
from collections import OrderedDict
from collections.abc import Collection, Iterable
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from msgspec import Struct

from tertulia.domain import limits
from tertulia.domain.errors import UnauthenticatedError
from tertulia.ports.accounts import Identity

ALGORITHM: Final = "Ed25519"
TYPE: Final = "at+jwt"
TOKEN_MAX: Final = 2_048
"""Characters; nothing longer is looked at."""
CACHE_MAX: Final = 10_000
"""Verified tokens that are remembered; one more costs its signature check again, about 0.15 ms."""
ENDED_MAX: Final = 20_000
"""Ended sessions that are remembered, about 3 MB. By number and not by time: a clock that jumps revives no token."""


def new_key() -> str:
    """A new private key as a JWK (RFC 8037). Its `kid` is its thumbprint (RFC 7638)."""
    return json.dumps(OKPKey.generate_key("Ed25519", auto_kid=True).as_dict(private=True))


class Signer:
    """Makes tokens with the newest key and reads those of every key it holds."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._keys: dict[str, OKPKey] = {}
        self._newest: OKPKey | None = None

    def load(self, jwks: Iterable[str]) -> None:
        """Replaces the keys; the last is the newest."""
        keys = [OKPKey.import_key(json.loads(text)) for text in jwks]
        self._keys = {str(key.kid): key for key in keys}
        self._newest = keys[-1]

    def public(self) -> list[dict[str, str]]:
        """For a JWK set (RFC 7517), newest first."""
        return [
            {name: str(value) for name, value in key.as_dict(private=False, use="sig", alg=ALGORITHM).items()}
            for key in reversed(self._keys.values())
        ]

    def sign(self, username: str, session: str, *, admin: bool, now: int, token_id: str) -> str:
        """A token for limits.ACCESS_TOKEN_SECONDS from `now` (seconds since 1970)."""
        if self._newest is None:
            raise UnauthenticatedError("unauthenticated")
        claims = {
            "iss": self._issuer,
            "sub": username,
            "sid": session,
            "iat": now,
            "exp": now + limits.ACCESS_TOKEN_SECONDS,
            "jti": token_id,
            "admin": admin,
        }
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": str(self._newest.kid)}
        return jwt.encode(header, claims, self._newest, algorithms=[ALGORITHM])

    def read(self, token: str) -> "Claims":
        """What the token says, whatever the time is. Raises `unauthenticated` where it is not one of ours."""
        if len(token) > TOKEN_MAX:
            raise UnauthenticatedError("unauthenticated")
        try:
            decoded = jwt.decode(token, self._key_of, algorithms=[ALGORITHM])
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise UnauthenticatedError("unauthenticated") from error
        return self._checked(decoded.header, decoded.claims)

    def _key_of(self, message: Any) -> OKPKey:
        """The key that the header names. Only keys of ours: nothing in a token can bring one along (RFC 8725, 3.10)."""
        key = self._keys.get(str(message.headers().get("kid")))
        if key is None:
            raise ValueError
        return key

    def _checked(self, header: dict[str, Any], claims: dict[str, Any]) -> "Claims":
        username, session = claims.get("sub"), claims.get("sid")
        issued, expires = claims.get("iat"), claims.get("exp")
        if (
            header.get("typ") == TYPE
            and claims.get("iss") == self._issuer
            and isinstance(username, str)
            and isinstance(session, str)
            and isinstance(issued, int)
            and isinstance(expires, int)
        ):
            return Claims(username, session, issued, expires)
        raise UnauthenticatedError("unauthenticated")


class Claims(Struct, frozen=True):
    """What a token proves. Times are in seconds since 1970. Who is an administrator is asked at the moment of use."""

    username: str
    session: str
    issued: int
    expires: int


class Verifier:
    """Tokens that are good now: signed by us, not expired, of a session that has not ended.

    Bounded in memory: verified tokens are forgotten oldest use first; ended sessions oldest first, and then every token
    that was issued before that end is refused as expired, so that forgetting never lets anybody in.
    """

    def __init__(self, signer: Signer, *, cache_max: int = CACHE_MAX, ended_max: int = ENDED_MAX) -> None:
        self._signer = signer
        self._cache_max = cache_max
        self._ended_max = ended_max
        self._verified: OrderedDict[str, Claims] = OrderedDict()
        self._ended: OrderedDict[str, int] = OrderedDict()
        self._refused_before = 0

    def verify(self, token: str, now: int, admins: Collection[str]) -> Identity:
        """`now` is in seconds since 1970. Raises `unauthenticated`, `token_expired`, `session_ended`."""
        claims = self._verified.get(token)
        if claims is None:
            claims = self._signer.read(token)
            self._verified[token] = claims
            if len(self._verified) > self._cache_max:
                self._verified.popitem(last=False)
        else:
            self._verified.move_to_end(token)
        if claims.session in self._ended:
            raise UnauthenticatedError("session_ended")
        if now >= claims.expires or claims.issued <= self._refused_before:
            self._verified.pop(token, None)
            raise UnauthenticatedError("token_expired")
        return Identity(
            username=claims.username,
            session=claims.session,
            admin=claims.username in admins,
            expires=claims.expires,
        )

    def end(self, sessions: Iterable[str], at: int) -> None:
        """From now on no token of these sessions is good. `at` (seconds since 1970) is when they ended."""
        for session in sessions:
            self._ended[session] = at
        while len(self._ended) > self._ended_max:
            _, ended = self._ended.popitem(last=False)
            self._refused_before = max(self._refused_before, min(ended, at))

    def forget(self) -> None:
        """The next use of each token checks its signature again: keys have changed."""
        self._verified.clear()
