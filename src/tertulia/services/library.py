"""The library: looking for the server's own pictures, adding and removing them, alone and in packs."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, UnsetType
from msgspec.structs import replace

from tertulia.domain import house, limits
from tertulia.domain import library as domain
from tertulia.domain.errors import ChatError, ConflictError, ForbiddenError, InvalidError, NotFoundError
from tertulia.domain.library import Adding, Pack, Picture, PictureKind, Rules
from tertulia.domain.media import Variant
from tertulia.domain.signatures import examine
from tertulia.domain.texts import checked_line
from tertulia.ports.accounts import Identity
from tertulia.ports.clock import Clock
from tertulia.ports.entropy import Entropy
from tertulia.ports.library import Library
from tertulia.ports.media import MediaStore, Upload
from tertulia.ports.processing import MediaProcessor
from tertulia.ports.rates import Rate
from tertulia.services import limiting

if TYPE_CHECKING:
    from tertulia.services.packs import Listed, PackFile


class Shown(Struct, frozen=True):
    """A picture, and addresses for it and for one that stands still, good until `expires` (seconds since 1970); 0: for
    ever."""

    picture: Picture
    url: str
    still: str
    expires: int


class NewPicture(Struct, frozen=True, kw_only=True):
    """What somebody wants to add: `media` is a completed upload of theirs."""

    media: str
    kind: PictureKind
    name: str
    alt: str = ""
    tags: Sequence[str] = ()


class Problem(Struct, frozen=True):
    """Why a picture of a pack was not taken."""

    file: str
    code: str
    sentence: str


class Taken(Struct, frozen=True):
    """What one step took of a pack. `following`: where the next step begins; None: that was all."""

    pack: Pack
    added: int
    following: int | None
    problems: tuple[Problem, ...]


class PictureLibrary:
    """`processor` looks into the pictures of packs, where a function has one."""

    def __init__(
        self,
        library: Library,
        media: MediaStore,
        clock: Clock,
        entropy: Entropy,
        rate: Rate,
        processor: MediaProcessor | None = None,
    ) -> None:
        self._library = library
        self._media = media
        self._clock = clock
        self._entropy = entropy
        self._rate = rate
        self._processor = processor

    async def overview(self) -> tuple[Rules, list[Pack]]:
        """What is decided, and the packs that are shown, ours first."""
        rules, packs = await asyncio.gather(self._library.rules(), self._library.packs())
        return rules, [*([house.HOUSE] if rules.house else []), *packs]

    async def change_rules(
        self, identity: Identity, *, gifs: Adding | UnsetType, house_pack: bool | UnsetType
    ) -> tuple[Rules, list[Pack]]:
        """For administrators. What is unset stays."""
        _require_admin(identity)
        rules = await self._library.rules()
        if isinstance(gifs, Adding):
            rules = replace(rules, gifs=gifs)
        if isinstance(house_pack, bool):
            rules = replace(rules, house=house_pack)
        await self._library.set_rules(rules)
        return await self.overview()

    async def find(
        self, identity: Identity, kind: PictureKind, query: str, *, after: str, limit: int
    ) -> tuple[list[Shown], str | None]:
        """A page of those that have words beginning with what is asked, and where the next page begins. A page may be
        short, or empty, and not the last one. Raises `rate_limited`, `invalid_request`."""
        # What folds words takes time to load, and most functions never need it; so below with zips.
        from tertulia.domain.picture_words import matches, words_of

        limiting.take(self._rate, identity.username)
        if len(query) > limits.LIBRARY_QUERY_MAX:
            raise InvalidError("invalid_request", "Search for less.", maximum=limits.LIBRARY_QUERY_MAX)
        wanted = words_of(query)
        own = await self._own_drawings(kind, after)
        most = limits.LIBRARY_LOOKED_AT_MAX if wanted else limit + 1
        looked_at = [*own, *await self._library.page(kind, after=after, limit=most)][:most]
        found = [picture for picture in looked_at if matches(picture, wanted)]
        if len(found) > limit:
            return self._shown(found[:limit]), found[limit - 1].key
        return self._shown(found), looked_at[-1].key if len(looked_at) == most else None

    async def add(self, identity: Identity, new: NewPicture) -> tuple[Shown, bool]:
        """The picture, and whether this call added it. Raises `forbidden`, `media_not_found`, `picture_unsuitable`,
        `name_taken`, `library_full`, `invalid_request`, `rate_limited`."""
        limiting.take(self._rate, identity.username)
        await self._require_may_add(identity, new.kind)
        name, tags, alt = (
            domain.checked_name(new.kind, new.name),
            domain.checked_tags(new.tags),
            domain.checked_alt(new.alt),
        )
        upload = await self._media.get(new.media)
        if upload is None or upload.owner != identity.username:
            raise NotFoundError("media_not_found")
        domain.require_suitable(new.kind, upload.details, upload.size)
        key = domain.key_of(new.kind, upload.id, name, upload.created)
        picture = replace(_picture(upload, new.kind, key, name), tags=tags, alt=alt)
        return await self._added(picture)

    async def remove(self, identity: Identity, media: str) -> None:
        """Messages that carry it keep their words. For administrators, and for GIFs who added them. Raises
        `picture_not_found`, `forbidden`, `rate_limited`."""
        limiting.take(self._rate, identity.username)
        upload = await self._media.get(media)
        if upload is None or upload.conversation != domain.OWNER:
            raise NotFoundError("picture_not_found")
        kind, key = domain.place_of(upload.client_id)
        if kind is not PictureKind.GIF or upload.owner != identity.username:
            _require_admin(identity)
        # The file last: a picture without one shows nothing, a file that nothing names would stay.
        await self._library.remove(kind, key)
        await self._media.delete(media)

    async def add_pack(self, identity: Identity, media: str, kind: PictureKind, title: str, start: int) -> Taken:
        """Takes the next pictures of a zip that the caller uploaded, from the one at `start`; repeating it changes
        nothing. For administrators. Raises `media_not_found`, `pack_broken`, `library_full`, `overloaded`,
        `not_supported`, `rate_limited`."""
        from tertulia.services.packs import PackFile

        limiting.take(self._rate, identity.username)
        _require_admin(identity)
        upload = await self._media.get(media)
        if upload is None or upload.owner != identity.username or not upload.stored or upload.conversation:
            raise NotFoundError("media_not_found")
        if kind is PictureKind.GIF or upload.size > limits.PACK_BYTES_MAX or not domain.is_pack_id(media):
            raise InvalidError("pack_broken")
        content = b"".join([piece async for piece in self._media.read(media)])
        file = await asyncio.to_thread(PackFile, content)
        stem = upload.name.rpartition(".")[0] or upload.name
        named = checked_line(title or file.title or stem, limits.TITLE_MAX, "A title")
        pack = Pack(id=media, kind=kind, title=named, added=upload.created)
        if not start:
            await self._library.put_pack(pack)
        step = list(enumerate(file.pictures))[start : start + limits.PACK_STEP]
        done = await asyncio.gather(*(self._take(identity, pack, file, *each) for each in step))
        after = start + limits.PACK_STEP
        problems = tuple(each for each in done if isinstance(each, Problem))
        return Taken(pack, done.count(True), after if after < len(file.pictures) else None, problems)

    async def remove_pack(self, identity: Identity, pack: str) -> None:
        """With all its pictures. For administrators. Raises `pack_not_found`, `rate_limited`."""
        limiting.take(self._rate, identity.username)
        _require_admin(identity)
        found = next((each for each in await self._library.packs() if each.id == pack), None)
        if found is None:
            raise NotFoundError("pack_not_found")
        for picture in await self._of_pack(found):
            await self._library.remove(picture.kind, picture.key)
            await self._media.delete(picture.media)
        await self._library.remove_pack(pack)

    async def _own_drawings(self, kind: PictureKind, after: str) -> list[Picture]:
        if kind is not PictureKind.STICKER or after > house.PICTURES[-1].key:
            return []
        if not (await self._library.rules()).house:
            return []
        return [picture for picture in house.PICTURES if picture.key > after]

    async def _require_may_add(self, identity: Identity, kind: PictureKind) -> None:
        if identity.admin:
            return
        if kind is not PictureKind.GIF or (await self._library.rules()).gifs is not Adding.EVERYONE:
            raise ForbiddenError("forbidden", "Only administrators add these pictures to the library.")

    async def _added(self, picture: Picture) -> tuple[Shown, bool]:
        """Claims the file and lists it. Raises `media_not_found`, `name_taken`, `library_full`."""
        there = await self._library.get(picture.kind, picture.key)
        if there is not None and there.media != picture.media:
            raise ConflictError("name_taken")
        if not await self._media.claim(picture.media, domain.OWNER, domain.claim_of(picture.kind, picture.key)):
            raise NotFoundError("media_not_found")
        try:
            new = await self._library.add(picture)
        except ConflictError:
            await self._media.delete(picture.media)
            raise
        if not new:
            there = await self._library.get(picture.kind, picture.key)
            if there is not None and there.media != picture.media:
                # Somebody else gave the name to another picture at the same moment.
                await self._media.delete(picture.media)
                raise ConflictError("name_taken")
        return self._shown([there or picture])[0], new

    async def _take(
        self, identity: Identity, pack: Pack, file: "PackFile", position: int, listed: "Listed"
    ) -> bool | Problem:
        """Whether the picture is new; or why it was not taken. What is only now so is raised."""
        from tertulia.services.packs import name_for

        try:
            name = domain.checked_name(pack.kind, name_for(pack.kind, listed))
            key = domain.key_of(pack.kind, "", name, 0, pack.id, position)
            there = await self._library.get(pack.kind, key)
            if there is not None:
                if there.pack != pack.id:
                    raise ConflictError("name_taken")
                return False
            upload = await self._made(identity, pack.kind, listed.file, file.read(listed.file))
            picture = replace(
                _picture(upload, pack.kind, key, name),
                alt=domain.checked_alt(listed.alt),
                tags=domain.checked_tags(listed.tags),
                pack=pack.id,
            )
            return (await self._added(picture))[1]
        except ChatError as error:
            if error.temporary or error.code == "internal":
                raise
            return Problem(listed.file, error.code, error.sentence)

    async def _made(self, identity: Identity, kind: PictureKind, name: str, content: bytes) -> Upload:
        """A file of the server's own, of a picture that was looked into and written anew."""
        found = examine(name, "application/octet-stream", content[: limits.MEDIA_HEAD_BYTES])
        if not found.type.startswith("image/"):
            raise InvalidError("picture_unsuitable", "The file is not a picture. PNG, WebP, GIF and JPEG are.")
        if self._processor is None:
            raise InvalidError("picture_unsuitable")
        async with self._processor.process(_whole(content), found.type) as made:
            size = await asyncio.to_thread(lambda: made.files[Variant.ORIGINAL].stat().st_size)
            details = replace(made.details, small=Variant.SMALL in made.files, large=Variant.LARGE in made.files)
            domain.require_suitable(kind, details, size)
            upload = Upload(
                id=self._entropy.token(),
                owner=identity.username,
                name=name,
                type=found.type,
                size=size,
                created=self._clock.now(),
                details=details,
            )
            return await self._media.place(upload, made.files)

    async def _of_pack(self, pack: Pack) -> list[Picture]:
        if pack.kind is PictureKind.STICKER:
            return await self._library.page(pack.kind, limit=limits.PACK_PICTURES_MAX, pack=pack.id)
        found = await self._library.page(pack.kind, limit=limits.LIBRARY_EMOJI_MAX)
        return [picture for picture in found if picture.pack == pack.id]

    def _shown(self, pictures: Sequence[Picture]) -> list[Shown]:
        expires = self._clock.now() // 1_000_000 + limits.MEDIA_URL_SECONDS
        return [self._shown_one(picture, expires) for picture in pictures]

    def _shown_one(self, picture: Picture, expires: int) -> Shown:
        if house.find(picture.media) is not None:
            return Shown(picture, house.address_of(picture), "", 0)
        upload = Upload(
            id=picture.media,
            owner=picture.added_by,
            name=picture.name,
            type=picture.type,
            size=picture.size,
            created=picture.added,
        )
        still = self._media.content_url(upload, expires, Variant.SMALL) if picture.animated else ""
        return Shown(picture, self._media.content_url(upload, expires), still, expires)


def _picture(upload: Upload, kind: PictureKind, key: str, name: str) -> Picture:
    details = domain.require_suitable(kind, upload.details, upload.size)
    return Picture(
        kind=kind,
        key=key,
        media=upload.id,
        name=name,
        type=upload.type,
        size=upload.size,
        added_by=upload.owner,
        added=upload.created,
        width=details.width,
        height=details.height,
        thumbhash=details.thumbhash,
        animated=details.animated,
    )


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _require_admin(identity: Identity) -> None:
    if not identity.admin:
        raise ForbiddenError("forbidden", "Only administrators do this.")
