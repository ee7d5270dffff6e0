"""The SQLite store behaves as the reference in memory does, whatever people do in whatever order."""

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contracts import store_adapters as do

from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.store import MemoryStore
from tertulia.domain.entries import History
from tertulia.domain.errors import ChatError
from tertulia.ports.store import Store

EXAMPLES = {"ministack": 12, "dynalite": 12}
PEOPLE = ("ana", "ben", "carla")
_person = st.sampled_from(PEOPLE)
_other = st.sampled_from(PEOPLE[1:])
_index = st.integers(0, 7)
_step = st.one_of(
    st.tuples(st.just("send"), _person, st.text(max_size=5), st.sampled_from("abcdefgh")),
    st.tuples(st.just("reply"), _person, _index, st.sampled_from("ijklmnop")),
    st.tuples(st.just("edit"), _person, _index, st.text(max_size=5)),
    st.tuples(st.just("delete"), _person, _index),
    st.tuples(st.just("react"), _person, _index, st.sampled_from("👍🎉")),
    st.tuples(st.just("toggle"), _other),
    st.tuples(st.just("title"), st.text(max_size=5)),
    st.tuples(st.just("history"), st.sampled_from(History)),
    st.tuples(st.just("read"), _person, _index),
    st.tuples(st.just("clock"), st.integers(-10, 10)),
)


class Run:
    """One store, and the timestamps of the messages that were sent to it."""

    def __init__(self, store: Store, clock: SetClock) -> None:
        self.store = store
        self.clock = clock
        self.sent: list[int] = []
        self.threads: dict[int, int] = {}

    async def step(self, step: tuple[Any, ...]) -> Any:
        """What the step gives, so that two runs can be compared."""
        kind, *rest = step
        try:
            match kind:
                case "clock":
                    self.clock.advance(rest[0])
                    return None
                case "toggle":
                    found = await self.store.member(do.GROUP, rest[0])
                    act = do.remove if found is not None and found[1].active else do.add
                    return (await act(self.store, rest[0])).entry
                case "title":
                    return (await do.title(self.store, rest[0])).entry
                case "history":
                    return (await do.open_history(self.store, rest[0])).entry
            return await self._by_person(kind, *rest)
        except ChatError as error:
            return error.code

    async def _by_person(self, kind: str, person: str, *rest: Any) -> Any:
        found = await self.store.member(do.GROUP, person)
        if found is None or not found[1].active:
            return None
        if kind == "send":
            outcome = await do.send(self.store, person, *rest)
            if outcome.entry is not None:
                self.sent.append(outcome.entry.timestamp)
            return outcome
        if not self.sent:
            return None
        target = self.sent[rest[0] % len(self.sent)]
        if kind == "reply":
            return await self._reply(person, target, *rest[1:])
        if kind == "read":
            return await self.store.move_cursor(do.GROUP, person, target)
        return await getattr(do, kind)(self.store, person, target, *rest[1:])

    async def _reply(self, person: str, target: int, client_id: str) -> Any:
        thread = self.threads.get(target, target)
        outcome = await do.send(self.store, person, "", client_id, reply_to=target, thread=thread)
        if outcome.entry is not None:
            self.sent.append(outcome.entry.timestamp)
            self.threads[outcome.entry.timestamp] = thread
        return outcome

    async def view(self, username: str) -> Any:
        """Everything that one person can read, in several ways."""
        found = await self.store.membership(do.GROUP, username, members=2)
        if found is None:
            return None
        reader = found.member
        middle = self.sent[len(self.sent) // 2] if self.sent else 1
        return (
            found,
            await self.store.log(do.GROUP, reader, after=0, limit=500),
            await self.store.messages(do.GROUP, reader, limit=100),
            await self.store.messages(do.GROUP, reader, before=middle, limit=2),
            await self.store.messages(do.GROUP, reader, after=middle, limit=2),
            await self.store.message(do.GROUP, reader, middle),
            await self.store.messages(do.GROUP, reader, thread=self.threads.get(middle, middle), limit=3),
            await self.store.messages(do.GROUP, reader, thread=self.threads.get(middle, middle), after=0, limit=3),
        )


Make = Callable[[Path, SetClock], AbstractAsyncContextManager[Store]]


async def compare(steps: list[tuple[Any, ...]], make: Make) -> None:
    """Takes the steps on the reference and on another store, and looks at both in between."""
    clocks = SetClock(), SetClock()
    with tempfile.TemporaryDirectory() as folder:
        async with make(Path(folder), clocks[1]) as store:
            stores: tuple[Store, Store] = MemoryStore(clocks[0]), store
            one, other = (Run(each, clock) for each, clock in zip(stores, clocks, strict=True))
            for each in stores:
                await do.begin(each, "ben")
            for step in steps:
                assert await one.step(step) == await other.step(step)
            for username in PEOPLE:
                assert await one.view(username) == await other.view(username)


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(_step, max_size=30))
def test_sqlite_equals_the_reference(steps: list[tuple[Any, ...]]) -> None:
    """After the same steps each person sees the same through both."""
    asyncio.run(compare(steps, partial(do.opened, "sqlite")))


@pytest.mark.slow
@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(_step, min_size=10, max_size=60))
def test_sqlite_equals_the_reference_for_longer(steps: list[tuple[Any, ...]]) -> None:
    """The same, with longer histories."""
    asyncio.run(compare(steps, partial(do.opened, "sqlite")))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ministack", "dynalite"])
def test_dynamodb_equals_the_reference(name: str, request: pytest.FixtureRequest) -> None:
    """The same on DynamoDB. Few histories, for each call there goes over the network."""
    emulator = request.getfixturevalue(name)

    @settings(max_examples=EXAMPLES[name], deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.lists(_step, min_size=5, max_size=40))
    def equals(steps: list[tuple[Any, ...]]) -> None:
        asyncio.run(compare(steps, partial(do.opened, "dynamodb", emulator=emulator)))

    equals()
