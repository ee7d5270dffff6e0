"""Who is connected: a person's connections in one item, which is what pushing reads, and an item for each connection,
which says who speaks when a message comes."""

from collections.abc import Collection, Iterable
from typing import Final

from tertulia.adapters.apigateway.rows import LIFE_SECONDS, Condition, Item, Rows, number, text, under
from tertulia.aws.clients import Clients
from tertulia.domain import limits
from tertulia.domain.presence import Presence
from tertulia.ports.clock import Clock
from tertulia.ports.connections import Caller, Connection

CONNECT_WINDOW: Final = 10
"""Seconds after `$connect` in which "gone" may mean "not there yet": the items are written before the socket opens."""
_MICROSECONDS: Final = 1_000_000


class ConnectionDirectory:
    """Connections by person and by id. What is older than a connection can be is as good as gone."""

    def __init__(
        self, clients: Clients, clock: Clock, *, prefix: str = "", per_user: int = limits.CONNECTIONS_PER_USER_MAX
    ) -> None:
        self._rows = Rows(clients, prefix)
        self._clock = clock
        self._per_user = per_user

    async def add(self, connection: str, username: str, session: str, *, admin: bool) -> list[Connection]:
        """From now on the connection gets what is for that person. The connections that the person has too many now,
        the oldest ones; whoever adds closes them. Two write units."""
        now = self._clock.now()
        expires = number(now // _MICROSECONDS + LIFE_SECONDS)
        row = {
            "username": text(username),
            "session": text(session),
            "admin": {"BOOL": admin},
            "since": number(now),
        }
        await self._rows.put(f"connection#{connection}", row, now // _MICROSECONDS + LIFE_SECONDS)
        entered = {f"c#{connection}": {"M": {"s": text(session), "t": number(now)}}, "expires": expires}
        item = await self._rows.update(_user(username), set_to=entered) or {}
        stale = [each for each in _connections(username, item) if self._is_stale(each)]
        if stale:
            await self._rows.update(_user(username), remove=[f"c#{each.id}" for each in stale])
        there = [each for each in _connections(username, item) if not self._is_stale(each)]
        return there[: max(0, len(there) - self._per_user)]

    async def caller(self, connection: str) -> Caller | None:
        """None where the connection is not known, or was ended. One read unit."""
        item = await self._rows.get(f"connection#{connection}")
        return None if "ended" in item else self._caller(connection, item)

    async def leaving(self, connection: str) -> Caller | None:
        """The same, also where it was ended: for `$disconnect`. One read unit."""
        return self._caller(connection, await self._rows.get(f"connection#{connection}"))

    def _caller(self, connection: str, item: Item) -> Caller | None:
        if not item:
            return None
        found = Connection(connection, item["username"]["S"], item["session"]["S"], int(item["since"]["N"]))
        if self._is_stale(found):
            return None
        presence = Presence(item["presence"]["S"]) if "presence" in item else None
        return Caller(connection=found, admin=item["admin"]["BOOL"], presence=presence)

    async def remember_presence(self, caller: Caller, status: Presence) -> None:
        """What the device says of itself, for the next message. One write unit, and none where it is the same."""
        if caller.presence is not status:
            key = f"connection#{caller.connection.id}"
            only = Condition("attribute_exists(#c)", {"#c": "since"})
            await self._rows.update(key, set_to={"presence": text(status)}, only=only)

    async def connections(self, usernames: Iterable[str]) -> dict[str, list[Connection]]:
        """The connections of each person who has any, oldest first. One read unit a person."""
        items = await self._rows.get_all(map(_user, usernames))
        found = {}
        for key, item in items.items():
            username = key.removeprefix("user#")
            live = [each for each in _connections(username, item) if not self._is_stale(each)]
            if live:
                found[username] = live
        return found

    async def connections_of_sessions(self, username: str, sessions: Collection[str] | None) -> list[Connection]:
        """A person's connections of these sign-in sessions, or all."""
        mine = (await self.connections([username])).get(username, [])
        return [each for each in mine if sessions is None or each.session in sessions]

    async def retire(self, connection: Connection) -> None:
        """The connection gets and says nothing more; who it was is known until it is removed. Two write units."""
        there = Condition("attribute_exists(#i)", {"#i": "since"})
        await self._rows.update(f"connection#{connection.id}", set_to={"ended": {"BOOL": True}}, only=there)
        await self._rows.update(_user(connection.username), remove=[f"c#{connection.id}"], only=_since(connection))

    async def remove(self, connection: Connection) -> None:
        """The connection gets nothing more. Three write units; removing it again changes nothing."""
        await self._rows.delete(f"connection#{connection.id}")
        await self._rows.delete(f"watching#{connection.id}")
        await self._rows.update(_user(connection.username), remove=[f"c#{connection.id}"], only=_since(connection))

    async def remove_gone(self, connection: Connection) -> bool:
        """Removes a connection of which API Gateway says that it is gone, and says whether it did: within the connect
        window it may be about to open, and stays. The condition is on the same `since`."""
        if self._clock.now() - connection.since <= CONNECT_WINDOW * _MICROSECONDS:
            return False
        devices = [f"c#{connection.id}", f"p#{connection.id}"]
        removed = await self._rows.update(_user(connection.username), remove=devices, only=_since(connection))
        await self._rows.delete(f"connection#{connection.id}", only=_same_row(connection))
        return removed is not None

    def _is_stale(self, connection: Connection) -> bool:
        return self._clock.now() - connection.since > LIFE_SECONDS * _MICROSECONDS


def _user(username: str) -> str:
    return f"user#{username}"


def _since(connection: Connection) -> Condition:
    return Condition("#c.#t = :t", {"#c": f"c#{connection.id}", "#t": "t"}, {":t": number(connection.since)})


def _same_row(connection: Connection) -> Condition:
    return Condition("#c = :t", {"#c": "since"}, {":t": number(connection.since)})


def _connections(username: str, item: Item) -> list[Connection]:
    """Oldest first; of the same moment by id, so that everybody agrees on which is the oldest."""
    found = [
        Connection(name, username, value["M"]["s"]["S"], int(value["M"]["t"]["N"]))
        for name, value in under("c#", item).items()
    ]
    return sorted(found, key=lambda each: (each.since, each.id))
