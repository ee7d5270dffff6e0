"""What calls consume of DynamoDB's capacity, table by table.

On AWS its own answers say it. Emulators are right about writes, wrong about queries and silent about batches, and one
of them has no transactions; there, reads are computed from the items that came, and what an answer doesn't say of a
write from the items that it left, by DynamoDB's documented rules (`adapters.dynamodb.sizes`).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any, Final

from msgspec import Struct

from tertulia.adapters.dynamodb.sizes import item_bytes, read_units, write_units
from tertulia.aws.clients import Clients

_SAYS_WHAT_IT_WROTE: Final = (
    "put_item",
    "update_item",
    "delete_item",
    "batch_write_item",
    "transact_write_items",
)
_READS: Final = ("get_item", "query", "scan", "batch_get_item", "transact_get_items")


class Units(Struct, frozen=True):
    """Capacity units of one table, or of all."""

    read: float = 0
    written: float = 0


class Meter:
    """Counts by table from the last `reset` on. `computed`: whether reads are computed instead of believed."""

    def __init__(self, *, computed: bool) -> None:
        self.computed: Final = computed
        # Calls come from several threads at once, and `+=` is no single step.
        self._adding: Final = Lock()
        self.reset()

    def reset(self) -> None:
        self._read: Counter[str] = Counter()
        self._written: Counter[str] = Counter()

    def by_table(self) -> dict[str, Units]:
        names = sorted({*self._read, *self._written})
        return {name: Units(self._read[name], self._written[name]) for name in names}

    def total(self) -> Units:
        return Units(sum(self._read.values()), sum(self._written.values()))

    def read(self, table: str, units: float) -> None:
        with self._adding:
            self._read[table] += units  # type: ignore[assignment]

    def wrote(self, table: str, units: float) -> None:
        with self._adding:
            self._written[table] += units  # type: ignore[assignment]


class MeteredClients(Clients):
    """Clients of somebody else's, whose calls of DynamoDB are counted."""

    def __init__(self, inner: Clients, meter: Meter) -> None:
        self._inner = inner
        self._metered = _MeteredClient(inner.client("dynamodb"), meter)

    def client(self, service: str, endpoint_url: str | None = None, **options: Any) -> Any:
        return self._metered if service == "dynamodb" else self._inner.client(service, endpoint_url, **options)

    async def call(self, operation: Callable[..., Any], /, **parameters: Any) -> dict[str, Any]:
        return await self._inner.call(operation, **parameters)

    def close(self) -> None:
        """The clients are their owner's."""


class _MeteredClient:
    """botocore's client of DynamoDB, or what stands for it."""

    def __init__(self, client: Any, meter: Meter) -> None:
        self._client = client
        self._meter = meter

    def __getattr__(self, operation: str) -> Any:
        real = getattr(self._client, operation)
        if operation not in _READS and operation not in _SAYS_WHAT_IT_WROTE:
            return real

        def call(**parameters: Any) -> Any:
            answer = real(**parameters, ReturnConsumedCapacity="TOTAL")
            if operation in _READS:
                self._count_read(operation, parameters, answer)
            else:
                self._count_written(parameters, answer)
            return answer

        return call

    def _count_read(self, operation: str, parameters: dict[str, Any], answer: dict[str, Any]) -> None:
        counted = _computed_reads(operation, parameters, answer) if self._meter.computed else _reported(answer)
        for table, units in counted:
            self._meter.read(table, units)

    def _count_written(self, parameters: dict[str, Any], answer: dict[str, Any]) -> None:
        for table, units in _reported(answer) or self._computed_writes(parameters):
            self._meter.wrote(table, units)

    def _computed_writes(self, parameters: dict[str, Any]) -> Iterator[tuple[str, float]]:
        """Of a transaction: twice what its items are now. One that was larger before would have cost that."""
        for each in parameters.get("TransactItems", ()):
            ((kind, write),) = each.items()
            if kind == "Put":
                item = write["Item"]
            else:
                item = self._client.get_item(TableName=write["TableName"], Key=write["Key"]).get("Item", {})
            yield write["TableName"], 2 * write_units(item_bytes(item))


def _reported(answer: dict[str, Any]) -> list[tuple[str, float]]:
    consumed = answer.get("ConsumedCapacity", [])
    each = consumed if isinstance(consumed, list) else [consumed]
    return [(one["TableName"], one["CapacityUnits"]) for one in each]


def _computed_reads(operation: str, parameters: dict[str, Any], answer: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Of consistent reads, which all of the product's are. Of a projection only what it left is known."""
    match operation:
        case "get_item":
            yield parameters["TableName"], read_units([answer.get("Item", {})])
        case "query" | "scan":
            yield parameters["TableName"], read_units(answer["Items"])
        case "transact_get_items":
            for asked, response in zip(parameters["TransactItems"], answer["Responses"], strict=True):
                yield asked["Get"]["TableName"], 2 * read_units([response.get("Item", {})])
        case _:
            for table, wanted in parameters["RequestItems"].items():
                found = answer["Responses"].get(table, [])
                missing = len(wanted["Keys"]) - len(found)
                yield table, sum(read_units([item]) for item in found) + missing
