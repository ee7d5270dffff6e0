"""One conversation from its newest message down: what may be found comes from segments, and from the log itself where
nothing is packed yet; what is found the log says, as the reader may see it.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from tertulia.adapters.dynamodb import history, items, keys, segments
from tertulia.adapters.dynamodb.indexing import CHANGING, read_mark
from tertulia.adapters.dynamodb.items import Head
from tertulia.adapters.dynamodb.metering import MeteredDatabase
from tertulia.adapters.dynamodb.segments import Packing
from tertulia.adapters.dynamodb.sight import Range, Sight
from tertulia.domain import searching
from tertulia.domain.limits import TIMESTAMP_MAX
from tertulia.domain.markdown import has_link
from tertulia.domain.members import Member
from tertulia.domain.messages import Message
from tertulia.domain.searching import Needle
from tertulia.ports.search import Found, SearchQuery

RAW: Final = 64
"""Messages that are read from the log at a time."""
SEGMENTS: Final = 4
"""Segments that are read at a time at most; the first time one, then two."""
VERIFIED: Final = 16
"""Candidates that are read at a time: the text of an item is at most 32 KB, as sent and as it is now, so this is about
a megabyte at most."""
READ_MAX: Final = 256
"""Units, a megabyte: what one query gives at most, however many items it was asked for."""
_LARGEST: Final = 16
"""Units, 64 KB: of an entry. A query that was cut off gave at least a megabyte less this."""
CHANGES_MAX: Final = 512
"""Changes that the segments don't have yet. Where there are more, the stream is far behind, and the log is read instead
of the segments."""


class Asked(Struct, frozen=True):
    """What is looked for. `low` and `high` are timestamps, both within."""

    query: SearchQuery
    wanted: tuple[Needle, ...]
    low: int
    high: int
    packing: Packing

    def finds(self, message: Message) -> bool:
        """Whether a message that the reader may see is found. Its timestamp is in the range already."""
        query = self.query
        return (
            not message.deleted
            and query.author in (None, message.author)
            and (not query.has_attachment or bool(message.attachments))
            and (not query.has_link or has_link(message.text))
            and searching.matches(self.wanted, searching.searchable(message))
        )


class _Candidate(Struct, frozen=True):
    """`row` where it has been read already."""

    timestamp: int
    row: Mapping[str, Any] | None = None


class Scan:
    """`place` is the timestamp down to which nothing is left to look at: the newest that may still be found is there or
    below it. None at the end."""

    def __init__(self, database: MeteredDatabase, head: Head, member: Member, asked: Asked, high: int) -> None:
        self.name: Final = head.conversation.id
        self.member: Final = member
        self.open_history: Final = head.conversation.open_history
        self._database = database
        self._head = head
        self._asked = asked
        high = min(asked.high, high, head.last)
        self._ranges = deque(_ranges(member, asked.low, high, everything=self.open_history and member.active))
        self._high = self._ranges[0][1] if self._ranges else 0
        self._candidates: deque[_Candidate] = deque()
        self._next_number: int | None = None
        self._segments: deque[Mapping[str, Any]] = deque()
        self._below: int | None = None
        self._at_once = 1
        self._edited: frozenset[int] | None = None
        self._packed = True

    @property
    def place(self) -> int | None:
        if self._candidates:
            return self._candidates[0].timestamp
        return self._high if self._ranges else None

    async def step(self, wanted: int) -> list[Found]:
        """One bounded read, and what it found: candidates where there are some, else the next ones. `wanted` is how
        many more messages are of use."""
        if self._candidates:
            return await self._verified(wanted)
        await self._look()
        if self._ranges and self._high < self._ranges[0][0]:
            self._ranges.popleft()
            if self._ranges:
                # What lies between two memberships is passed over.
                self._high = min(self._high, self._ranges[0][1])
                self._next_number = None
        return []

    async def _verified(self, wanted: int) -> list[Found]:
        taken = [self._candidates.popleft() for _ in range(min(max(wanted, 1), VERIFIED, len(self._candidates)))]
        unread = [keys.message(self.name, each.timestamp) for each in taken if each.row is None]
        rows = {key.sort: row for key, row in (await self._database.get_many(unread)).items()}
        sight = Sight(self._database, self.name, self.member, open_history=self.open_history)
        found = []
        for each in taken:
            row = each.row or rows.get(each.timestamp)
            if row is None:
                continue
            message = await history.as_seen(self._database, self.name, sight, row)
            if self._asked.finds(message):
                found.append(Found(self.name, message))
        return found

    async def _look(self) -> None:
        low = self._ranges[0][0]
        if self._next_number is None:
            await self._locate(low)
        if self._next_number == 0:
            self._high = low - 1
            return
        assert self._next_number is not None, "it is known where the scan is"  # noqa: S101
        segment = await self._segment(self._asked.packing.segment_of(self._next_number))
        covered = segment["segment"] * self._asked.packing.segment + segment["count"] if segment else 0
        if segment is not None and self._next_number <= covered:
            self._take(segment, low)
        else:
            await self._read(max(low, segment["last"] + 1 if segment else 0))

    async def _locate(self, low: int) -> None:
        """Finds the number of the newest message at or below the place."""
        self._segments.clear()
        self._below = None
        if self._high >= self._head.last:
            self._next_number = self._head.conversation.messages
            return
        newest = self._database.query(
            keys.MESSAGES, self.name, (low, self._high), limit=1, descending=True, only=("number",)
        )
        found = [row["number"] async for row in newest]
        self._next_number = found[0] if found else 0

    async def _segment(self, newest: int) -> Mapping[str, Any] | None:
        """The newest segment at or below that number. None where there is none, or none that can be used."""
        while self._segments and self._segments[0]["segment"] > newest:
            self._segments.popleft()
        if not self._segments and self._below != -1 and self._packed:
            high = newest if self._below is None else min(newest, self._below)
            rows = self._database.query(keys.SEARCH, self.name, (0, high), limit=self._at_once, descending=True)
            self._segments.extend([row async for row in rows])
            full = len(self._segments) == self._at_once
            self._below = self._segments[-1]["segment"] - 1 if full else -1
            self._at_once = min(2 * self._at_once, SEGMENTS)
            if self._segments and self._edited is None:
                self._edited = await self._changed()
                if self._edited is None:
                    self._packed = False
                    self._segments.clear()
        return self._segments[0] if self._segments else None

    async def _changed(self) -> frozenset[int] | None:
        """The messages of which the segments may not say what they say now. None where there are too many changes to
        know."""
        through = (await read_mark(self._database, self.name)).through
        before = self._database.units
        span = through + 1, TIMESTAMP_MAX
        changes = self._database.query(keys.CHANGES, self.name, span, limit=CHANGES_MAX + 1, once=True)
        rows = [row async for row in changes]
        if len(rows) > CHANGES_MAX or self._database.units - before > READ_MAX - _LARGEST:
            return None
        return frozenset(row["target"] for row in rows if row["kind"] in CHANGING)

    def _take(self, segment: Mapping[str, Any], low: int) -> None:
        self._segments.popleft()
        edited = self._edited or frozenset()
        for line in reversed(segments.unpack(segment["pack"])):
            suits = line.timestamp in edited or segments.may_be_found(line, self._asked.query, self._asked.wanted)
            if suits and low <= line.timestamp <= self._high:
                self._candidates.append(_Candidate(line.timestamp))
        # Not further than the period: what is below it may be in the same segment.
        self._high = min(self._high, max(low, segment["first"]) - 1)
        self._next_number = segment["segment"] * self._asked.packing.segment

    async def _read(self, low: int) -> None:
        """What isn't packed, from the log."""
        span = low, self._high
        found = self._database.query(keys.MESSAGES, self.name, span, limit=RAW, descending=True, once=True)
        rows = [row async for row in found]
        for row in rows:
            message = items.message_from(row)
            # Who was away sees an earlier version of what was edited.
            if message.edited or self._asked.finds(message):
                self._candidates.append(_Candidate(row["timestamp"], row))
        if rows:
            self._high = rows[-1]["timestamp"] - 1
            self._next_number = rows[-1]["number"] - 1
        else:
            self._high = low - 1
            self._next_number = None


def _ranges(member: Member, low: int, high: int, *, everything: bool) -> Iterator[Range]:
    """What the reader may read, newest first."""
    if everything:
        if low <= high:
            yield low, high
        return
    for first, last in reversed(member.periods):
        begin, end = max(first, low), min(TIMESTAMP_MAX if last is None else last, high)
        if begin <= end:
            yield begin, end


def same_sight(head: Head, member: Member, scan: Scan) -> bool:
    """Whether the reader may still read just what the scan took for granted."""
    return (member.active, member.periods, head.conversation.open_history) == (
        scan.member.active,
        scan.member.periods,
        scan.open_history,
    )


def newest_first(found: Sequence[Found]) -> list[Found]:
    return sorted(found, key=lambda each: (each.message.timestamp, each.conversation), reverse=True)
