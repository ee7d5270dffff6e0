"""Randomness: the system's, and one that tests can repeat."""

import hashlib
import secrets
from base64 import urlsafe_b64encode


class SystemEntropy:
    def token(self, size: int = 16) -> str:
        return secrets.token_urlsafe(size)


class SeededEntropy:
    """The same tokens for the same seed. For tests alone."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._drawn = 0

    def token(self, size: int = 16) -> str:
        self._drawn += 1
        drawn = hashlib.shake_256(f"{self._seed}:{self._drawn}".encode()).digest(size)
        return urlsafe_b64encode(drawn).decode().rstrip("=")
