"""Who sends a notification: VAPID (RFC 8292), a token that the server signs for each push service."""

import json
from base64 import urlsafe_b64encode
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from tertulia.adapters.web.encryption import public_bytes
from tertulia.ports.notifying import VapidKey

TOKEN_SECONDS: Final = 12 * 3600
"""How long a token is good; a push service takes up to 24 hours (RFC 8292, 2)."""
_KEY_BYTES: Final = 32


def new_key() -> VapidKey:
    """A key that the server makes for itself, once."""
    key = generate_private_key(SECP256R1())
    private = key.private_numbers().private_value.to_bytes(_KEY_BYTES)
    return VapidKey(private, _base64(public_bytes(key.public_key())))


def authorization(key: VapidKey, audience: str, contact: str, now: int) -> str:
    """The header `Authorization` for the push service at the origin `audience`. `contact` is an https or mailto address
    of who runs the server, left out where it is empty; `now` in seconds."""
    claims: dict[str, str | int] = {"aud": audience, "exp": now + TOKEN_SECONDS}
    if contact:
        claims["sub"] = contact
    head = _json({"typ": "JWT", "alg": "ES256"})
    signed = f"{head}.{_json(claims)}"
    return f"vapid t={signed}.{_sign(_private(key), signed.encode())}, k={key.public}"


def _private(key: VapidKey) -> EllipticCurvePrivateKey:
    return derive_private_key(int.from_bytes(key.private), SECP256R1())


def _sign(key: EllipticCurvePrivateKey, message: bytes) -> str:
    """ES256: both numbers, one after the other (RFC 7518, 3.4)."""
    r, s = decode_dss_signature(key.sign(message, ECDSA(SHA256())))
    return _base64(r.to_bytes(_KEY_BYTES) + s.to_bytes(_KEY_BYTES))


def _json(value: dict[str, str | int]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
