"""The items of `Chat-Connections` that belong to connections, and how they are read and written.

| Key | Attributes |
|---|---|
| `tickets#<username>` | `t#<token>`: a ticket; `e#<session>` and `e#*`: since when (us) its tickets are worthless |
| `user#<username>` | `c#<connection>`: session `s`, since `t` (us); `p#<device>`: status `s`, lease until `u` (s) |
| `connection#<id>` | `username`, `session`, `admin`, `since` (us), `presence` |
| `watching#<connection>` | `usernames`: whose presence it follows |
| `watch#<username>` | `w#<connection>`: until when (s) it follows this person |
| `pushed#<conversation>` | `seq`: all up to it was pushed |
| `status#<username>` | `status`: what the person says of themselves, as JSON |

Each that ends has `expires` (s), the table's time to live. DynamoDB deletes late, so whoever reads looks at the times.
What belongs to one connection is an attribute of its own and not an element of a map: an update can then make and
remove it without knowing whether the item exists, so each of these changes is one write.
"""

import asyncio
import random
from collections.abc import Iterable, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from tertulia.aws.clients import Clients, code_of
from tertulia.domain.errors import UnavailableError

TABLE: Final = "Chat-Connections"
LIFE_SECONDS: Final = 2 * 3600 + 300
"""What an item about a connection lives: API Gateway ends every connection after two hours."""
BATCH: Final = 100
"""Items that one BatchGetItem can ask for."""
_BATCH_TRIES: Final = 6
_BATCH_BASE: Final = 0.05
_BATCH_CAP: Final = 1.0
"""Keys that come back unprocessed are asked for again so often, after a pause of full jitter, in seconds."""

Item = dict[str, dict[str, Any]]


class Rows:
    """The table, by key. Reads are consistent: a connection that was told that it is open must be found."""

    def __init__(self, clients: Clients, prefix: str) -> None:
        self._clients = clients
        self._table = prefix + TABLE

    async def get(self, key: str) -> Item:
        """The item; empty where there is none. One read unit for each 4 KB."""
        answer = await self._clients.call(
            self._dynamodb.get_item, TableName=self._table, Key=_key(key), ConsistentRead=True
        )
        found: Item = answer.get("Item", {})
        return found

    async def get_all(self, keys: Iterable[str]) -> dict[str, Item]:
        """Those that exist, by key; a hundred at a time, the hundreds beside each other."""
        unique = list(dict.fromkeys(keys))
        pieces = [unique[start : start + BATCH] for start in range(0, len(unique), BATCH)]
        found = await asyncio.gather(*map(self._batch, pieces))
        return {item["id"]["S"]: item for items in found for item in items}

    async def put(self, key: str, attributes: Item, expires: int) -> None:
        """The whole item, until the second `expires`; for ever where that is 0."""
        item = {**_key(key), **attributes, **({"expires": number(expires)} if expires else {})}
        await self._clients.call(self._dynamodb.put_item, TableName=self._table, Item=item)

    async def delete(self, key: str, *, only: "Condition | None" = None) -> Item:
        """The item as it was; empty where there was none, or the condition didn't hold."""
        request = _with_condition({"Key": _key(key), "ReturnValues": "ALL_OLD"}, only)
        try:
            answer = await self._clients.call(self._dynamodb.delete_item, TableName=self._table, **request)
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return {}
        before: Item = answer.get("Attributes", {})
        return before

    async def update(
        self,
        key: str,
        *,
        set_to: Mapping[str, dict[str, Any]] | None = None,
        remove: Iterable[str] = (),
        only: "Condition | None" = None,
        old: bool = False,
    ) -> Item | None:
        """The item after it, or with `old` before it; None where the condition didn't hold. One write unit for each
        KB."""
        names: dict[str, str] = {}
        values: dict[str, Any] = {}
        clauses = []
        if set_to:
            for index, (name, value) in enumerate(set_to.items()):
                names[f"#s{index}"], values[f":s{index}"] = name, value
            clauses.append("SET " + ", ".join(f"#s{i} = :s{i}" for i in range(len(set_to))))
        removed = list(remove)
        if removed:
            names.update({f"#r{index}": name for index, name in enumerate(removed)})
            clauses.append("REMOVE " + ", ".join(f"#r{i}" for i in range(len(removed))))
        request: dict[str, Any] = {
            "Key": _key(key),
            "UpdateExpression": " ".join(clauses),
            "ExpressionAttributeNames": names,
            "ReturnValues": "ALL_OLD" if old else "ALL_NEW",
        }
        if values:
            request["ExpressionAttributeValues"] = values
        try:
            answer = await self._clients.call(
                self._dynamodb.update_item, TableName=self._table, **_with_condition(request, only)
            )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return None
        found: Item = answer.get("Attributes", {})
        return found

    @property
    def _dynamodb(self) -> Any:
        return self._clients.client("dynamodb")

    async def _batch(self, keys: list[str]) -> list[Item]:
        items: list[Item] = []
        asked: dict[str, Any] = {self._table: {"Keys": [_key(key) for key in keys], "ConsistentRead": True}}
        for attempt in range(_BATCH_TRIES):
            answer = await self._clients.call(self._dynamodb.batch_get_item, RequestItems=asked)
            items += answer.get("Responses", {}).get(self._table, [])
            asked = answer.get("UnprocessedKeys") or {}
            if not asked:
                return items
            await asyncio.sleep(random.uniform(0, min(_BATCH_CAP, _BATCH_BASE * 2**attempt)))  # noqa: S311 - jitter
        raise UnavailableError("overloaded", retry_after=1.0)


class Condition:
    """An expression that must hold for a write, with its names and values."""

    def __init__(
        self, expression: str, names: Mapping[str, str], values: Mapping[str, dict[str, Any]] | None = None
    ) -> None:
        self.expression: Final = expression
        self.names: Final = names
        self.values: Final = values or {}


def exists(attribute: str) -> Condition:
    """The item has the attribute."""
    return Condition("attribute_exists(#c)", {"#c": attribute})


def text(value: str) -> dict[str, Any]:
    return {"S": value}


def number(value: float) -> dict[str, Any]:
    return {"N": str(value)}


def under(prefix: str, item: Item) -> dict[str, Any]:
    """The values of the attributes whose names begin so, by the rest of the name."""
    return {name[len(prefix) :]: value for name, value in item.items() if name.startswith(prefix)}


def _key(key: str) -> Item:
    return {"id": text(key)}


def _with_condition(request: dict[str, Any], only: Condition | None) -> dict[str, Any]:
    if only is None:
        return request
    names = {**request.get("ExpressionAttributeNames", {}), **only.names}
    values = {**request.get("ExpressionAttributeValues", {}), **only.values}
    with_names = {**request, "ConditionExpression": only.expression, "ExpressionAttributeNames": names}
    return {**with_names, "ExpressionAttributeValues": values} if values else with_names
