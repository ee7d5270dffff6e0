"""Large groups on DynamoDB, whose beginning doesn't fit into one transaction; lists of conversations; presence."""

import pytest
from tests.adapters.dynamodb.faults import half_written, lost_before, none_of_them
from tests.adapters.dynamodb.world import World
from tests.contracts import store_adapters as do

from tertulia.domain import limits
from tertulia.domain.conversations import direct_id
from tertulia.domain.errors import LimitedError, UnavailableError

pytestmark = pytest.mark.slow

OTHERS = [f"user{n:02}" for n in range(limits.GROUP_CREATE_MEMBERS_MAX)]


async def test_the_largest_group_is_in_everybodys_list(world: World) -> None:
    """From its first moment, also where DynamoDB takes the lists in pieces."""
    world.client.always("batch_write_item", half_written)
    await do.begin(world.store, *OTHERS)
    for username in ("ana", OTHERS[0], OTHERS[-1]):
        (found,) = await world.store.memberships(username, limit=5, members=limits.MEMBERS_IN_LIST)
        assert found.conversation.members == len(OTHERS) + 1
        assert len(found.members) == limits.MEMBERS_IN_LIST
    assert len(await world.store.members(do.GROUP, limit=200)) == len(OTHERS) + 1


async def test_a_group_that_never_began_is_in_no_list(world: World, no_waiting: list[float]) -> None:
    """The lists are written before the group; a process that dies in between leaves nothing that anybody sees."""
    world.client.always("transact_write_items", lost_before)
    with pytest.raises(UnavailableError):
        await do.begin(world.store, *OTHERS)
    world.client.heal()
    assert await world.store.memberships(OTHERS[0], limit=5) == []
    assert await world.store.sharing("ana", [OTHERS[0]]) == set()
    await do.begin(world.other, *OTHERS)
    assert len(await world.store.memberships(OTHERS[0], limit=5)) == 1
    assert await world.store.sharing("ana", [OTHERS[0]]) == {OTHERS[0]}


async def test_who_left_isnt_brought_back_by_a_second_beginning(world: World) -> None:
    """The group is begun twice, and somebody leaves before the slower one writes the lists."""

    async def faster() -> None:
        await do.begin(world.other, *OTHERS)
        await do.remove(world.other, OTHERS[0])

    world.client.plan("batch_write_item", world.meanwhile(faster))
    await do.begin(world.store, *OTHERS)
    assert await world.store.memberships(OTHERS[0], limit=5) == []
    assert await world.store.sharing("ana", OTHERS[:2]) == {OTHERS[1]}


async def test_lists_that_cant_be_written_are_a_throttle(world: World, no_waiting: list[float]) -> None:
    world.client.always("batch_write_item", none_of_them)
    with pytest.raises(LimitedError):
        await do.begin(world.store, *OTHERS)
    assert await world.store.member(do.GROUP, "ana") is None


async def test_two_processes_begin_one_conversation(world: World) -> None:
    """Who comes second gets the one that is there."""
    world.client.plan("transact_write_items", world.meanwhile(lambda: do.begin(world.other, "carla")))
    await do.begin(world.store, "ben")
    assert [member.username for member in await world.store.members(do.GROUP, limit=5)] == ["ana", "carla"]


async def test_a_page_of_members_passes_over_who_left(world: World) -> None:
    """However many left in a row, the page is full."""
    await do.begin(world.store, *OTHERS[:12])
    for username in OTHERS[:9]:
        await do.remove(world.store, username)
    assert [m.username for m in await world.store.members(do.GROUP, limit=3)] == ["ana", "user09", "user10"]
    assert [m.username for m in await world.store.members(do.GROUP, after="user03", limit=2)] == ["user09", "user10"]


async def test_direct_conversations_are_found_first(world: World) -> None:
    """Of those one writes with directly, one call for a hundred finds all."""
    for username in OTHERS[:3]:
        await do.begin(world.store, username, name=direct_id("ana", username))
    world.client.calls.clear()
    assert await world.store.sharing("ana", OTHERS[:3]) == set(OTHERS[:3])
    assert world.client.calls == ["batch_get_item"]


async def test_a_last_message_is_one_that_the_reader_may_see(world: World) -> None:
    """Also where the conversation's last one isn't."""
    await do.begin(world.store, "ben")
    await do.send(world.store, "ana", "for both", "1")
    await do.remove(world.store, "ben")
    await do.send(world.store, "ana", "for ana", "2")
    await do.add(world.store, "ben")
    (found,) = await world.store.memberships("ben", limit=5)
    assert found.last_message is not None
    assert found.last_message.text == "for both"


async def test_cursors_of_many_who_take_turns(world: World) -> None:
    """Whoever falls out of the head's list of recent authors keeps the cursor of the own last message."""
    people = ["ana", *OTHERS[:11]]
    await do.begin(world.store, *people[1:])
    for turn in range(2):
        for place, username in enumerate(people):
            outcome = await do.send(world.store, username, "x", f"{turn}")
            read = (await do.reader(world.store, username)).read
            assert (read.timestamp, read.number) == (do.timestamp(outcome), turn * len(people) + place + 1)
    numbers = {m.username: m.read.number for m in await world.store.members(do.GROUP, limit=50)}
    assert numbers == {username: len(people) + place + 1 for place, username in enumerate(people)}
