"""Reading from DynamoDB, when calls fail or give a part only."""

import itertools
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.adapters.dynamodb.faults import first_of_each, none_of_them, refused
from tests.adapters.dynamodb.world import World
from tests.contracts import store_adapters as do

from tertulia.adapters.dynamodb import attempts
from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.domain.errors import LimitedError, UnavailableError
from tertulia.domain.members import Member

pytestmark = pytest.mark.slow

READS: dict[str, tuple[str, Callable[[DynamoStore, Member], Awaitable[Any]]]] = {
    "messages": ("query", lambda store, ben: store.messages(do.GROUP, ben, limit=5)),
    "message": ("get_item", lambda store, ben: store.message(do.GROUP, ben, 1)),
    "versions": ("query", lambda store, ben: store.versions(do.GROUP, ben, 1, limit=5)),
    "log": ("query", lambda store, ben: store.log(do.GROUP, ben, after=0, limit=5)),
    "member": ("batch_get_item", lambda store, _: store.member(do.GROUP, "ben")),
    "members": ("query", lambda store, _: store.members(do.GROUP, limit=5)),
    "audience": ("query", lambda store, _: store.audience(do.GROUP)),
    "memberships": ("batch_get_item", lambda store, _: store.memberships("ben", limit=5)),
    "sharing": ("batch_get_item", lambda store, _: store.sharing("ben", ["ana"])),
    "move_cursor": ("update_item", lambda store, _: store.move_cursor(do.GROUP, "ben", 2**52)),
}


@pytest.mark.parametrize("name", READS)
async def test_a_throttled_read_is_an_answer(world: World, name: str) -> None:
    """Every call may be throttled: 429 with Retry-After."""
    operation, read = READS[name]
    await do.begin(world.store, "ben")
    await do.send(world.store, "ana", "x", "1")
    ben = await do.reader(world.store, "ben")
    world.client.plan(operation, refused("ThrottlingException"))
    with pytest.raises(LimitedError) as caught:
        await read(world.store, ben)
    assert caught.value.retry_after
    await read(world.store, ben)


async def test_what_was_left_unprocessed_is_asked_for_again(world: World) -> None:
    """A list of conversations is whole, however little DynamoDB has time for at once."""
    for name in ("g_a", "g_b", "g_c"):
        await do.begin(world.store, name=name)
        await do.send(world.store, "ana", name, "1", name=name)
    world.client.always("batch_get_item", first_of_each)
    found = await world.store.memberships("ana", limit=5)
    assert [each.last_message.text for each in found if each.last_message] == ["g_a", "g_b", "g_c"]
    assert world.client.calls.count("batch_get_item") >= 6


async def test_asking_again_has_an_end(world: World, no_waiting: list[float]) -> None:
    """Where DynamoDB has no time at all, that is a throttle."""
    await do.begin(world.store)
    world.client.always("batch_get_item", none_of_them)
    with pytest.raises(LimitedError) as caught:
        await world.store.member(do.GROUP, "ana")
    assert caught.value.retry_after
    assert len(no_waiting) == attempts.TRIES - 1


async def test_half_a_transaction_is_no_gap(world: World) -> None:
    """The head shows an entry that can't be seen in its own table yet: the log waits for it, and gives nothing after
    it."""
    await do.begin(world.store)
    await do.send(world.store, "ana", "x", "1")
    await do.title(world.store, "T")
    ana = await do.reader(world.store, "ana")

    def not_yet(real: Any, parameters: dict[str, Any]) -> Any:
        answer = real(**parameters)
        return {**answer, "Items": []}

    world.client.plan("query", not_yet)
    entries, through = await world.store.log(do.GROUP, ana, after=0, limit=10)
    assert ([entry.seq for entry in entries], through) == ([1], 1)
    world.client.plan("query", not_yet)
    entries, through = await world.store.log(do.GROUP, ana, after=1, limit=10)
    assert ([entry.seq for entry in entries], through) == ([2, 3], 3)


async def test_waiting_for_half_a_transaction_has_an_end(world: World, no_waiting: list[float]) -> None:
    """Better no answer than one with a gap."""
    await do.begin(world.store)
    await do.send(world.store, "ana", "x", "1")
    ana = await do.reader(world.store, "ana")
    world.client.always("query", lambda real, parameters: {**real(**parameters), "Items": []})
    with pytest.raises(UnavailableError):
        await world.store.log(do.GROUP, ana, after=1, limit=10)


async def test_half_a_reply_is_no_gap_in_its_thread(world: World) -> None:
    """The index names a reply that can't be seen in its own table yet: it is waited for. What was asked for and is no
    message isn't."""
    await do.begin(world.store)
    first = do.timestamp(await do.send(world.store, "ana", "x", "1"))
    reply = do.timestamp(await do.send(world.store, "ana", "y", "2", reply_to=first))
    ana = await do.reader(world.store, "ana")

    def not_yet(real: Any, parameters: dict[str, Any]) -> Any:
        answer = real(**parameters)
        return {**answer, "Responses": {table: rows[:0] for table, rows in answer["Responses"].items()}}

    world.client.plan("batch_get_item", not_yet)
    world.client.calls.clear()
    found = await world.store.messages(do.GROUP, ana, thread=first, limit=5)
    assert [message.timestamp for message in found] == [first, reply]
    assert world.client.calls == ["query", "batch_get_item", "batch_get_item"]
    assert await world.store.messages(do.GROUP, ana, thread=first + 1_000, limit=5) == []


async def test_nothing_is_read_by_who_has_it_all(world: World) -> None:
    """A client that is up to date costs one look at the head."""
    await do.begin(world.store)
    ana = await do.reader(world.store, "ana")
    world.client.calls.clear()
    assert await world.store.log(do.GROUP, ana, after=1, limit=10) == ([], 1)
    assert await world.store.log(do.GROUP, ana, after=7, limit=10) == ([], 7)
    assert world.client.calls == ["get_item", "get_item"]


async def test_the_log_is_whole_around_milestones(world: World) -> None:
    """Pages of any size, from any cursor: every entry, once, in order."""
    await do.begin(world.store, "ben")
    for number in range(70):
        act = do.send(world.store, "ana", "x", f"{number}") if number % 3 else do.title(world.store, f"{number}")
        await act
    ben = await do.reader(world.store, "ben")
    for limit, after in itertools.product((1, 63, 64, 65, 100, 500), (0, 1, 62, 63, 64, 65, 70)):
        entries, through = await world.store.log(do.GROUP, ben, after=after, limit=limit)
        expected = list(range(after + 1, min(after + limit, 71) + 1))
        assert ([entry.seq for entry in entries], through) == (expected, expected[-1])
