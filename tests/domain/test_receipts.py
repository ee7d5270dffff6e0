"""Read cursors only move forward, and unread is exact."""

from functools import reduce
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tertulia.domain.members import Cursor, Member
from tertulia.domain.receipts import advance, move, unread

CURSORS = st.lists(st.integers(0, 50).map(lambda number: Cursor(number * 10, number)), max_size=20)


@given(CURSORS)
def test_a_cursor_only_moves_forward(wanted: list[Cursor]) -> None:
    """Whatever is asked for, in whatever order, the cursor never moves back."""
    current = Cursor()
    for cursor in wanted:
        moved = advance(current, cursor)
        assert moved.number >= current.number
        assert moved in (current, cursor)
        current = moved


@given(CURSORS, st.randoms(use_true_random=False))
def test_the_order_of_devices_does_not_matter(wanted: list[Cursor], random: Random) -> None:
    """Devices that move the same cursor in any order end at the same place: the furthest."""
    shuffled = list(wanted)
    random.shuffle(shuffled)
    assert reduce(advance, wanted, Cursor()) == reduce(advance, shuffled, Cursor())


@given(CURSORS, st.lists(st.booleans(), min_size=20, max_size=20))
def test_others_are_shown_what_was_read_openly(wanted: list[Cursor], private: list[bool]) -> None:
    """What is read is the furthest of all moves, what is shown the furthest of the open ones; where both are the same,
    one is kept."""
    member = Member(username="ana")
    for cursor, is_private in zip(wanted, private, strict=False):
        member = move(member, cursor, private=is_private)
    opened = [each for each, is_private in zip(wanted, private, strict=False) if not is_private]
    assert member.read == reduce(advance, wanted, Cursor())
    assert member.shown_read == reduce(advance, opened, Cursor())
    assert (member.shown is None) is (member.read == member.shown_read)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_unread_is_the_number_of_messages_after_the_cursor(messages: int, number: int) -> None:
    """Unread counts the messages with a greater number, and is never negative."""
    assert unread(messages, Cursor(1, number)) == len(range(number, messages))
