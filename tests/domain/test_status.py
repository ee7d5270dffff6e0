"""A status is a line of text for a while."""

import pytest

from tertulia.domain import limits
from tertulia.domain.errors import InvalidError
from tertulia.domain.status import Status, checked, current

WHOLE = Status(emoji="🌴", text="away", until=10, dnd=True, dnd_until=20, since=1)


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        (9, WHOLE),
        (10, Status(dnd=True, dnd_until=20, since=1)),
        (19, Status(dnd=True, dnd_until=20, since=1)),
        (20, Status(since=1)),
    ],
)
def test_each_part_ends_at_its_time(now: int, holds: Status) -> None:
    """The words and "do not disturb" by themselves; at the time itself it is over."""
    assert current(WHOLE, now) == holds


def test_what_has_no_end_goes_on() -> None:
    """Until it is changed; and of what isn't said there is no end."""
    endless = Status(text="away", dnd=True, since=1)
    assert current(endless, limits.TIMESTAMP_MAX) == endless
    assert current(Status(until=50, dnd_until=50, since=1), 10) == Status(since=1)
    assert current(Status(emoji="🌴", since=1), 10) == Status(emoji="🌴", since=1)


def test_a_text_is_one_line_that_turns_nothing_around() -> None:
    """Up to 80 characters; what would change the direction of what is beside it goes."""
    longest = "x" * limits.STATUS_TEXT_MAX
    assert checked(Status(text=f" {longest} ")).text == longest
    assert checked(Status(text="\u202eabc\u2066", emoji="🏳️\u200d🌈")) == Status(text="abc", emoji="🏳️\u200d🌈")
    assert checked(Status(text="\u200f")).text == ""
    for wrong in (Status(text=longest + "x"), Status(text="a\x00b"), Status(text="a\u2028b"), Status(emoji="no")):
        with pytest.raises(InvalidError):
            checked(wrong)
