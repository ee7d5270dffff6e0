"""Randomness that nobody can guess."""

from typing import Protocol


class Entropy(Protocol):
    def token(self, size: int = 16) -> str:
        """`size` random bytes from a cryptographic source, in URL-safe base 64 without padding."""
        ...
