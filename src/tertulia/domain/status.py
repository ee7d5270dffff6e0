"""What somebody says of themselves for a while: an emoji and a few words, and whether they want to be left in peace.

Nothing has to happen when it ends: whoever shows it looks at the time.
"""

from msgspec import Struct
from msgspec.structs import replace

from tertulia.domain import limits
from tertulia.domain.texts import checked_emoji, checked_line, shown_line


class Status(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`emoji` and `text` hold until `until`; `dnd` says that the person isn't to be disturbed, until `dnd_until`. Times
    are in microseconds; 0: until it is changed. `since` is when it was said: of two, the later one holds."""

    emoji: str = ""
    text: str = ""
    until: int = 0
    dnd: bool = False
    dnd_until: int = 0
    since: int = 0


def checked(status: Status) -> Status:
    """As others may see it: one line, without characters that turn around what is beside them. Raises InvalidError
    `invalid_request`."""
    line = checked_line(status.text, limits.STATUS_TEXT_MAX, "A status")
    emoji = checked_emoji(status.emoji) if status.emoji else ""
    return replace(status, emoji=emoji, text=shown_line(line, limits.STATUS_TEXT_MAX))


def current(status: Status, now: int) -> Status:
    """What holds of it at `now` (microseconds)."""
    if _is_over(status.until, now) or not (status.emoji or status.text):
        status = replace(status, emoji="", text="", until=0)
    if _is_over(status.dnd_until, now) or not status.dnd:
        status = replace(status, dnd=False, dnd_until=0)
    return status


def _is_over(until: int, now: int) -> bool:
    return 0 < until <= now
