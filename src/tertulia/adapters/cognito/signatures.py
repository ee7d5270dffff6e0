"""RS256 signatures, and the JSON Web Keys they are checked with (RFC 7518, 3.3 and 6.3.1; RFC 8017, 8.2.2).

Only checking, which touches no secret: the signature is raised to the public exponent, and what comes out has to be
byte by byte what the signer must have begun with. Nothing of the padding is parsed, so there is nothing to be lenient
about. Why no library does it: docs/decisions/0005-dependencies.md.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode
from typing import Any, Final

from msgspec import Struct

MODULUS_BITS_MIN: Final = 2_048
MODULUS_BITS_MAX: Final = 4_096
EXPONENT_MAX: Final = 2**32
"""Cognito's is 65537. Bounds what a check can cost."""
_SHA256: Final = bytes.fromhex("3031300d060960864801650304020105000420")
"""The DigestInfo of SHA-256, up to the digest (RFC 8017, 9.2, note 1)."""


class PublicKey(Struct, frozen=True):
    """An RSA key that checks signatures."""

    kid: str
    modulus: int
    exponent: int


def public_key(jwk: dict[str, Any]) -> PublicKey | None:
    """The key of a JWK; None where it is not one for RS256 signatures, or outside the bounds."""
    if jwk.get("kty") != "RSA" or jwk.get("alg", "RS256") != "RS256" or jwk.get("use", "sig") != "sig":
        return None
    kid, n, e = (jwk.get(name) for name in ("kid", "n", "e"))
    if not (isinstance(kid, str) and isinstance(n, str) and isinstance(e, str)):
        return None
    try:
        modulus, exponent = int.from_bytes(base64url(n)), int.from_bytes(base64url(e))
    except ValueError:
        return None
    if not MODULUS_BITS_MIN <= modulus.bit_length() <= MODULUS_BITS_MAX:
        return None
    return PublicKey(kid, modulus, exponent) if 3 <= exponent <= EXPONENT_MAX and exponent % 2 else None


def is_signed(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Whether the holder of the key signed the message (RSASSA-PKCS1-v1_5 with SHA-256)."""
    size = (key.modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature)
    if len(signature) != size or number >= key.modulus:
        return False
    ending = b"\x00" + _SHA256 + hashlib.sha256(message).digest()
    expected = b"\x00\x01" + b"\xff" * (size - 2 - len(ending)) + ending
    return hmac.compare_digest(pow(number, key.exponent, key.modulus).to_bytes(size), expected)


def base64url(text: str) -> bytes:
    """Base 64 with the URL alphabet and no padding (RFC 7515, 2). Raises ValueError for anything else."""
    if not text.isascii() or not text.replace("-", "").replace("_", "").isalnum():
        message = "not base64url"
        raise ValueError(message)
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
