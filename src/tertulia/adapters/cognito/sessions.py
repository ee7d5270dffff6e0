"""The books of sessions in `Chat-Connections`: one item a person, `sessions#<username>`, with a time to live.

A change is a pure decision on the book as it was read, committed on the condition that nobody changed it meanwhile,
else made again: what docs/decisions/0001-append.md says of the log. A decision that is committed twice, because nobody
knows whether the first time succeeded, gives the same.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec
from botocore.exceptions import ClientError

from tertulia.adapters.cognito.book import Book, Session, expires, live
from tertulia.aws.clients import Clients, code_of
from tertulia.domain.errors import UnavailableError
from tertulia.ports.accounts import SessionsEnded
from tertulia.ports.clock import Clock

TABLE: Final = "Chat-Connections"
ATTEMPTS: Final = 10
"""Of one change, where others change the same book."""
WAIT_SECONDS: Final = 0.02
WAIT_SECONDS_MAX: Final = 0.5
"""Bounds of the wait between two attempts, which doubles, with full jitter."""
CONFLICT: Final = "ConditionalCheckFailedException"
_SECOND: Final = 1_000_000
_log = logging.getLogger(__name__)
T = TypeVar("T")


class Sessions:
    """Reads are consistent: what one function committed, the next one sees."""

    def __init__(self, clients: Clients, clock: Clock, prefix: str) -> None:
        self._clients = clients
        self._clock = clock
        self._table = prefix + TABLE
        self._client = clients.client("dynamodb")
        self._listeners: list[Callable[[SessionsEnded], None]] = []

    def listen(self, listener: Callable[[SessionsEnded], None]) -> None:
        self._listeners.append(listener)

    def tell(self, username: str, sessions: tuple[str, ...] | None, reason: str) -> None:
        """To the listeners of this process, on the event loop."""
        for listener in self._listeners:
            try:
                listener(SessionsEnded(username, sessions, reason))
            except Exception:  # noqa: BLE001
                # One listener's fault must not keep the others from closing connections.
                _log.exception("A listener of ended sessions failed")

    async def read(self, username: str) -> Book:
        """One read unit, up to some 30 sessions."""
        return (await self._read(username))[0]

    async def change(self, username: str, decide: Callable[[Book, int], tuple[Book, T]]) -> T:
        """Commits what `decide` makes of the book and the time, and returns what it returns beside it.

        One read unit, and one write unit for each KB (some eight sessions); no write where nothing changes. Raises
        what `decide` raises, and `overloaded` after ATTEMPTS conflicts.
        """
        for attempt in range(ATTEMPTS):
            book, version = await self._read(username)
            now = self._clock.now()
            changed, outcome = decide(book, now)
            if changed == book or await self._write(username, changed, version, now):
                return outcome
            bound = min(WAIT_SECONDS_MAX, WAIT_SECONDS * 2.0**attempt)
            await asyncio.sleep(random.uniform(0, bound))  # noqa: S311 - jitter, not a secret
        raise UnavailableError("overloaded", retry_after=1.0)

    async def _read(self, username: str) -> tuple[Book, int]:
        """The book, and the version of its item; 0 where there is none."""
        answer = await self._clients.call(
            self._client.get_item, TableName=self._table, Key=_key(username), ConsistentRead=True
        )
        item: dict[str, Any] | None = answer.get("Item")
        if item is None:
            return Book(), 0
        now, version = self._clock.now(), int(item["version"]["N"])
        # DynamoDB deletes some time after an item has expired.
        if int(item["expires"]["N"]) <= now // _SECOND:
            return Book(), version
        sessions = {name: msgspec.msgpack.decode(one["B"], type=Session) for name, one in item["sessions"]["M"].items()}
        book = Book(
            sessions=sessions,
            ends=int(item["ends"]["N"]),
            admin=item["admin"]["BOOL"] if "admin" in item else None,
            admin_until=int(item["admin_until"]["N"]),
        )
        return live(book, now), version

    async def _write(self, username: str, book: Book, version: int, now: int) -> bool:
        """Whether the item still had the version."""
        item = _key(username) | {
            "version": {"N": str(version + 1)},
            "sessions": {"M": {name: {"B": msgspec.msgpack.encode(one)} for name, one in book.sessions.items()}},
            "ends": {"N": str(book.ends)},
            "admin_until": {"N": str(book.admin_until)},
            "expires": {"N": str(expires(book, now))},
        }
        if book.admin is not None:
            item["admin"] = {"BOOL": book.admin}
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(id)"}
        if version:
            condition = {
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": {"N": str(version)}},
            }
        try:
            await self._clients.call(self._client.put_item, TableName=self._table, Item=item, **condition)
        except ClientError as error:
            if code_of(error) == CONFLICT:
                return False
            raise
        return True


def _key(username: str) -> dict[str, Any]:
    return {"id": {"S": f"sessions#{username}"}}
