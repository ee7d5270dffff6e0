"""Our refresh tokens: Cognito's own, with what it takes to rotate them.

Cognito's stays the same for a whole sign-in, and works for nobody without the app client's secret. In front of it stand
username, session and a secret that changes with each use, with a MAC over all of it. So a token tells by itself that it
was given by us, and whose it was, however old it is: one that was spent ends its session (RFC 9700, 4.14.2), and a
forged one does nothing.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Final

import msgspec
from msgspec import Struct

from tertulia.adapters.cognito.signatures import base64url

SECRET_BYTES: Final = 32
TOKEN_MAX: Final = 3_800
"""Characters; with its name and attributes a cookie has up to 4,096 bytes (RFC 6265, 6.1). Cognito's part has some
1,800."""
_MAC_BYTES: Final = 16


class Presented(Struct, frozen=True, array_like=True):
    """A refresh token's parts. Prints as nothing. `inner` is Cognito's."""

    username: str
    session: str
    secret: bytes
    inner: str = ""

    def __repr__(self) -> str:
        return "Presented(...)"


class RefreshTokens:
    """Reads and writes them. The MAC's key comes from the app client's secret: with another one they are all void."""

    def __init__(self, client_secret: str) -> None:
        self._key = hmac.digest(client_secret.encode(), b"tertulia: refresh tokens, 1", hashlib.sha256)

    def text(self, token: Presented) -> str:
        head = msgspec.msgpack.encode((token.username, token.session, token.secret))
        return f"{_base64(self._mac(head, token.inner) + head)}.{token.inner}"

    def parse(self, text: str) -> Presented | None:
        """The parts of a token, or None where it is not one that we gave."""
        first, dot, inner = text.partition(".")
        if not dot or len(text) > TOKEN_MAX:
            return None
        try:
            raw = base64url(first)
            mac, head = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
            if not hmac.compare_digest(mac, self._mac(head, inner)):
                return None
            username, session, secret = msgspec.msgpack.decode(head, type=tuple[str, str, bytes])
        except ValueError:
            return None
        return Presented(username, session, secret, inner)

    def _mac(self, head: bytes, inner: str) -> bytes:
        message = len(head).to_bytes(4) + head + inner.encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, message, hashlib.sha256)[:_MAC_BYTES]


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
