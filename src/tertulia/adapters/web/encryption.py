"""Messages that only one browser can read: aes128gcm (RFC 8188) with keys as Web Push agrees on them (RFC 8291)."""

import hmac
import secrets
from base64 import urlsafe_b64decode
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD_BYTES: Final = 4_096
"""The one record that there is has no more than this."""
_LAST: Final = b"\x02"
"""Delimits the padding of the last record (RFC 8188, 2); there is no padding."""
_SALT_BYTES: Final = 16


def encrypt(
    content: bytes, p256dh: str, auth: str, *, own: EllipticCurvePrivateKey | None = None, salt: bytes = b""
) -> bytes:
    """The body for the browser whose public key and secret these are (base64url). `own` and `salt` are fresh ones, but
    for tests. Raises ValueError where the key is no point of the curve."""
    own = own or generate_private_key(SECP256R1())
    salt = salt or secrets.token_bytes(_SALT_BYTES)
    theirs = from_base64(p256dh)
    ours = public_bytes(own.public_key())
    shared = own.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), theirs))
    # RFC 8291, 3.4.
    key = _expand(_extract(from_base64(auth), shared), b"WebPush: info\0" + theirs + ours, 32)
    # RFC 8188, 2.2 and 2.3.
    pseudo_random = _extract(salt, key)
    content_key = _expand(pseudo_random, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _expand(pseudo_random, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD_BYTES.to_bytes(4) + len(ours).to_bytes(1) + ours
    return header + AESGCM(content_key).encrypt(nonce, content + _LAST, None)


def public_bytes(key: EllipticCurvePublicKey) -> bytes:
    """An uncompressed point (SEC 1, 2.3.3)."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def from_base64(text: str) -> bytes:
    """Base64url, with or without its padding."""
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def _extract(salt: bytes, material: bytes) -> bytes:
    """HKDF-Extract with SHA-256 (RFC 5869, 2.2)."""
    return hmac.digest(salt, material, "sha256")


def _expand(key: bytes, info: bytes, size: int) -> bytes:
    """HKDF-Expand with SHA-256 (RFC 5869, 2.3) up to one block, which is all that is needed."""
    return hmac.digest(key, info + b"\x01", "sha256")[:size]
