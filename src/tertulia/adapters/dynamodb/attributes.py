"""Between plain values and DynamoDB's attribute values (Amazon DynamoDB API Reference, "AttributeValue").

Numbers are integers, or have a point (a whole one comes back as an integer); sets aren't used.
"""

from collections.abc import Mapping
from typing import Any

Attributes = dict[str, dict[str, Any]]
"""An item, or a key, in DynamoDB's form."""


def attribute(value: Any) -> dict[str, Any]:
    """One value in DynamoDB's form."""
    match value:
        case str():
            return {"S": str(value)}
        case bool():
            return {"BOOL": value}
        case int() | float():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case list() | tuple():
            return {"L": [attribute(each) for each in value]}
        case dict():
            return {"M": {key: attribute(each) for key, each in value.items()}}
        case None:
            return {"NULL": True}
        case _:
            message = f"{type(value).__name__} is not kept in a table"
            raise TypeError(message)


def plain(value: Mapping[str, Any]) -> Any:
    """One value from DynamoDB's form."""
    kind, inner = next(iter(value.items()))
    match kind:
        case "N":
            return int(inner) if inner.lstrip("-").isdigit() else float(inner)
        case "B":
            return bytes(inner)
        case "L":
            return [plain(each) for each in inner]
        case "M":
            return {key: plain(each) for key, each in inner.items()}
        case "NULL":
            return None
        case _:
            return inner


def attributes(item: Mapping[str, Any]) -> Attributes:
    return {name: attribute(value) for name, value in item.items()}


def plain_item(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in item.items()}
