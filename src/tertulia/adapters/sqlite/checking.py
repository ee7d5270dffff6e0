"""Whether a log is what it must be: the file itself, and that heads, members and messages follow from the entries."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from tertulia.adapters.sqlite import rows
from tertulia.adapters.sqlite.schema import HEAD
from tertulia.domain import conversations, messages
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import (
    AboutMessage,
    ConversationCreated,
    Entry,
    MemberAdded,
    MemberRemoved,
    MessageSent,
    RoleChanged,
    target_of,
)
from tertulia.domain.members import Role
from tertulia.domain.messages import Message

_HEADS: Final = """
SELECT "conversation", "item", "seq", "timestamp", "messages" FROM "Chat-Conversations" WHERE "username" = '#'
ORDER BY "conversation"
"""
_ENTRIES: Final = """
SELECT "timestamp", "seq", "number", "author", "client_id", "target", "thread", "entry", "state" FROM "Chat-Messages"
WHERE "conversation" = ? ORDER BY "timestamp"
"""
_ABOUT: Final = 'SELECT "entry" FROM "Chat-Messages" WHERE "conversation" = ? AND "target" = ? ORDER BY "timestamp"'
_MEMBERS: Final = """
SELECT "username", "active", "read_timestamp", "read_number", "item" FROM "Chat-Conversations"
WHERE "conversation" = ? AND "username" <> '#'
"""
_ORPHANS: Final = """
SELECT DISTINCT "conversation" FROM "Chat-Messages"
EXCEPT SELECT "conversation" FROM "Chat-Conversations" WHERE "username" = '#'
"""

Row = tuple[int, int, int | None, str, str | None, int | None, int | None, str, str | None]


def problems(connection: sqlite3.Connection, progress: Callable[[int], None]) -> Iterator[str]:
    """What is wrong, a sentence each; nothing where all is well. `progress` is told how many entries were looked at.

    Everything is read in one snapshot. Blocks.
    """
    for (said,) in connection.execute("PRAGMA integrity_check(20)").fetchall():
        if said != "ok":
            yield f"SQLite says: {said}"
    for (name,) in connection.execute(_ORPHANS).fetchall():
        yield f"{name}: there are entries, but no conversation."
    for name, item, seq, timestamp, sent in connection.execute(_HEADS).fetchall():
        try:
            head = rows.conversation_from(name, item, seq, timestamp, sent)
            yield from (f"{name}: {said}" for said in _conversation(connection, head, progress))
        except msgspec.DecodeError as error:
            yield f"{name}: a row can't be read: {error}"


class _Replay:
    """The head and the roles of active members, as the entries make them."""

    def __init__(self) -> None:
        self.head: Conversation | None = None
        self.roles: dict[str, Role] = {}

    def apply(self, name: str, entry: Entry) -> None:
        if self.head is None:
            if isinstance(entry, ConversationCreated):
                self.head = conversations.begin(name, entry)
                self.roles = {member.username: member.role for member in entry.members}
            return
        before = self.roles.get(entry.username) if isinstance(entry, MemberRemoved | RoleChanged) else None
        self.head = conversations.apply(self.head, entry, role_before=before)
        if isinstance(entry, MemberAdded | RoleChanged):
            self.roles[entry.username] = entry.role
        elif isinstance(entry, MemberRemoved):
            self.roles.pop(entry.username, None)


def _conversation(connection: sqlite3.Connection, head: Conversation, progress: Callable[[int], None]) -> Iterator[str]:
    replay = _Replay()
    seq = timestamp = number = 0
    for row in connection.execute(_ENTRIES, (head.id,)):
        entry = rows.entry_from(row[7])
        yield from _row(row, entry)
        if entry.seq != seq + 1:
            yield f"after the entry {seq} comes {entry.seq}."
        if entry.timestamp <= timestamp:
            yield f"the timestamp of the entry {entry.seq} is not after the one before."
        if isinstance(entry, MessageSent):
            if entry.number != number + 1:
                yield f"after the message {number} comes {entry.number}."
            number = entry.number
            yield from _message(connection, head.id, entry, row[8])
        seq, timestamp = entry.seq, entry.timestamp
        replay.apply(head.id, entry)
        progress(1)
    if replay.head is None:
        yield "the log does not begin with the conversation's beginning."
    elif replay.head != head:
        yield f"the head is not what the entries make: {_difference(head, replay.head)}."
    yield from _members(connection, head, replay.roles)


def _row(row: Row, entry: Entry) -> Iterator[str]:
    """The columns say the same as the entry."""
    number = name = thread = None
    if isinstance(entry, MessageSent):
        number, name, thread = entry.number, entry.id, entry.thread or None
    if row[:7] != (entry.timestamp, entry.seq, number, entry.author, name, target_of(entry), thread):
        yield f"the columns of the entry {entry.seq} are not the entry's."


def _message(connection: sqlite3.Connection, name: str, sent: MessageSent, state: str | None) -> Iterator[str]:
    """What people see of a message is the fold of the entries about it."""
    about = [rows.entry_from(text) for (text,) in connection.execute(_ABOUT, (name, sent.timestamp))]
    folded = messages.fold(sent, [entry for entry in about if isinstance(entry, AboutMessage)])
    if (rows.message_from(state) if state else _as_sent(sent)) != folded:
        yield f"the message {sent.number} is not what the entries about it make."


def _as_sent(sent: MessageSent) -> Message:
    return messages.fold(sent, ())


def _members(connection: sqlite3.Connection, head: Conversation, roles: dict[str, Role]) -> Iterator[str]:
    active: dict[str, Role] = {}
    for row in connection.execute(_MEMBERS, (head.id,)):
        member = rows.member_from(*row)
        if member.active:
            active[member.username] = member.role
        if member.read.number > head.messages:
            yield f"{member.username} has read more messages than there are."
        if member.active != (bool(member.periods) and member.periods[-1].last is None):
            yield f"{member.username} is a member now, or not, against the periods of membership."
    if active != roles:
        changed = {name for name, _ in set(active.items()) ^ set(roles.items())}
        yield f"the members are not those that the entries make: {', '.join(sorted(changed))}."


def _difference(one: Conversation, other: Conversation) -> str:
    names = [name for name in Conversation.__struct_fields__ if getattr(one, name) != getattr(other, name)]
    return ", ".join(f"{name} is {getattr(one, name)!r}, not {getattr(other, name)!r}" for name in names)


def count_entries(connection: sqlite3.Connection) -> tuple[int, int]:
    """Conversations and entries."""
    (heads,) = connection.execute('SELECT count(*) FROM "Chat-Conversations" WHERE "username" = ?', (HEAD,)).fetchone()
    (entries,) = connection.execute('SELECT count(*) FROM "Chat-Messages"').fetchone()
    return heads, entries


def media_of(connection: sqlite3.Connection) -> Iterator[tuple[str, int, str]]:
    """Conversation, timestamp and file of every attachment that there should be."""
    found = connection.execute(
        'SELECT "conversation", "entry" FROM "Chat-Messages" WHERE "number" IS NOT NULL'
        """ AND "entry" LIKE '%"media"%'"""
    )
    for name, text in found:
        entry = rows.sent_from(text)
        for attachment in entry.attachments:
            if attachment.library:
                # All messages share it, and it may have been removed.
                continue
            yield name, entry.timestamp, attachment.media
