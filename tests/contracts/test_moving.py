"""What every adapter that moves a log keeps: what an export holds is what the next home holds."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.contracts.moving_adapters import (
    ADAPTERS,
    Place,
    Scene,
    by_conversation,
    live,
    live_on,
    opened,
    write_all,
)
from tests.contracts.store_adapters import GROUP, begin, emulator_of, react, send, timestamp

from tertulia.adapters.memory.clock import SetClock
from tertulia.domain import messages
from tertulia.domain.entries import MessageSent
from tertulia.domain.errors import ChatError, ConflictError, InvalidError
from tertulia.ports.portable import LogRecord, PortableConversation, PortableEntry
from tertulia.ports.store import Append, Decision, Store


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def source(tmp_path: Path, clock: SetClock) -> AsyncIterator[Place]:
    """Where the log comes from: always the home on one machine."""
    async with opened("sqlite", tmp_path / "source", clock, None) as place:
        yield place


@pytest.fixture(params=ADAPTERS)
async def target(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> AsyncIterator[Place]:
    async with opened(request.param, tmp_path / "target", clock, emulator_of(request.param, request)) as place:
        yield place


@pytest.fixture
async def scene(source: Place) -> Scene:
    return await live(source.store)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a part of the log is written when an import is broken off."""
    monkeypatch.setattr("tertulia.adapters.dynamodb.importing.BATCH", 3)


async def views(store: Store) -> list[Any]:
    """All that each person can see."""
    found: list[Any] = []
    for username in ("ana", "ben", "carla", "dora"):
        for name in (GROUP, "g_other"):
            membership = await store.membership(name, username, members=20)
            pair = await store.member(name, username)
            if pair is None:
                found.append((username, name, membership))
                continue
            reader = pair[1]
            found.append((username, name, membership, await store.log(name, reader, after=0, limit=500)))
            all_there_is = await store.messages(name, reader, limit=100)
            threads = sorted({message.thread for message in all_there_is} - {0})
            found.append((all_there_is, [await store.messages(name, reader, thread=t, limit=9) for t in threads]))
        listed = await store.memberships(username, limit=10)
        found.append(sorted(each.conversation.id for each in listed))
    return found


async def test_what_is_written_is_what_was_read(source: Place, target: Place, scene: Scene) -> None:
    """Heads, members who are there and who left with their periods and cursors, every entry, every digest; and each
    person sees the same as before."""
    records = await source.records()
    assert await write_all(target.writer(), records) == len(records)
    assert await target.records() == records
    assert await views(target.store) == await views(source.store)


async def test_a_message_is_sent_once_in_both_homes(source: Place, target: Place, scene: Scene) -> None:
    """A retry after the move is recognised by its client id and its digest."""
    await write_all(target.writer(), await source.records())
    seen: list[Any] = []

    def decide(snapshot: Any, _: Any) -> Decision:
        seen.append(snapshot)
        return Decision(None)

    await target.store.append(Append(conversation=GROUP, author="ben", decide=decide, client_id="b-1"))
    assert seen[-1].earlier is not None
    assert seen[-1].earlier.timestamp == scene.second
    assert seen[-1].earlier_digest == messages.digest("second", scene.first, ())


async def test_people_go_on_where_they_were(source: Place, target: Place, scene: Scene, clock: SetClock) -> None:
    """The next entry has the next seq and a later timestamp, whatever the clock says, and both homes agree on it."""
    await write_all(target.writer(), await source.records())
    for store in (source.store, target.store):
        sent = timestamp(await send(store, "ana", "next", "a-9"))
        await react(store, "ben", sent, "👋")
    assert await target.records() == await source.records()
    assert await views(target.store) == await views(source.store)


async def test_an_import_again_changes_nothing(source: Place, target: Place, scene: Scene) -> None:
    records = await source.records()
    await write_all(target.writer(), records)
    assert await write_all(target.writer(), records) == 0
    assert await target.records() == records


@pytest.mark.usefixtures("small_batches")
async def test_an_export_of_an_earlier_version_gets_its_threads(source: Place, target: Place, scene: Scene) -> None:
    """Also where what is replied to was written before; and a later export of this version brings nothing new."""
    last = timestamp(await send(source.store, "ben", "third", "b-3", reply_to=scene.second, thread=scene.first))
    records = await source.records()
    await write_all(target.writer(), [_without_thread(record) for record in records])
    found = await target.store.member(GROUP, "ana")
    assert found is not None
    page = await target.store.messages(GROUP, found[1], thread=scene.first, limit=9)
    assert [(each.timestamp, each.thread) for each in page] == [
        (scene.first, 0),
        (scene.second, scene.first),
        (last, scene.first),
    ]
    assert await write_all(target.writer(), records) == 0


def _without_thread(record: LogRecord) -> LogRecord:
    if isinstance(record, PortableEntry) and isinstance(record.entry, MessageSent):
        return replace(record, entry=replace(record.entry, thread=0))
    return record


@pytest.mark.usefixtures("small_batches")
async def test_a_later_export_brings_the_rest(source: Place, target: Place, scene: Scene) -> None:
    """Also what was changed, erased or said by whoever left since; and an earlier one then brings nothing back."""
    early = await source.records()
    await write_all(target.writer(), early)
    await live_on(source.store, scene)
    later = await source.records()
    assert 0 < await write_all(target.writer(), later) < len(later)
    assert await target.records() == later
    assert await views(target.store) == await views(source.store)
    assert await write_all(target.writer(), early) == 0
    assert await target.records() == later


async def test_a_cursor_never_goes_back(source: Place, target: Place, scene: Scene) -> None:
    """Who has read further in the new home since, has read further."""
    unread = timestamp(await send(source.store, "ana", "unread", "a-4"))
    await write_all(target.writer(), await source.records())
    moved = await target.store.move_cursor(GROUP, "ben", unread)
    assert moved.moved
    await send(source.store, "ana", "later", "a-5")
    await write_all(target.writer(), await source.records())
    found = await target.store.member(GROUP, "ben")
    assert found is not None
    assert found[1].read == moved.read


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("later", [False, True])
async def test_an_import_that_was_broken_off_is_finished_by_the_next(
    source: Place, target: Place, scene: Scene, later: bool
) -> None:
    """Wherever it was broken off, and also by a later export of the same system."""
    records = await source.records()
    cuts = (1, 3, 6, 12, len(records) - 1)
    for cut in cuts:
        writer = target.writer()
        for record in records[:cut]:
            await writer.write(record)
    if later:
        await live_on(source.store, scene)
    whole = await source.records()
    await write_all(target.writer(), whole)
    assert await target.records() == whole
    assert await views(target.store) == await views(source.store)


async def test_a_long_log_moves_whole(source: Place, target: Place) -> None:
    """Longer than what is written at once, with changes to messages of long ago."""
    await begin(source.store, "ben")
    stamps = [timestamp(await send(source.store, "ben", f"m{n}", f"id-{n}")) for n in range(300)]
    await react(source.store, "ana", stamps[0], "👍")
    await react(source.store, "ana", stamps[299], "👍")
    records = await source.records()
    await write_all(target.writer(), records)
    assert await target.records() == records
    assert await views(target.store) == await views(source.store)


async def test_another_log_under_the_same_name_is_refused(source: Place, target: Place, scene: Scene) -> None:
    """Two systems that went apart are not mixed, and what is there stays."""
    await write_all(target.writer(), await source.records())
    await send(source.store, "ana", "here", "a-8")
    await send(target.store, "ana", "there", "a-8")
    await send(source.store, "ana", "here too", "a-9")
    before = await target.records()
    with pytest.raises(ConflictError):
        await write_all(target.writer(), by_conversation(await source.records())[GROUP])
    assert await target.records() == before


def _without_second_entry(records: list[LogRecord]) -> list[LogRecord]:
    return [r for r in records if not (isinstance(r, PortableEntry) and r.entry.seq == 2)]


def _ends_early(records: list[LogRecord]) -> list[LogRecord]:
    return records[:-1]


def _of_another_conversation(records: list[LogRecord]) -> list[LogRecord]:
    return [replace(r, conversation="g_x") if isinstance(r, PortableEntry) else r for r in records]


def _about_nothing(records: list[LogRecord]) -> list[LogRecord]:
    found = list(records)
    for place, record in enumerate(found):
        if isinstance(record, PortableEntry) and hasattr(record.entry, "emoji"):
            found[place] = replace(record, entry=replace(record.entry, target=1))
    return found


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("wrong", [_without_second_entry, _ends_early, _of_another_conversation, _about_nothing])
async def test_what_is_wrong_is_refused(source: Place, target: Place, scene: Scene, wrong: Any) -> None:
    """With a sentence, and once it is taken back nothing of the conversation is there."""
    records = wrong(by_conversation(await source.records())[GROUP])
    writer: Any = target.writer()
    with pytest.raises(InvalidError) as caught:
        await write_all(writer, records)
    assert isinstance(caught.value, ChatError)
    await _settled(writer.abandon())
    assert await target.records() == []
    whole = await source.records()
    await write_all(target.writer(), whole)
    assert await target.records() == whole


async def _settled(done: Any) -> None:
    if done is not None:
        await done


async def test_a_conversation_begins_with_its_head(target: Place, source: Place, scene: Scene) -> None:
    """An entry that comes before one has no place."""
    entries = [r for r in await source.records() if not isinstance(r, PortableConversation)]
    with pytest.raises(InvalidError):
        await write_all(target.writer(), entries)
