"""A removal between the look at a membership and the read: nothing that was committed after it gets out."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.services.refused import refused
from tests.services.world import World, who

from tertulia.domain.members import Role


class Interruption:
    """Does something once, just before the next call of a method of the store."""

    def __init__(self, world: World, method: str, happens: Callable[[], Awaitable[None]]) -> None:
        self._read = getattr(world.store, method)
        self._happens: Callable[[], Awaitable[None]] | None = happens
        setattr(world.store, method, self)

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        happens, self._happens = self._happens, None
        if happens:
            await happens()
        return await self._read(*args, **kwargs)


READS: dict[str, tuple[str, Callable[[World, str], Awaitable[Any]]]] = {
    "the log": ("log", lambda world, group: world.chat.history.log(who("ben"), group, after=0, limit=100)),
    "the last page": ("messages", lambda world, group: world.chat.history.messages(who("ben"), group, limit=10)),
    "a page after": (
        "messages",
        lambda world, group: world.chat.history.messages(who("ben"), group, after=0, limit=10),
    ),
    "a page around": (
        "messages",
        lambda world, group: world.chat.history.messages(who("ben"), group, around=1, limit=10),
    ),
    "the members": ("members", lambda world, group: world.chat.members.list(who("ben"), group, after="", limit=10)),
}


@pytest.mark.parametrize(("method", "read"), READS.values(), ids=READS.keys())
async def test_who_is_removed_while_reading_gets_nothing(
    world: World, group: str, method: str, read: Callable[[World, str], Awaitable[Any]]
) -> None:
    """The reader was a member when the read began and none when it was made: there is no such conversation."""

    async def remove() -> None:
        await world.chat.members.remove(who("ana"), group, "ben")
        await world.say("ana", group, "secret")

    Interruption(world, method, remove)
    with refused("conversation_not_found"):
        await read(world, group)


@pytest.mark.parametrize(("method", "read"), READS.values(), ids=READS.keys())
async def test_who_returns_while_reading_gets_the_own_periods(
    world: World, group: str, method: str, read: Callable[[World, str], Awaitable[Any]]
) -> None:
    """Removed and added again while the read was on its way: it is read again, without the time between."""

    async def remove_and_add() -> None:
        await world.chat.members.remove(who("ana"), group, "ben")
        await world.say("ana", group, "secret")
        await world.chat.members.put(who("ana"), group, "ben", Role.MEMBER)
        await world.say("ana", group, "welcome back")

    Interruption(world, method, remove_and_add)
    found = str(await read(world, group))
    assert "secret" not in found
    assert method == "members" or "welcome back" in found


async def test_a_membership_that_never_stands_still_is_not_waited_for(world: World, group: str) -> None:
    """Nothing is tried again without a bound: the reader is told to come back."""
    read, reads = world.store.log, 0

    async def interrupted(*args: Any, **kwargs: Any) -> Any:
        nonlocal reads
        reads += 1
        await world.chat.members.remove(who("ana"), group, "ben")
        await world.chat.members.put(who("ana"), group, "ben", Role.MEMBER)
        return await read(*args, **kwargs)

    world.store.log = interrupted  # type: ignore[method-assign]
    with refused("unavailable"):
        await world.chat.history.log(who("ben"), group, after=0, limit=10)
    assert reads == 5
