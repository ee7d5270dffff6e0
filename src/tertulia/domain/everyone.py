"""Naming all members of a group at once: `@all`, and `@here` for those who are there.

In an entry's `mentions` they stand with their `@`, which no username has. No new account can be called so. One that was
there before is named as ever where nobody else is meant: in a direct conversation, and in a group that is too large.
"""

from typing import Final

from msgspec import Struct

from tertulia.domain import limits
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import ConversationKind, MessageSent

ALL: Final = "@all"
"""Every member."""
HERE: Final = "@here"
"""Every member who is there at that moment: only pages that are open tell of it."""


class Named(Struct, frozen=True):
    """Whom a text names: `people` by their usernames, in their order; `everyone` are the words for everybody that stand
    neither in code nor in a quote."""

    people: tuple[str, ...] = ()
    everyone: tuple[str, ...] = ()


def mentions_in(head: Conversation, named: Named) -> tuple[str, ...]:
    """Whom a message with these names mentions in the conversation."""
    if head.kind is ConversationKind.DIRECT or head.members > limits.EVERYONE_MAX:
        return named.people
    return (*(f"@{word}" for word in named.everyone), *(name for name in named.people if name not in named.everyone))


def names(message: MessageSent, username: str) -> bool:
    """Whether the message names the person, wherever the person is."""
    return username in message.mentions or ALL in message.mentions
