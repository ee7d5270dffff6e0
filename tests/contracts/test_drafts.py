"""The contract of the kept drafts, held against every adapter of the port."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace
from tests.contracts.accounts_adapters import PASSWORD, quick_argon2
from tests.emulators.emulators import template
from tests.emulators.tables import EmulatorClients

from tertulia.adapters.dynamodb.database import Database
from tertulia.adapters.dynamodb.drafts import DynamoDrafts
from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.local_accounts.drafts import LocalDrafts
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.drafts import MemoryDrafts
from tertulia.adapters.memory.entropy import SeededEntropy
from tertulia.domain import limits
from tertulia.domain.drafts import DraftFile, KeptDraft
from tertulia.ports.drafts import Drafts

ADAPTERS: Final = (
    "memory",
    "local_accounts",
    pytest.param("dynamodb-ministack", marks=pytest.mark.slow),
    pytest.param("dynamodb-dynalite", marks=pytest.mark.slow),
)
NOW: Final = 1_790_000_000_000_000


@pytest.fixture(params=ADAPTERS)
async def drafts(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Drafts]:
    technology, _, name = request.param.partition("-")
    if technology == "memory":
        yield MemoryDrafts()
        return
    if technology == "local_accounts":
        accounts = LocalAccounts(tmp_path / "accounts.db", SetClock(), SeededEntropy(), argon2=quick_argon2())
        await accounts.start()
        for username in ("ana", "ben"):
            await accounts.sign_up(username, PASSWORD, "", None)
        yield LocalDrafts(accounts.database)
        await accounts.close()
        return
    emulator = request.getfixturevalue(name)
    table = template()["Resources"]["IndexTable"]["Properties"]
    prefix = f"D{uuid.uuid4().hex[:12]}-"
    given = {key: table[key] for key in ("AttributeDefinitions", "KeySchema", "BillingMode")}
    table_name = table["TableName"]["Fn::Sub"].replace("${Prefix}", prefix)
    emulator.client("dynamodb").create_table(TableName=table_name, **given)
    clients = EmulatorClients(emulator)
    yield DynamoDrafts(Database(clients, SetClock(), prefix))
    clients.close()
    emulator.client("dynamodb").delete_table(TableName=table_name)


def draft(conversation: str, after: int = 0, **more: object) -> KeptDraft:
    kept = KeptDraft(conversation=conversation, timestamp=NOW + after, text=f"in {conversation}")
    return replace(kept, **more)


async def test_drafts_come_back_as_they_were_kept(drafts: Drafts) -> None:
    """All of each, the newest first, of that person alone, and of those kept after a time."""
    voice = DraftFile(media="m1", voice=True, peaks=(0, 255))
    first = draft("-g", reply_to=7, attachments=(voice, DraftFile(media="m2", alt="a cat 🐈")))
    second = draft("z_Z", 1)
    for each in (first, second):
        await drafts.keep("ana", each)
    assert await drafts.kept("ana", 0) == [second, first]
    assert await drafts.kept("ana", NOW) == [second]
    assert await drafts.kept("ben", 0) == []


async def test_one_takes_the_place_of_the_other(drafts: Drafts) -> None:
    """Whole: nothing of the one before is left; and what is forgotten is gone, once."""
    await drafts.keep("ana", draft("g", reply_to=7, attachments=(DraftFile(media="m"),)))
    await drafts.keep("ben", draft("g"))
    await drafts.keep("ana", draft("g", 1))
    assert await drafts.kept("ana", 0) == [draft("g", 1)]
    assert await drafts.forget("ana", "g")
    assert not await drafts.forget("ana", "g")
    assert await drafts.kept("ana", 0) == []
    assert await drafts.kept("ben", 0) == [draft("g")]


async def test_the_oldest_goes_where_there_are_too_many(drafts: Drafts, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the limit none does; one that is changed is no longer the oldest."""
    monkeypatch.setattr(limits, "DRAFTS_MAX", 3)
    for number in range(3):
        await drafts.keep("ana", draft(f"g{number}", number))
    await drafts.keep("ana", draft("g0", 3))
    assert [each.conversation for each in await drafts.kept("ana", 0)] == ["g0", "g2", "g1"]
    await drafts.keep("ana", draft("g3", 4))
    assert [each.conversation for each in await drafts.kept("ana", 0)] == ["g3", "g0", "g2"]


async def test_what_is_too_old_leaves_the_disk(drafts: Drafts) -> None:
    """On one machine by cleaning; elsewhere DynamoDB does it, by what the item says of its end."""
    if isinstance(drafts, LocalDrafts):
        for number in range(2):
            await drafts.keep("ana", draft(f"g{number}", number))
        await drafts.clean(NOW)
        assert await drafts.kept("ana", 0) == [draft("g1", 1)]
    elif isinstance(drafts, DynamoDrafts):
        await drafts.keep("ana", draft("g"))
        key = ("g", "g")
        (item,) = [item async for item in drafts._database.query("Chat-Index", "~ana", key)]
        assert item["expires"] == NOW // 1_000_000 + limits.DRAFT_SECONDS
