"""Search on DynamoDB beyond the port: what it costs, and that the index never decides."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.dynamodb.searched import Metered, fill, metered, texts
from tests.contracts.search_adapters import NEVER, Searched, Told, opened_search
from tests.contracts.store_adapters import GROUP, add, begin, delete, edit, react, remove, send, timestamp
from tests.emulators.emulators import Emulator

from tertulia.adapters.dynamodb import keys, segments
from tertulia.adapters.dynamodb.finding import CHANGES_MAX, READ_MAX, Scan
from tertulia.adapters.dynamodb.indexing import SETTLED_SECONDS, STEP_SEGMENTS
from tertulia.adapters.dynamodb.search import SEARCH_UNITS, STEPS, DynamoSearch
from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.adapters.memory.clock import SetClock
from tertulia.ports.search import Found, SearchQuery

pytestmark = pytest.mark.slow
SCOPE = 8
"""Units of the reader's list, the head and the row, before and after."""


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def searched(dynalite: Emulator, clock: SetClock) -> Iterator[Metered]:
    with metered(dynalite, clock) as made:
        yield made


@pytest.fixture
async def small(dynalite: Emulator, clock: SetClock, tmp_path: Path) -> AsyncIterator[Searched]:
    """Four messages a segment, each packed at once."""
    async with opened_search("dynamodb", tmp_path, clock, gather=NEVER, emulator=dynalite) as made:
        await begin(made.store, "ben")
        yield made


def search_of(searched: Searched) -> DynamoSearch:
    assert isinstance(searched.search, DynamoSearch)
    return searched.search


def told_of(searched: Searched) -> Told:
    assert isinstance(searched.told, Told)
    return searched.told


def store_of(searched: Searched) -> DynamoStore:
    assert isinstance(searched.store, DynamoStore)
    return searched.store


async def packed(searched: Searched) -> list[str]:
    """All texts that are in segments."""
    rows = store_of(searched).database.query(keys.SEARCH, GROUP, (0, 2**40))
    return [line.text for row in [row async for row in rows] for line in segments.unpack(row["pack"])]


async def calls(searched: Metered, *terms: str, limit: int = 50) -> tuple[list[str], list[float]]:
    """All that is found, and what each call read."""
    found: list[str] = []
    spent: list[float] = []
    before = None
    while True:
        searched.units()
        findings = await searched.search.search("ben", SearchQuery(terms=terms), before=before, limit=limit)
        spent.append(searched.reads())
        found += [each.message.text for each in findings.found]
        before = findings.through
        if before is None:
            return found, spent


async def test_what_a_search_reads_is_bounded_and_a_small_part_of_the_log(searched: Metered) -> None:
    """With 1,000 and with 10,000 messages: a call that finds the newest reads no more in the longer one, and one that
    looks through everything reads a twentieth of a unit a message, in calls that are bounded."""
    await begin(searched.store, "ben")
    said = texts(10_000)
    said[5] += " needle"
    recent: list[float] = []
    for messages in (1_000, 10_000):
        have = 0 if messages == 1_000 else 1_000
        await fill(searched, said[have:messages])
        searched.units()
        await search_of(searched).catch_up(GROUP)
        written = sum(units for (operation, _), units in searched.billed.items() if operation == "UpdateItem")
        read = searched.reads()
        assert written / (messages - have) < 0.2
        assert read / (messages - have) < 0.2
        found, spent = await calls(searched, "needle")
        assert found == [said[5]]
        assert max(spent) <= SEARCH_UNITS + READ_MAX + SCOPE
        assert sum(spent) < messages * 0.05 + 20
        print(f"{messages}: looked through all for {spent} units, packed for {written} and {read} in one go")
        common = said[messages - 1].split()[0]
        findings = await searched.search.search("ben", SearchQuery(terms=(common,)), limit=5)
        assert findings.found[0].message.text == said[messages - 1]
        recent.append(searched.reads())
    print(f"the newest five: {recent}")
    assert recent[1] <= 60


async def test_packing_as_messages_come_is_cheap(searched: Metered) -> None:
    """The last segment is written again with every 64 messages: that is a quarter of a write unit a message."""
    await begin(searched.store, "ben")
    written = read = 0.0
    said = texts(512)
    for start in range(0, 512, 64):
        await fill(searched, said[start : start + 64])
        searched.units()
        await search_of(searched).catch_up(GROUP)
        written += sum(units for (operation, _), units in searched.billed.items() if operation == "UpdateItem")
        read += searched.reads()
    print(f"a message: {written / 512} write units, {read / 512} read units")
    assert written / 512 < 0.3
    assert read / 512 < 0.3


async def test_what_a_change_of_a_packed_message_costs(searched: Metered) -> None:
    """Its segment is read and written once, however long the conversation is and however often the record comes; a
    reaction costs the index nothing."""
    await begin(searched.store, "ben")
    stamps = await fill(searched, texts(1_024))
    await search_of(searched).catch_up(GROUP)
    for place in (0, 700):
        told_of(searched).committed.clear()
        await edit(searched.store, "ana", stamps[place], "something else")
        searched.units()
        records = told_of(searched).committed
        await search_of(searched).index(records)
        written = sum(units for (operation, _), units in searched.billed.items() if operation == "UpdateItem")
        read = searched.reads()
        print(f"an edit of one of 1,024 messages: {written} write units, {read} read units")
        assert written < 30
        assert read < 50
        await search_of(searched).index(records)
        assert searched.units("UpdateItem") == 0
    await react(searched.store, "ben", stamps[0], "x")
    searched.units()
    await search_of(searched).index([each for each in told_of(searched).committed[-1:] if each.entry.seq % 64])
    assert searched.reads() == 0


@pytest.mark.parametrize("changes", [0, CHANGES_MAX + 1])
async def test_a_stream_that_stopped_hides_nothing(searched: Metered, changes: int) -> None:
    """Nothing packed, or more changes than a search looks at: the log is read instead, each call within the bound, and
    everything is found once."""
    await begin(searched.store, "ben")
    said = [f"{text} {'needle' if number % 150 == 0 else ''}" for number, text in enumerate(texts(6_000))]
    await fill(searched, said[:3_000])
    if changes:
        await search_of(searched).catch_up(GROUP)
    await fill(searched, said[3_000:], changes=changes)
    found, spent = await calls(searched, "needle", limit=7)
    assert found == [text for text in reversed(said) if text.endswith("needle")]
    assert max(spent) <= SEARCH_UNITS + READ_MAX + SCOPE
    print(f"unpacked, {changes} changes: {spent}")


async def test_one_step_of_the_index_is_bounded_and_the_next_goes_on(searched: Metered) -> None:
    """However far the stream is behind, one record doesn't make its function work for ever; it is made up for."""
    await begin(searched.store, "ben")
    await fill(searched, [f"text {number}" for number in range(256 * STEP_SEGMENTS * STEPS + 640)])
    [sent] = [timestamp(await send(searched.store, "ana", "one more", "more"))]
    await edit(searched.store, "ana", sent, "one more again")
    [edited] = [each for each in told_of(searched).committed if each.entry.timestamp > sent]
    await search_of(searched).index([edited])
    assert len(await packed(searched)) == 256 * STEP_SEGMENTS * STEPS
    await search_of(searched).index([edited])
    assert len(await packed(searched)) == 256 * STEP_SEGMENTS * STEPS + 640


async def test_records_may_come_twice_late_in_any_order_or_never(small: Searched) -> None:
    """The index is made from the log: records only say where to look."""
    sent = [timestamp(await send(small.store, "ana", f"lion {number}", f"m{number}")) for number in range(10)]
    await edit(small.store, "ana", sent[2], "tiger 2")
    await delete(small.store, "ana", sent[3])
    records = list(told_of(small).committed)
    search = search_of(small)
    await search.index(records[::-1])
    await search.index(records[:4])
    await asyncio.gather(*(search.index([record]) for record in (*records, *records[:5])))
    texts = await packed(small)
    assert len(texts) == 10
    assert texts[3] == ""
    assert await small.find("ben", "lion") == [f"lion {number}" for number in (9, 8, 7, 6, 5, 4, 1, 0)]
    assert await small.find("ben", "tiger") == ["tiger 2"]


async def test_the_text_of_a_deleted_message_leaves_the_index(small: Searched) -> None:
    """With the deletion's own record; every version of it."""
    sent = timestamp(await send(small.store, "ana", "secret one", "m1"))
    await edit(small.store, "ana", sent, "secret two")
    await small.indexed()
    assert "secret one" in str(await packed(small))
    assert "secret two" in str(await packed(small))
    await delete(small.store, "ana", sent)
    await search_of(small).index(told_of(small).committed[-1:])
    assert "secret" not in str(await packed(small))


async def test_changes_are_candidates_until_they_are_packed(small: Searched, clock: SetClock) -> None:
    """An edit is found at once; packed, and settled, it is found by its segment alone."""
    sent = [timestamp(await send(small.store, "ana", f"lion {number}", f"m{number}")) for number in range(6)]
    await small.indexed()
    await edit(small.store, "ana", sent[1], "tiger")
    assert await small.find("ben", "tiger") == ["tiger"]
    await small.indexed()
    assert await small.find("ben", "tiger") == ["tiger"]
    clock.advance(SETTLED_SECONDS + 1)
    await search_of(small).catch_up(GROUP)
    mark = await store_of(small).database.get(keys.search_mark(GROUP))
    assert mark is not None
    assert mark["through"] > sent[5]
    assert await small.find("ben", "tiger") == ["tiger"]
    assert await small.find("ben", "lion 1") == []


async def test_many_may_work_on_one_conversation_at_once(small: Searched) -> None:
    """While others send, edit and delete: at the end the index says what the log says."""
    search = search_of(small)
    sent: list[int] = []

    async def write() -> None:
        for number in range(24):
            sent.append(timestamp(await send(small.store, "ana", f"word{number}", f"m{number}")))
            if number % 5 == 4:
                await edit(small.store, "ana", sent[-2], f"edited{number - 1}")
            if number % 7 == 6:
                await delete(small.store, "ana", sent[-3])

    async def follow() -> None:
        while len(sent) < 24:
            await search.index(list(told_of(small).committed))

    await asyncio.gather(write(), follow(), follow(), follow())
    await search.index(list(told_of(small).committed))
    found = await small.find("ben", "word")
    assert len(await packed(small)) == 24
    edited, gone = {3, 8, 13, 18}, {4, 11, 18}
    assert found == [f"word{n}" for n in reversed(range(24)) if n not in edited | gone]
    assert sorted(await small.find("ben", "edited")) == sorted(f"edited{n}" for n in edited - gone)
    assert "word4" not in (await packed(small))


async def test_who_is_removed_while_searching_finds_nothing(small: Searched, monkeypatch: pytest.MonkeyPatch) -> None:
    """A membership that ends after the search began, and before it answers, counts."""
    for number in range(3):
        await send(small.store, "ana", f"needle {number}", f"m{number}")
    step, steps = Scan.step, 0

    async def disturbed(scan: Scan, wanted: int) -> list[Found]:
        nonlocal steps
        found = await step(scan, wanted)
        steps += 1
        if steps == 2:
            assert found
            await remove(small.store, "ben")
            await send(small.store, "ana", "needle for those who are there", "m4")
        return found

    monkeypatch.setattr(Scan, "step", disturbed)
    assert await small.find("ben", "needle") == []
    assert steps >= 2


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.sampled_from(["lion", "tiger lion", "tig", "ox http://x.org", "你好", "好"])),
        st.tuples(st.just("edit"), st.integers(0, 30), st.sampled_from(["tiger", "lion again", "好"])),
        st.tuples(st.just("delete"), st.integers(0, 30)),
        st.tuples(st.just("react"), st.integers(0, 30)),
        st.tuples(st.just("add"), st.just("carla")),
        st.tuples(st.just("remove"), st.just("carla")),
        st.tuples(st.just("index"), st.integers(0, 30)),
        st.tuples(st.just("wait"), st.integers(1, 20)),
    ),
    min_size=5,
    max_size=30,
)


@settings(deadline=None, derandomize=True, max_examples=15)
@given(operations=OPERATIONS)
async def test_whatever_happens_all_find_what_the_reference_finds(
    dynalite: Emulator, tmp_path_factory: pytest.TempPathFactory, operations: list[tuple[Any, ...]]
) -> None:
    """With the index at whatever point, by whoever reads, in pages of any size."""
    clock = SetClock()
    async with (
        opened_search("memory", Path(), clock, gather=NEVER) as reference,
        opened_search("dynamodb", Path(), clock, gather=NEVER, emulator=dynalite) as other,
    ):
        for each in (reference, other):
            await begin(each.store, "ben")
        sent: list[int] = []
        gone: set[int] = set()
        there = False
        for number, (kind, *how) in enumerate(operations):
            if kind == "wait":
                clock.advance(how[0])
            elif kind == "index":
                await search_of(other).index(told_of(other).committed[how[0] :])
            elif kind in ("add", "remove"):
                if there == (kind == "remove"):
                    there = not there
                    for each in (reference, other):
                        await (add if there else remove)(each.store, "carla")
            elif kind == "send":
                stamps = {timestamp(await send(each.store, "ana", how[0], f"m{number}")) for each in (reference, other)}
                sent += stamps
                assert len(stamps) == 1
            elif sent and (target := sent[how[0] % len(sent)]) not in gone:
                for each in (reference, other):
                    if kind == "edit":
                        await edit(each.store, "ana", target, how[1])
                    elif kind == "delete":
                        gone.add(target)
                        await delete(each.store, "ana", target)
                    else:
                        await react(each.store, "ben", target, "x")
        for query in QUERIES:
            for reader in ("ben", "carla"):
                for limit in (2, 50):
                    assert await other.ask(reader, query, limit=limit) == await reference.ask(
                        reader, query, limit=limit
                    )


QUERIES = (
    SearchQuery(terms=("tiger",)),
    SearchQuery(terms=("lion",)),
    SearchQuery(terms=("好",)),
    SearchQuery(has_link=True),
)
