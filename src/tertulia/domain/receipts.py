"""Read cursors and unread counts.

Unread is a difference of two numbers that only grow, so it can't drift: no counter is ever incremented.
"""

from tertulia.domain.members import Cursor


def advance(current: Cursor, wanted: Cursor) -> Cursor:
    """The cursor after a request to move it to `wanted`: it only moves forward."""
    return wanted if wanted.number > current.number else current


def unread(messages: int, read: Cursor) -> int:
    """How many of a conversation's `messages` come after the cursor."""
    return max(0, messages - read.number)
