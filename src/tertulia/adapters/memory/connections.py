"""`ports.connections.Connections` in memory: the reference of the port."""

from collections.abc import Iterable

from msgspec.structs import replace

from tertulia.domain import limits
from tertulia.domain.presence import Presence
from tertulia.ports.clock import Clock
from tertulia.ports.connections import Caller, Connection, Ticket


class MemoryConnections:
    """Callers by connection, in the order in which they came. `ended` sessions open nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._callers: dict[str, Caller] = {}
        self._retired: set[str] = set()
        self.watched: dict[str, list[str]] = {}
        self.ended: set[str] = set()

    async def add(self, connection: str, ticket: Ticket) -> list[Connection] | None:
        if ticket.session in self.ended:
            return None
        made = Connection(connection, ticket.username, ticket.session, self._clock.now())
        self._callers[connection] = Caller(connection=made, admin=ticket.admin)
        mine = [
            caller.connection
            for name, caller in self._callers.items()
            if caller.connection.username == ticket.username and name not in self._retired
        ]
        return mine[: max(0, len(mine) - limits.CONNECTIONS_PER_USER_MAX)]

    async def caller(self, connection: str) -> Caller | None:
        return None if connection in self._retired else self._callers.get(connection)

    async def leaving(self, connection: str) -> Caller | None:
        return self._callers.get(connection)

    async def remember_presence(self, caller: Caller, status: Presence) -> None:
        name = caller.connection.id
        if name in self._callers:
            self._callers[name] = replace(self._callers[name], presence=status)

    async def watch(self, connection: str, usernames: Iterable[str]) -> None:
        self.watched[connection] = list(dict.fromkeys(usernames))[: limits.WATCH_MAX]

    async def retire(self, connection: Connection) -> None:
        """From now on it is not known, but to `leaving`."""
        self._retired.add(connection.id)

    async def remove(self, connection: Connection) -> None:
        self._callers.pop(connection.id, None)
        self._retired.discard(connection.id)
        self.watched.pop(connection.id, None)
