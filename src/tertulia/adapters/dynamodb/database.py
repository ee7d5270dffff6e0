"""The calls of DynamoDB that the log needs, with plain values in and out. Every read is consistent."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import ClientError

from tertulia.adapters.dynamodb import keys
from tertulia.adapters.dynamodb.attempts import Attempts
from tertulia.adapters.dynamodb.attributes import Attributes, attribute, attributes, plain_item
from tertulia.adapters.dynamodb.items import Item, with_key
from tertulia.adapters.dynamodb.keys import Key
from tertulia.aws.clients import Clients, code_of
from tertulia.domain.errors import LimitedError, UnavailableError
from tertulia.ports.clock import Clock

TRANSACTION_MAX: Final = 100
"""Items of one transaction (Amazon DynamoDB Developer Guide, "Service quotas")."""
READ_BATCH: Final = 100
"""Items of one BatchGetItem."""
WRITE_BATCH: Final = 25
"""Items of one BatchWriteItem."""
_UNKNOWN_MAX: Final = 3
"""Times that a transaction is sent again of which nobody knows whether it was committed."""
_BUSY: Final = frozenset({"TransactionConflict", "TransactionConflictException"})
_THROTTLED: Final = frozenset({"ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"})
"""Reasons of a cancelled transaction ("TransactWriteItems", CancellationReasons)."""


class ConflictedError(Exception):
    """Somebody else's transaction came first. Nothing was done; the whole request has to be looked at again."""


class Update:
    """An update of one item: `assign` sets attributes, `remove` takes some away. In `condition`, `#name` stands for the
    attribute and `:name` for the value in `values`."""

    def __init__(
        self,
        key: Key,
        assign: Mapping[str, Any] | None = None,
        *,
        remove: Sequence[str] = (),
        condition: str | None = None,
        values: Mapping[str, Any] | None = None,
        names: Sequence[str] = (),
    ) -> None:
        assign, values = assign or {}, values or {}
        parts = []
        if assign:
            parts.append("SET " + ", ".join(f"#{name} = :{name}" for name in assign))
        if remove:
            parts.append("REMOVE " + ", ".join(f"#{name}" for name in remove))
        self.key = key
        self.parameters: dict[str, Any] = {
            "UpdateExpression": " ".join(parts),
            "ExpressionAttributeNames": {f"#{name}": name for name in (*assign, *remove, *names)},
        }
        given = {f":{name}": attribute(value) for name, value in (*assign.items(), *values.items())}
        if given:
            self.parameters["ExpressionAttributeValues"] = given
        if condition:
            self.parameters["ConditionExpression"] = condition


class Put:
    """A whole item. `once`: only where there is none under its key."""

    def __init__(self, key: Key, item: Mapping[str, Any] | None = None, *, once: bool = False) -> None:
        self.key = key
        self.item = attributes(with_key(key, item or {}))
        self.once = once


class Delete:
    """One item less, where it is there."""

    def __init__(self, key: Key) -> None:
        self.key = key


Write = Update | Put | Delete


class Database:
    """The tables whose names begin with `prefix`.

    Raises LimitedError `rate_limited` for a throttle and UnavailableError where it can't be done now.
    """

    def __init__(self, clients: Clients, clock: Clock, prefix: str = "") -> None:
        self._clients = clients
        self._client = clients.client("dynamodb")
        self._clock = clock
        self.prefix = prefix

    def attempts(self) -> Attempts:
        return Attempts(self._clock)

    async def get(self, key: Key, *, only: Sequence[str] = ()) -> Item | None:
        """One item, or of it the attributes in `only`."""
        answer = await self._call("get_item", **self._place(key), ConsistentRead=True, **_projection(only))
        return plain_item(answer["Item"]) if "Item" in answer else None

    async def get_many(self, wanted: Sequence[Key]) -> dict[Key, Item]:
        """Those of the items that are there, a hundred a call, the calls beside each other. What DynamoDB leaves
        unprocessed is asked for again, with a bound."""
        unique = list(dict.fromkeys(wanted))
        batches = [unique[n : n + READ_BATCH] for n in range(0, len(unique), READ_BATCH)]
        found: dict[Key, Item] = {}
        for part in await asyncio.gather(*map(self._get_batch, batches)):
            found.update(part)
        return found

    async def query(
        self,
        table: str,
        partition: str,
        between: tuple[str | int, str | int],
        *,
        limit: int | None = None,
        descending: bool = False,
        only: Sequence[str] = (),
        once: bool = False,
    ) -> AsyncIterator[Item]:
        """Up to `limit` items whose sort key is in the range (both ends within), in its order. One call, and one more
        for each megabyte; where it is `once`, only what one call gives, which is at least one item."""
        if between[0] > between[1]:  # type: ignore[operator]
            return
        left = limit
        start: Attributes | None = None
        while left is None or left > 0:
            page = {"ExclusiveStartKey": start} if start else {}
            answer = await self._call(
                "query",
                TableName=self.prefix + table,
                ConsistentRead=True,
                ScanIndexForward=not descending,
                **_range(table, partition, between, only),
                **({"Limit": left} if left is not None else {}),
                **page,
            )
            for item in answer["Items"]:
                yield plain_item(item)
            start = answer.get("LastEvaluatedKey")
            if start is None or once:
                return
            left = None if left is None else left - len(answer["Items"])

    async def scan(self, table: str, sort: str | int, *, only: Sequence[str]) -> AsyncIterator[Item]:
        """Of a whole table the items with that sort key, in no order, a page at a time. It reads, and costs, all of the
        table: for an export, and for nothing that people do."""
        names = {**{f"#{name}": name for name in only}, "#sort": keys.SORT[table]}
        start: Attributes | None = None
        while True:
            answer = await self._call(
                "scan",
                TableName=self.prefix + table,
                ConsistentRead=True,
                ProjectionExpression=", ".join(f"#{name}" for name in only),
                FilterExpression="#sort = :sort",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=attributes({":sort": sort}),
                **({"ExclusiveStartKey": start} if start else {}),
            )
            for item in answer["Items"]:
                yield plain_item(item)
            start = answer.get("LastEvaluatedKey")
            if start is None:
                return

    async def get_together(self, wanted: Sequence[Key]) -> dict[Key, Item]:
        """Those of the items that are there, as of one moment: a BatchGetItem may see one half of somebody's
        transaction. Raises ConflictedError where such a one is under way."""
        unique = list(dict.fromkeys(wanted))
        try:
            answer = await self._call("transact_get_items", TransactItems=[{"Get": self._place(key)} for key in unique])
        except ClientError as error:
            raise _refusal(error) from error
        pairs = zip(unique, answer["Responses"], strict=True)
        return {key: plain_item(response["Item"]) for key, response in pairs if response.get("Item")}

    async def write_together(self, writes: Sequence[Write], token: str) -> None:
        """All of it or nothing. Raises ConflictedError where a condition doesn't hold or another transaction is under
        way.

        Where no answer comes, the same is sent again with the same token, which has no second effect within ten
        minutes ("TransactWriteItems", ClientRequestToken).
        """
        attempts = self.attempts()
        transaction = [self._in_transaction(write) for write in writes]
        while True:
            try:
                await self._call("transact_write_items", TransactItems=transaction, ClientRequestToken=token)
            except UnavailableError:
                if attempts.made >= _UNKNOWN_MAX:
                    raise
                await attempts.again()
            except ClientError as error:
                if code_of(error) != "TransactionInProgressException":
                    raise _refusal(error) from error
                await attempts.again()
            else:
                return

    async def write(self, write: Update) -> bool:
        """One update. False where its condition doesn't hold."""
        attempts = self.attempts()
        while True:
            try:
                await self._call("update_item", **self._place(write.key), **write.parameters)
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                if code_of(error) not in _BUSY:
                    raise
                await attempts.again()
            else:
                return True

    async def put(self, write: Put) -> bool:
        """The item, in place of what was under its key. Whether there was anything."""
        return "Attributes" in await self._single("put_item", write, Item=write.item)

    async def remove(self, write: Delete) -> bool:
        """Whether it was there."""
        return "Attributes" in await self._single("delete_item", write, Key=attributes(keys.columns(write.key)))

    async def write_many(self, writes: Sequence[Put | Delete]) -> None:
        """Each of them by itself, 25 a call; what DynamoDB leaves unprocessed is sent again, with a bound. No two in a
        row of 25 may have one key."""
        for n in range(0, len(writes), WRITE_BATCH):
            requests: dict[str, Any] = {}
            for write in writes[n : n + WRITE_BATCH]:
                requests.setdefault(self.prefix + write.key.table, []).append(_in_batch(write))
            attempts = self.attempts()
            while requests:
                answer = await self._call("batch_write_item", RequestItems=requests)
                requests = answer.get("UnprocessedItems", {})
                if requests:
                    await _again(attempts)

    async def _get_batch(self, wanted: Sequence[Key]) -> dict[Key, Item]:
        requests: dict[str, Any] = {}
        for key in wanted:
            table = requests.setdefault(self.prefix + key.table, {"Keys": [], "ConsistentRead": True})
            table["Keys"].append(attributes(keys.columns(key)))
        found: dict[Key, Item] = {}
        attempts = self.attempts()
        while requests:
            answer = await self._call("batch_get_item", RequestItems=requests)
            for name, rows in answer["Responses"].items():
                table_name = name.removeprefix(self.prefix)
                for row in map(plain_item, rows):
                    found[_key_of(table_name, row)] = row
            requests = answer.get("UnprocessedKeys", {})
            if requests:
                await _again(attempts)
        return found

    async def _single(self, operation: str, write: Put | Delete, **what: Any) -> dict[str, Any]:
        """A write without a condition, again where a transaction is under way with the same item."""
        attempts = self.attempts()
        table = self.prefix + write.key.table
        while True:
            try:
                return await self._call(operation, TableName=table, ReturnValues="ALL_OLD", **what)
            except ClientError as error:
                if code_of(error) not in _BUSY:
                    raise
                await attempts.again()

    async def _call(self, operation: str, /, **parameters: Any) -> dict[str, Any]:
        return await self._clients.call(getattr(self._client, operation), **parameters)

    def _place(self, key: Key) -> dict[str, Any]:
        return {"TableName": self.prefix + key.table, "Key": attributes(keys.columns(key))}

    def _in_transaction(self, write: Write) -> dict[str, Any]:
        match write:
            case Update():
                return {"Update": {**self._place(write.key), **write.parameters}}
            case Delete():
                return {"Delete": self._place(write.key)}
            case Put():
                put: dict[str, Any] = {"TableName": self.prefix + write.key.table, "Item": write.item}
                if write.once:
                    put["ConditionExpression"] = "attribute_not_exists(#partition)"
                    put["ExpressionAttributeNames"] = {"#partition": keys.PARTITION[write.key.table]}
                return {"Put": put}


def _key_of(table: str, item: Item) -> Key:
    return Key(table, item[keys.PARTITION[table]], item[keys.SORT[table]])


def _in_batch(write: Put | Delete) -> dict[str, Any]:
    if isinstance(write, Put):
        return {"PutRequest": {"Item": write.item}}
    return {"DeleteRequest": {"Key": attributes(keys.columns(write.key))}}


def _projection(only: Sequence[str]) -> dict[str, Any]:
    if not only:
        return {}
    names = {f"#{name}": name for name in only}
    return {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}


def _range(table: str, partition: str, between: tuple[str | int, str | int], only: Sequence[str]) -> dict[str, Any]:
    projection = _projection(only)
    names = {"#partition": keys.PARTITION[table], "#sort": keys.SORT[table]}
    values = {":partition": partition, ":low": between[0], ":high": between[1]}
    return {
        **projection,
        "KeyConditionExpression": "#partition = :partition AND #sort BETWEEN :low AND :high",
        "ExpressionAttributeNames": {**projection.get("ExpressionAttributeNames", {}), **names},
        "ExpressionAttributeValues": attributes(values),
    }


async def _again(attempts: Attempts) -> None:
    """Waits before what was left unprocessed is asked for again; DynamoDB leaves something out where it is throttled
    or there is too much for one answer."""
    try:
        await attempts.again()
    except UnavailableError as error:
        raise LimitedError("rate_limited", retry_after=error.retry_after) from error


def _refusal(error: ClientError) -> Exception:
    """What the refusal of a transaction means; the error itself where it is a defect."""
    as_it_is: Exception = error
    if code_of(error) in _BUSY:
        return ConflictedError()
    if code_of(error) != "TransactionCanceledException":
        return as_it_is
    reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
    if reasons & _THROTTLED:
        return LimitedError("rate_limited", retry_after=1.0)
    return ConflictedError() if reasons & {"ConditionalCheckFailed", *_BUSY} else as_it_is
