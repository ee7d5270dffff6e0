"""`ports.notifying.Books` in the table `Chat-Notifications`, which only the functions that need it can read.

| Key | Attributes |
|---|---|
| `book#<username>` | `book`: all of it, as JSON; `version` |
| `key` | `private`, `public`: the server's key |

A change is made again where somebody else changed the same book meanwhile, a bounded number of times.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
from botocore.exceptions import ClientError

from tertulia.aws.clients import Clients, code_of
from tertulia.domain.errors import UnavailableError
from tertulia.domain.notifying import Book
from tertulia.ports.notifying import VapidKey

TABLE: Final = "Chat-Notifications"
ATTEMPTS: Final = 8
"""Of one change, where others change the same book; and of a batch that comes back unfinished."""
WAIT_SECONDS: Final = 0.02
WAIT_SECONDS_MAX: Final = 0.5
"""Bounds of the wait between two attempts, which doubles, with full jitter."""
_BATCH: Final = 100
_CONFLICT: Final = "ConditionalCheckFailedException"
_KEY: Final = "key"
_decoder: Final = msgspec.json.Decoder(Book)
_encode: Final = msgspec.json.Encoder().encode

Item = dict[str, dict[str, Any]]


class DynamoBooks:
    """A book has some hundred bytes for each device and each choice: up to 30 KB where both are all there may be."""

    def __init__(self, clients: Clients, *, prefix: str = "") -> None:
        self._clients = clients
        self._table = prefix + TABLE
        self._known_key: VapidKey | None = None

    async def key(self, make: Callable[[], VapidKey]) -> VapidKey:
        """One read unit once a container; one write unit once for ever."""
        if self._known_key is None:
            self._known_key = _key_of(await self._get(_KEY)) or await self._make_key(make)
        return self._known_key

    async def book(self, username: str) -> Book:
        """One read unit for each 4 KB."""
        return _book_of(await self._get(_name(username)))

    async def with_devices(self, usernames: Sequence[str]) -> dict[str, Book]:
        """One read unit for each person and 4 KB of the book."""
        names = list(usernames)
        pieces = [names[start : start + _BATCH] for start in range(0, len(names), _BATCH)]
        items = [item for found in await asyncio.gather(*map(self._batch, pieces)) for item in found]
        books = {item["id"]["S"].removeprefix("book#"): _book_of(item) for item in items}
        return {name: book for name, book in books.items() if book.devices}

    async def change(self, username: str, decide: Callable[[Book], Book]) -> Book:
        """One read unit for each 4 KB, one write unit for each KB; no write where nothing changes."""
        for attempt in range(ATTEMPTS):
            item = await self._get(_name(username))
            before = _book_of(item)
            after = decide(before)
            if after == before or await self._put(username, after, item):
                return after
            await _pause(attempt)
        raise UnavailableError("overloaded", retry_after=1.0)

    def nobody(self) -> bool:
        """Nobody knows here without asking."""
        return False

    async def _get(self, name: str) -> Item:
        answer = await self._clients.call(
            self._dynamodb.get_item, TableName=self._table, Key={"id": {"S": name}}, ConsistentRead=True
        )
        found: Item = answer.get("Item", {})
        return found

    async def _put(self, username: str, book: Book, before: Item) -> bool:
        """Whether nobody changed it meanwhile."""
        version = int(before["version"]["N"]) if before else 0
        item: Item = {"book": {"S": _encode(book).decode()}, "version": {"N": str(version + 1)}}
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(id)"}
        if before:
            condition = {
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": {"N": str(version)}},
            }
        return await self._write(_name(username), item, condition)

    async def _make_key(self, make: Callable[[], VapidKey]) -> VapidKey:
        made = make()
        item: Item = {"private": {"B": made.private}, "public": {"S": made.public}}
        if await self._write(_KEY, item, {"ConditionExpression": "attribute_not_exists(id)"}):
            return made
        return _key_of(await self._get(_KEY)) or made

    async def _write(self, name: str, item: Item, condition: dict[str, Any]) -> bool:
        try:
            await self._clients.call(
                self._dynamodb.put_item, TableName=self._table, Item={"id": {"S": name}, **item}, **condition
            )
        except ClientError as error:
            if code_of(error) == _CONFLICT:
                return False
            raise
        return True

    async def _batch(self, usernames: Sequence[str]) -> list[Item]:
        items: list[Item] = []
        asked: dict[str, Any] = {
            self._table: {"Keys": [{"id": {"S": _name(each)}} for each in usernames], "ConsistentRead": True}
        }
        for attempt in range(ATTEMPTS):
            answer = await self._clients.call(self._dynamodb.batch_get_item, RequestItems=asked)
            items += answer.get("Responses", {}).get(self._table, [])
            asked = answer.get("UnprocessedKeys") or {}
            if not asked:
                return items
            await _pause(attempt)
        raise UnavailableError("overloaded", retry_after=1.0)

    @property
    def _dynamodb(self) -> Any:
        return self._clients.client("dynamodb")


async def _pause(attempt: int) -> None:
    bound = min(WAIT_SECONDS_MAX, WAIT_SECONDS * 2.0**attempt)
    await asyncio.sleep(random.uniform(0, bound))  # noqa: S311 - jitter, not a secret


def _name(username: str) -> str:
    return f"book#{username}"


def _book_of(item: Item) -> Book:
    return _decoder.decode(item["book"]["S"]) if item else Book()


def _key_of(item: Item) -> VapidKey | None:
    return VapidKey(item["private"]["B"], item["public"]["S"]) if item else None
