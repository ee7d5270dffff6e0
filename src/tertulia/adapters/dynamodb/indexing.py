"""Making segments from the log.

What is told by the stream only says where to look: what is packed comes from the log itself. So records may come twice,
late, in any order or never, and several functions may work on one conversation at once.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from tertulia.adapters.dynamodb import items, keys, segments
from tertulia.adapters.dynamodb.database import Database, Update
from tertulia.adapters.dynamodb.segments import Line, Packing
from tertulia.domain import messages
from tertulia.domain.entries import MessageDeleted, MessageEdited, MessageSent
from tertulia.domain.limits import TIMESTAMP_MAX
from tertulia.domain.messages import Message
from tertulia.ports.clock import Clock
from tertulia.ports.store import Committed

SETTLED_SECONDS: Final = 10
"""Changes that are younger are looked at again: another transaction's may not be seen yet that has an earlier
timestamp."""
STEP_CHANGES: Final = 1_000
STEP_SEGMENTS: Final = 4
"""What one step of a conversation does at most; the next one goes on."""


class Mark(Struct, frozen=True):
    """How far the segments of a conversation are; see `items`."""

    through: int = 0
    packed: int = 0
    last: int = 0


class Indexer:
    def __init__(self, database: Database, clock: Clock, packing: Packing) -> None:
        self._database = database
        self._clock = clock
        self._packing = packing

    def is_called_for(self, committed: Committed) -> bool:
        """Whether the conversation's segments are to be looked at after this entry."""
        entry, every = committed.entry, self._packing.every
        if isinstance(entry, MessageEdited | MessageDeleted):
            return True
        return entry.seq % every == 0 or (isinstance(entry, MessageSent) and entry.number % every == 0)

    async def step(self, name: str) -> bool:
        """Brings the segments up to the log, as far as one step goes; whether there is more to do. Not while the log is
        being imported: then a change may come after others that are later."""
        row = await self._database.get(keys.head(name))
        if row is None or "importing" in row:
            return False
        before = await read_mark(self._database, name)
        through, more = await self._take_changes(name, before)
        wanted = self._packing.whole(items.head_from(row).conversation.messages)
        mark = await self._take_messages(name, before, wanted)
        after = Mark(max(before.through, through), mark.packed, mark.last)
        if after != before:
            await self._move(name, before, after)
        return more or before.packed < after.packed < wanted

    async def _take_changes(self, name: str, mark: Mark) -> tuple[int, bool]:
        """Packs again what was edited or deleted since the mark; the timestamp up to which that is settled, and whether
        there may be more."""
        changed: dict[int, int] = {}
        settled, count = mark.through, 0
        horizon = self._clock.now() - SETTLED_SECONDS * 1_000_000
        async for row in changes_after(self._database, name, mark.through, STEP_CHANGES):
            count += 1
            if row["kind"] in CHANGING:
                changed[row["target"]] = row["timestamp"]
            if row["timestamp"] <= horizon:
                settled = row["timestamp"]
        places = await self._database.get_many([keys.message(name, target) for target in changed])
        again: dict[int, dict[int, int]] = {}
        for key, message in places.items():
            again.setdefault(self._packing.segment_of(message["number"]), {})[int(key.sort)] = changed[int(key.sort)]
        for number, targets in again.items():
            await self._pack_again(name, number, targets)
        return settled, count == STEP_CHANGES and settled > mark.through

    async def _take_messages(self, name: str, mark: Mark, packed: int) -> Mark:
        """Packs the messages up to the number `packed`, as far as one step goes."""
        for _ in range(STEP_SEGMENTS):
            wanted = min(packed, (self._packing.segment_of(mark.packed + 1) + 1) * self._packing.segment)
            if wanted <= mark.packed:
                break
            last = await self._pack_more(name, mark, wanted)
            if last is None:
                break
            mark = Mark(mark.through, wanted, last)
        return mark

    async def _pack_more(self, name: str, mark: Mark, wanted: int) -> int | None:
        """Packs the segment that begins or goes on after the mark, up to the message `wanted`; that one's timestamp.
        None where not all of them can be seen yet."""
        number = self._packing.segment_of(wanted)
        attempts = self._database.attempts()
        while True:
            began = self._clock.monotonic()
            there = await self._database.get(keys.segment(name, number))
            first = there["first"] if there else mark.last + 1
            rows = await self._rows(name, number, (first, TIMESTAMP_MAX), wanted - number * self._packing.segment)
            if number * self._packing.segment + len(rows) < wanted:
                return None
            if there is not None and there["count"] >= len(rows):
                # Somebody else was here before.
                return int(rows[-1]["timestamp"])
            lines = [await self._line(name, row) for row in rows]
            # Too slow, and somebody may have looked after an edit of these, found nothing to pack again, and gone on.
            in_time = self._clock.monotonic() - began < SETTLED_SECONDS / 2
            if in_time and await self._put(name, number, there, lines):
                return int(rows[-1]["timestamp"])
            await attempts.again()

    async def _pack_again(self, name: str, number: int, targets: Mapping[int, int]) -> None:
        """Packs a segment that is there again, unless it has these changes (target -> timestamp) already."""
        attempts = self._database.attempts()
        while True:
            there = await self._database.get(keys.segment(name, number))
            if there is None:
                return
            stale = _stale(segments.unpack(there["pack"]), targets)
            if not stale:
                return
            rows = await self._rows(name, number, (there["first"], there["last"]), self._packing.segment)
            lines = [await self._line(name, row) for row in rows]
            seen = not _stale(lines, stale) and len(lines) == there["count"]
            if seen and await self._put(name, number, there, lines):
                return
            await attempts.again()

    async def _rows(self, name: str, number: int, span: tuple[int, int], limit: int) -> list[dict[str, Any]]:
        """The first messages of a segment, as far as none is missing."""
        found = [row async for row in self._database.query(keys.MESSAGES, name, span, limit=limit)]
        return [row for place, row in enumerate(found, number * self._packing.segment + 1) if row["number"] == place]

    async def _line(self, name: str, row: Mapping[str, Any]) -> Line:
        now = items.message_from(row)
        if now.deleted or not now.edited:
            return segments.line_of([now])
        about = self._database.query(keys.INDEX, name, keys.about_range(now.timestamp), only=("key", "kind"))
        edits = [keys.timestamp_of(item["key"]) async for item in about if item["kind"] == "edited"]
        there = await self._database.get_many([keys.change(name, edit) for edit in edits])
        entries = sorted(map(items.entry_from, there.values()), key=lambda entry: entry.seq)
        versions: list[Message] = [messages.begin(items.sent_from(row))]
        versions += [messages.apply(versions[0], entry) for entry in entries if isinstance(entry, MessageEdited)]
        return segments.line_of([*versions, now])

    async def _put(self, name: str, number: int, there: Mapping[str, Any] | None, lines: Sequence[Line]) -> bool:
        """False where somebody else has written the segment since `there` was read."""
        version = there["version"] if there else 0
        return await self._database.write(
            Update(
                keys.segment(name, number),
                {
                    "first": lines[0].timestamp,
                    "last": lines[-1].timestamp,
                    "count": len(lines),
                    "pack": segments.pack(lines),
                    "version": version + 1,
                },
                condition="#version = :before" if there else "attribute_not_exists(#version)",
                values={"before": version} if there else None,
            )
        )

    async def _move(self, name: str, before: Mark, after: Mark) -> None:
        """Where somebody else moved it meanwhile, it stays where they put it: the next step goes on from there."""
        new = before == Mark()
        await self._database.write(
            Update(
                keys.search_mark(name),
                {"through": after.through, "packed": after.packed, "last": after.last},
                condition="attribute_not_exists(#packed)" if new else "#packed = :packed_before AND #through = :was",
                values=None if new else {"packed_before": before.packed, "was": before.through},
            )
        )


CHANGING: Final = frozenset({"edited", "deleted"})
"""Kinds of entries after which a message says something else."""


def changes_after(database: Database, name: str, timestamp: int, limit: int) -> Any:
    """Entries of `Chat-Changes` that came after `timestamp`, of each only what kind it is and what it is about."""
    span = (timestamp + 1, TIMESTAMP_MAX)
    return database.query(keys.CHANGES, name, span, limit=limit, only=("timestamp", "kind", "target"))


async def read_mark(database: Database, name: str) -> Mark:
    row = await database.get(keys.search_mark(name))
    return Mark(row["through"], row["packed"], row["last"]) if row else Mark()


def _stale(lines: Sequence[Line], targets: Mapping[int, int]) -> dict[int, int]:
    """Those of the changes that the lines don't reflect, of messages that are among them."""
    known = {line.timestamp: line.changed for line in lines}
    return {target: at for target, at in targets.items() if target in known and known[target] < at}
