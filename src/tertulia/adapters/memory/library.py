"""The port `Library` in memory: the reference."""

from tertulia.domain import limits
from tertulia.domain.errors import ConflictError
from tertulia.domain.library import MOST, Pack, Picture, PictureKind, Rules


class MemoryLibrary:
    def __init__(self) -> None:
        self._rules = Rules()
        self._pictures: dict[tuple[PictureKind, str], Picture] = {}
        self._packs: dict[str, Pack] = {}

    async def rules(self) -> Rules:
        return self._rules

    async def set_rules(self, rules: Rules) -> None:
        self._rules = rules

    async def get(self, kind: PictureKind, key: str) -> Picture | None:
        return self._pictures.get((kind, key))

    async def page(self, kind: PictureKind, *, after: str = "", limit: int, pack: str = "") -> list[Picture]:
        keys = sorted(key for of, key in self._pictures if of is kind and key > after)
        found = [self._pictures[kind, key] for key in keys if not pack or key.startswith(f"{pack}.")]
        return found[:limit]

    async def add(self, picture: Picture) -> bool:
        kind = picture.kind
        if (kind, picture.key) in self._pictures:
            return False
        of_kind = [each for each in self._pictures.values() if each.kind is kind]
        own = [each for each in of_kind if each.added_by == picture.added_by]
        if len(of_kind) >= MOST[kind] or (kind is PictureKind.GIF and len(own) >= limits.LIBRARY_GIFS_OF_A_PERSON_MAX):
            raise ConflictError("library_full")
        self._pictures[kind, picture.key] = picture
        return True

    async def remove(self, kind: PictureKind, key: str) -> bool:
        return self._pictures.pop((kind, key), None) is not None

    async def packs(self) -> list[Pack]:
        return sorted(self._packs.values(), key=lambda pack: (pack.added, pack.id))

    async def put_pack(self, pack: Pack) -> None:
        if pack.id not in self._packs and len(self._packs) >= limits.PACKS_MAX:
            raise ConflictError("library_full")
        self._packs[pack.id] = pack

    async def remove_pack(self, pack: str) -> None:
        self._packs.pop(pack, None)
