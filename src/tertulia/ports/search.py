"""Full text search over messages."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from tertulia.domain.messages import Message


class SearchQuery(Struct, frozen=True, kw_only=True):
    """`terms` and `phrases` must all occur (in any script, also as part of a word); the rest narrows. Times are
    timestamps in microseconds."""

    terms: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    conversation: str | None = None
    author: str | None = None
    before: int | None = None
    after: int | None = None
    has_attachment: bool = False
    has_link: bool = False


class Found(Struct, frozen=True):
    conversation: str
    message: Message


class Findings(Struct, frozen=True):
    """What one call found, and the place down to which it has looked: go on with `before=through`. None where there is
    nothing more."""

    found: list[Found]
    through: tuple[int, str] | None = None


def page_of(found: Sequence[Found], limit: int) -> Findings:
    """The first `limit` of all there is, or of one more than `limit`."""
    page = list(found[:limit])
    more = bool(page) and len(found) > limit
    return Findings(page, (page[-1].message.timestamp, page[-1].conversation) if more else None)


class Search(Protocol):
    async def search(
        self, reader: str, query: SearchQuery, *, before: tuple[int, str] | None = None, limit: int
    ) -> Findings:
        """Up to `limit` messages that `reader` may read, newest first by (timestamp, conversation), below `before`
        where it is given.

        What was committed is found at once; an edited message is found by its new text only, a deleted one not at all.
        Nothing that the reader may not read has any influence on what is found. One call does a bounded amount of
        work: it may end with fewer than `limit`, also with none, and still say where to go on. Whoever goes on until
        `through` is None gets everything once, and each step comes nearer to the end.
        """
        ...
