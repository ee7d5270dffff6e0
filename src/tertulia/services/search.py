"""Searching messages: from what people type to a query, and paging through what is found."""

import re
from typing import Final

from tertulia.domain import limits
from tertulia.domain.errors import InvalidError
from tertulia.ports.accounts import Identity
from tertulia.ports.rates import Rate
from tertulia.ports.search import Found, Search, SearchQuery
from tertulia.ports.store import Store
from tertulia.services import access, limiting

_QUOTATION_MARK: Final = re.compile('["“”„]')
"""Many keyboards make typographic marks of the plain one."""


class MessageSearch:
    def __init__(self, store: Store, search: Search, rate: Rate) -> None:
        self._store = store
        self._search = search
        self._rate = rate

    async def search(
        self, identity: Identity, query: SearchQuery, *, cursor: str, limit: int
    ) -> tuple[list[Found], str | None]:
        """A page of what the caller may read, newest first, and where the next page begins. A page may be short, or
        empty, and not the last one: where there is a cursor, there may be more.
        Raises `conversation_not_found`, `invalid_request`, `rate_limited`."""
        limiting.take(self._rate, identity.username)
        if query == SearchQuery(conversation=query.conversation):
            raise InvalidError("invalid_request", "Say what to search for.")
        if query.conversation is not None:
            await access.member_of(self._store, query.conversation, identity.username)
        findings = await self._search.search(
            identity.username, query, before=_decode(cursor) if cursor else None, limit=limit
        )
        return findings.found, _encode(findings.through) if findings.through else None


def parse_query(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms and the quoted phrases of what somebody typed; a quotation that isn't closed goes to the end. Raises
    `invalid_request` where it is too much."""
    if len(text) > limits.SEARCH_QUERY_MAX:
        raise InvalidError(
            "invalid_request",
            f"A search has up to {limits.SEARCH_QUERY_MAX} characters.",
            maximum=limits.SEARCH_QUERY_MAX,
        )
    pieces = _QUOTATION_MARK.split(text)
    terms = tuple(term for piece in pieces[::2] for term in piece.split())
    phrases = tuple(piece.strip() for piece in pieces[1::2] if piece.strip())
    if len(terms) + len(phrases) > limits.SEARCH_TERMS_MAX:
        raise InvalidError(
            "invalid_request",
            f"A search has up to {limits.SEARCH_TERMS_MAX} words.",
            maximum=limits.SEARCH_TERMS_MAX,
        )
    return terms, phrases


def _encode(place: tuple[int, str]) -> str:
    timestamp, conversation = place
    return f"{timestamp}.{conversation}"


def _decode(cursor: str) -> tuple[int, str]:
    timestamp, dot, conversation = cursor.partition(".")
    if not (timestamp.isdecimal() and timestamp.isascii() and dot and len(timestamp) <= 16):
        raise InvalidError("invalid_request", "That is not a cursor from an earlier page.")
    return int(timestamp), conversation
