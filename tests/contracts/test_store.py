"""What every adapter of the port `Store` promises."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from tests.contracts.store_adapters import (
    ADAPTERS,
    GROUP,
    add,
    begin,
    change_role,
    delete,
    edit,
    emulator_of,
    open_history,
    opened,
    preview,
    react,
    reader,
    remove,
    send,
    timestamp,
    title,
)

from tertulia.adapters.memory.clock import SetClock
from tertulia.domain import limits
from tertulia.domain.entries import Hidden, History, MessageEdited, MessagePreviewed, MessageSent
from tertulia.domain.errors import ConflictError, NotFoundError
from tertulia.domain.members import Member, Role
from tertulia.ports.store import Append, Committed, Decision, Snapshot, Stamp, Store


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(params=ADAPTERS)
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> AsyncIterator[Store]:
    async with opened(request.param, tmp_path, clock, emulator_of(request.param, request)) as each:
        yield each


async def _texts(store: Store, username: str) -> list[str]:
    return [message.text for message in await store.messages(GROUP, await reader(store, username), limit=100)]


async def test_a_conversation_is_created_once(store: Store) -> None:
    """Creating a conversation that exists answers with the one that is there."""
    await begin(store, "ben")
    before = await store.member(GROUP, "ana")
    await begin(store, "carla")
    assert await store.member(GROUP, "ana") == before
    assert await store.member(GROUP, "carla") is None


async def test_seq_has_no_gaps_and_timestamps_increase_whatever_the_clock_says(store: Store, clock: SetClock) -> None:
    """No clock decides the order: it may stand, jump back and jump forward."""
    await begin(store, "ben")
    for number, jump in enumerate([0, 0, -3600, 5, -1, 0, 86400, -86400]):
        clock.advance(jump)
        await send(store, "ana", "x", f"m{number}")
    entries, through = await store.log(GROUP, await reader(store, "ana"), after=0, limit=100)
    assert [entry.seq for entry in entries] == list(range(1, 10))
    assert through == 9
    stamps = [entry.timestamp for entry in entries]
    assert all(one < other for one, other in itertools.pairwise(stamps))
    assert [entry.number for entry in entries if isinstance(entry, MessageSent)] == list(range(1, 9))


async def test_two_hundred_writers_make_one_order(store: Store) -> None:
    """Concurrent appends each get a place of their own, and nothing is lost or doubled."""
    await begin(store, "ben")
    outcomes = await asyncio.gather(*(send(store, "ana", str(n), f"m{n}") for n in range(200)))
    assert sorted(outcome.entry.seq for outcome in outcomes if outcome.entry) == list(range(2, 202))
    head = (await store.member(GROUP, "ana") or pytest.fail("no member"))[0]
    assert (head.seq, head.messages) == (201, 200)


async def test_a_client_id_is_found_again_for_ever(store: Store) -> None:
    """A decision is shown what the same author sent under the same id, with its digest, whatever came since."""
    await begin(store, "ben")
    first = await send(store, "ana", "one", "same")
    for number in range(30):
        await send(store, "ben", "x", f"m{number}")
    again = await send(store, "ana", "one", "same")
    assert again.entry is None
    assert again.snapshot.earlier == first.entry
    assert len(again.snapshot.earlier_digest) == 16
    other = await send(store, "ben", "one", "same")
    assert other.entry is not None, "ids are the author's own"


async def test_fifty_retries_at_once_append_once(store: Store) -> None:
    """Retries that race with the first try have no second effect."""
    await begin(store, "ben")
    outcomes = await asyncio.gather(*(send(store, "ana", "hello", "one") for _ in range(50)))
    assert sum(outcome.entry is not None for outcome in outcomes) == 1


async def test_a_refused_decision_changes_nothing(store: Store) -> None:
    """An error that the decision raises reaches the caller, and the others of the same commit are not touched."""
    await begin(store, "ben")

    def refuse(_: Snapshot, __: Stamp) -> Decision:
        raise ConflictError("last_owner")

    refused = store.append(Append(conversation=GROUP, author="ana", decide=refuse))
    results = await asyncio.gather(
        send(store, "ana", "a", "1"), refused, send(store, "ana", "b", "2"), return_exceptions=True
    )
    assert isinstance(results[1], ConflictError)
    assert await _texts(store, "ben") == ["a", "b"]


async def test_a_defect_in_one_request_touches_no_other(store: Store) -> None:
    """An exception that is no answer fails its own request alone."""
    await begin(store, "ben")

    def broken(_: Snapshot, __: Stamp) -> Decision:
        raise ZeroDivisionError

    failing = store.append(Append(conversation=GROUP, author="ana", decide=broken))
    results = await asyncio.gather(
        send(store, "ana", "a", "1"), failing, send(store, "ana", "b", "2"), return_exceptions=True
    )
    assert isinstance(results[1], ZeroDivisionError)
    assert sorted(await _texts(store, "ben")) == ["a", "b"]


async def test_appending_to_nothing_is_refused(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no such conversation"):
        await send(store, "ana", "x", "1", name="g_none")


async def test_listeners_hear_of_each_commit_in_order_before_the_caller(store: Store) -> None:
    """Whoever listens knows of an entry before the call that appended it returns, in the log's order."""
    heard: list[Committed] = []

    def listen(batch: Sequence[Committed]) -> None:
        heard.extend(batch)

    store.listen(listen)
    await begin(store, "ben")
    for number in range(5):
        outcome = await send(store, "ana", "x", f"m{number}")
        assert heard[-1] == Committed(GROUP, outcome.entry or pytest.fail("nothing appended"))
    await asyncio.gather(*(send(store, "ben", "x", f"n{number}") for number in range(50)))
    assert [item.entry.seq for item in heard] == list(range(1, 57))
    await send(store, "ana", "x", "m0")
    assert len(heard) == 56, "a retry is no commit"


async def test_a_listener_hears_also_when_the_caller_has_gone(store: Store) -> None:
    """What is committed is told, whether or not somebody still waits for it."""
    heard: list[Committed] = []
    await begin(store, "ben")
    store.listen(heard.extend)
    task = asyncio.ensure_future(send(store, "ana", "x", "1"))
    await asyncio.sleep(0)
    task.cancel()
    await send(store, "ana", "y", "2")
    log, _ = await store.log(GROUP, await reader(store, "ana"), after=1, limit=10)
    assert [item.entry for item in heard] == log


async def test_sending_moves_the_authors_cursor(store: Store) -> None:
    await begin(store, "ben")
    await send(store, "ana", "x", "1")
    outcome = await send(store, "ana", "y", "2")
    assert (await reader(store, "ana")).read == (await reader(store, "ana")).read.__class__(timestamp(outcome), 2)
    assert (await reader(store, "ben")).read.number == 0


async def test_a_cursor_moves_forward_only_and_to_messages_only(store: Store) -> None:
    """The cursor goes to the last message at or before the point, and never back."""
    await begin(store, "ben")
    stamps = [timestamp(await send(store, "ana", "x", f"{n}")) for n in range(3)]
    changed = timestamp(await title(store, "T"))
    assert (await store.move_cursor(GROUP, "ben", stamps[1])).read.number == 2
    back = await store.move_cursor(GROUP, "ben", stamps[0])
    assert (back.read, back.moved, back.messages) == ((await reader(store, "ben")).read, False, 3)
    move = await store.move_cursor(GROUP, "ben", changed + 1000)
    assert (move.read.timestamp, move.read.number, move.moved) == (stamps[2], 3, True)
    with pytest.raises(NotFoundError):
        await store.move_cursor(GROUP, "carla", changed)
    await remove(store, "ben")
    with pytest.raises(NotFoundError):
        await store.move_cursor(GROUP, "ben", changed)


async def test_a_page_is_full_whatever_lies_between_messages(store: Store) -> None:
    """Pages count messages, not entries; before, after and the last page are what they say."""
    await begin(store, "ben")
    stamps = []
    for number in range(20):
        stamps.append(timestamp(await send(store, "ana", str(number), f"m{number}")))
        await react(store, "ben", stamps[-1], "👍")
        await title(store, str(number))
    ben = await reader(store, "ben")
    assert [m.text for m in await store.messages(GROUP, ben, limit=3)] == ["17", "18", "19"]
    assert [m.text for m in await store.messages(GROUP, ben, before=stamps[5], limit=3)] == ["2", "3", "4"]
    assert [m.text for m in await store.messages(GROUP, ben, after=stamps[5], limit=3)] == ["6", "7", "8"]
    assert await store.messages(GROUP, ben, before=stamps[0], limit=3) == []
    assert await store.messages(GROUP, ben, after=stamps[19], limit=3) == []
    assert (await store.messages(GROUP, ben, limit=1))[0].reactions[0].users == ("ben",)


async def test_a_thread_is_what_one_message_began(store: Store) -> None:
    """It and its replies, in pages both ways, whatever was said in between; a deleted reply stays in its place. Of
    what is from before a membership there is nothing, and of what is no thread nothing but the message."""
    await begin(store, "ben")
    first = timestamp(await send(store, "ana", "first", "1"))
    other = timestamp(await send(store, "ben", "other", "2"))
    early = timestamp(await send(store, "ben", "early", "3", reply_to=first))
    await add(store, "carla")
    replies = [early]
    for n in range(4):
        replies.append(timestamp(await send(store, "ben", f"{n}", f"r{n}", reply_to=replies[-1], thread=first)))
        await send(store, "ana", "beside", f"b{n}", reply_to=other)
    await delete(store, "ben", replies[2])
    ben, carla = await reader(store, "ben"), await reader(store, "carla")

    async def read(who: Member, thread: int = first, **page: int) -> list[int]:
        return [each.timestamp for each in await store.messages(GROUP, who, thread=thread, **{"limit": 9, **page})]

    assert await read(ben) == await read(ben, after=0) == [first, *replies]
    assert await read(ben, limit=2) == replies[-2:]
    assert await read(ben, before=replies[2], limit=2) == replies[:2]
    assert await read(ben, before=replies[1], limit=2) == [first, early]
    assert await read(ben, after=0, limit=2) == [first, early]
    assert await read(ben, after=replies[0], limit=2) == replies[1:3]
    assert await read(carla) == await read(carla, after=0) == replies[1:]
    assert await read(ben, replies[0]) == [replies[0]]
    assert await read(ben, first + 10_000) == []
    gone = await store.message(GROUP, ben, replies[2]) or pytest.fail("no message")
    assert (gone.thread, gone.reply_to, bool(gone.deleted)) == (first, 0, True)


async def test_the_log_is_read_in_pages_without_a_gap(store: Store) -> None:
    await begin(store, "ben")
    for number in range(10):
        await send(store, "ana", str(number), f"m{number}")
    ben = await reader(store, "ben")
    seen: list[int] = []
    after = 0
    while True:
        entries, through = await store.log(GROUP, ben, after=after, limit=4)
        if through == after:
            break
        seen += [entry.seq for entry in entries]
        after = through
    assert seen == list(range(1, 12))


async def test_a_member_reads_only_what_was_committed_while_being_one(store: Store) -> None:
    """Before joining, while away and after leaving are not for that person: not in pages, log or last message."""
    await begin(store)
    await send(store, "ana", "before", "1")
    await add(store, "ben")
    await send(store, "ana", "during", "2")
    await remove(store, "ben")
    away = timestamp(await send(store, "ana", "away", "3"))
    gone = await store.membership(GROUP, "ben")
    assert gone is not None
    assert not gone.member.active
    assert gone.last_message is not None
    assert gone.last_message.text == "during"
    await add(store, "ben")
    await send(store, "ana", "again", "4")
    assert await _texts(store, "ben") == ["during", "again"]
    ben = await reader(store, "ben")
    assert await store.message(GROUP, ben, away) is None
    assert await store.message_of(GROUP, ben, "ana", "3") is None
    assert (await store.message_of(GROUP, ben, "ana", "4") or pytest.fail("not found")).text == "again"
    entries, through = await store.log(GROUP, ben, after=0, limit=100)
    assert [entry.seq for entry in entries] == [3, 4, 5, 7, 8]
    assert through == 8
    first, _ = await store.log(GROUP, ben, after=0, limit=2)
    assert [entry.seq for entry in first] == [3, 4], "what came before joining isn't looked at"
    assert [m.text for m in await store.messages(GROUP, ben, before=away, limit=5)] == ["during"]
    assert [m.text for m in await store.messages(GROUP, ben, after=away, limit=5)] == ["again"]


async def test_an_entry_about_an_unreadable_message_is_hidden(store: Store) -> None:
    """It keeps the log free of gaps and says nothing else."""
    await begin(store)
    early = timestamp(await send(store, "ana", "secret", "1"))
    await add(store, "ben")
    await edit(store, "ana", early, "still secret")
    await react(store, "ana", early, "👍")
    late = timestamp(await send(store, "ana", "open", "2"))
    await edit(store, "ana", late, "open!")
    entries, _ = await store.log(GROUP, await reader(store, "ben"), after=3, limit=100)
    assert [type(entry) for entry in entries] == [Hidden, Hidden, MessageSent, MessageEdited]
    assert await _texts(store, "ben") == ["open!"]


async def test_open_history_shows_all_to_members_and_closes_again(store: Store) -> None:
    await begin(store)
    await send(store, "ana", "early", "1")
    await add(store, "ben")
    assert await _texts(store, "ben") == []
    await open_history(store, History.ALL)
    assert await _texts(store, "ben") == ["early"]
    assert (await store.log(GROUP, await reader(store, "ben"), after=0, limit=1))[0][0].seq == 1
    await open_history(store, History.JOINED)
    assert await _texts(store, "ben") == []


async def test_an_edit_made_while_away_is_not_shown_and_a_deletion_is(store: Store) -> None:
    """Who returns sees messages as they were when leaving, but what was deleted is gone for everybody."""
    await begin(store, "ben")
    one = timestamp(await send(store, "ana", "one", "1"))
    two = timestamp(await send(store, "ana", "two", "2"))
    await edit(store, "ana", one, "one, edited")
    await remove(store, "ben")
    await edit(store, "ana", one, "one, edited while away")
    await delete(store, "ana", two)
    await add(store, "ben")
    assert await _texts(store, "ben") == ["one, edited", ""]
    assert await _texts(store, "ana") == ["one, edited while away", ""]
    seen = await store.message(GROUP, await reader(store, "ben"), two)
    assert seen is not None
    assert seen.deleted


async def test_versions_are_those_that_the_reader_may_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was sent and its edits, newest first, in pages that a bound on what is looked at cuts short; an edit made
    while the reader was away isn't there, and nothing says that there was one."""
    await begin(store, "ben")
    sent = timestamp(await send(store, "ana", "one", "1"))
    edits = {sent: "one"}
    for text in ("two", "three"):
        edits[timestamp(await edit(store, "ana", sent, text))] = text
        await react(store, "ben", sent, text)
    await remove(store, "ben")
    away = timestamp(await edit(store, "ana", sent, "away"))
    await add(store, "ben")
    edits[timestamp(await edit(store, "ana", sent, "four"))] = "four"

    async def pages(username: str, limit: int) -> list[list[tuple[int, str]]]:
        who, before = await reader(store, username), None
        found: list[list[tuple[int, str]]] = []
        while before or not found:
            page, before = await store.versions(GROUP, who, sent, before=before, limit=limit)
            found.append([(each.timestamp, each.text) for each in page])
        return found

    mine = sorted(edits.items(), reverse=True)
    assert await pages("ben", 10) == [mine]
    assert await pages("ben", 2) == [mine[:2], mine[2:]]
    assert await pages("ana", 10) == [sorted({**edits, away: "away"}.items(), reverse=True)]
    monkeypatch.setattr(limits, "EDITS_LOOKED_AT_MAX", 2)
    short = await pages("ben", 10)
    assert [entry for page in short for entry in page] == mine
    assert max(map(len, short)) <= 2


async def test_a_deletion_erases_what_was_said_from_the_log(store: Store) -> None:
    """Neither the message's entry nor its edits keep the text; seq, author and id stay."""
    await begin(store, "ben")
    sent = timestamp(await send(store, "ana", "secret one", "1"))
    await edit(store, "ana", sent, "secret two")
    await delete(store, "ana", sent)
    entries, _ = await store.log(GROUP, await reader(store, "ben"), after=1, limit=10)
    assert "secret" not in repr(entries)
    assert [entry.seq for entry in entries] == [2, 3, 4]
    assert isinstance(entries[0], MessageSent)
    assert entries[0].erased
    assert entries[0].id == "1"
    retry = await send(store, "ana", "secret one", "1")
    assert retry.entry is None
    assert retry.snapshot.earlier_digest, "the digest tells a retry from a reuse also after the deletion"


async def test_previews_are_part_of_the_message_and_go_with_it(store: Store) -> None:
    """They are read with it, in pages and in the log; a deletion erases them, also where they came before an edit."""
    await begin(store, "ben")
    sent = timestamp(await send(store, "ana", "https://example.org/secret", "1"))
    await preview(store, "ana", sent, "secret")
    await edit(store, "ana", sent, "https://example.org/secret https://example.org/other")
    shown = (await preview(store, "ana", sent, "secret", "other")).entry
    assert isinstance(shown, MessagePreviewed)
    ben = await reader(store, "ben")
    (message,) = await store.messages(GROUP, ben, limit=1)
    assert (message.previews, message.changed) == (shown.previews, shown.timestamp)
    entries, _ = await store.log(GROUP, ben, after=4, limit=10)
    assert entries == [shown]
    membership = await store.membership(GROUP, "ben")
    assert membership is not None
    assert membership.conversation.messages == 1
    await delete(store, "ana", sent)
    entries, _ = await store.log(GROUP, ben, after=1, limit=10)
    assert "secret" not in repr(entries)
    assert [getattr(entry, "erased", None) for entry in entries] == [True, True, True, True, None]
    (message,) = await store.messages(GROUP, ben, limit=1)
    assert message.previews == ()


async def test_a_live_location_keeps_its_end_until_it_is_deleted(store: Store) -> None:
    """In the message and in its entry, through a reaction; then it is gone from both."""
    await begin(store, "ben")
    sent = timestamp(await send(store, "ana", "", "1", live_until=9_000))
    await react(store, "ben", sent, "👍")
    ben = await reader(store, "ben")
    seen = await store.message(GROUP, ben, sent) or pytest.fail("no message")
    assert (seen.live_until, len(seen.reactions)) == (9_000, 1)
    await delete(store, "ana", sent)
    gone = await store.message(GROUP, ben, sent) or pytest.fail("no message")
    entries, _ = await store.log(GROUP, ben, after=1, limit=10)
    assert (gone.live_until, getattr(entries[0], "live_until", 0)) == (0, 0)


async def test_members_join_leave_and_change_roles(store: Store) -> None:
    await begin(store, "ben")
    await send(store, "ana", "x", "1")
    await add(store, "carla", Role.ADMIN)
    await change_role(store, "ben", Role.OWNER)
    head, carla = await store.member(GROUP, "carla") or pytest.fail("no member")
    assert (head.members, head.owners, carla.role, carla.read.number) == (3, 2, Role.ADMIN, 1)
    await remove(store, "ben")
    head, ben = await store.member(GROUP, "ben") or pytest.fail("no member")
    assert (head.members, head.owners, ben.active) == (2, 1, False)
    assert [member.username for member in await store.members(GROUP, limit=10)] == ["ana", "carla"]
    assert [member.username for member in await store.members(GROUP, after="ana", limit=10)] == ["carla"]
    found = await store.audience(GROUP)
    assert found is not None
    assert {member.username: member.active for member in found[1]} == {"ana": True, "ben": False, "carla": True}


async def test_what_is_not_there_is_none(store: Store) -> None:
    assert await store.member("g_none", "ana") is None
    assert await store.membership("g_none", "ana") is None
    assert await store.audience("g_none") is None
    await begin(store)
    assert await store.member(GROUP, "ben") is None
    assert await store.member(GROUP, "#") is None
    ana = await reader(store, "ana")
    assert await store.message(GROUP, ana, 1) is None
    assert await store.message_of(GROUP, ana, "ana", "none") is None


async def test_memberships_are_paged_by_id(store: Store) -> None:
    """Each page shows the active ones after the cursor, with head, last message and first members."""
    for name in ("g_c", "g_a", "g_b"):
        await begin(store, "ben", "carla", name=name)
        await send(store, "ana", f"hello {name}", "1", name=name)
    page = await store.memberships("ben", limit=2, members=2)
    assert [m.conversation.id for m in page] == ["g_a", "g_b"]
    assert [member.username for member in page[0].members] == ["ana", "ben"]
    assert page[0].last_message is not None
    assert page[0].last_message.text == "hello g_a"
    rest = await store.memberships("ben", after="g_b", limit=2)
    assert [m.conversation.id for m in rest] == ["g_c"]
    assert await store.memberships("dora", limit=2) == []


async def test_sharing_names_those_with_a_common_conversation_now(store: Store) -> None:
    await begin(store, "ben", "carla")
    await remove(store, "carla")
    assert await store.sharing("ana", ["ben", "carla", "dora"]) == {"ben"}
    assert await store.sharing("carla", ["ana"]) == set()
