"""Reads that are counted, for what may read a bounded amount only."""

import math
from typing import Any, Final

from tertulia.adapters.dynamodb.database import Database

UNIT_BYTES: Final = 4096
"""Of a consistent read (Amazon DynamoDB Developer Guide, "Read and write operations")."""


class MeteredDatabase(Database):
    """`units` is what was read so far, in read units as DynamoDB bills them: of a query all items together, of other
    reads each item by itself. Of what a projection leaves out nothing is known, so that counts too little: it is for
    single attributes of small items."""

    units: int = 0

    async def _call(self, operation: str, /, **parameters: Any) -> dict[str, Any]:
        answer = await super()._call(operation, **parameters)
        match operation:
            case "query":
                self.units += _units(sum(map(_size, answer["Items"])))
            case "get_item":
                self.units += _units(_size(answer.get("Item", {})))
            case "batch_get_item":
                self.units += sum(_units(_size(item)) for items in answer["Responses"].values() for item in items)
        return answer


def _units(size: int) -> int:
    return max(1, math.ceil(size / UNIT_BYTES))


def _size(item: dict[str, Any]) -> int:
    """Bytes of an item ("Item sizes and formats"): names, and values by their kind."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, Any]) -> int:
    kind, inner = next(iter(value.items()))
    match kind:
        case "S":
            return len(inner.encode())
        case "N":
            return len(inner) // 2 + 2
        case "B":
            return len(bytes(inner))
        case "L":
            return 3 + sum(1 + _value_size(each) for each in inner)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_size(each) for name, each in inner.items())
        case _:
            return 1
