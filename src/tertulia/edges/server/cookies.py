"""The refresh token's cookie. No script can read it, no other site can send it, and only `/api/auth` gets it."""

from typing import Final

from tertulia.api.dispatch import RefreshCookie
from tertulia.api.openapi import REFRESH_COOKIE

_PATH: Final = "/api/auth"
_NAME: Final = REFRESH_COOKIE.encode("ascii") + b"="


def read_refresh_token(header: bytes | None) -> str | None:
    """The token in a `Cookie` header (RFC 6265, 5.4); None where it isn't there."""
    if header is None or _NAME not in header:
        return None
    for pair in map(bytes.strip, header.split(b";")):
        if pair.startswith(_NAME):
            return pair[len(_NAME) :].decode("latin-1") or None
    return None


def write_refresh_token(cookie: RefreshCookie, *, https: bool) -> bytes:
    """The value of the `Set-Cookie` header. `Secure` only over https: a browser would drop it otherwise."""
    age = cookie.max_age if cookie.value else 0
    secure = "; Secure" if https else ""
    text = f"{REFRESH_COOKIE}={cookie.value}; Path={_PATH}; Max-Age={age}; HttpOnly; SameSite=Strict{secure}"
    return text.encode("latin-1")
