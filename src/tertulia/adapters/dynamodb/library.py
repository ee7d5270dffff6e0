"""The port `Library` on DynamoDB: items of `Chat-Index`, of the owner `#library`.

| Key | Attributes |
|---|---|
| `count` | `sticker`, `gif`, `emoji`, `packs`: how many there are |
| `count@<username>` | `gif`: how many that person added |
| `rules` | those of `Rules` |
| `pack/<id>` | those of `Pack` |
| `<kind>/<key>` | those of `Picture` |

A count changes in the transaction of what it counts, on the condition that it is what was read: it can't drift. Nothing
here is common: who adds pictures does so one after the other.
"""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from tertulia.adapters.dynamodb.database import ConflictedError, Database, Delete, Put, Update, Write
from tertulia.adapters.dynamodb.items import Item
from tertulia.adapters.dynamodb.keys import INDEX, Key
from tertulia.domain import limits
from tertulia.domain.errors import ConflictError
from tertulia.domain.library import MOST, Pack, Picture, PictureKind, Rules
from tertulia.ports.entropy import Entropy

OWNER: Final = "#library"
"""No conversation's id begins with `#`, and no username's owner does."""
COUNT: Final = "count"
_RULES: Final = "rules"
_PACKS: Final = "pack/"
_COUNT_OF_PACKS: Final = "packs"
_TOKEN_BYTES: Final = 18


class DynamoLibrary:
    def __init__(self, database: Database, entropy: Entropy) -> None:
        self._database = database
        self._entropy = entropy

    async def rules(self) -> Rules:
        found = await self._database.get(_key(_RULES))
        return Rules() if found is None else msgspec.convert(found, Rules)

    async def set_rules(self, rules: Rules) -> None:
        await self._database.write(Update(_key(_RULES), msgspec.to_builtins(rules)))

    async def get(self, kind: PictureKind, key: str) -> Picture | None:
        found = await self._database.get(_picture_key(kind, key))
        return None if found is None else _picture_from(found)

    async def page(self, kind: PictureKind, *, after: str = "", limit: int, pack: str = "") -> list[Picture]:
        # A `/` is what comes after the `.` behind a pack's id, and a `0` what comes after the `/` behind a kind.
        first, last = (max(after, f"{pack}."), f"{kind}/{pack}/") if pack else (after, f"{kind}0")
        span = f"{kind}/{first}\0", last
        return [_picture_from(item) async for item in self._database.query(INDEX, OWNER, span, limit=limit)]

    async def add(self, picture: Picture) -> bool:
        kind, key = picture.kind, _picture_key(picture.kind, picture.key)
        counts = [(_key(COUNT), kind.value, MOST[kind])]
        if kind is PictureKind.GIF:
            counts.append((_own_count(picture.added_by), kind.value, limits.LIBRARY_GIFS_OF_A_PERSON_MAX))

        def decide(found: dict[Key, Item]) -> list[Write]:
            if key in found:
                return []
            return [Put(key, msgspec.to_builtins(picture)), *_counted(found, counts, 1)]

        return await self._decide([key, *(place for place, _, _ in counts)], decide)

    async def remove(self, kind: PictureKind, key: str) -> bool:
        place = _picture_key(kind, key)
        before = await self._database.get(place)
        if before is None:
            return False
        counts = [(_key(COUNT), kind.value, MOST[kind])]
        if kind is PictureKind.GIF:
            counts.append((_own_count(before["added_by"]), kind.value, limits.LIBRARY_GIFS_OF_A_PERSON_MAX))

        def decide(found: dict[Key, Item]) -> list[Write]:
            return [Delete(place), *_counted(found, counts, -1)] if place in found else []

        return await self._decide([place, *(each for each, _, _ in counts)], decide)

    async def packs(self) -> list[Pack]:
        span = _PACKS, "pack0"
        found = [msgspec.convert(item, Pack) async for item in self._database.query(INDEX, OWNER, span)]
        return sorted(found, key=lambda pack: (pack.added, pack.id))

    async def put_pack(self, pack: Pack) -> None:
        key, counts = _key(_PACKS + pack.id), [(_key(COUNT), _COUNT_OF_PACKS, limits.PACKS_MAX)]

        def decide(found: dict[Key, Item]) -> list[Write]:
            put = Put(key, msgspec.to_builtins(pack))
            return [put] if key in found else [put, *_counted(found, counts, 1)]

        await self._decide([key, _key(COUNT)], decide)

    async def remove_pack(self, pack: str) -> None:
        key, counts = _key(_PACKS + pack), [(_key(COUNT), _COUNT_OF_PACKS, limits.PACKS_MAX)]

        def decide(found: dict[Key, Item]) -> list[Write]:
            return [Delete(key), *_counted(found, counts, -1)] if key in found else []

        await self._decide([key, _key(COUNT)], decide)

    async def _decide(self, wanted: Sequence[Key], decide: Callable[[dict[Key, Item]], list[Write]]) -> bool:
        """Reads, decides, writes on the condition that nothing has moved, and begins again where it has; False where
        there was nothing to write."""
        attempts = self._database.attempts()
        while True:
            try:
                writes = decide(await self._database.get_together(wanted))
                if writes:
                    await self._database.write_together(writes, self._entropy.token(_TOKEN_BYTES))
            except ConflictedError:
                await attempts.again()
            else:
                return bool(writes)


def _counted(found: dict[Key, Item], counts: Sequence[tuple[Key, str, int]], by: int) -> list[Update]:
    """The counts after one more or one less. Raises `library_full`."""
    writes = []
    for key, name, most in counts:
        before: int = found.get(key, {}).get(name, 0)
        if by > 0 and before >= most:
            raise ConflictError("library_full")
        there = name in found.get(key, {})
        writes.append(
            Update(
                key,
                {name: max(0, before + by)},
                condition=f"#{name} = :before" if there else f"attribute_not_exists(#{name})",
                values={"before": before} if there else None,
            )
        )
    return writes


def _key(key: str) -> Key:
    return Key(INDEX, OWNER, key)


def _picture_key(kind: PictureKind, key: str) -> Key:
    return _key(f"{kind}/{key}")


def _own_count(username: str) -> Key:
    return _key(f"{COUNT}@{username}")


def _picture_from(item: Item) -> Picture:
    """Of the table's key the part behind the kind is the picture's own."""
    return msgspec.convert({**item, "key": item["key"].partition("/")[2]}, Picture)
