"""What one reader may see of one conversation."""

from collections.abc import AsyncIterator, Iterator

from tertulia.adapters.dynamodb import items, keys
from tertulia.adapters.dynamodb.database import Database
from tertulia.domain.limits import TIMESTAMP_MAX
from tertulia.domain.members import Member

Range = tuple[int, int]
"""Timestamps, both ends within."""


class Sight:
    """A reader's view. Whether earlier history is open is looked up where it matters only: most of what is read lies in
    a period of membership."""

    def __init__(self, database: Database, name: str, reader: Member, *, open_history: bool | None = None) -> None:
        self._database = database
        self._name = name
        self._open = open_history
        self.reader = reader

    async def everything(self) -> bool:
        """Whether the reader may see all of it."""
        if self._open is None:
            head = await self._database.get(keys.head(self._name))
            self._open = head is not None and items.head_from(head).conversation.open_history
        return self.reader.active and self._open

    async def sees_span(self, begin: int, end: int) -> bool:
        """Whether the reader may read all that was committed from `begin` to `end`."""
        if self.reader.sees_span(begin, end):
            return True
        return self.reader.active and await self.everything()

    async def ranges(self, before: int | None, after: int | None) -> AsyncIterator[Range]:
        """What the reader may read and asked for, nearest to the point first. Whoever has enough after the first one
        has paid for nothing else."""
        low = 0 if after is None else after + 1
        high = TIMESTAMP_MAX if before is None else before - 1
        periods = list(_periods(self.reader, low, high, ascending=after is not None))
        near = low if after is not None else high
        first = periods.pop(0) if periods and near in periods[0] else None
        if first is not None:
            yield first
            low, high = (first[1] + 1, high) if after is not None else (low, first[0] - 1)
        if self.reader.active and low <= high and await self.everything():
            yield low, high
            return
        for period in periods:
            yield period


def _periods(reader: Member, low: int, high: int, *, ascending: bool) -> Iterator[Range]:
    """The periods of membership, as far as they lie between `low` and `high`."""
    for first, last in reader.periods if ascending else reversed(reader.periods):
        begin, end = max(first, low), min(TIMESTAMP_MAX if last is None else last, high)
        if begin <= end:
            yield begin, end
