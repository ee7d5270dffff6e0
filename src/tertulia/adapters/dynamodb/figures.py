"""How large the tables are, as DynamoDB itself counts them: nothing is read, and it costs nothing."""

import asyncio
from typing import Final

from msgspec import Struct

from tertulia.aws.clients import Clients

TABLES: Final = (
    "Chat-Conversations",
    "Chat-Messages",
    "Chat-Changes",
    "Chat-Index",
    "Chat-Connections",
    "Chat-Search",
    "Chat-Media",
    "Chat-Notifications",
)
"""All there are."""
COUNTED_SECONDS: Final = 6 * 3600
"""How often DynamoDB counts, approximately (API reference, "TableDescription")."""


class TableSize(Struct, frozen=True):
    items: int
    bytes: int


async def table_sizes(clients: Clients, prefix: str) -> dict[str, TableSize]:
    """By the table's name without the prefix; one DescribeTable each. They can be COUNTED_SECONDS old."""
    describe = clients.client("dynamodb").describe_table
    answers = await asyncio.gather(*(clients.call(describe, TableName=prefix + name) for name in TABLES))
    tables = [answer["Table"] for answer in answers]
    return {
        name: TableSize(table["ItemCount"], table["TableSizeBytes"]) for name, table in zip(TABLES, tables, strict=True)
    }
