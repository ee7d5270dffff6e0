"""Deleting on DynamoDB: what was said is gone from the message and from all its edits, however many there are."""

import pytest
from tests.adapters.dynamodb.faults import lost_before
from tests.adapters.dynamodb.world import World
from tests.contracts import store_adapters as do

from tertulia.adapters.dynamodb.deleting import IN_TRANSACTION
from tertulia.domain.errors import UnavailableError
from tertulia.ports.store import Append, Decision, Outcome, Snapshot, Stamp

pytestmark = pytest.mark.slow

FEW = 2
MORE = FEW + 3


@pytest.fixture
def small_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Transactions that hold a few edits only, so that tests need not make so many."""
    monkeypatch.setattr("tertulia.adapters.dynamodb.appending.IN_TRANSACTION", FEW)


async def edited(world: World, times: int) -> int:
    """A message that was edited so often; its timestamp."""
    await do.begin(world.store)
    target = do.timestamp(await do.send(world.store, "ana", "secret", "1"))
    for number in range(times):
        await do.edit(world.store, "ana", target, f"secret {number}")
    return target


async def delete(world: World, target: int) -> Outcome:
    """Deletes as the service does: once."""

    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        if snapshot.target is not None and snapshot.target.deleted:
            return Decision(None)
        return Decision(do.MessageDeleted(seq=stamp.seq, timestamp=stamp.timestamp, author="ana", target=target))

    return await world.store.append(Append(conversation=do.GROUP, author="ana", decide=decide, target=target))


async def everything(world: World) -> str:
    """All that is kept in the tables of the log."""
    client = world.client
    names = [f"{world.store.database.prefix}Chat-{name}" for name in ("Conversations", "Messages", "Changes", "Index")]
    return repr([client.scan(TableName=name)["Items"] for name in names])


@pytest.mark.parametrize("times", [0, 1, IN_TRANSACTION + 3])
async def test_nothing_of_it_is_left(world: World, times: int) -> None:
    """In no table, once the deletion has been answered."""
    target = await edited(world, times)
    assert "secret" in await everything(world)
    await delete(world, target)
    assert "secret" not in await everything(world)
    assert await world.store.finish_deletion(do.GROUP, target) == 0


@pytest.mark.usefixtures("small_transactions")
async def test_what_a_dying_process_left_is_erased_later(world: World) -> None:
    """The transaction erased what it could hold; the stream's function, or a retry, erases the rest."""
    target = await edited(world, MORE)
    world.client.always("update_item", lost_before)
    with pytest.raises(UnavailableError):
        await delete(world, target)
    world.client.heal()
    assert (await everything(world)).count("secret") == MORE - FEW
    assert await world.other.finish_deletion(do.GROUP, target) == MORE - FEW
    assert "secret" not in await everything(world)
    assert await world.other.finish_deletion(do.GROUP, target) == 0


@pytest.mark.usefixtures("small_transactions")
async def test_a_retry_of_a_deletion_finishes_it(world: World) -> None:
    """The second request appends nothing, and isn't answered before all is erased."""
    target = await edited(world, MORE)
    world.client.always("update_item", lost_before)
    with pytest.raises(UnavailableError):
        await delete(world, target)
    world.client.heal()
    assert (await delete(world, target)).entry is None
    assert "secret" not in await everything(world)


async def test_an_edit_that_comes_meanwhile_is_erased_too(world: World) -> None:
    """Between the look and the deletion somebody edits once more."""
    target = await edited(world, 1)
    world.client.plan("transact_write_items", world.meanwhile(lambda: do.edit(world.other, "ana", target, "secret!")))
    await delete(world, target)
    assert "secret" not in await everything(world)
