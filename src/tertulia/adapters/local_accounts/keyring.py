"""The signing keys in the accounts file: the newest signs, earlier ones are good until their tokens have expired."""

import sqlite3
from typing import Final

from tertulia.adapters.local_accounts.database import log_change
from tertulia.adapters.local_accounts.tokens import new_key
from tertulia.domain import limits

_KEPT: Final = (limits.ACCESS_TOKEN_SECONDS + 3600) * 1_000_000
"""How long a key is published after a newer one took over: its last tokens' life, and an hour for caches elsewhere."""


def load(connection: sqlite3.Connection, now: int) -> list[str]:
    """The private keys as JWKs, oldest first. The first call makes the first key."""
    keys = _all(connection)
    if not keys:
        rotate(connection, now)
        keys = _all(connection)
    return keys


def rotate(connection: sqlite3.Connection, now: int) -> None:
    """A new key signs from now on. Keys go that no living token needs."""
    connection.execute(
        "DELETE FROM signing_keys WHERE number IN ("
        "SELECT old.number FROM signing_keys AS old JOIN signing_keys AS newer ON newer.number > old.number "
        "WHERE newer.created <= ?)",
        (now - _KEPT,),
    )
    connection.execute("INSERT INTO signing_keys (jwk, created) VALUES (?, ?)", (new_key(), now))
    log_change(connection, now, "keys")


def _all(connection: sqlite3.Connection) -> list[str]:
    return [jwk for (jwk,) in connection.execute("SELECT jwk FROM signing_keys ORDER BY number")]
