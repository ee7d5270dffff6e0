"""One-time tickets for WebSocket connections: a token never stands in a URL."""

from typing import Protocol

from msgspec import Struct


class Ticket(Struct, frozen=True, kw_only=True):
    """Who may connect with it, from which web origin ("" for a client that isn't a browser), under which sign-in
    session."""

    username: str
    session: str
    admin: bool
    origin: str
    expires: int
    """Microseconds since 1970."""


class Tickets(Protocol):
    async def issue(self, ticket: Ticket) -> str:
        """An unguessable name for the ticket. The number of live tickets is bounded: raises LimitedError over it."""
        ...

    async def consume(self, name: str, now: int) -> Ticket | None:
        """The ticket, once, and not after it has expired; else None."""
        ...
