"""Signatures of addresses, by a key that the installation makes for itself."""

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Final

from tertulia.ports.media import Purpose

_KEY_BYTES: Final = 32


class Signer:
    """With the key in `file`, made at the first start; made anew where a crash left only a part of it."""

    def __init__(self, file: Path) -> None:
        self._key: Final = _key(file)

    def sign(self, media: str, purpose: Purpose, expires: int, part: int = 0) -> str:
        """HMAC-SHA256 (RFC 2104) over purpose, file, time and part: good for this one alone."""
        message = f"{purpose}\0{media}\0{expires}" + (f"\0{part}" if part else "")
        return urlsafe_b64encode(hmac.digest(self._key, message.encode(), "sha256")).decode().rstrip("=")

    def holds(self, signature: str, media: str, purpose: Purpose, expires: int, part: int = 0) -> bool:
        return hmac.compare_digest(signature.encode(), self.sign(media, purpose, expires, part).encode())


def _key(path: Path) -> bytes:
    if path.exists() and path.stat().st_size == _KEY_BYTES:
        return path.read_bytes()
    path.unlink(missing_ok=True)
    key = hashlib.sha256(secrets.token_bytes(64)).digest()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key
