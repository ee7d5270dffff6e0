"""Transactions for dynalite, which has none: single writes under a lock, taken back where one of them is refused.

Conditions, expressions, keys and sizes are dynalite's to judge; only that others see all or nothing is done here, by
letting nobody else in meanwhile. So it is for clients of one process.
"""

import json
import threading
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from botocore.exceptions import ClientError

ITEMS_MAX: Final = 100


class Transactions:
    """A client of DynamoDB, with TransactWriteItems and TransactGetItems."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.RLock()
        self._done: dict[str, str] = {}
        self._keys = cache(self._key_names)

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**parameters: Any) -> Any:
            with self._lock:
                return getattr(self._client, operation)(**parameters)

        return call

    def transact_get_items(self, **parameters: Any) -> dict[str, Any]:
        gets = [each["Get"] for each in parameters["TransactItems"]]
        self._check([(get["TableName"], get["Key"]) for get in gets])
        wanted: dict[str, Any] = {}
        for get in gets:
            wanted.setdefault(get["TableName"], {"Keys": [], "ConsistentRead": True})["Keys"].append(get["Key"])
        answer = self.batch_get_item(RequestItems=wanted)
        assert not answer["UnprocessedKeys"], "so much at once is not for a test"
        found = {
            _place(table, {name: item[name] for name in self._keys(table)}): item
            for table, items in answer["Responses"].items()
            for item in items
        }
        places = [_place(get["TableName"], get["Key"]) for get in gets]
        return {"Responses": [{"Item": found[place]} if place in found else {} for place in places]}

    def transact_write_items(self, **parameters: Any) -> dict[str, Any]:
        token, content = parameters.get("ClientRequestToken", ""), repr(parameters["TransactItems"])
        with self._lock:
            if token in self._done:
                if self._done[token] != content:
                    raise refusal("IdempotentParameterMismatchException", "TransactWriteItems")
                return {}
            self._apply([next(iter(each.items())) for each in parameters["TransactItems"]])
            if token:
                self._done[token] = content
        return {}

    def _apply(self, writes: list[tuple[str, dict[str, Any]]]) -> None:
        keys = [(write["TableName"], self._key(write)) for _, write in writes]
        self._check(keys)
        undo: list[tuple[str, dict[str, Any], dict[str, Any] | None]] = []
        for place, (kind, write) in enumerate(writes):
            try:
                answer = getattr(self._client, f"{kind.lower()}_item")(**write, ReturnValues="ALL_OLD")
            except ClientError as error:
                self._take_back(undo)
                if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                    raise
                reasons = [{"Code": "None"} for _ in writes]
                reasons[place] = {"Code": "ConditionalCheckFailed"}
                raise refusal("TransactionCanceledException", "TransactWriteItems", reasons) from error
            undo.append((*keys[place], answer.get("Attributes")))

    def _take_back(self, undo: list[tuple[str, dict[str, Any], dict[str, Any] | None]]) -> None:
        for table, key, before in reversed(undo):
            if before is None:
                self._client.delete_item(TableName=table, Key=key)
            else:
                self._client.put_item(TableName=table, Item=before)

    def _key(self, write: dict[str, Any]) -> dict[str, Any]:
        if "Key" in write:
            return dict(write["Key"])
        return {name: write["Item"][name] for name in self._keys(write["TableName"])}

    def _key_names(self, table: str) -> list[str]:
        schema = self._client.describe_table(TableName=table)["Table"]["KeySchema"]
        return [each["AttributeName"] for each in schema]

    def _check(self, keys: list[tuple[str, dict[str, Any]]]) -> None:
        """What DynamoDB refuses before it looks at any item."""
        if not keys or len(keys) > ITEMS_MAX:
            raise refusal("ValidationException", "TransactWriteItems")
        if len({_place(table, key) for table, key in keys}) < len(keys):
            raise refusal("ValidationException", "TransactWriteItems")


def _place(table: str, key: dict[str, Any]) -> tuple[str, str]:
    return table, json.dumps(key, sort_keys=True)


def refusal(code: str, operation: str, reasons: list[dict[str, Any]] | None = None) -> ClientError:
    """An error as boto3 raises it."""
    response: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    if reasons is not None:
        response["CancellationReasons"] = reasons
    return ClientError(response, operation)
