"""What is known of the library's pictures. Their contents are the media store's."""

from typing import Protocol

from tertulia.domain.library import Pack, Picture, PictureKind, Rules


class Library(Protocol):
    """Durable once it returns. Nothing here is scanned, and nothing grows beyond the limits of the domain."""

    async def rules(self) -> Rules:
        """What administrators have decided; the defaults until they do."""
        ...

    async def set_rules(self, rules: Rules) -> None: ...

    async def get(self, kind: PictureKind, key: str) -> Picture | None: ...

    async def page(self, kind: PictureKind, *, after: str = "", limit: int, pack: str = "") -> list[Picture]:
        """Up to `limit` pictures by key, from the first key greater than `after`; of a sticker pack alone where one is
        named."""
        ...

    async def add(self, picture: Picture) -> bool:
        """False where there is one of that kind and key, which stays. Raises ConflictError `library_full` where there
        are as many of the kind as there can be, or as many GIFs of the person."""
        ...

    async def remove(self, kind: PictureKind, key: str) -> bool:
        """False where there is none."""
        ...

    async def packs(self) -> list[Pack]:
        """All of them, the oldest first."""
        ...

    async def put_pack(self, pack: Pack) -> None:
        """Raises ConflictError `library_full` where there are as many as there can be; one of that id is replaced."""
        ...

    async def remove_pack(self, pack: str) -> None:
        """It may be gone already. Its pictures stay."""
        ...
