"""Counts what calls of DynamoDB cost, in capacity units.

Writes are as ministack reports them. It is wrong about queries and silent about batches, so reads are counted from the
sizes of what was read ("Capacity unit consumption", Amazon DynamoDB Developer Guide): 1 unit for each started 4 KB of a
consistent read, 2 in a transaction, at least one for an item that isn't there and for a query that finds nothing.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any

from tertulia.adapters.dynamodb.sizes import read_units


class Meter:
    """A client that passes everything on and adds up. A projection saves no units, and is left out."""

    def __init__(self, client: Any) -> None:
        self._client = client
        # Calls come from several threads at once, and `+=` is no single step.
        self._adding = Lock()
        self.reset()

    def reset(self) -> None:
        self.calls: dict[str, int] = {}
        self.read = 0
        self.write = 0

    def cost(self) -> dict[str, Any]:
        """Since the last reset."""
        return {"calls": dict(sorted(self.calls.items())), "read": self.read, "write": self.write}

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        real = getattr(self._client, operation)

        def call(**parameters: Any) -> Any:
            with self._adding:
                self.calls[operation] = self.calls.get(operation, 0) + 1
            names = parameters.get("ExpressionAttributeNames")
            if parameters.pop("ProjectionExpression", None) and names is not None:
                kept = {name: names[name] for name in ("#partition", "#sort") if name in names}
                parameters.pop("ExpressionAttributeNames")
                parameters |= {"ExpressionAttributeNames": kept} if kept else {}
            if operation in ("transact_write_items", "update_item", "batch_write_item"):
                answer = real(**parameters, ReturnConsumedCapacity="TOTAL")
                written = _reported(answer["ConsumedCapacity"])
                with self._adding:
                    self.write += written
            else:
                answer = real(**parameters)
                units = _read_units(operation, parameters, answer)
                with self._adding:
                    self.read += units
            return answer

        return call


def _reported(consumed: Any) -> int:
    each = consumed if isinstance(consumed, list) else [consumed]
    return int(sum(one["CapacityUnits"] for one in each))


def _read_units(operation: str, parameters: dict[str, Any], answer: dict[str, Any]) -> int:
    match operation:
        case "get_item":
            return read_units([answer.get("Item", {})])
        case "query":
            return read_units(answer["Items"])
        case "transact_get_items":
            return sum(2 * read_units([response.get("Item", {})]) for response in answer["Responses"])
        case "batch_get_item":
            found = [item for items in answer["Responses"].values() for item in items]
            asked = sum(len(table["Keys"]) for table in parameters["RequestItems"].values())
            return sum(read_units([item]) for item in found) + asked - len(found)
        case _:
            raise AssertionError(f"{operation} is not among what the store calls")
