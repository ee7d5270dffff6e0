"""Tickets for WebSocket connections."""

from tertulia.domain import limits
from tertulia.domain.errors import UnauthenticatedError
from tertulia.ports.accounts import Identity
from tertulia.ports.clock import Clock
from tertulia.ports.connections import Ticket
from tertulia.ports.connections import Tickets as TicketsPort
from tertulia.ports.rates import Rate
from tertulia.services import limiting


class Tickets:
    def __init__(self, tickets: TicketsPort, clock: Clock, rate: Rate) -> None:
        self._tickets = tickets
        self._clock = clock
        self._rate = rate

    async def issue(self, identity: Identity, origin: str) -> tuple[str, int]:
        """A ticket bound to the caller and the web origin, and for how many seconds it is good."""
        limiting.take(self._rate, identity.username)
        ticket = Ticket(
            username=identity.username,
            session=identity.session,
            admin=identity.admin,
            origin=origin,
            expires=self._clock.now() + limits.TICKET_SECONDS * 1_000_000,
        )
        return await self._tickets.issue(ticket), limits.TICKET_SECONDS

    async def redeem(self, name: str, origin: str) -> Ticket:
        """Who connects with the ticket. Raises `ticket_invalid` where it is unknown, used, expired or of another
        origin."""
        ticket = await self._tickets.consume(name, self._clock.now())
        if ticket is None or ticket.origin != origin:
            raise UnauthenticatedError("ticket_invalid")
        return ticket
