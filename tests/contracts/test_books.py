"""The contract of the books of notifications, held against every adapter of the port."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace
from tests.contracts.accounts_adapters import PASSWORD, quick_argon2
from tests.domain.test_notifying import device
from tests.emulators.emulators import template
from tests.emulators.tables import EmulatorClients

from tertulia.adapters.dynamodb.books import DynamoBooks
from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.local_accounts.books import LocalBooks
from tertulia.adapters.memory.books import MemoryBooks
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.entropy import SeededEntropy
from tertulia.domain.notifying import Book, Choice, Level, QuietHours, with_choice, with_device, without_devices
from tertulia.ports.notifying import Books, VapidKey

ADAPTERS: Final = (
    "memory",
    "local_accounts",
    pytest.param("dynamodb-ministack", marks=pytest.mark.slow),
    pytest.param("dynamodb-dynalite", marks=pytest.mark.slow),
)
PEOPLE: Final = ("ana", "ben", "cleo")


@pytest.fixture(params=ADAPTERS)
async def books(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Books]:
    technology, _, name = request.param.partition("-")
    if technology == "memory":
        yield MemoryBooks()
        return
    if technology == "local_accounts":
        accounts = LocalAccounts(tmp_path / "accounts.db", SetClock(), SeededEntropy(), argon2=quick_argon2())
        await accounts.start()
        for username in PEOPLE:
            await accounts.sign_up(username, PASSWORD, "", None)
        made = LocalBooks(accounts.database)
        await made.start()
        yield made
        await accounts.close()
        return
    emulator = request.getfixturevalue(name)
    table = template()["Resources"]["NotificationsTable"]["Properties"]
    prefix = f"B{uuid.uuid4().hex[:12]}-"
    given = {key: table[key] for key in ("AttributeDefinitions", "KeySchema", "BillingMode")}
    table_name = table["TableName"]["Fn::Sub"].replace("${Prefix}", prefix)
    emulator.client("dynamodb").create_table(TableName=table_name, **given)
    clients = EmulatorClients(emulator)
    yield DynamoBooks(clients, prefix=prefix)
    clients.close()
    emulator.client("dynamodb").delete_table(TableName=table_name)


async def test_a_book_is_kept_whole(books: Books) -> None:
    """Devices, quiet hours and choices come back as they were given; who has none has an empty one."""
    assert await books.book("ana") == Book()
    quiet = QuietHours(begin=1380, end=420, zone="Europe/Madrid", offset=60)
    kept = replace(
        with_choice(with_device(Book(), device()), "g", Choice(level=Level.NONE, muted_until=7)), quiet=quiet
    )
    assert await books.change("ana", lambda book: kept) == kept
    assert await books.book("ana") == kept
    assert await books.book("ben") == Book()


async def test_changes_at_once_are_all_kept(books: Books) -> None:
    """Each is made of the book as the one before left it."""
    await asyncio.gather(*(books.change("ana", lambda book, n=n: with_device(book, device(n))) for n in range(4)))
    assert {each.id for each in (await books.book("ana")).devices} == {f"device{n}" for n in range(4)}


async def test_what_a_decision_raises_changes_nothing(books: Books) -> None:
    """It reaches the caller."""

    def refuse(book: Book) -> Book:
        raise ValueError

    with pytest.raises(ValueError):
        await books.change("ana", refuse)
    assert await books.book("ana") == Book()


async def test_those_with_devices_are_found(books: Books) -> None:
    """Of any number of people; who has none, or none any more, is left out."""
    await books.change("ana", lambda book: with_device(book, device()))
    await books.change("ben", lambda book: with_choice(book, "g", Choice(level=Level.NONE)))
    await books.change("cleo", lambda book: with_device(book, device()))
    await books.change("cleo", lambda book: without_devices(book, ["device1"]))
    found = await books.with_devices([*PEOPLE, *(f"nobody{n}" for n in range(150))])
    assert found == {"ana": with_device(Book(), device())}
    assert await books.with_devices([]) == {}
    assert not books.nobody()


async def test_the_key_is_made_once(books: Books) -> None:
    """Browsers subscribe with it, so it stays for ever, whoever asks at once."""
    made = [VapidKey(bytes([n]) * 32, f"public{n}") for n in range(3)]
    found = await asyncio.gather(*(books.key(lambda key=key: key) for key in made))
    assert len(set(map(repr, found))) == 1
    assert found[0] in made
    assert await books.key(lambda: made[1]) == found[0]
    assert "\\x0" not in repr(found[0])
