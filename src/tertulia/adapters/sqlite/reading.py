"""The reads: each a few index look-ups, and one index range at the most for each period of membership."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Final

from tertulia.adapters.sqlite import rows
from tertulia.adapters.sqlite.schema import HEAD
from tertulia.domain import limits
from tertulia.domain import messages as folding
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import AboutMessage, MessageEdited, MessageSent, VisibleEntry, hide, target_of
from tertulia.domain.limits import TIMESTAMP_MAX
from tertulia.domain.members import Member
from tertulia.domain.messages import Message
from tertulia.domain.versions import LookedAt, Saying, page_of
from tertulia.ports.store import Membership

_HEAD_AND_MEMBER: Final = """
SELECT h."item", h."seq", h."timestamp", h."messages", m."active", m."read_timestamp", m."read_number", m."item"
FROM "Chat-Conversations" m
JOIN "Chat-Conversations" h ON h."conversation" = m."conversation" AND h."username" = '#'
WHERE m."conversation" = ? AND m."username" = ?
"""
_PAGE_OF_MEMBERSHIPS: Final = """
SELECT m."conversation", h."item", h."seq", h."timestamp", h."messages",
    m."active", m."read_timestamp", m."read_number", m."item"
FROM "Chat-Conversations" m
JOIN "Chat-Conversations" h ON h."conversation" = m."conversation" AND h."username" = '#'
WHERE m."username" = ? AND m."active" = 1 AND m."conversation" > ?
ORDER BY m."conversation" LIMIT ?
"""
_MEMBERS: Final = """
SELECT "username", "active", "read_timestamp", "read_number", "item" FROM "Chat-Conversations"
WHERE "conversation" = ? AND "username" > ? AND "active" = 1 ORDER BY "username" LIMIT ?
"""
_LOG: Final = """
SELECT group_concat("entry", ','), max("seq") FROM (
    SELECT "entry", "seq" FROM "Chat-Messages" WHERE "conversation" = ? AND "seq" > ? ORDER BY "seq" LIMIT ?
)
"""
_BEFORE: Final = """
SELECT group_concat("shown", ',') FROM (
    SELECT coalesce("state", "entry") AS "shown" FROM "Chat-Messages" INDEXED BY "messages by timestamp"
    WHERE "conversation" = ? AND "timestamp" >= ? AND "timestamp" <= ? AND "number" IS NOT NULL
    ORDER BY "timestamp" DESC LIMIT ?
)
"""
_AFTER: Final = _BEFORE.replace("DESC", "ASC")
_IN_THREAD_BEFORE: Final = """
SELECT group_concat("shown", ',') FROM (
    SELECT coalesce("state", "entry") AS "shown", "timestamp" FROM "Chat-Messages"
    WHERE "conversation" = ?1 AND "timestamp" = ?5 AND "timestamp" BETWEEN ?2 AND ?3 AND "number" IS NOT NULL
    UNION ALL
    SELECT coalesce("state", "entry"), "timestamp" FROM "Chat-Messages" INDEXED BY "messages by thread"
    WHERE "conversation" = ?1 AND "thread" = ?5 AND "timestamp" BETWEEN ?2 AND ?3
    ORDER BY "timestamp" DESC LIMIT ?4
)
"""
"""The message that a thread began with, and the replies."""
_IN_THREAD_AFTER: Final = _IN_THREAD_BEFORE.replace("DESC", "ASC")
_ONE: Final = """
SELECT coalesce("state", "entry") FROM "Chat-Messages"
WHERE "conversation" = ? AND "timestamp" = ? AND "number" IS NOT NULL
"""
_ABOUT_ONE: Final = """
SELECT "timestamp", "entry" ->> 'kind' = 'edited' FROM "Chat-Messages" INDEXED BY "entries by target"
WHERE "conversation" = ? AND "target" = ? AND "timestamp" >= ? AND "timestamp" <= ?
ORDER BY "timestamp" DESC LIMIT ?
"""
_ENTRY: Final = 'SELECT "entry" FROM "Chat-Messages" WHERE "conversation" = ? AND "timestamp" = ?'
_ONE_BY_CLIENT_ID: Final = """
SELECT coalesce("state", "entry") FROM "Chat-Messages"
WHERE "conversation" = ? AND "author" = ? AND "client_id" = ?
"""
_SHARING: Final = """
SELECT value FROM json_each(?1) WHERE EXISTS (
    SELECT 1 FROM "Chat-Conversations" one
    JOIN "Chat-Conversations" other ON other."conversation" = one."conversation" AND other."username" = value
    WHERE one."username" = ?2 AND one."active" = 1 AND other."active" = 1
)
"""


def member(connection: sqlite3.Connection, name: str, username: str) -> tuple[Conversation, Member] | None:
    row = connection.execute(_HEAD_AND_MEMBER, (name, username)).fetchone()
    if row is None or username == HEAD:
        return None
    return rows.conversation_from(name, *row[:4]), rows.member_from(username, *row[4:])


def membership(connection: sqlite3.Connection, name: str, username: str, shown: int) -> Membership | None:
    found = member(connection, name, username)
    return None if found is None else _membership(connection, *found, shown)


def memberships(connection: sqlite3.Connection, username: str, after: str, limit: int, shown: int) -> list[Membership]:
    found = connection.execute(_PAGE_OF_MEMBERSHIPS, (username, after, limit)).fetchall()
    return [
        _membership(connection, rows.conversation_from(*row[:5]), rows.member_from(username, *row[5:]), shown)
        for row in found
    ]


def members(connection: sqlite3.Connection, name: str, after: str, limit: int) -> list[Member]:
    # "#" sorts before every username, so the head is never among them.
    found = connection.execute(_MEMBERS, (name, max(after, HEAD), limit))
    return [rows.member_from(*row) for row in found]


def audience(connection: sqlite3.Connection, name: str) -> tuple[Conversation, list[Member]] | None:
    head = connection.execute(
        'SELECT "item", "seq", "timestamp", "messages" FROM "Chat-Conversations" '
        'WHERE "conversation" = ? AND "username" = \'#\'',
        (name,),
    ).fetchone()
    if head is None:
        return None
    found = connection.execute(
        'SELECT "username", "active", "read_timestamp", "read_number", "item" FROM "Chat-Conversations" '
        'WHERE "conversation" = ? AND "username" > \'#\'',
        (name,),
    )
    return rows.conversation_from(name, *head), [rows.member_from(*row) for row in found]


def log(
    connection: sqlite3.Connection, name: str, reader: Member, after: int, limit: int
) -> tuple[list[VisibleEntry], int]:
    open_history = _open_history(connection, name)
    start = after if open_history else _skip_unreadable(connection, name, reader, after)
    joined, last = connection.execute(_LOG, (name, start, limit)).fetchone()
    readable: list[VisibleEntry] = []
    for entry in sorted(rows.entries_from(joined), key=lambda each: each.seq):
        if not reader.sees(entry.timestamp, open_history=open_history):
            continue
        target = target_of(entry)
        hidden = target is not None and not reader.sees(target, open_history=open_history)
        readable.append(hide(entry) if hidden else entry)
    return readable, last or start


def messages(
    connection: sqlite3.Connection,
    name: str,
    reader: Member,
    before: int | None,
    after: int | None,
    limit: int,
    thread: int | None = None,
) -> list[Message]:
    open_history = _open_history(connection, name)
    query = _BEFORE if after is None else _AFTER
    of_thread: tuple[int, ...] = ()
    if thread is not None:
        query, of_thread = _IN_THREAD_BEFORE if after is None else _IN_THREAD_AFTER, (thread,)
    found: list[Message] = []
    for first, last in _ranges(reader, before, after, open_history=open_history):
        joined = connection.execute(query, (name, first, last, limit - len(found), *of_thread)).fetchone()[0]
        found += rows.messages_from(joined)
        if len(found) >= limit:
            break
    found.sort(key=lambda each: each.timestamp)
    return [_as_seen(connection, name, reader, each, open_history=open_history) for each in found]


def message(connection: sqlite3.Connection, name: str, reader: Member, timestamp: int) -> Message | None:
    return _seen(connection, name, reader, connection.execute(_ONE, (name, timestamp)).fetchone())


def message_of(
    connection: sqlite3.Connection, name: str, reader: Member, author: str, client_id: str
) -> Message | None:
    return _seen(connection, name, reader, connection.execute(_ONE_BY_CLIENT_ID, (name, author, client_id)).fetchone())


def versions(
    connection: sqlite3.Connection, name: str, reader: Member, timestamp: int, before: int | None, limit: int
) -> tuple[list[Saying], int | None]:
    looked_at: list[LookedAt] = []
    for first, last in _ranges(reader, before, None, open_history=_open_history(connection, name)):
        left = limits.EDITS_LOOKED_AT_MAX - len(looked_at)
        found = connection.execute(_ABOUT_ONE, (name, timestamp, first, last, left))
        looked_at += [LookedAt(stamp, bool(says)) for stamp, says in found]
    whole = len(looked_at) < limits.EDITS_LOOKED_AT_MAX
    if whole and (before is None or timestamp < before):
        looked_at.append(LookedAt(timestamp, True))
    stamps, cursor = page_of(looked_at, limit, whole=whole)
    texts = [text for stamp in stamps for (text,) in connection.execute(_ENTRY, (name, stamp))]
    entries = map(rows.entry_from, texts)
    return [each for each in entries if isinstance(each, MessageSent | MessageEdited)], cursor


def sharing(connection: sqlite3.Connection, username: str, others: Sequence[str]) -> set[str]:
    import json

    return {name for (name,) in connection.execute(_SHARING, (json.dumps(list(others)), username))}


def _membership(connection: sqlite3.Connection, head: Conversation, reader: Member, shown: int) -> Membership:
    last = messages(connection, head.id, reader, None, None, 1)
    return Membership(
        conversation=head,
        member=reader,
        last_message=last[0] if last else None,
        members=tuple(members(connection, head.id, "", shown)) if shown else (),
    )


def _open_history(connection: sqlite3.Connection, name: str) -> bool:
    row = connection.execute(
        'SELECT "item" ->> \'history\' FROM "Chat-Conversations" WHERE "conversation" = ? AND "username" = \'#\'',
        (name,),
    ).fetchone()
    return row is not None and row[0] == "all"


def _ranges(reader: Member, before: int | None, after: int | None, *, open_history: bool) -> Iterator[tuple[int, int]]:
    """The ranges of timestamps (both ends within) that the reader may read and asked for, nearest to the point
    first."""
    low = 0 if after is None else after + 1
    high = TIMESTAMP_MAX if before is None else before - 1
    if open_history and reader.active:
        periods = [(0, TIMESTAMP_MAX)]
    else:
        periods = [(first, TIMESTAMP_MAX if last is None else last) for first, last in reader.periods]
    if after is None:
        periods.reverse()
    for first, last in periods:
        if max(first, low) <= min(last, high):
            yield max(first, low), min(last, high)


def _skip_unreadable(connection: sqlite3.Connection, name: str, reader: Member, after: int) -> int:
    """The largest cursor from which the reader misses nothing: what came before a period of membership isn't looked
    at."""
    for first, last in reader.periods:
        begins = _seq_at(connection, name, first)
        if after < begins:
            return begins - 1
        if last is None or after < _seq_at(connection, name, last):
            return after
    return after


def _seq_at(connection: sqlite3.Connection, name: str, timestamp: int) -> int:
    row = connection.execute(
        'SELECT "seq" FROM "Chat-Messages" WHERE "conversation" = ? AND "timestamp" = ?', (name, timestamp)
    ).fetchone()
    return 0 if row is None else row[0]


def _seen(connection: sqlite3.Connection, name: str, reader: Member, row: tuple[str] | None) -> Message | None:
    if row is None:
        return None
    found = rows.message_from(row[0])
    open_history = _open_history(connection, name)
    if not reader.sees(found.timestamp, open_history=open_history):
        return None
    return _as_seen(connection, name, reader, found, open_history=open_history)


def _as_seen(
    connection: sqlite3.Connection, name: str, reader: Member, found: Message, *, open_history: bool
) -> Message:
    """The message without what was changed while the reader was no member. A deletion holds for everybody."""
    whole = reader.sees_span(found.timestamp, found.changed, open_history=open_history)
    if not found.changed or found.deleted or whole:
        return found
    joined = connection.execute(
        'SELECT group_concat("entry", \',\') FROM (SELECT "entry" FROM "Chat-Messages" '
        'WHERE "conversation" = ?1 AND "timestamp" = ?2 UNION ALL '
        'SELECT "entry" FROM "Chat-Messages" WHERE "conversation" = ?1 AND "target" = ?2)',
        (name, found.timestamp),
    ).fetchone()[0]
    entries = sorted(rows.entries_from(joined), key=lambda each: each.seq)
    sent = next(entry for entry in entries if isinstance(entry, MessageSent))
    changes = (
        entry
        for entry in entries
        if isinstance(entry, AboutMessage) and reader.sees(entry.timestamp, open_history=open_history)
    )
    return folding.fold(sent, changes)
