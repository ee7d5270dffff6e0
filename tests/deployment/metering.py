"""What a call uses of AWS, counted at botocore's clients: capacity of DynamoDB, posts to connections, calls of Cognito.

The emulator says right what puts, updates, deletions, gets and transactions consume. What it says of queries is wrong
and of batches missing, so these are computed from the items that came, as DynamoDB's documentation says ("Read and
write capacity"): 4 KB a read unit, half of it where the read isn't consistent.
"""

import math
from collections import Counter
from collections.abc import Iterator
from threading import Lock
from typing import Any, Final

from tertulia.aws.clients import Clients

_READS: Final = ("GetItem", "TransactGetItems")
_WRITES: Final = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
_COMPUTED: Final = ("Query", "BatchGetItem")


class Meter:
    """Counts from now on, in `counts`: read_units, write_units, posts, cognito_calls, s3_calls, queries, scans; and
    notes in `actions` what a role must allow for it: an action of IAM, and the table that it is done to."""

    def __init__(self, clients: Clients, websocket_endpoint: str) -> None:
        self.counts: Counter[str] = Counter()
        # Calls come from several threads at once, and `+=` is no single step.
        self._adding = Lock()
        self.actions: set[tuple[str, str]] = set()
        dynamodb = clients.client("dynamodb").meta.events
        for operation in (*_READS, *_WRITES):
            dynamodb.register(f"provide-client-params.dynamodb.{operation}", _ask_for_capacity)
        dynamodb.register("provide-client-params.dynamodb.*", self._asked)
        dynamodb.register("after-call.dynamodb.*", self._answered)
        posts = clients.client("apigatewaymanagementapi", websocket_endpoint, read_timeout=2, attempts=1)
        posts.meta.events.register("after-call.apigatewaymanagementapi.PostToConnection", self._posted)
        clients.client("cognito-idp").meta.events.register("after-call.cognito-identity-provider.*", self._accounts)
        clients.client("s3").meta.events.register("after-call.s3.*", self._objects)

    def _add(self, what: str, count: float) -> None:
        with self._adding:
            self.counts[what] += count  # type: ignore[assignment]

    def _asked(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self._add("scans", model.name == "Scan")
        self.actions.update(set(_actions(model.name, params)))

    def _answered(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        if model.name in _COMPUTED:
            self._add("read_units", _units_of(model.name, parsed))
            self._add("queries", model.name == "Query")
            return
        consumed = parsed.get("ConsumedCapacity", [])
        units = sum(each["CapacityUnits"] for each in (consumed if isinstance(consumed, list) else [consumed]))
        self._add("read_units" if model.name in _READS else "write_units", units)

    def _posted(self, **_: Any) -> None:
        self._add("posts", 1)

    def _accounts(self, model: Any, **_: Any) -> None:
        self._add("cognito_calls", 1)
        self.actions.add((f"cognito-idp:{model.name}", ""))

    def _objects(self, model: Any, **_: Any) -> None:
        self._add("s3_calls", 1)
        self.actions.add((f"s3:{model.name}", ""))


def _ask_for_capacity(params: dict[str, Any], **_: Any) -> None:
    params["ReturnConsumedCapacity"] = "TOTAL"


def _actions(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What IAM asks for (Service Authorization Reference, "Amazon DynamoDB"): for a transaction, what is in it."""
    if operation in ("TransactWriteItems", "TransactGetItems"):
        for item in params["TransactItems"]:
            ((kind, what),) = item.items()
            yield f"dynamodb:{kind}Item", what["TableName"]
    elif operation in ("BatchGetItem", "BatchWriteItem"):
        yield from ((f"dynamodb:{operation}", table) for table in params["RequestItems"])
    else:
        yield f"dynamodb:{operation}", params["TableName"]


def _units_of(operation: str, parsed: dict[str, Any]) -> float:
    """Of consistent reads: the product's own rule is that all reads of the log are."""
    if operation == "Query":
        return max(1, math.ceil(sum(map(item_bytes, parsed.get("Items", ()))) / 4096))
    found = [item for items in parsed.get("Responses", {}).values() for item in items]
    return sum(max(1, math.ceil(item_bytes(item) / 4096)) for item in found)


def item_bytes(item: dict[str, Any]) -> int:
    """The size by which DynamoDB counts: names and values (Developer Guide, "Item sizes and formats")."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return math.ceil(len(content.lstrip("-0").replace(".", "")) / 2) + 1
        case "B":
            return len(content)
        case "SS" | "NS" | "BS":
            return sum(_value_bytes({kind[0]: each}) for each in content)
        case "L":
            return 3 + sum(1 + _value_bytes(each) for each in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_bytes(each) for name, each in content.items())
        case _:
            return 1
