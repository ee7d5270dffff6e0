"""Who follows whose presence.

Following is written, and not looked for when somebody comes or goes: a write unit for each person newly followed, none
for those followed already, and telling reads one item. A connection's first list of twenty people costs 21 write units
(13 dollars a million connections); looking for the watchers instead would read every conversation of whoever comes or
goes. What a connection that ends had followed is not written again: it stays until a push finds it gone, or its time is
up.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from tertulia.adapters.apigateway.rows import LIFE_SECONDS, Rows, exists, number, under
from tertulia.aws.clients import Clients
from tertulia.domain import limits
from tertulia.ports.clock import Clock

WATCHERS_MAX: Final = 200
"""Connections that follow one person, some 9 KB: each more makes following that person dearer for all, and is not told
of changes; it still learns the present state whenever it says whom it follows."""
_MICROSECONDS: Final = 1_000_000


class Watchers:
    """Watchers by who is watched. At most `limits.WATCH_MAX` people for one connection."""

    def __init__(self, clients: Clients, clock: Clock, *, prefix: str = "", watchers_max: int = WATCHERS_MAX) -> None:
        self._rows = Rows(clients, prefix)
        self._clock = clock
        self._max = watchers_max

    async def watch(self, connection: str, usernames: Iterable[str]) -> None:
        """The connection follows exactly these from now on. One read unit or two, and a write unit for each
        difference."""
        names = set(list(dict.fromkeys(usernames))[: limits.WATCH_MAX])
        key = f"watching#{connection}"
        before = set((await self._rows.get(key)).get("usernames", {}).get("SS", ()))
        if names == before:
            return
        if names:
            await self._rows.put(key, {"usernames": {"SS": sorted(names)}}, self._until())
        else:
            await self._rows.delete(key)
        await asyncio.gather(
            *(self._follow(connection, username) for username in sorted(names - before)),
            *(self.forget(username, [connection]) for username in sorted(before - names)),
        )

    async def watchers(self, usernames: Iterable[str]) -> dict[str, list[str]]:
        """The ids of the connections that follow each."""
        items = await self._rows.get_all(f"watch#{username}" for username in usernames)
        now = self._clock.now() // _MICROSECONDS
        return {
            key.removeprefix("watch#"): [each for each, until in under("w#", item).items() if int(until["N"]) > now]
            for key, item in items.items()
        }

    async def forget(self, username: str, connections: Sequence[str]) -> None:
        """These connections follow that person no more. One write unit for each KB of the person's watchers."""
        if connections:
            await self._rows.update(
                f"watch#{username}", remove=[f"w#{each}" for each in connections], only=exists("id")
            )

    async def _follow(self, connection: str, username: str) -> None:
        until = self._until()
        changes = {f"w#{connection}": number(until), "expires": number(until)}
        item = await self._rows.update(f"watch#{username}", set_to=changes) or {}
        now = self._clock.now() // _MICROSECONDS
        watchers = under("w#", item)
        if len(watchers) > self._max:
            lapsed = [each for each, end in watchers.items() if int(end["N"]) <= now]
            await self.forget(username, lapsed or [connection])

    def _until(self) -> int:
        return self._clock.now() // _MICROSECONDS + LIFE_SECONDS
