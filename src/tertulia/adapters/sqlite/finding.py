"""Finding messages: candidates from the index and from the end of the log that isn't in it yet, newest first; each is
read from the log as the reader may see it and compared again.

So an index that lags, or holds what the reader may not read, changes no answer: it only makes finding it slower.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import chain, groupby, repeat
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
_PAGES: Final = (32, 1024)
"""Candidates that are read at a time, at first and later."""
_CHECK_STEPS: Final = 20_000
"""Instructions of SQLite's machine after which the time is looked at."""

ONE_CONVERSATION: Final = """
SELECT h."item", h."seq", h."timestamp", h."messages",
    m."active", m."read_timestamp", m."read_number", m."shown_timestamp", m."shown_number", m."item"
FROM "Chat-Conversations" m
JOIN "Chat-Conversations" h ON h."conversation" = m."conversation" AND h."username" = '#'
WHERE m."conversation" = ?2 AND m."username" = ?1 AND m."active" = 1
"""
FIRST_CONVERSATIONS: Final = """
SELECT "conversation" FROM "Chat-Conversations" WHERE "username" = ? AND "active" = 1 ORDER BY "conversation" LIMIT ?
"""
TAIL: Final = """
SELECT DISTINCT coalesce("target", "timestamp") FROM "Chat-Messages"
WHERE "conversation" = ? AND "seq" > ? AND ("number" IS NOT NULL OR "target" IS NOT NULL)
"""
MARK: Final = 'SELECT "id", "seq" FROM "conversations" WHERE "name" = ?'
NUMBERS: Final = 'SELECT "id" FROM "conversations" WHERE "name" IN (SELECT value FROM json_each(?))'
NAME: Final = 'SELECT "name" FROM "conversations" WHERE "id" = ?'
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


class _Scope:
    """The conversations in which the reader is and asks, each looked up when it is first needed: a search costs the
    same however many there are."""

    def __init__(self, log: sqlite3.Connection, index: sqlite3.Connection, reader: str, only: str | None) -> None:
        self._log = log
        self._index = index
        self._reader = reader
        self._only = only
        self._places: dict[str, _Place | None] = {}
        self._names: dict[int, str] = {}
        self._numbers: list[int] | None = None
        self._asked = False

    def place(self, name: str) -> _Place | None:
        """None where the reader isn't in it or doesn't ask for it."""
        if name not in self._places:
            self._places[name] = self._look_up(name)
        return self._places[name]

    def name_of(self, number: int) -> str:
        """The name of the conversation that has this number in the index."""
        name = self._names.get(number)
        if name is None:
            name = self._names[number] = self._index.execute(NAME, (number,)).fetchone()[0]
        return name

    def few(self) -> list[int] | None:
        """The numbers of all of them; None where they are more than a query can name."""
        if not self._asked:
            self._numbers, self._asked = self._first(), True
        return self._numbers

    def passes_over(self, number: int) -> bool:
        """Whether the conversation of this number is surely none of them. They are all asked for only when the first
        candidate comes that isn't of one: in most searches none does."""
        if not self._asked and self.place(self.name_of(number)) is not None:
            return False
        numbers = self.few()
        return numbers is not None and number not in numbers

    def _first(self) -> list[int] | None:
        if self._only is None:
            found = self._log.execute(FIRST_CONVERSATIONS, (self._reader, TAGGED_MAX + 1)).fetchall()
        else:
            found = [(self._only,)] if self.place(self._only) else []
        if len(found) > TAGGED_MAX:
            return None
        names = msgspec.json.encode([name for (name,) in found]).decode()
        return [number for (number,) in self._index.execute(NUMBERS, (names,)).fetchall()]

    def _look_up(self, name: str) -> _Place | None:
        row = None
        if self._only in (None, name):
            row = self._log.execute(ONE_CONVERSATION, (self._reader, name)).fetchone()
        if row is None:
            return None
        mark = self._index.execute(MARK, (name,)).fetchone() or (0, 0)
        return _Place(rows.conversation_from(name, *row[:4]), rows.member_from(self._reader, *row[4:]), *mark)


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

    def find(
        self, reader: str, query: SearchQuery, before: Key | None, limit: int, until: float, pending: Sequence[str]
    ) -> list[Found]:
        """What the port promises. `pending` are the conversations of which the index may not have everything, as of a
        moment before this call. Raises IndexLagsError, and sqlite3.OperationalError at `until` (monotonic
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
                scope = _Scope(log, index, reader, query.conversation)
                tail = _tail(log, scope, pending)
                return _find(log, index, scope, tail, query, wanted, before, limit, until)
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
    scope: _Scope,
    tail: Sequence[Key],
    query: SearchQuery,
    wanted: Sequence[Needle],
    before: Key | None,
    limit: int,
    until: float,
) -> list[Found]:
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
        place = scope.place(key[1])
        message = None if place is None else reading.message(log, key[1], place.member, key[0])
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


def _tail(log: sqlite3.Connection, scope: _Scope, pending: Sequence[str]) -> list[Key]:
    """The messages that the index doesn't have as they are now, newest first. Raises IndexLagsError where they are too
    many."""
    places = ((name, scope.place(name)) for name in pending)
    behind = [(name, place) for name, place in places if place and place.indexed < place.conversation.seq]
    if sum(place.conversation.seq - place.indexed for _, place in behind) > TAIL_MAX:
        raise IndexLagsError([name for name, _ in behind])
    keys = [(t, name) for name, place in behind for (t,) in log.execute(TAIL, (name, place.indexed)).fetchall()]
    return sorted(keys, reverse=True)


def _indexed(
    index: sqlite3.Connection,
    query: SearchQuery,
    wanted: Sequence[Needle],
    scope: _Scope,
    low: int,
    high: int,
) -> Iterator[Key]:
    """The candidates of the index, newest first, in an order that a page can be cut from at any place. Among them may
    be some of conversations in which the reader isn't."""
    rows_found = _pages(index, *_parts(query, wanted), scope, low << SLOT_BITS, (high + 1) << SLOT_BITS)
    mine = (row for row in rows_found if not scope.passes_over(row[1]))
    for timestamp, group in groupby(mine, key=lambda row: row[0] >> SLOT_BITS):
        yield from sorted(((timestamp, scope.name_of(n)) for _, n in group), reverse=True)


def _pages(
    index: sqlite3.Connection, table: str, parts: Sequence[str], scope: _Scope, low: int, high: int
) -> Iterator[tuple[int, int]]:
    """The first page doesn't name the conversations: what is rare is there as a whole, and to look for each of it among
    all that was said in a large conversation takes longer than to find it. Later pages do."""
    among = parts
    for size in chain(_PAGES, repeat(_PAGES[-1])):
        statement, arguments = (BY_INDEX[table], [" AND ".join(among)]) if among else (BY_TIME, [])
        joined = index.execute(statement, (*arguments, low, min(high, 2**63 - 1), size)).fetchone()[0]
        page = msgspec.json.decode(joined, type=list[tuple[int, int]])
        yield from page
        numbers = scope.few() if len(page) == size else []
        if numbers == []:
            return
        high = page[-1][0]
        among = parts if numbers is None else [*parts, _one_of(numbers)]


def _parts(query: SearchQuery, wanted: Sequence[Needle]) -> tuple[str, list[str]]:
    """The table to ask, and the parts of the query (sqlite.org/fts5.html, 3): what every message that is found surely
    has."""
    trigrams = [gram for needle in wanted for gram in _trigrams(needle.text)]
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
    return table, parts


def _trigrams(text: str) -> list[str]:
    """As few as have every character of it: what is found is compared anyway, and each one more costs a look into every
    part of the index."""
    last = len(text) - 3
    return [text[at : at + 3] for at in (*range(0, last, 3), last)] if last >= 0 else []


def _one_of(numbers: Sequence[int]) -> str:
    return "(" + " OR ".join(_quoted(conversation_tag(number)) for number in numbers) + ")"


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
