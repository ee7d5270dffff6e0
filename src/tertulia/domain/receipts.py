"""Read cursors and unread counts.

Unread is a difference of two numbers that only grow, so it can't drift: no counter is ever incremented.
"""

from msgspec.structs import replace

from tertulia.domain.members import Cursor, Member


def advance(current: Cursor, wanted: Cursor) -> Cursor:
    """The cursor after a request to move it to `wanted`: it only moves forward."""
    return wanted if wanted.number > current.number else current


def move(member: Member, wanted: Cursor, *, private: bool) -> Member:
    """The member after a request to move the cursor to `wanted`. One that is private shows others nothing of it; one
    that isn't also shows what was read privately before, up to `wanted`. Both cursors only move forward."""
    read = advance(member.read, wanted)
    shown = member.shown_read if private else advance(member.shown_read, wanted)
    return with_cursors(member, read, shown)


def with_cursors(member: Member, read: Cursor, shown: Cursor) -> Member:
    """The member, who has read as far as `read`, of which others are shown as much as `shown`."""
    return replace(member, read=read, shown=None if shown == read else shown)


def unread(messages: int, read: Cursor) -> int:
    """How many of a conversation's `messages` come after the cursor."""
    return max(0, messages - read.number)
