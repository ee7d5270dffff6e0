"""The append on DynamoDB, when calls fail: conflicts, throttles, lost answers, other processes."""

from typing import Any

import pytest
from tests.adapters.dynamodb.faults import cancelled, lost_after, lost_before, refused, works
from tests.adapters.dynamodb.world import World
from tests.contracts import store_adapters as do

from tertulia.adapters.dynamodb import attempts
from tertulia.domain.entries import MessageSent, TitleChanged
from tertulia.domain.errors import LimitedError, NotFoundError, UnavailableError
from tertulia.domain.members import Role
from tertulia.ports.store import Append, Committed, Decision, Snapshot, Stamp

pytestmark = pytest.mark.slow

CONFLICTS = [
    cancelled("TransactionConflict", "None"),
    cancelled("ConditionalCheckFailed", "None"),
    refused("TransactionConflictException"),
]


async def sent(world: World) -> list[MessageSent]:
    """The messages in the log, which has no gap."""
    entries, through = await world.other.log(do.GROUP, await do.reader(world.other, "ana"), after=0, limit=500)
    assert [entry.seq for entry in entries] == list(range(1, through + 1))
    return [entry for entry in entries if isinstance(entry, MessageSent)]


@pytest.mark.parametrize("conflict", CONFLICTS)
async def test_a_conflict_begins_again(world: World, conflict: Any) -> None:
    """Who is not the first reads again and decides again, and is committed once."""
    await do.begin(world.store)
    decided = 0
    world.client.plan("transact_write_items", conflict, conflict)

    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        nonlocal decided
        decided += 1
        return Decision(TitleChanged(seq=stamp.seq, timestamp=stamp.timestamp, author="ana", title="T"))

    outcome = await world.store.append(Append(conversation=do.GROUP, author="ana", decide=decide))
    assert decided == 3
    assert (outcome.entry or pytest.fail("nothing")).seq == 2


async def test_a_conflict_while_reading_begins_again(world: World) -> None:
    """A snapshot isn't taken out of the middle of somebody's transaction."""
    await do.begin(world.store)
    world.client.plan("transact_get_items", CONFLICTS[0])
    await do.send(world.store, "ana", "x", "1")
    assert [entry.text for entry in await sent(world)] == ["x"]


async def test_endless_conflicts_end(world: World, no_waiting: list[float]) -> None:
    """After a bounded number of tries the answer is `overloaded`, with when to try again, and nothing was done."""
    await do.begin(world.store)
    world.client.always("transact_write_items", CONFLICTS[0])
    with pytest.raises(UnavailableError) as caught:
        await do.send(world.store, "ana", "x", "1")
    assert (caught.value.code, caught.value.retry_after) == ("overloaded", 1.0)
    assert len(no_waiting) == attempts.TRIES - 1
    assert max(no_waiting) <= attempts.LONGEST_WAIT
    assert await sent(world) == []


async def test_tries_end_with_the_time(world: World, no_waiting: list[float]) -> None:
    """Whoever waits gets an answer before API Gateway gives up."""
    await do.begin(world.store)

    def slow(_: Any, __: Any) -> Any:
        world.clock.advance(attempts.SECONDS / 3 + 1)
        return cancelled("TransactionConflict")(_, __)

    world.client.always("transact_write_items", slow)
    with pytest.raises(UnavailableError, match="more to do"):
        await do.send(world.store, "ana", "x", "1")
    assert world.client.calls.count("transact_write_items") == 1 + 3


@pytest.mark.parametrize(
    "throttle", [refused("ThrottlingException"), cancelled("None", "ThrottlingError"), refused("RequestLimitExceeded")]
)
@pytest.mark.parametrize("operation", ["transact_get_items", "transact_write_items"])
async def test_a_throttle_is_an_answer(world: World, operation: str, throttle: Any) -> None:
    """It says when to try again, and then the same request goes through."""
    await do.begin(world.store)
    world.client.plan(operation, throttle)
    with pytest.raises(LimitedError) as caught:
        await do.send(world.store, "ana", "x", "1")
    assert caught.value.retry_after
    assert (await do.send(world.store, "ana", "x", "1")).entry is not None


@pytest.mark.parametrize("lost", [lost_after, lost_before])
async def test_a_lost_answer_is_asked_for_again(world: World, lost: Any) -> None:
    """The same transaction under the same token has one effect, and who listens hears of it once."""
    heard: list[Committed] = []
    await do.begin(world.store)
    world.store.listen(heard.extend)
    world.client.plan("transact_write_items", lost, lost)
    outcome = await do.send(world.store, "ana", "x", "1")
    assert await sent(world) == [outcome.entry]
    assert [item.entry for item in heard] == [outcome.entry]


async def test_a_lost_answer_of_an_entry_without_client_id(world: World) -> None:
    """What no client id names is in the log once, too."""
    await do.begin(world.store)
    world.client.plan("transact_write_items", lost_after)
    await do.title(world.store, "T")
    found = await world.other.log(do.GROUP, await do.reader(world.other, "ana"), after=1, limit=10)
    assert [type(entry) for entry in found[0]] == [TitleChanged]


async def test_a_retry_after_a_time_out_finds_the_first_result(world: World, no_waiting: list[float]) -> None:
    """All answers get lost after the commit; a retry, also through another process, answers with that message."""
    await do.begin(world.store)
    world.client.plan("transact_write_items", *[lost_after] * 4)
    with pytest.raises(UnavailableError):
        await do.send(world.store, "ana", "x", "1")
    (first,) = await sent(world)
    for store in (world.store, world.other):
        again = await do.send(store, "ana", "x", "1")
        assert (again.entry, again.snapshot.earlier) == (None, first)
    assert await sent(world) == [first]


async def test_a_retry_where_nothing_arrived_sends(world: World, no_waiting: list[float]) -> None:
    await do.begin(world.store)
    world.client.plan("transact_write_items", *[lost_before] * 4)
    with pytest.raises(UnavailableError):
        await do.send(world.store, "ana", "x", "1")
    again = await do.send(world.store, "ana", "x", "1")
    assert await sent(world) == [again.entry]


async def test_a_transaction_in_progress_is_waited_for(world: World) -> None:
    """The first try is still under way when the second one comes with the same token."""
    await do.begin(world.store)
    world.client.plan("transact_write_items", lost_after, refused("TransactionInProgressException"), works)
    outcome = await do.send(world.store, "ana", "x", "1")
    assert await sent(world) == [outcome.entry]


async def test_a_defect_is_not_retried(world: World) -> None:
    """What DynamoDB calls invalid stays so."""
    await do.begin(world.store)
    world.client.plan("transact_write_items", cancelled("ValidationError"))
    with pytest.raises(Exception, match="TransactionCanceled"):
        await do.send(world.store, "ana", "x", "1")
    assert world.client.calls.count("transact_write_items") == 2


async def test_a_removal_between_look_and_write_counts(world: World) -> None:
    """Who was removed by another process meanwhile doesn't get in."""
    await do.begin(world.store, "ben")
    world.client.plan("transact_write_items", world.meanwhile(lambda: do.remove(world.other, "ben")))

    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        if snapshot.caller is None or not snapshot.caller.active:
            raise NotFoundError("conversation_not_found")
        return Decision(TitleChanged(seq=stamp.seq, timestamp=stamp.timestamp, author="ben", title="T"))

    with pytest.raises(NotFoundError):
        await world.store.append(Append(conversation=do.GROUP, author="ben", decide=decide))


async def test_one_id_in_two_processes_is_one_message(world: World) -> None:
    """The same message comes over two connections at once."""
    await do.begin(world.store)
    world.client.plan("transact_write_items", world.meanwhile(lambda: do.send(world.other, "ana", "x", "1")))
    outcome = await do.send(world.store, "ana", "x", "1")
    assert outcome.entry is None
    assert await sent(world) == [outcome.snapshot.earlier]


async def test_an_id_is_used_once_also_without_asking_for_it(world: World, no_waiting: list[float]) -> None:
    """The store itself refuses a second message under an id, whatever the decision says."""
    await do.begin(world.store)
    await do.send(world.store, "ana", "x", "1")

    def again(snapshot: Snapshot, stamp: Stamp) -> Decision:
        entry = MessageSent(seq=stamp.seq, timestamp=stamp.timestamp, author="ana", id="1", number=2, text="y")
        return Decision(entry, b"0" * 16)

    with pytest.raises(UnavailableError):
        await world.store.append(Append(conversation=do.GROUP, author="ana", decide=again))
    assert [entry.text for entry in await sent(world)] == ["x"]


async def test_a_clock_that_jumps_back_changes_no_order(world: World) -> None:
    """Another process with another clock, and one's own that goes back between two tries."""
    await do.begin(world.store)
    await do.send(world.store, "ana", "one", "1")
    world.client.plan("transact_write_items", CONFLICTS[0])
    world.clock.advance(-86400)
    await do.send(world.store, "ana", "two", "2")
    world.clock.advance(-86400)
    await do.send(world.other, "ana", "three", "3")
    found = await sent(world)
    assert [entry.text for entry in found] == ["one", "two", "three"]
    stamps = [entry.timestamp for entry in found]
    assert stamps == sorted(set(stamps))


async def test_a_cursor_that_moves_meanwhile_is_kept(world: World) -> None:
    """Changing somebody's role doesn't put the read cursor back that moved in between."""
    await do.begin(world.store, "ben")
    stamp = do.timestamp(await do.send(world.store, "ana", "x", "1"))
    moving = world.meanwhile(lambda: world.other.move_cursor(do.GROUP, "ben", stamp))
    world.client.plan("transact_write_items", moving)
    await do.change_role(world.store, "ben", Role.ADMIN)
    ben = await do.reader(world.store, "ben")
    assert (ben.role, ben.read.number) == (Role.ADMIN, 1)


async def test_two_devices_move_one_cursor_forward(world: World) -> None:
    """The slower device has no say where the other one is further."""
    await do.begin(world.store, "ben")
    stamps = [do.timestamp(await do.send(world.store, "ana", "x", f"{n}")) for n in range(3)]
    further = world.meanwhile(lambda: world.other.move_cursor(do.GROUP, "ben", stamps[2]))
    world.client.plan("update_item", further)
    move = await world.store.move_cursor(do.GROUP, "ben", stamps[1])
    assert (move.read.number, move.moved) == (3, False)


async def test_a_cursor_that_meets_a_transaction_moves_after_it(world: World) -> None:
    """The row is part of somebody's transaction just now."""
    await do.begin(world.store, "ben")
    stamp = do.timestamp(await do.send(world.store, "ana", "x", "1"))
    world.client.plan("update_item", refused("TransactionConflictException"))
    assert (await world.store.move_cursor(do.GROUP, "ben", stamp)).moved


async def test_a_cursor_doesnt_move_after_the_membership(world: World) -> None:
    """Who is removed while the cursor moves gets nothing of the conversation."""
    await do.begin(world.store, "ben")
    stamp = do.timestamp(await do.send(world.store, "ana", "x", "1"))
    world.client.plan("update_item", world.meanwhile(lambda: do.remove(world.other, "ben")))
    with pytest.raises(NotFoundError):
        await world.store.move_cursor(do.GROUP, "ben", stamp)
    assert (await do.reader(world.store, "ben")).read.number == 0


async def test_turns_have_a_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who would wait behind too many is told so at once."""
    await do.begin(world.store)
    monkeypatch.setattr("tertulia.adapters.dynamodb.turns.WAITING_MAX", 0)
    with pytest.raises(UnavailableError, match="more to do"):
        await do.send(world.store, "ana", "x", "1")
