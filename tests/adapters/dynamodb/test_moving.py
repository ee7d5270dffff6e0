"""The log out of and into the tables: what may go wrong on the way, and what nobody may see meanwhile."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.dynamodb.faults import Call, cancelled, half_written, lost_after, none_of_them, refused, works
from tests.adapters.dynamodb.world import World
from tests.contracts.moving_adapters import DynamoPlace, Place, Scene, by_conversation, live, live_on, opened, write_all
from tests.contracts.store_adapters import GROUP, add, begin, edit, send, timestamp

from tertulia.adapters.dynamodb import keys
from tertulia.adapters.dynamodb.exporting import read_conversation
from tertulia.adapters.dynamodb.indexing import Indexer
from tertulia.adapters.dynamodb.people import all_listed
from tertulia.adapters.dynamodb.segments import Packing
from tertulia.domain.entries import MessageSent
from tertulia.domain.errors import ConflictError, LimitedError, UnavailableError
from tertulia.ports.portable import LogRecord, PortableEntry, PortableMember

pytestmark = pytest.mark.slow


@pytest.fixture
async def source(tmp_path: Path, world: World) -> AsyncIterator[Place]:
    async with opened("sqlite", tmp_path / "source", world.clock, None) as place:
        await live(place.store)
        yield place


@pytest.fixture
def target(world: World) -> DynamoPlace:
    """Through the client that fails as told."""
    return DynamoPlace(world.store)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a part of the log is written while the rest is still to come."""
    monkeypatch.setattr("tertulia.adapters.dynamodb.importing.BATCH", 4)


async def group_of(source: Place) -> list[LogRecord]:
    return by_conversation(await source.records())[GROUP]


def scene_of(records: list[LogRecord]) -> Scene:
    sent = [r.entry for r in records if isinstance(r, PortableEntry) and isinstance(r.entry, MessageSent)]
    return Scene(*[entry.timestamp for entry in sent[:3]])


async def test_nobody_sees_a_conversation_before_it_is_whole(source: Place, target: DynamoPlace) -> None:
    """Neither in a list nor in an export; who wants to begin one of that name finds the name taken."""
    records = await group_of(source)
    writer = target.writer()
    for record in records:
        await writer.write(record)
    assert await target.store.membership(GROUP, "ana", members=5) is None
    assert await target.store.memberships("ana", limit=5) == []
    assert await target.records() == []
    await begin(target.store, "ben")
    await writer.finish()
    assert await target.records() == records
    assert target.told == [("begins", records[0].conversation.seq), ("ends", records[0].conversation.seq)]  # type: ignore[union-attr]


async def test_a_name_that_is_taken_at_that_moment_stays_its_takers(
    source: Place, target: DynamoPlace, world: World
) -> None:
    """Somebody begins the conversation between the look and the write: refused, and nothing is mixed."""

    async def begin_it() -> None:
        await begin(world.other, "ben")

    world.client.plan("update_item", world.meanwhile(begin_it))
    with pytest.raises(ConflictError):
        await write_all(target.writer(), await group_of(source))
    assert len(await target.records()) == 4


async def test_who_writes_while_the_rest_comes_is_told_apart(source: Place, target: DynamoPlace, world: World) -> None:
    """A message that is sent while a later export comes in either comes after all of it, or the import is refused."""
    await write_all(target.writer(), await group_of(source))
    await live_on(source.store, scene_of(await group_of(source)))
    later = await group_of(source)

    async def say() -> None:
        await send(world.other, "ana", "meanwhile", "a-77")

    world.client.plan("update_item", world.meanwhile(say))
    with pytest.raises(ConflictError, match="nobody uses"):
        await write_all(target.writer(), later)
    kept = await target.records()
    assert isinstance(kept[-1], PortableEntry)
    assert getattr(kept[-1].entry, "text", "") == "meanwhile"


@pytest.mark.parametrize("fault", [half_written, none_of_them])
async def test_what_is_left_unprocessed_is_sent_again(
    source: Place, target: DynamoPlace, world: World, no_waiting: list[float], fault: object
) -> None:
    """DynamoDB takes a part of a batch where it is throttled; each batch waits with jitter and gives the rest."""
    world.client.plan("batch_write_item", *[fault] * 3)  # type: ignore[list-item]
    records = await group_of(source)
    await write_all(target.writer(), records)
    assert await target.records() == records
    assert len(no_waiting) >= 2


async def test_a_table_that_takes_nothing_ends_the_import(
    source: Place, target: DynamoPlace, world: World, no_waiting: list[float]
) -> None:
    """With a bound, as too much at once; the same file goes on from there."""
    records = await group_of(source)
    world.client.always("batch_write_item", none_of_them)
    with pytest.raises(LimitedError):
        await write_all(target.writer(), records)
    world.client.heal()
    await write_all(target.writer(), records)
    assert await target.records() == records


@pytest.mark.parametrize(
    ("operation", "number"), [("batch_write_item", n) for n in range(3)] + [("update_item", n) for n in range(2)]
)
async def test_an_import_that_dies_at_any_call_is_finished_by_the_next(
    source: Place, target: DynamoPlace, world: World, operation: str, number: int
) -> None:
    """Also where the call was done and only its answer was lost."""
    records = await group_of(source)
    world.client.plan(operation, *[works] * number, lost_after)
    with pytest.raises(UnavailableError):
        await write_all(target.writer(), records)
    world.client.heal()
    await write_all(target.writer(), records)
    assert await target.records() == records


async def test_a_throttle_is_said_as_one(source: Place, target: DynamoPlace, world: World) -> None:
    world.client.plan("batch_write_item", refused("ProvisionedThroughputExceededException"))
    with pytest.raises(LimitedError):
        await write_all(target.writer(), await group_of(source))


async def test_an_earlier_export_doesnt_finish_a_later_one(source: Place, target: DynamoPlace, world: World) -> None:
    """It would take away the mark of an import that isn't whole."""
    early = await group_of(source)
    await live_on(source.store, scene_of(early))
    later = await group_of(source)
    writer = target.writer()
    for record in later[:8]:
        await writer.write(record)
    with pytest.raises(ConflictError, match="Run that import again"):
        await write_all(target.writer(), early)
    await write_all(target.writer(), later)
    assert await target.records() == later


async def test_who_left_since_is_in_no_list(source: Place, target: DynamoPlace) -> None:
    """The lists by which a person's conversations are found are those of the later export."""
    early = await group_of(source)
    await write_all(target.writer(), early)
    await live_on(source.store, scene_of(early))
    await write_all(target.writer(), await group_of(source))
    listed = {name: await all_listed(target.dynamo.database, name) for name in ("ana", "ben", "carla")}
    assert listed == {"ana": {GROUP}, "ben": set(), "carla": {GROUP}}


async def test_the_search_index_waits_for_the_whole_log(source: Place, target: DynamoPlace, world: World) -> None:
    """Its steps take it for settled what lies ten seconds back, and an import brings what is older."""
    records = await group_of(source)
    writer = target.writer()
    for record in records:
        await writer.write(record)
    indexer = Indexer(target.dynamo.database, world.clock, Packing(segment=4, every=1))
    assert await indexer.step(GROUP) is False
    assert await target.dynamo.database.get(keys.search_mark(GROUP)) is None
    await writer.finish()
    while await indexer.step(GROUP):
        pass
    mark = await target.dynamo.database.get(keys.search_mark(GROUP))
    assert mark is not None
    assert mark["packed"] == 4


async def test_an_export_is_of_one_moment(world: World) -> None:
    """Who joins while the members are being read is in it with the entry of joining, or not at all."""
    await begin(world.store, "ben")
    await send(world.store, "ana", "one", "a-1")

    async def join() -> None:
        await add(world.other, "carla")

    world.client.plan("transact_get_items", world.meanwhile(join))
    records = [record async for record in read_conversation(world.store.database, GROUP)]
    members = [r.member.username for r in records if isinstance(r, PortableMember)]
    assert members == ["ana", "ben", "carla"]
    assert [r.entry.seq for r in records if isinstance(r, PortableEntry)] == [1, 2, 3]


async def test_an_export_waits_for_a_transaction_that_is_under_way(world: World, no_waiting: list[float]) -> None:
    """It is met where the head is read, and then all is read again."""
    await begin(world.store, "ben")
    world.client.plan("transact_get_items", cancelled("TransactionConflict"), cancelled("TransactionConflict"))
    records = [record async for record in read_conversation(world.store.database, GROUP)]
    assert len(records) == 4
    assert len(no_waiting) == 2


async def test_an_export_never_has_a_hole(world: World, no_waiting: list[float]) -> None:
    """An entry that the head has and the tables never show ends it with an error."""
    await begin(world.store, "ben")
    first = timestamp(await send(world.store, "ana", "one", "a-1"))
    await edit(world.store, "ana", first, "two")
    client, prefix = world.client, world.store.database.prefix
    key = {"conversation": {"S": GROUP}, "timestamp": {"N": str(first)}}
    client.delete_item(TableName=f"{prefix}{keys.MESSAGES}", Key=key)
    with pytest.raises(UnavailableError):
        [record async for record in read_conversation(world.store.database, GROUP)]
    assert no_waiting


async def test_a_message_takes_two_writes_to_bring_in(tmp_path: Path, target: DynamoPlace, world: World) -> None:
    """The message, and what makes a retry harmless; every 64th entry one more, and a conversation a few."""
    async with opened("sqlite", tmp_path / "many", world.clock, None) as many:
        await begin(many.store, "ben")
        for number in range(128):
            await send(many.store, "ben", "hello", f"id-{number}")
        records = await many.records()
    written = []

    def count(real: Call, parameters: dict[str, Any]) -> Any:
        written.extend(write for writes in parameters["RequestItems"].values() for write in writes)
        return real(**parameters)

    world.client.always("batch_write_item", count)
    await write_all(target.writer(), records)
    beginning, milestones, members = 1, 2, 4
    assert len(written) == 2 * 128 + beginning + milestones + members
    assert world.client.calls.count("update_item") == 2
