"""The adapters of what belongs to connections, tickets and presence, and the clock that each goes by."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from tests.emulators.emulators import Emulator
from tests.emulators.tables import EmulatorClients

ADAPTERS: Final[tuple[Any, ...]] = (
    "memory",
    pytest.param("apigateway-ministack", marks=pytest.mark.slow),
    pytest.param("apigateway-dynalite", marks=pytest.mark.slow),
)


@contextmanager
def connections_table(emulator: Emulator) -> Iterator[tuple[EmulatorClients, str]]:
    """Clients, and the prefix of a new, empty `Chat-Connections`, which goes afterwards."""
    prefix = f"C{uuid.uuid4().hex[:12]}-"
    dynamodb = emulator.client("dynamodb")
    dynamodb.create_table(
        TableName=f"{prefix}Chat-Connections",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    clients = EmulatorClients(emulator)
    try:
        yield clients, prefix
    finally:
        clients.close()
        dynamodb.delete_table(TableName=f"{prefix}Chat-Connections")
