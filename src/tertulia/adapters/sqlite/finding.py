"""Finding messages: candidates from the index and from the end of the log that isn't in it yet, newest first; each is
read from the log as the reader may see it and compared again.

So an index that lags, or holds what the reader may not read, changes no answer: it only makes finding it slower.
"""

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from itertools import groupby
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from tertulia.adapters.sqlite import reading, rows, schema
from tertulia.adapters.sqlite.search_index import ATTACHMENT_TAG, LINK_TAG, SLOT_BITS, author_tag, conversation_tag
from tertulia.domain import searching
from tertulia.domain.conversations import Conversation
from tertulia.domain.limits import TIMESTAMP_MAX
from tertulia.domain.markdown import has_link
from tertulia.domain.members import Member
from tertulia.domain.messages import Message
from tertulia.domain.searching import Needle
from tertulia.ports.search import Found, SearchQuery

TAIL_MAX: Final = 2_000
"""Entries that a search looks at without the index."""
TAGGED_MAX: Final = 64
"""Conversations that are named in the query of the index; of more, what isn't among them is skipped."""
TRIGRAMS_MAX: Final = 24
_PAGES: Final = (128, 1024)
"""Candidates that are read at a time, at first and later."""
_CHECK_STEPS: Final = 20_000
"""Instructions of SQLite's machine after which the time is looked at."""

_SCOPE: Final = """
SELECT m."conversation", h."item", h."seq", h."timestamp", h."messages",
    m."active", m."read_timestamp", m."read_number", m."item"
FROM "Chat-Conversations" m
JOIN "Chat-Conversations" h ON h."conversation" = m."conversation" AND h."username" = '#'
WHERE m."username" = ?1 AND m."active" = 1
"""
ONE_CONVERSATION: Final = _SCOPE + ' AND m."conversation" = ?2'
ALL_CONVERSATIONS: Final = _SCOPE
TAIL: Final = """
SELECT DISTINCT coalesce("target", "timestamp") FROM "Chat-Messages"
WHERE "conversation" = ? AND "seq" > ? AND ("number" IS NOT NULL OR "target" IS NOT NULL)
"""
MARKS: Final = """
SELECT "name", "id", "seq" FROM "conversations" WHERE "name" IN (SELECT value FROM json_each(?))
"""
# json_group_array: one row is one turn at the interpreter's lock.
_CANDIDATES: Final = """
SELECT json_group_array(json_array("rowid", "conversation")) FROM (
    SELECT m."rowid", m."conversation" FROM {source}
    WHERE {condition} "{table}"."rowid" >= ? AND "{table}"."rowid" < ? ORDER BY "{table}"."rowid" DESC LIMIT ?
)
"""
BY_INDEX: Final = {
    table: _CANDIDATES.format(
        source=f'"{table}" CROSS JOIN "messages" m ON m."rowid" = "{table}"."rowid"',
        condition=f'"{table}" MATCH ? AND',
        table=table,
    )
    for table in ("grams", "words")
}
BY_TIME: Final = _CANDIDATES.format(source='"messages" m', condition="", table="m")

Key = tuple[int, str]
"""A message: its timestamp and its conversation."""


class _Place(Struct, frozen=True):
    """A conversation in which the reader is, and what the index knows of it: its number (0: nothing) and its seq."""

    conversation: Conversation
    member: Member
    number: int
    indexed: int


class IndexLagsError(Exception):
    """The index lags too far behind to do without. `conversations` are those whose entries it needs."""

    def __init__(self, conversations: Sequence[str]) -> None:
        self.conversations: Final = conversations
        super().__init__("the search index lags behind")


class Finder:
    """Belongs to one thread. Its connections are opened when they are first needed."""

    def __init__(self, log: Path, index: Path) -> None:
        self._paths = log, index
        self._generation = 0
        self._opened: tuple[sqlite3.Connection, sqlite3.Connection] | None = None

    def use(self, generation: int) -> None:
        """Opens the files anew where the index is of another generation."""
        if generation != self._generation:
            self.close()
            self._generation = generation

    def close(self) -> None:
        for connection in self._opened or ():
            connection.close()
        self._opened = None

    def find(self, reader: str, query: SearchQuery, before: Key | None, limit: int, until: float) -> list[Found]:
        """What the port promises. Raises IndexLagsError, and sqlite3.OperationalError at `until` (monotonic
        seconds)."""
        wanted = searching.needles(query.terms, query.phrases)
        if not wanted and (query.terms or query.phrases):
            return []
        log, index = self._connections()
        for connection in (log, index):
            connection.set_progress_handler(lambda: time.monotonic() > until, _CHECK_STEPS)
        # One state of the index, so that what it says it has and what it gives belong together.
        index.execute("BEGIN")
        try:
            log.execute("BEGIN")
            try:
                return _find(log, index, reader, query, wanted, before, limit, until)
            finally:
                log.rollback()
        finally:
            index.rollback()

    def _connections(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        if self._opened is None:
            log, index = self._paths
            self._opened = schema.connect(log, read_only=True), schema.connect(index, read_only=True)
        return self._opened


def _find(
    log: sqlite3.Connection,
    index: sqlite3.Connection,
    reader: str,
    query: SearchQuery,
    wanted: Sequence[Needle],
    before: Key | None,
    limit: int,
    until: float,
) -> list[Found]:
    scope = _scope(log, index, reader, query.conversation)
    tail = _tail(log, scope)
    low = 0 if query.after is None else query.after + 1
    high = TIMESTAMP_MAX if query.before is None else query.before - 1
    if before is not None:
        high = min(high, before[0])
    indexed = _indexed(index, query, wanted, scope, low, high)
    found: list[Found] = []
    for key, _ in groupby(merge(indexed, tail, reverse=True)):
        if len(found) == limit:
            break
        if time.monotonic() > until:
            raise sqlite3.OperationalError("the search took too long")
        if not low <= key[0] <= high or (before is not None and key >= before):
            continue
        place = scope[key[1]]
        message = reading.message(log, key[1], place.member, key[0])
        if message is not None and not message.deleted and _passes(query, wanted, message):
            found.append(Found(key[1], message))
    return found


def _passes(query: SearchQuery, wanted: Sequence[Needle], message: Message) -> bool:
    return (
        query.author in (None, message.author)
        and (not query.has_attachment or bool(message.attachments))
        and (not query.has_link or has_link(message.text))
        and searching.matches(wanted, searching.searchable(message))
    )


def _scope(
    log: sqlite3.Connection, index: sqlite3.Connection, reader: str, conversation: str | None
) -> dict[str, _Place]:
    """The conversations in which the reader is and asks, by name."""
    if conversation is None:
        found = log.execute(ALL_CONVERSATIONS, (reader,)).fetchall()
    else:
        found = log.execute(ONE_CONVERSATION, (reader, conversation)).fetchall()
    names = msgspec.json.encode([row[0] for row in found]).decode()
    marks = {name: (number, seq) for name, number, seq in index.execute(MARKS, (names,)).fetchall()}
    return {
        row[0]: _Place(rows.conversation_from(*row[:5]), rows.member_from(reader, *row[5:]), *marks.get(row[0], (0, 0)))
        for row in found
    }


def _tail(log: sqlite3.Connection, scope: Mapping[str, _Place]) -> list[Key]:
    """The messages that the index doesn't have as they are now, newest first. Raises IndexLagsError where they are too
    many."""
    behind = [(name, place) for name, place in scope.items() if place.indexed < place.conversation.seq]
    if sum(place.conversation.seq - place.indexed for _, place in behind) > TAIL_MAX:
        raise IndexLagsError([name for name, _ in behind])
    keys = [(t, name) for name, place in behind for (t,) in log.execute(TAIL, (name, place.indexed)).fetchall()]
    return sorted(keys, reverse=True)


def _indexed(
    index: sqlite3.Connection,
    query: SearchQuery,
    wanted: Sequence[Needle],
    scope: Mapping[str, _Place],
    low: int,
    high: int,
) -> Iterator[Key]:
    """The candidates of the index, newest first, in an order that a page can be cut from at any place."""
    names = {place.number: name for name, place in scope.items() if place.number}
    table, expression = _expression(query, wanted, list(names))
    statement = BY_INDEX[table] if expression else BY_TIME
    arguments = [expression] if expression else []
    rows_found = _pages(index, statement, arguments, low << SLOT_BITS, (high + 1) << SLOT_BITS) if names else iter(())
    for timestamp, group in groupby(rows_found, key=lambda row: row[0] >> SLOT_BITS):
        yield from sorted(((timestamp, names[n]) for _, n in group if n in names), reverse=True)


def _pages(
    index: sqlite3.Connection, statement: str, arguments: Sequence[str], low: int, high: int
) -> Iterator[tuple[int, int]]:
    size, next_size = _PAGES
    while True:
        joined = index.execute(statement, (*arguments, low, min(high, 2**63 - 1), size)).fetchone()[0]
        page = msgspec.json.decode(joined, type=list[tuple[int, int]])
        yield from page
        if len(page) < size:
            return
        high, size = page[-1][0], next_size


def _expression(query: SearchQuery, wanted: Sequence[Needle], numbers: Sequence[int]) -> tuple[str, str]:
    """The table to ask and the query (sqlite.org/fts5.html, 3): what every message that is found surely has."""
    trigrams = [needle.text[at : at + 3] for needle in wanted for at in range(len(needle.text) - searching.SHORT_MAX)]
    table = "words" if wanted and not trigrams else "grams"
    parts = [_quoted(gram) for gram in list(dict.fromkeys(trigrams))[:TRIGRAMS_MAX]]
    if table == "words":
        parts = [part for needle in wanted for part in _short(needle.text)]
    if query.author is not None:
        parts.append(_quoted(author_tag(query.author)))
    if query.has_attachment:
        parts.append(_quoted(ATTACHMENT_TAG))
    if query.has_link:
        parts.append(_quoted(LINK_TAG))
    if len(numbers) <= TAGGED_MAX:
        parts.append("(" + " OR ".join(_quoted(conversation_tag(number)) for number in numbers) + ")")
    return table, " AND ".join(parts)


def _short(text: str) -> list[str]:
    """What the words of a message with one or two such characters have: those that stand alone, or the beginning of a
    word."""
    alone = searching.DENSE.findall(text)
    if alone:
        return [_quoted(character) for character in alone]
    letters = searching.letters_of(text) or searching.letters_of(text[1:])
    return [_quoted(letters) + " *"]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
