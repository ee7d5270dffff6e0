"""Read cursors only move forward, and unread is exact."""

from functools import reduce
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tertulia.domain.members import Cursor
from tertulia.domain.receipts import advance, unread

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


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_unread_is_the_number_of_messages_after_the_cursor(messages: int, number: int) -> None:
    """Unread counts the messages with a greater number, and is never negative."""
    assert unread(messages, Cursor(1, number)) == len(range(number, messages))
