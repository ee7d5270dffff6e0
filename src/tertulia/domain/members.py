"""Members of a conversation, their roles, and what each of them may read.

A member reads what was committed while being one. That is kept as periods of membership, `[first, last]` in the
conversation's own timestamps, so that the same test serves entries, and the messages that entries are about.
"""

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from tertulia.domain import limits


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class Cursor(Struct, frozen=True):
    """How far a reader has read: a message's timestamp, and its number in the conversation."""

    timestamp: int = 0
    number: int = 0


class Period(NamedTuple):
    """Timestamps (microseconds) of the entry that began a membership and of the one that ended it, both readable."""

    first: int
    last: int | None = None


class Member(Struct, frozen=True, kw_only=True):
    """One person in one conversation. A row stays when the person leaves: `active` is False then.

    `shown` is how far others are shown that the person has read, which is never beyond `read`; None: as far as `read`.
    """

    username: str
    role: Role = Role.MEMBER
    active: bool = True
    read: Cursor = Cursor()
    shown: Cursor | None = None
    periods: tuple[Period, ...] = ()

    @property
    def shown_read(self) -> Cursor:
        """How far others are shown that this person has read."""
        return self.read if self.shown is None else self.shown

    def sees(self, timestamp: int, *, open_history: bool = False) -> bool:
        """Whether this person may read what was committed at `timestamp`."""
        return self.sees_span(timestamp, timestamp, open_history=open_history)

    def sees_span(self, begin: int, end: int, *, open_history: bool = False) -> bool:
        """Whether this person may read all that was committed from `begin` to `end`."""
        if open_history and self.active:
            return True
        return any(first <= begin and (last is None or end <= last) for first, last in self.periods)


class MemberRole(Struct, frozen=True):
    """A member as an entry names one."""

    username: str
    role: Role = Role.MEMBER


def join(earlier: Member | None, username: str, role: Role, timestamp: int, messages: int) -> Member:
    """The member after joining at `timestamp`, when the conversation had `messages` messages. Nothing is unread."""
    periods = (*(earlier.periods if earlier else ()), Period(timestamp))[-limits.MEMBERSHIP_PERIODS_MAX :]
    return Member(username=username, role=role, read=Cursor(timestamp, messages), periods=periods)


def leave(member: Member, timestamp: int) -> Member:
    """The member after leaving at `timestamp`. The entry of the leave itself is the last that is readable."""
    last = member.periods[-1]
    return replace(
        member, active=False, role=Role.MEMBER, periods=(*member.periods[:-1], Period(last.first, timestamp))
    )
