"""Versions of a message: a page of them is cut out of what was looked at."""

import pytest

from tertulia.domain.entries import MessageEdited, MessageSent
from tertulia.domain.versions import LookedAt, Version, page_of, version_of

LOOKED_AT = [LookedAt(9, True), LookedAt(7, False), LookedAt(5, True), LookedAt(3, False)]


@pytest.mark.parametrize(
    ("limit", "whole", "expected"),
    [
        (1, True, ([9], 9)),
        (2, True, ([9, 5], None)),
        (2, False, ([9, 5], 3)),
        (3, False, ([9, 5], 3)),
    ],
)
def test_a_page_goes_on_where_it_ends(limit: int, whole: bool, expected: tuple[list[int], int | None]) -> None:
    """After its last version where there are more, after what was looked at where that was all, and nowhere at the
    end."""
    assert page_of(LOOKED_AT, limit, whole=whole) == expected


def test_where_nothing_is_there_is_nothing_more() -> None:
    """Such as before the first version."""
    assert page_of([], 5, whole=True) == ([], None)


def test_a_version_is_what_an_entry_says_and_when() -> None:
    """Of the entry that sent the message as of its edits."""
    sent = MessageSent(seq=2, timestamp=5, author="ana", id="one", number=1, text="frist")
    edited = MessageEdited(seq=3, timestamp=9, author="ana", target=5, text="first")
    assert [version_of(each) for each in (sent, edited)] == [
        Version(timestamp=5, text="frist"),
        Version(timestamp=9, text="first"),
    ]
