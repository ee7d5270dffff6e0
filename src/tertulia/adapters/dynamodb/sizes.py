"""How large an item is, and what reading or writing it consumes, by DynamoDB's documented rules.

Amazon DynamoDB Developer Guide, "Item sizes and formats" and "Read and write operations".
"""

from collections.abc import Iterable
from typing import Any, Final

READ_BYTES: Final = 4096
"""Of a unit of a consistent read."""
WRITE_BYTES: Final = 1024


def item_bytes(item: dict[str, Any]) -> int:
    """Bytes of an item in DynamoDB's form: names, and values by their kind."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def read_units(items: Iterable[dict[str, Any]]) -> int:
    """Of one consistent read that gives all of these: a query, or a single item. At least one."""
    return max(1, -(-sum(map(item_bytes, items)) // READ_BYTES))


def write_units(size: int) -> int:
    """Of one item of so many bytes, outside of a transaction."""
    return max(1, -(-size // WRITE_BYTES))


def _value_bytes(value: dict[str, Any]) -> int:
    kind, inner = next(iter(value.items()))
    match kind:
        case "S":
            return len(inner.encode())
        case "N":
            return (len(inner.lstrip("-")) + 1) // 2 + 1
        case "B":
            return len(bytes(inner))
        case "L":
            return 3 + sum(1 + _value_bytes(each) for each in inner)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_bytes(each) for name, each in inner.items())
        case _:
            return 1
