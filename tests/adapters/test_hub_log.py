"""The hub against the log: whoever is connected gets exactly what the log would show, as it is committed."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.adapters.hub_world import PEOPLE, World, settled

from tertulia.domain.entries import (
    Entry,
    Hidden,
    MemberAdded,
    MemberRemoved,
    ReactionAdded,
)
from tertulia.domain.events import (
    EntryEvent,
    TypingEvent,
)

Step = tuple[int, int, int, bool]


@pytest.mark.slow
@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    steps=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=40),
    members_max=st.sampled_from([2, 5, 1000]),
)
@example(steps=[(0, 0, 0, False), (1, 2, 0, False)], members_max=2)  # joins before the load, after the message
@example(steps=[(0, 0, 0, False), (1, 1, 0, False), (0, 0, 0, False)], members_max=2)  # leaves before the load
def test_pushes_are_what_the_log_shows(steps: list[Step], members_max: int) -> None:
    """Whatever happens, and whenever audiences are loaded or forgotten: each person's pushes are, entry by entry,
    hidden or not, what that person's log holds in the end."""
    asyncio.run(_pushes_are_the_log(steps, members_max))


async def _pushes_are_the_log(steps: list[Step], members_max: int) -> None:
    world = World(members_max=members_max)
    connections = {name: world.connect(name) for name in PEOPLE}
    for name in ("g", "h"):
        await world.converse(name, "ana", "bea")
    for action, person, other, pause in steps:
        await _act(world, "gh"[other % 2], PEOPLE[person], action, other)
        if pause:
            await settled()
    await settled()
    for name in ("g", "h"):
        for person, connection in connections.items():
            pushed = [
                (e.entry.seq, isinstance(e.entry, Hidden))
                for e in connection.events
                if isinstance(e, EntryEvent) and e.conversation == name
            ]
            assert pushed == await _log(world, name, person), (name, person)
    await world.hub.close()


async def _act(world: World, name: str, person: str, action: int, other: int) -> None:
    """One thing that could really happen, or nothing where it could not."""
    if action == 0:
        await world.say(name, "hola", "ana")
    elif action == 1 and person != "ana":
        kind: Callable[..., Entry] = MemberRemoved if world.active(name, person) else MemberAdded
        await world.append(name, kind, subject=person)  # type: ignore[arg-type]
    elif action == 2:
        said = world.store.logs[name].timestamps()
        if said:
            await world.append(name, ReactionAdded, target=said[other % len(said)], emoji="👍")
    elif action == 3:
        world.hub.to_conversation(name, TypingEvent(name, "ana"))


async def _log(world: World, name: str, person: str) -> list[tuple[int, bool]]:
    member = world.store.logs[name].members.get(person)
    if member is None:
        return []
    entries, _ = await world.store.log(name, member, after=0, limit=10_000)
    return [(entry.seq, isinstance(entry, Hidden)) for entry in entries]
