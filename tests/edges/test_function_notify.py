"""The function that tells of messages: it tells of what was committed, waits for it, and never fails a batch."""

from collections.abc import Sequence
from typing import Any

from tertulia.domain.entries import MessageSent
from tertulia.edges.functions.notify import SETTLE_SECONDS, NotifyFunction
from tertulia.homes.aws import read_change
from tertulia.ports.store import Committed


class Teller:
    """Notes what it is asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.done: list[object] = []
        self._error = error

    def committed(self, batch: Sequence[Committed]) -> None:
        self.done.append([each.entry.timestamp for each in batch])

    async def flush(self) -> None:
        if self._error:
            raise self._error
        self.done.append("flushed")

    async def settle(self, seconds: float) -> None:
        self.done.append(seconds)


def record(timestamp: int, event: str = "INSERT") -> dict[str, Any]:
    item = {
        "conversation": {"S": "g"},
        "timestamp": {"N": str(timestamp)},
        "seq": {"N": "2"},
        "kind": {"S": "message"},
        "author": {"S": "ana"},
        "id": {"S": "x"},
        "number": {"N": "1"},
        "text": {"S": "hello"},
    }
    return {"eventName": event, "dynamodb": {"SequenceNumber": str(timestamp), "NewImage": item}}


async def test_it_tells_of_new_messages_and_waits_until_they_are_told() -> None:
    """A function that has answered does nothing more."""
    teller = Teller()
    answer = await NotifyFunction(lambda each: read_change(each).committed, teller).handle(
        {"Records": [record(1), record(2, "REMOVE"), record(3)]}
    )
    assert answer == {}
    assert teller.done == [[1, 3], "flushed", SETTLE_SECONDS]
    assert isinstance(read_change(record(1)).committed.entry, MessageSent)  # type: ignore[union-attr]


async def test_a_failure_fails_no_batch() -> None:
    """Else Lambda would give the same records again, and people would be told twice."""
    for teller in (Teller(OSError()), Teller(ValueError())):
        assert (
            await NotifyFunction(lambda each: read_change(each).committed, teller).handle({"Records": [record(1)]})
            == {}
        )
    assert await NotifyFunction(lambda _: None, Teller()).handle({}) == {}
