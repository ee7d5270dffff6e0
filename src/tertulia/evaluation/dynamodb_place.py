"""A home on DynamoDB: tables of the template under names of their own, in an account or in an emulator."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from tertulia.adapters.cognito.accounts import CognitoAccounts
from tertulia.adapters.cognito.pool import ADMINS
from tertulia.adapters.cognito.settings import CognitoSettings
from tertulia.adapters.dynamodb import items, keys
from tertulia.adapters.dynamodb.database import Put
from tertulia.adapters.dynamodb.items import Head, Recent
from tertulia.adapters.dynamodb.search import DynamoSearch
from tertulia.adapters.dynamodb.sizes import item_bytes
from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.aws.clients import Clients, code_of
from tertulia.deployment.resources import template_tables
from tertulia.domain.entries import MessageSent
from tertulia.domain.errors import ConflictError
from tertulia.evaluation.filling import STEP, Drawn, name_of, records
from tertulia.evaluation.metering import Meter, MeteredClients
from tertulia.evaluation.places import Progress, Size, UnavailableHomeError, Used
from tertulia.ports.portable import LogRecord, PortableConversation, PortableEntry, PortableMember
from tertulia.ports.search import Search
from tertulia.ports.store import Store

_TABLES: Final = (
    "Chat-Conversations",
    "Chat-Messages",
    "Chat-Changes",
    "Chat-Index",
    "Chat-Search",
    "Chat-Connections",
)
_PREFIX: Final = "tertulia-evaluate-"
"""Of all that is made here: nothing under another name is ever removed."""
_PASSWORDS: Final = {
    "MinimumLength": 10,
    "RequireLowercase": False,
    "RequireUppercase": False,
    "RequireNumbers": False,
    "RequireSymbols": False,
}
"""As the template has it."""
_BATCH: Final = 500
_WAIT: Final = {"Delay": 1, "MaxAttempts": 120}
_PARALLEL: Final = 8
_LARGEST_AT_AWS: Final = 1_000_000
_LARGEST_EMULATED: Final = 10_000


class DynamoMaker:
    """Places in the account of `clients`. `emulator` is the name of what stands for AWS, empty where nothing does."""

    home: Final = "dynamodb"

    def __init__(self, clients: Clients, *, emulator: str = "", pools: bool = True) -> None:
        self._clients = clients
        self._emulator = emulator
        self._pools = pools
        self.largest: Final = _LARGEST_EMULATED if emulator else _LARGEST_AT_AWS
        self.about: Final = _about(emulator)

    async def open(self, name: str) -> "DynamoPlace":
        prefix = f"{_PREFIX}{name}-"
        try:
            await asyncio.to_thread(self._make_tables, prefix)
            settings = await asyncio.to_thread(self._make_pool, prefix) if self._pools else None
        except (ClientError, BotoCoreError) as error:
            message = f"The tables can't be made: {error}"
            raise UnavailableHomeError(message) from error
        return DynamoPlace(self._clients, prefix, settings, computed=bool(self._emulator))

    async def remove(self, name: str) -> None:
        prefix = f"{_PREFIX}{name}-"
        await asyncio.to_thread(self._remove, prefix)

    def versions(self) -> dict[str, str]:
        import botocore

        return {"botocore": botocore.__version__, "DynamoDB": self._emulator or "AWS"}

    async def close(self) -> None:
        """The clients are their owner's."""

    def _make_tables(self, prefix: str) -> None:
        client = self._clients.client("dynamodb")
        for table in template_tables():
            name = prefix + table.name
            if table.name not in _TABLES or _there(client, name):
                continue
            client.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **table.definition)
            client.get_waiter(waiter_name="table_exists").wait(TableName=name, WaiterConfig=_WAIT)

    def _make_pool(self, prefix: str) -> CognitoSettings:
        client = self._clients.client("cognito-idp")
        pool = _pool_of(client, prefix)
        if pool is None:
            made = client.create_user_pool(
                PoolName=f"{prefix}Users",
                UsernameConfiguration={"CaseSensitive": False},
                Policies={"PasswordPolicy": _PASSWORDS},
            )
            pool = made["UserPool"]["Id"]
            client.create_group(UserPoolId=pool, GroupName=ADMINS)
        found = client.list_user_pool_clients(UserPoolId=pool, MaxResults=1)["UserPoolClients"]
        if not found:
            found = [client.create_user_pool_client(UserPoolId=pool, ClientName="Chat")["UserPoolClient"]]
        return CognitoSettings(pool=pool, client_id=found[0]["ClientId"], client_secret="")

    def _remove(self, prefix: str) -> None:
        client = self._clients.client("dynamodb")
        for table in _TABLES:
            if _there(client, prefix + table):
                client.delete_table(TableName=prefix + table)
                client.get_waiter(waiter_name="table_not_exists").wait(TableName=prefix + table, WaiterConfig=_WAIT)
        if self._pools:
            accounts = self._clients.client("cognito-idp")
            pool = _pool_of(accounts, prefix)
            if pool is not None:
                accounts.delete_user_pool(UserPoolId=pool)


class DynamoPlace:
    """Tables under one prefix, and a user pool where there can be one."""

    tables: Sequence[str] = ("Chat-Conversations", "Chat-Messages", "Chat-Changes", "Chat-Index", "Chat-Search")
    reads_in: Final = "units"

    def __init__(self, clients: Clients, prefix: str, settings: CognitoSettings | None, *, computed: bool) -> None:
        self._prefix = prefix
        self._client = clients.client("dynamodb")
        self._meter = Meter(computed=computed)
        self.store, self.search = _opened(clients, prefix)
        self.metered: tuple[Store, Search] = _opened(MeteredClients(clients, self._meter), prefix)
        self._counted = MeteredClients(clients, self._meter).client("dynamodb")
        self.accounts: CognitoAccounts | None = None
        if settings is not None:
            clock = SystemClock()
            self.accounts = CognitoAccounts(clients, clock, SystemEntropy(), settings=settings, prefix=prefix)

    async def add_users(self, usernames: Sequence[str], progress: Progress) -> None:
        if self.accounts is None:
            return
        for number, username in enumerate(usernames, start=1):
            with suppress(ConflictError):
                await self.accounts.sign_up(username, secrets.token_urlsafe(24), name_of(username), None)
            progress("Users", number, len(usernames))

    async def fill(self, conversations: Iterator[Drawn], total: int, progress: Progress) -> None:
        done = 0
        for drawn in conversations:
            puts: list[Put] = []
            for record in records(drawn):
                puts += _puts(drawn, record)
                if len(puts) >= _BATCH:
                    await self._put(puts)
                    puts = []
                done += isinstance(record, PortableEntry)
                progress("Entries", done, total)
            await self._put(puts)

    async def _put(self, puts: Sequence[Put]) -> None:
        size = -(-len(puts) // _PARALLEL) or 1
        parts = [puts[start : start + size] for start in range(0, len(puts), size)]
        await asyncio.gather(*(self.store.database.write_many(part) for part in parts))

    async def settle(self, names: Sequence[str], total: int, progress: Progress) -> None:
        for number, name in enumerate(names, start=1):
            await self.search.catch_up(name)
            progress("Search index", total * number // len(names), total)

    def query(self, table: str, partition: str, limit: int) -> int:
        return self._query(self._client, table, partition, limit)

    def scan(self, table: str) -> int:
        return sum(len(page["Items"]) for page in self._pages(self._client, table))

    def size(self, table: str) -> Size:
        """Counted, because what DescribeTable says is six hours old. Bytes are DynamoDB's, by its rule for items."""
        found = [item for page in self._pages(self._client, table) for item in page["Items"]]
        return Size(len(found), sum(map(item_bytes, found)))

    async def use(self, work: Callable[[], Awaitable[object]]) -> Used:
        self._meter.reset()
        await work()
        return Used({name.removeprefix(self._prefix): units for name, units in self._meter.by_table().items()})

    def read_by_query(self, table: str, partition: str, limit: int) -> float:
        self._meter.reset()
        self._query(self._counted, table, partition, limit)
        return self._meter.total().read

    def read_by_scan(self, table: str) -> float:
        self._meter.reset()
        for _ in self._pages(self._counted, table):
            pass
        return self._meter.total().read

    def _query(self, client: Any, table: str, partition: str, limit: int) -> int:
        answer = client.query(
            TableName=self._prefix + table,
            KeyConditionExpression="#p = :p",
            ExpressionAttributeNames={"#p": keys.PARTITION[table]},
            ExpressionAttributeValues={":p": {"S": partition}},
            ConsistentRead=True,
            ScanIndexForward=False,
            Limit=limit,
        )
        return len(answer["Items"])

    def _pages(self, client: Any, table: str) -> Iterator[dict[str, Any]]:
        start: dict[str, Any] = {}
        while True:
            answer = client.scan(TableName=self._prefix + table, ConsistentRead=True, **start)
            yield answer
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    async def close(self) -> None:
        await self.store.close()


def _about(emulator: str) -> str:
    if not emulator:
        return "DynamoDB in an AWS account. Capacity is what DynamoDB's own answers say."
    return (
        f"DynamoDB in the emulator {emulator}: latencies are the emulator's and say nothing about AWS. Capacity of "
        "queries, scans and batches is computed from the items by DynamoDB's documented rules, because the emulator's "
        "is wrong or missing."
    )


def _opened(clients: Clients, prefix: str) -> tuple[DynamoStore, DynamoSearch]:
    store = DynamoStore(clients, SystemClock(), prefix=prefix)
    return store, DynamoSearch(store, clients, prefix=prefix)


def _there(client: Any, table: str) -> bool:
    try:
        client.describe_table(TableName=table)
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            return False
        raise
    return True


def _pool_of(client: Any, prefix: str) -> str | None:
    """The id of the pool that was made under this prefix."""
    pages = client.get_paginator("list_user_pools").paginate(MaxResults=60)
    return next((p["Id"] for page in pages for p in page["UserPools"] if p["Name"] == f"{prefix}Users"), None)


def _puts(drawn: Drawn, record: LogRecord) -> list[Put]:
    """The items that the record would have become by appending."""
    name = drawn.name
    match record:
        case PortableConversation(conversation=head):
            last = head.timestamp if head.messages else 0
            spoken = min(2, head.messages)
            recent = tuple(
                Recent(drawn.members[(head.messages - 1 - back) % 2], last - back * STEP, head.messages - back)
                for back in range(spoken)
            )
            return [Put(keys.head(name), items.head_item(Head(head, last, recent)))]
        case PortableMember(member=member):
            row = items.member_item(member)
            return [Put(keys.member(name, member.username), row), Put(keys.membership(member.username, name))]
        case PortableEntry(entry=entry, digest=digest):
            puts = [Put(keys.entry(name, entry), items.entry_item(entry))]
            if isinstance(entry, MessageSent):
                sent = items.sent_item(entry, bytes.fromhex(digest))
                puts.append(Put(keys.sent(name, entry.author, entry.id), sent))
            if entry.seq % keys.MILESTONE == 0:
                puts.append(Put(keys.milestone(name, entry.seq), {"timestamp": entry.timestamp}))
            return puts
