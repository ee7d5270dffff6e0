"""Empty tables of the log for one test, and the clients that reach them."""

from functools import cache
from itertools import count
from typing import Any, Final

from tests.emulators.emulators import Emulator, template
from tests.emulators.transactions import Transactions

from tertulia.aws.clients import Clients

_LOG: Final = ("Chat-Conversations", "Chat-Messages", "Chat-Changes", "Chat-Index", "Chat-Search")
_numbers = count(1)


class EmulatorClients(Clients):
    """The product's clients, for an emulator. `dynamodb` is what the store is given for its client."""

    def __init__(self, emulator: Emulator, dynamodb: Any = None) -> None:
        super().__init__(endpoint_url=emulator.url)
        self._emulator = emulator
        self._dynamodb = dynamodb or dynamodb_client(emulator)

    def client(self, service: str, endpoint_url: str | None = None, **_: Any) -> Any:
        return self._dynamodb if service == "dynamodb" else self._emulator.client(service)


@cache
def dynamodb_client(emulator: Emulator) -> Any:
    """The one client of this process for the emulator's DynamoDB; with transactions, where it has none itself."""
    client = emulator.client("dynamodb")
    return Transactions(client) if emulator.name == "dynalite" else client


def empty_tables(emulator: Emulator) -> str:
    """Makes the log's tables as the template has them; the prefix of their names."""
    prefix = f"Test{next(_numbers)}-"
    client = dynamodb_client(emulator)
    for resource in template_tables():
        given = {key: resource[key] for key in ("AttributeDefinitions", "KeySchema", "BillingMode")}
        client.create_table(TableName=resource["TableName"]["Fn::Sub"].replace("${Prefix}", prefix), **given)
    return prefix


def drop_tables(emulator: Emulator, prefix: str) -> None:
    for name in _LOG:
        dynamodb_client(emulator).delete_table(TableName=prefix + name)


@cache
def template_tables() -> list[dict[str, Any]]:
    tables = [each["Properties"] for each in template()["Resources"].values() if each["Type"] == "AWS::DynamoDB::Table"]
    return [table for table in tables if table["TableName"]["Fn::Sub"].removeprefix("${Prefix}") in _LOG]
