"""Full text search over messages."""

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


class Search(Protocol):
    async def search(
        self, reader: str, query: SearchQuery, *, before: tuple[int, str] | None = None, limit: int
    ) -> list[Found]:
        """Messages that `reader` may read, newest first by (timestamp, conversation), below `before` where it is given.

        What was committed is found at once; an edited message is found by its new text only, a deleted one not at all.
        Nothing that the reader may not read has any influence on the answer.
        """
        ...
