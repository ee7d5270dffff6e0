"""What every adapter of `tertulia.ports.library` keeps."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.contracts.store_adapters import ADAPTERS, emulator_of, opened
from tests.services.refused import refused

from tertulia.adapters.dynamodb.library import DynamoLibrary
from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.adapters.memory.library import MemoryLibrary
from tertulia.adapters.sqlite.library import SqliteLibrary
from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.domain import library as domain
from tertulia.domain import limits
from tertulia.domain.library import Adding, Pack, Picture, PictureKind, Rules
from tertulia.ports.library import Library

STICKER, GIF, EMOJI = PictureKind.STICKER, PictureKind.GIF, PictureKind.EMOJI
TRANSACTIONS = [each for each in ADAPTERS if "dynalite" not in str(each)]
"""One emulator will do: there is nothing here that the store's own contract doesn't have."""


@pytest.fixture(params=TRANSACTIONS)
async def library(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Library]:
    async with opened(request.param, tmp_path, SetClock(), emulator_of(request.param, request)) as store:
        if isinstance(store, DynamoStore):
            yield DynamoLibrary(store.database, SystemEntropy())
        else:
            yield SqliteLibrary(store) if isinstance(store, SqliteStore) else MemoryLibrary()


def picture(kind: PictureKind, key: str, **more: Any) -> Picture:
    made = Picture(
        kind=kind,
        key=key,
        media=f"media-{key.strip('~.')}",
        name=f"a {key}",
        type="image/png",
        size=5,
        added_by="ana",
        added=1_000,
        width=3,
        height=4,
        alt="what it shows",
        tags=("one", "two"),
    )
    return replace(made, **more)


async def test_a_picture_is_as_it_was_added(library: Library) -> None:
    """Every field; it is there once under its key, and another of that key changes nothing."""
    first = picture(EMOJI, "parrot")
    assert await library.get(EMOJI, "parrot") is None
    assert await library.add(first) is True
    assert await library.add(replace(first, media="other")) is False
    assert await library.get(EMOJI, "parrot") == first
    assert await library.get(STICKER, "parrot") is None
    assert (await library.remove(EMOJI, "parrot"), await library.remove(EMOJI, "parrot")) == (True, False)
    assert await library.get(EMOJI, "parrot") is None


async def test_a_page_is_by_key(library: Library) -> None:
    """Of one kind, from the key after the one that is named; of one pack alone where that is asked."""
    keys = ["ab.0000", "ab.0001", "abc.0000", "~0001.x", "~0002.y"]
    for key in reversed(keys):
        await library.add(picture(STICKER, key))
    await library.add(picture(GIF, "~0001.x"))
    assert [each.key for each in await library.page(STICKER, limit=9)] == keys
    assert [each.key for each in await library.page(STICKER, after="ab.0001", limit=2)] == keys[2:4]
    assert [each.key for each in await library.page(STICKER, limit=9, pack="ab")] == keys[:2]
    assert [each.key for each in await library.page(STICKER, after="ab.0000", limit=9, pack="ab")] == keys[1:2]
    assert [each.key for each in await library.page(GIF, limit=9)] == ["~0001.x"]
    assert await library.page(EMOJI, limit=9) == []


async def test_how_many_there_are_is_bounded(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a kind, and GIFs of a person; what goes makes room."""
    monkeypatch.setattr(limits, "LIBRARY_GIFS_OF_A_PERSON_MAX", 2)
    monkeypatch.setitem(domain.MOST, GIF, 3)
    for key in ("~1", "~2"):
        await library.add(picture(GIF, key))
    with refused("library_full"):
        await library.add(picture(GIF, "~3"))
    assert await library.add(picture(GIF, "~1")) is False
    await library.add(picture(GIF, "~3", added_by="ben"))
    with refused("library_full"):
        await library.add(picture(GIF, "~4", added_by="ben"))
    await library.remove(GIF, "~1")
    assert await library.add(picture(GIF, "~4"))
    assert [each.key for each in await library.page(GIF, limit=9)] == ["~2", "~3", "~4"]


async def test_rules_are_the_last_that_were_set(library: Library) -> None:
    """The defaults until then."""
    assert await library.rules() == Rules()
    changed = Rules(gifs=Adding.ADMINISTRATORS, house=False)
    await library.set_rules(changed)
    assert await library.rules() == changed


async def test_packs_are_listed_by_age(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the same id is replaced; there are so many and no more."""
    monkeypatch.setattr(limits, "PACKS_MAX", 2)
    old, new = [Pack(id=f"p{n}", kind=STICKER, title="Birds", added=n) for n in (1, 2)]
    for pack in (new, old, old):
        await library.put_pack(pack)
    assert await library.packs() == [old, new]
    with refused("library_full"):
        await library.put_pack(replace(new, id="p3"))
    for _ in range(2):
        await library.remove_pack("p1")
    await library.put_pack(replace(new, title="Cats"))
    assert [pack.title for pack in await library.packs()] == ["Cats"]
    await library.put_pack(replace(new, id="p3"))
