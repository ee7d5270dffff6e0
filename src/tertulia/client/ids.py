"""Ids that a client gives its own messages and groups."""

import secrets
import time


def new_id() -> str:
    """An id that nobody else makes: 48 bits of milliseconds, so that ids sort roughly by time, then 80 random bits."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"
