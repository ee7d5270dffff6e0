"""Where everything about connections is kept, and `ports.connections.Connections` over it."""

from collections.abc import Iterable

from tertulia.adapters.apigateway.directory import ConnectionDirectory
from tertulia.adapters.apigateway.pushed import Pushed
from tertulia.adapters.apigateway.tickets import DynamoTickets
from tertulia.adapters.apigateway.watchers import Watchers
from tertulia.aws.clients import Clients
from tertulia.domain.presence import Presence
from tertulia.ports.clock import Clock
from tertulia.ports.connections import Caller, Connection, Ticket
from tertulia.ports.entropy import Entropy


class Places:
    """The port; its parts are for the broadcast."""

    def __init__(self, clients: Clients, clock: Clock, entropy: Entropy, *, prefix: str = "") -> None:
        self.directory = ConnectionDirectory(clients, clock, prefix=prefix)
        self.watchers = Watchers(clients, clock, prefix=prefix)
        self.pushed = Pushed(clients, clock, prefix=prefix)
        self.tickets = DynamoTickets(clients, clock, entropy, prefix=prefix)

    async def add(self, connection: str, ticket: Ticket) -> list[Connection] | None:
        """Three write units and two read units with the ticket's: see `DynamoTickets.revoked` for the order."""
        username, session = ticket.username, ticket.session
        surplus = await self.directory.add(connection, username, session, admin=ticket.admin)
        if not await self.tickets.revoked(ticket):
            return surplus
        entered = await self.directory.caller(connection)
        if entered is not None:
            await self.directory.remove(entered.connection)
        return None

    async def caller(self, connection: str) -> Caller | None:
        return await self.directory.caller(connection)

    async def leaving(self, connection: str) -> Caller | None:
        return await self.directory.leaving(connection)

    async def remember_presence(self, caller: Caller, status: Presence) -> None:
        await self.directory.remember_presence(caller, status)

    async def watch(self, connection: str, usernames: Iterable[str]) -> None:
        await self.watchers.watch(connection, usernames)

    async def retire(self, connection: Connection) -> None:
        await self.directory.retire(connection)

    async def remove(self, connection: Connection) -> None:
        await self.directory.remove(connection)
