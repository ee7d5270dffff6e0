"""Who is connected here, and whose presence they follow."""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple, Protocol

from tertulia.domain import limits


class Connection(Protocol):
    """One device's connection. Neither method blocks or raises; after `close` it takes no more frames."""

    def send(self, frame: bytes) -> None: ...

    def close(self, reason: str) -> None:
        """Says goodbye for one of the documented close reasons, and closes."""
        ...


class Owner(NamedTuple):
    """Whose connection it is, and under which sign-in session."""

    username: str
    session: str


class Directory:
    """Connections by person, oldest first, and watchers by who is watched."""

    def __init__(self, per_user: int = limits.CONNECTIONS_PER_USER_MAX) -> None:
        self._per_user = per_user
        self._connections: dict[str, tuple[Connection, ...]] = {}
        self._owners: dict[Connection, Owner] = {}
        self._watchers: dict[str, dict[Connection, None]] = {}
        self._watched: dict[Connection, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._owners)

    @property
    def people(self) -> int:
        """How many people have a connection."""
        return len(self._connections)

    def add(self, connection: Connection, username: str, session: str) -> Connection | None:
        """The connection that the person has too many now, if there is one: the oldest."""
        mine = (*self._connections.get(username, ()), connection)
        self._connections[username] = mine
        self._owners[connection] = Owner(username, session)
        return mine[0] if len(mine) > self._per_user else None

    def remove(self, connection: Connection) -> str | None:
        """Whose it was; None where it is not known."""
        owner = self._owners.pop(connection, None)
        if owner is None:
            return None
        self.watch(connection, ())
        left = tuple(other for other in self._connections[owner.username] if other is not connection)
        if left:
            self._connections[owner.username] = left
        else:
            del self._connections[owner.username]
        return owner.username

    def of(self, username: str) -> tuple[Connection, ...]:
        return self._connections.get(username, ())

    def of_sessions(self, username: str, sessions: Collection[str] | None) -> Iterator[Connection]:
        """A person's connections of these sign-in sessions, or of all."""
        for connection in self.of(username):
            if sessions is None or self._owners[connection].session in sessions:
                yield connection

    def watch(self, connection: Connection, usernames: Iterable[str]) -> None:
        """Follows exactly these from now on."""
        for username in self._watched.pop(connection, ()):
            watchers = self._watchers[username]
            del watchers[connection]
            if not watchers:
                del self._watchers[username]
        names = tuple(dict.fromkeys(usernames))[: limits.WATCH_MAX]
        if names and connection in self._owners:
            self._watched[connection] = names
            for username in names:
                self._watchers.setdefault(username, {})[connection] = None

    def watchers(self, username: str) -> tuple[Connection, ...]:
        return tuple(self._watchers.get(username, ()))
