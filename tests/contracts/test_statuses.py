"""The contract of what people say of themselves, held against every adapter of the port."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from tests.contracts.accounts_adapters import PASSWORD, quick_argon2
from tests.contracts.connection_adapters import ADAPTERS as CONNECTIONS
from tests.contracts.connection_adapters import connections_table

from tertulia.adapters.apigateway.rows import Rows
from tertulia.adapters.apigateway.statuses import DynamoStatuses
from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.local_accounts.statuses import LocalStatuses
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.entropy import SeededEntropy
from tertulia.adapters.memory.statuses import MemoryStatuses
from tertulia.domain.status import Status
from tertulia.ports.statuses import Statuses

PEOPLE: Final = ("ana", "ben", "cleo")
WHOLE: Final = Status(emoji="🌴", text="ñ\u200d'\"", until=7_000_000, dnd=True, dnd_until=9_500_000, since=1_000_000)


@pytest.fixture(params=["local_accounts", *CONNECTIONS])
async def statuses(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Statuses]:
    technology, _, name = request.param.partition("-")
    if technology == "memory":
        yield MemoryStatuses()
    elif technology == "local_accounts":
        accounts = LocalAccounts(tmp_path / "accounts.db", SetClock(), SeededEntropy(), argon2=quick_argon2())
        await accounts.start()
        for username in PEOPLE:
            await accounts.sign_up(username, PASSWORD, "", None)
        yield LocalStatuses(accounts.database)
        await accounts.close()
    else:
        with connections_table(request.getfixturevalue(name)) as (clients, prefix):
            yield DynamoStatuses(clients, prefix=prefix)


async def test_the_latest_is_kept_whole(statuses: Statuses) -> None:
    """Of many people in one look-up; who has said nothing is left out."""
    assert await statuses.of(PEOPLE) == {}
    assert await statuses.of([]) == {}
    await statuses.put("ana", Status(text="first"))
    await statuses.put("ana", WHOLE)
    await statuses.put("ben", Status(since=3))
    found = await statuses.of([*PEOPLE, *(f"nobody{n}" for n in range(150)), "ana"])
    assert found == {"ana": WHOLE, "ben": Status(since=3)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "expires"),
    [
        (WHOLE, 10),
        (Status(text="x", until=7_000_000, since=1), 8),
        (Status(dnd=True, dnd_until=7_000_001, since=1), 8),
        (Status(text="x", until=7_000_000, dnd=True, since=1), None),
        (Status(emoji="🌴", since=1), None),
        (Status(since=4_000_000), 5),
    ],
)
async def test_an_item_goes_when_all_of_it_has_ended(
    request: pytest.FixtureRequest, status: Status, expires: int | None
) -> None:
    """DynamoDB deletes what has ended; what goes on has no time to live."""
    with connections_table(request.getfixturevalue("dynalite")) as (clients, prefix):
        await DynamoStatuses(clients, prefix=prefix).put("ana", status)
        item = await Rows(clients, prefix).get("status#ana")
        assert (int(item["expires"]["N"]) if "expires" in item else None) == expires
