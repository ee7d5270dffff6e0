"""How many conversations and messages a log has, as triggers count them: one row is read, whatever there is."""

import sqlite3
from typing import Final

_COUNTED: Final = 'SELECT "conversations", "messages" FROM "Chat-Figures" WHERE "only" = 1'


def counted(connection: sqlite3.Connection) -> tuple[int, int]:
    """Conversations, and the messages sent in them; those that were deleted since are among them."""
    conversations, messages = connection.execute(_COUNTED).fetchone()
    return conversations, messages
