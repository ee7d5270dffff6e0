"""Naming everybody of a group at once."""

import pytest

from tertulia.domain import limits
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import ConversationKind, MessageSent
from tertulia.domain.errors import ConflictError, InvalidError
from tertulia.domain.everyone import ALL, HERE, Named, mentions_in, names
from tertulia.domain.texts import NAMES_OF_EVERYONE, checked_new_username


def head(members: int, kind: ConversationKind = ConversationKind.GROUP) -> Conversation:
    return Conversation(id="g", kind=kind, created=1, seq=9, timestamp=9, members=members)


NAMED = Named(("ben", "all", "here"), ("all", "here"))


def test_up_to_a_size_of_group_everybody_is_named() -> None:
    """At limits.EVERYONE_MAX members; in a larger group, and between two, the words are names like others."""
    assert mentions_in(head(limits.EVERYONE_MAX), NAMED) == (ALL, HERE, "ben")
    assert mentions_in(head(limits.EVERYONE_MAX + 1), NAMED) == NAMED.people
    assert mentions_in(head(2, ConversationKind.DIRECT), NAMED) == NAMED.people


def test_a_word_in_a_quote_stays_a_name() -> None:
    """What isn't said to everybody names at most an account of that name."""
    assert mentions_in(head(3), Named(("all", "ben"), ())) == ("all", "ben")


@pytest.mark.parametrize(
    ("mentions", "expected"), [((), False), (("ben",), True), (("ana",), False), ((ALL,), True), ((HERE,), False)]
)
def test_who_is_named_wherever_that_person_is(mentions: tuple[str, ...], expected: bool) -> None:
    """By name and by `@all`; `@here` is for who is there."""
    message = MessageSent(seq=2, timestamp=5, author="ana", id="one", number=1, text="x", mentions=mentions)
    assert names(message, "ben") is expected


def test_no_new_account_is_called_everybody() -> None:
    """The words are taken; names that begin with one are not."""
    for word in NAMES_OF_EVERYONE:
        with pytest.raises(ConflictError) as refused:
            checked_new_username(word)
        assert refused.value.code == "username_taken"
    assert checked_new_username("allan") == "allan"
    with pytest.raises(InvalidError):
        checked_new_username("All")
