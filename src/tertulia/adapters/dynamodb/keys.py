"""The names of the tables, and the keys of their items."""

from typing import Any, Final, NamedTuple

from tertulia.domain.entries import Entry, MessageSent
from tertulia.domain.limits import TIMESTAMP_MAX

CONVERSATIONS: Final = "Chat-Conversations"
MESSAGES: Final = "Chat-Messages"
CHANGES: Final = "Chat-Changes"
INDEX: Final = "Chat-Index"
SEARCH: Final = "Chat-Search"

HEAD: Final = "#"
"""The sort key of a conversation's head: it sorts before every username, and none begins with it."""
MILESTONE: Final = 64
"""The timestamp of every so-manieth entry can be looked up by its seq."""


class Key(NamedTuple):
    """A table, without its prefix, and the primary key of one item in it."""

    table: str
    partition: str
    sort: str | int


PARTITION: Final = {
    CONVERSATIONS: "conversation",
    MESSAGES: "conversation",
    CHANGES: "conversation",
    INDEX: "owner",
    SEARCH: "conversation",
}
SORT: Final = {CONVERSATIONS: "username", MESSAGES: "timestamp", CHANGES: "timestamp", INDEX: "key", SEARCH: "segment"}


def columns(key: Key) -> dict[str, Any]:
    """The attributes of the primary key."""
    return {PARTITION[key.table]: key.partition, SORT[key.table]: key.sort}


def head(conversation: str) -> Key:
    return Key(CONVERSATIONS, conversation, HEAD)


def member(conversation: str, username: str) -> Key:
    return Key(CONVERSATIONS, conversation, username)


def message(conversation: str, timestamp: int) -> Key:
    return Key(MESSAGES, conversation, timestamp)


def change(conversation: str, timestamp: int) -> Key:
    return Key(CHANGES, conversation, timestamp)


def entry(conversation: str, of: Entry) -> Key:
    """Where an entry of the log is."""
    return Key(MESSAGES if isinstance(of, MessageSent) else CHANGES, conversation, of.timestamp)


def sent(conversation: str, author: str, client_id: str) -> Key:
    """No username has a `#`, so no two messages share a key."""
    return Key(INDEX, conversation, f"sent#{author}#{client_id}")


def milestone(conversation: str, seq: int) -> Key:
    return Key(INDEX, conversation, f"seq#{seq:016}")


def about(conversation: str, target: int, timestamp: int) -> Key:
    return Key(INDEX, conversation, f"{about_prefix(target)}{timestamp:016}")


def about_prefix(target: int) -> str:
    """What the sort keys begin with of all entries about one message."""
    return f"about#{target:016}#"


def about_range(target: int, first: int = 0, last: int = TIMESTAMP_MAX) -> tuple[str, str]:
    """The sort keys of the entries about a message that were committed from `first` to `last`."""
    prefix = about_prefix(target)
    return f"{prefix}{first:016}", f"{prefix}{last:016}"


def timestamp_of(about_key: str) -> int:
    """The timestamp of the entry that an item `about#` or `thread#` stands for."""
    return int(about_key.rpartition("#")[2])


def reply(conversation: str, thread: int, timestamp: int) -> Key:
    return Key(INDEX, conversation, f"thread#{thread:016}#{timestamp:016}")


def segment(conversation: str, number: int) -> Key:
    """Packed texts of the messages 256 * number + 1 and on."""
    return Key(SEARCH, conversation, number)


def search_mark(conversation: str) -> Key:
    """How far the segments are: it sorts before all of them."""
    return Key(SEARCH, conversation, -1)


def membership(username: str, conversation: str) -> Key:
    return Key(INDEX, owner_of(username), conversation)


def owner_of(username: str) -> str:
    """The owner of a person's memberships: no conversation's id begins with `@`."""
    return f"@{username}"
