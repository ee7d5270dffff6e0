"""For the tests of pushing: a store in memory, the table of an emulator, a gateway, and a hub beside it to compare
with."""

import asyncio
from typing import Any

from tests.adapters.apigateway.gateway import Gateway
from tests.adapters.hub_world import World as HubWorld
from tests.emulators.emulators import ACCESS_KEY, REGION
from tests.emulators.tables import EmulatorClients

from tertulia.adapters.apigateway.broadcast import ApiGatewayBroadcast
from tertulia.adapters.apigateway.places import Places
from tertulia.adapters.apigateway.posts import Posts
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.aws.clients import Clients
from tertulia.domain import limits
from tertulia.ports.connections import Connection, Ticket


def gateway_clients() -> Clients:
    """The product's own clients, for a gateway that asks for no credentials."""
    clients = Clients(region=REGION)
    clients._session.set_credentials(ACCESS_KEY, ACCESS_KEY)  # type: ignore[attr-defined]
    return clients


class Pushing(HubWorld):
    """`broadcast` listens to the store, as the hub does."""

    def __init__(self, clients: EmulatorClients, prefix: str, gateway: Gateway) -> None:
        super().__init__()
        self.gateway = gateway
        self.clock = SetClock()
        self.places = Places(clients, self.clock, SystemEntropy(), prefix=prefix)
        self.posting = gateway_clients()
        self.broadcast = ApiGatewayBroadcast(self.store.audience, self.places, Posts(self.posting, gateway.url))
        self.store.listen(self.broadcast.committed)

    async def enter(self, connection: str, username: str, session: str = "s") -> list[Connection]:
        """Opens a connection; the surplus ones."""
        return await self.places.directory.add(connection, username, session, admin=False)

    async def here(self, *usernames: str) -> dict[str, list[str]]:
        """The ids of the connections of each who has any."""
        found = await self.places.directory.connections(usernames)
        return {username: [each.id for each in connections] for username, connections in found.items()}

    def ticket(self, username: str, session: str = "s") -> Ticket:
        expires = self.clock.now() + limits.TICKET_SECONDS * 1_000_000
        return Ticket(username=username, session=session, admin=False, origin="", expires=expires)

    def seqs(self, connection: str) -> list[int]:
        return [event["entry"]["seq"] for event in self.gateway.events(connection) if event["type"] == "entry"]

    async def until(self, holds: Any) -> None:
        async with asyncio.timeout(20):
            while not holds():
                await asyncio.sleep(0.01)

    def close(self) -> None:
        self.posting.close()
