"""What DynamoDB does to calls: throttles, answers in part, time-outs; and what is made of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from tests.adapters.apigateway.gateway import Gateway
from tests.adapters.apigateway.world import Pushing
from tests.contracts.connection_adapters import connections_table

from tertulia.adapters.apigateway import rows
from tertulia.domain.errors import LimitedError, UnavailableError

pytestmark = pytest.mark.slow


class Faulty:
    """DynamoDB's client, but for what `faults` says of an operation: raised before it is carried out, or, `late`,
    after. `partial` answers a BatchGetItem with one key so many times."""

    def __init__(self, dynamodb: Any) -> None:
        self.dynamodb = dynamodb
        self.faults: dict[str, Exception] = {}
        self.late: dict[str, Exception] = {}
        self.partial = 0

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self.dynamodb, name)

        def call(**parameters: Any) -> Any:
            if name in self.faults:
                raise self.faults[name]
            if name == "batch_get_item" and self.partial:
                self.partial -= 1
                return self._answer_in_part(**parameters)
            answer = operation(**parameters)
            if name in self.late:
                raise self.late.pop(name)
            return answer

        return call

    def _answer_in_part(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        ((table, asked),) = RequestItems.items()
        first = {**asked, "Keys": asked["Keys"][:1]}
        rest = {**asked, "Keys": asked["Keys"][1:]}
        answer: dict[str, Any] = self.dynamodb.batch_get_item(RequestItems={table: first})
        return {**answer, "UnprocessedKeys": {table: rest} if rest["Keys"] else {}}


def throttle() -> ClientError:
    response: Any = {"Error": {"Code": "ThrottlingException"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(response, "any")


@pytest.fixture
def faulty(request: pytest.FixtureRequest, gateway: Gateway) -> Iterator[tuple[Pushing, Faulty]]:
    with connections_table(request.getfixturevalue("dynalite")) as (clients, prefix):
        dynamodb = clients._dynamodb
        clients._dynamodb = Faulty(dynamodb)
        world = Pushing(clients, prefix, gateway)
        yield world, clients._dynamodb
        clients._dynamodb = dynamodb
        world.close()


async def test_people_that_come_back_unprocessed_are_asked_for_again(
    faulty: tuple[Pushing, Faulty], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until all are there, and a bounded number of times."""
    monkeypatch.setattr(rows, "_BATCH_BASE", 0.0)
    world, dynamodb = faulty
    for name in ("ana", "bea", "caio"):
        await world.enter(f"c-{name}", name)
    dynamodb.partial = 2
    assert sorted(await world.here("ana", "bea", "caio", "dora")) == ["ana", "bea", "caio"]
    dynamodb.partial = 100
    with pytest.raises(UnavailableError):
        await world.here(*(f"p{number}" for number in range(20)))
    assert dynamodb.partial > 90


async def test_a_throttle_is_an_answer_to_who_asks_for_a_ticket(faulty: tuple[Pushing, Faulty]) -> None:
    """With when to try again."""
    world, dynamodb = faulty
    dynamodb.faults["update_item"] = throttle()
    with pytest.raises(LimitedError) as caught:
        await world.places.tickets.issue(world.ticket("ana"))
    assert caught.value.retry_after


async def test_a_ticket_whose_consumption_nobody_confirmed_is_spent(faulty: tuple[Pushing, Faulty]) -> None:
    """A time-out after the write: the client gets another ticket; this one opens nothing."""
    world, dynamodb = faulty
    name = await world.places.tickets.issue(world.ticket("ana"))
    dynamodb.late["update_item"] = ReadTimeoutError(endpoint_url="http://127.0.0.1")
    with pytest.raises(UnavailableError):
        await world.places.tickets.consume(name, world.clock.now())
    assert await world.places.tickets.consume(name, world.clock.now()) is None


@pytest.mark.parametrize("operation", ["batch_get_item", "update_item"])
async def test_a_flush_raises_nothing_and_marks_nothing(faulty: tuple[Pushing, Faulty], operation: str) -> None:
    """Neither where connections can't be looked up, nor where the mark can't be written; later flushes go on."""
    world, dynamodb = faulty
    await world.enter("a1", "ana")
    await world.converse("c", "ana")
    dynamodb.faults[operation] = throttle()
    await world.broadcast.flush()
    dynamodb.faults.clear()
    assert await world.places.pushed.through(["c"]) == {}
    await world.say("c", "two")
    await world.broadcast.flush()
    assert world.seqs("a1")[-1] == 2


async def test_a_gone_connection_that_cannot_be_removed_is_no_failure(
    faulty: tuple[Pushing, Faulty], gateway: Gateway
) -> None:
    """The next push finds it gone again."""
    world, dynamodb = faulty
    await world.enter("dead", "ana")
    await world.enter("b1", "bea")
    gateway.gone = {"dead"}
    world.clock.advance(60)
    await world.converse("c", "ana", "bea")
    dynamodb.faults["delete_item"] = throttle()
    await world.broadcast.flush()
    assert world.seqs("b1") == [1]
    dynamodb.faults.clear()
    await world.say("c", "two")
    await world.broadcast.flush()
    assert await world.here("ana") == {}
