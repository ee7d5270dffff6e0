"""The append: the snapshot, the decision, and all that an entry changes, in one transaction."""

import sqlite3
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from tertulia.adapters.sqlite import rows
from tertulia.adapters.sqlite.group_commit import Written
from tertulia.adapters.sqlite.schema import HEAD
from tertulia.domain import conversations, members, messages
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import (
    AboutMessage,
    ConversationCreated,
    Entry,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageSent,
    RoleChanged,
    Stamp,
    target_of,
    without_words,
)
from tertulia.domain.errors import NotFoundError
from tertulia.domain.members import Cursor, Member
from tertulia.domain.messages import Message
from tertulia.domain.receipts import advance
from tertulia.ports.store import Append, Committed, CursorMove, Outcome, Snapshot

_SNAPSHOT: Final = """
SELECT h."item", h."seq", h."timestamp", h."messages",
    c."active", c."read_timestamp", c."read_number", c."item",
    e."entry", e."digest"
FROM "Chat-Conversations" h
LEFT JOIN "Chat-Conversations" c ON c."conversation" = h."conversation" AND c."username" = ?2
LEFT JOIN "Chat-Messages" e ON e."conversation" = h."conversation" AND e."author" = ?2 AND e."client_id" = ?3
WHERE h."conversation" = ?1 AND h."username" = '#'
"""
_MEMBER: Final = """
SELECT "active", "read_timestamp", "read_number", "item" FROM "Chat-Conversations"
WHERE "conversation" = ? AND "username" = ?
"""
_TARGET: Final = """
SELECT coalesce("state", "entry") FROM "Chat-Messages"
WHERE "conversation" = ? AND "timestamp" = ? AND "number" IS NOT NULL
"""
_INSERT_ENTRY: Final = """
INSERT INTO "Chat-Messages"
    ("conversation", "timestamp", "seq", "number", "author", "client_id", "digest", "target", "thread", "entry")
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_MOVE_HEAD: Final = """
UPDATE "Chat-Conversations" SET "seq" = ?, "timestamp" = ?, "messages" = ?
WHERE "conversation" = ? AND "username" = '#'
"""
_CHANGE_HEAD: Final = """
UPDATE "Chat-Conversations" SET "seq" = ?, "timestamp" = ?, "messages" = ?, "item" = ?
WHERE "conversation" = ? AND "username" = '#'
"""
_MOVE_CURSOR: Final = """
UPDATE "Chat-Conversations" SET "read_timestamp" = ?, "read_number" = ? WHERE "conversation" = ? AND "username" = ?
"""
_COUNT: Final = """
SELECT "messages" FROM "Chat-Conversations" WHERE "conversation" = ? AND "username" = '#'
"""
_PUT_MEMBER: Final = """
INSERT INTO "Chat-Conversations" ("conversation", "username", "active", "read_timestamp", "read_number", "item")
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET "active" = excluded."active", "read_timestamp" = excluded."read_timestamp",
    "read_number" = excluded."read_number", "item" = excluded."item"
"""


def create(
    connection: sqlite3.Connection, name: str, decide: Callable[[Stamp], Entry], now: int
) -> Written[tuple[Conversation, bool]]:
    """The conversation, begun here unless it was there."""
    existing = _snapshot(connection, name, "", None)
    if existing is not None:
        return Written((existing.conversation, False))
    entry = decide(Stamp(1, now))
    if not isinstance(entry, ConversationCreated):
        message = "a conversation begins with a ConversationCreated"
        raise TypeError(message)
    conversation = conversations.begin(name, entry)
    connection.execute(
        'INSERT INTO "Chat-Conversations" ("conversation", "username", "seq", "timestamp", "messages", "item")'
        " VALUES (?, ?, ?, ?, 0, ?)",
        (name, HEAD, entry.seq, entry.timestamp, rows.head_item(conversation)),
    )
    for member in entry.members:
        _put_member(connection, name, members.join(None, member.username, member.role, entry.timestamp, 0))
    _insert(connection, name, entry, b"")
    return Written((conversation, True), Committed(name, entry))


def append(connection: sqlite3.Connection, request: Append, now: int) -> Written[Outcome]:
    """Decides, and writes what was decided. Nothing is written before the decision is made."""
    snapshot = _snapshot(connection, request.conversation, request.author, request.client_id)
    if snapshot is None:
        raise NotFoundError("conversation_not_found")
    if request.subject is not None:
        snapshot = replace(snapshot, subject=_member(connection, request.conversation, request.subject))
    if request.target is not None:
        snapshot = replace(snapshot, target=_target(connection, request.conversation, request.target))
    decision = request.decide(snapshot, conversations.next_stamp(snapshot.conversation, now))
    entry = decision.entry
    if entry is None:
        return Written(Outcome(entry=None, snapshot=snapshot))
    _insert(connection, request.conversation, entry, decision.digest)
    _change(connection, snapshot, entry)
    return Written(Outcome(entry=entry, snapshot=snapshot), Committed(request.conversation, entry))


def _change(connection: sqlite3.Connection, snapshot: Snapshot, entry: Entry) -> None:
    """All that follows from the entry: the head, members, the message that it is about."""
    before = snapshot.conversation
    name = before.id
    subject = snapshot.subject
    head = conversations.apply(before, entry, role_before=subject.role if subject else None)
    if isinstance(entry, MessageSent):
        connection.execute(_MOVE_HEAD, (head.seq, head.timestamp, head.messages, name))
        connection.execute(_MOVE_CURSOR, (entry.timestamp, entry.number, name, entry.author))
        return
    connection.execute(_CHANGE_HEAD, (head.seq, head.timestamp, head.messages, rows.head_item(head), name))
    match entry:
        case MemberAdded():
            _put_member(
                connection, name, members.join(subject, entry.username, entry.role, entry.timestamp, before.messages)
            )
        case MemberRemoved() if subject is not None:
            _put_member(connection, name, members.leave(subject, entry.timestamp))
        case RoleChanged() if subject is not None:
            _put_member(connection, name, replace(subject, role=entry.role))
        case _ if snapshot.target is not None and isinstance(entry, AboutMessage):
            _change_message(connection, name, snapshot.target, entry)


def _change_message(connection: sqlite3.Connection, name: str, before: Message, entry: AboutMessage) -> None:
    after = messages.apply(before, entry)
    connection.execute(
        'UPDATE "Chat-Messages" SET "state" = ? WHERE "conversation" = ? AND "timestamp" = ?',
        (rows.encode(after), name, before.timestamp),
    )
    if isinstance(entry, MessageDeleted):
        _erase(connection, name, before.timestamp)


def _erase(connection: sqlite3.Connection, name: str, target: int) -> None:
    """Takes what was said out of the entries about a message, and out of its own."""
    found = connection.execute(
        'SELECT "entry" FROM "Chat-Messages" WHERE "conversation" = ?1 AND "timestamp" = ?2 UNION ALL '
        'SELECT "entry" FROM "Chat-Messages" WHERE "conversation" = ?1 AND "target" = ?2',
        (name, target),
    ).fetchall()
    for (text,) in found:
        entry = rows.entry_from(text)
        erased = without_words(entry)
        if erased is entry:
            continue
        connection.execute(
            'UPDATE "Chat-Messages" SET "entry" = ? WHERE "conversation" = ? AND "timestamp" = ?',
            (rows.encode(erased), name, erased.timestamp),
        )


def move_cursor(connection: sqlite3.Connection, name: str, username: str, timestamp: int) -> Written[CursorMove]:
    """Moves the read cursor to the last message at or before `timestamp`, forward only."""
    member = _member(connection, name, username)
    if member is None or not member.active:
        raise NotFoundError("conversation_not_found")
    found = connection.execute(
        'SELECT "timestamp", "number" FROM "Chat-Messages" WHERE "conversation" = ? AND "timestamp" <= ? '
        'AND "number" IS NOT NULL ORDER BY "timestamp" DESC LIMIT 1',
        (name, timestamp),
    ).fetchone()
    read = advance(member.read, Cursor(*found)) if found else member.read
    moved = read != member.read
    if moved:
        connection.execute(_MOVE_CURSOR, (read.timestamp, read.number, name, username))
    (sent,) = connection.execute(_COUNT, (name,)).fetchone()
    return Written(CursorMove(read, moved, sent))


def _snapshot(connection: sqlite3.Connection, name: str, author: str, client_id: str | None) -> Snapshot | None:
    row = connection.execute(_SNAPSHOT, (name, author, client_id)).fetchone()
    if row is None:
        return None
    item, seq, timestamp, sent, active, read_timestamp, read_number, member, earlier, digest = row
    return Snapshot(
        conversation=rows.conversation_from(name, item, seq, timestamp, sent),
        caller=None if member is None else rows.member_from(author, active, read_timestamp, read_number, member),
        earlier=None if earlier is None else rows.sent_from(earlier),
        earlier_digest=digest or b"",
    )


def _member(connection: sqlite3.Connection, name: str, username: str) -> Member | None:
    row = connection.execute(_MEMBER, (name, username)).fetchone()
    return None if row is None or username == HEAD else rows.member_from(username, *row)


def _target(connection: sqlite3.Connection, name: str, timestamp: int) -> Message | None:
    row = connection.execute(_TARGET, (name, timestamp)).fetchone()
    return None if row is None else rows.message_from(row[0])


def _insert(connection: sqlite3.Connection, name: str, entry: Entry, digest: bytes) -> None:
    number = client_id = sent_digest = thread = None
    if isinstance(entry, MessageSent):
        number, client_id, sent_digest, thread = entry.number, entry.id, digest, entry.thread or None
    connection.execute(
        _INSERT_ENTRY,
        (
            name,
            entry.timestamp,
            entry.seq,
            number,
            entry.author,
            client_id,
            sent_digest,
            target_of(entry),
            thread,
            rows.encode(entry),
        ),
    )


def _put_member(connection: sqlite3.Connection, name: str, member: Member) -> None:
    connection.execute(
        _PUT_MEMBER,
        (
            name,
            member.username,
            int(member.active),
            member.read.timestamp,
            member.read.number,
            rows.member_item(member),
        ),
    )
