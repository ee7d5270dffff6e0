"""`ports.connections.Tickets` in memory: a ticket lives thirty seconds, so nothing is lost that matters."""

from collections.abc import Collection
from typing import Final

from tertulia.domain import limits
from tertulia.domain.errors import LimitedError
from tertulia.ports.clock import Clock
from tertulia.ports.connections import Ticket
from tertulia.ports.entropy import Entropy

PER_USER_MAX: Final = 2 * limits.CONNECTIONS_PER_USER_MAX
"""Live tickets of one person: all connections that one can have, and once more."""
TOTAL_MAX: Final = 50_000


class MemoryTickets:
    """Holds live tickets only, in the order in which they were issued, which is the order in which they expire."""

    def __init__(self, clock: Clock, entropy: Entropy) -> None:
        self._clock = clock
        self._entropy = entropy
        self._tickets: dict[str, Ticket] = {}
        self._of_user: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._tickets)

    async def issue(self, ticket: Ticket) -> str:
        self._expire(self._clock.now())
        if self._of_user.get(ticket.username, 0) >= PER_USER_MAX or len(self._tickets) >= TOTAL_MAX:
            raise LimitedError("rate_limited", retry_after=float(limits.TICKET_SECONDS))
        name = self._entropy.token(24)
        self._tickets[name] = ticket
        self._of_user[ticket.username] = self._of_user.get(ticket.username, 0) + 1
        return name

    async def consume(self, name: str, now: int) -> Ticket | None:
        ticket = self._remove(name)
        return ticket if ticket is not None and now < ticket.expires else None

    def revoke(self, username: str, sessions: Collection[str] | None) -> None:
        """Forgets a person's tickets of these sign-in sessions, or all: an ended session opens no connection."""
        names = [
            name
            for name, ticket in self._tickets.items()
            if ticket.username == username and (sessions is None or ticket.session in sessions)
        ]
        for name in names:
            self._remove(name)

    def _expire(self, now: int) -> None:
        while self._tickets:
            name, ticket = next(iter(self._tickets.items()))
            if now < ticket.expires:
                return
            self._remove(name)

    def _remove(self, name: str) -> Ticket | None:
        ticket = self._tickets.pop(name, None)
        if ticket is not None:
            self._of_user[ticket.username] -= 1
            if not self._of_user[ticket.username]:
                del self._of_user[ticket.username]
        return ticket
