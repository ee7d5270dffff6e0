"""The server's own pictures: who adds, who sees, what is found, what a message keeps of them."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from msgspec import UNSET
from tests.fixtures import pictures
from tests.fixtures.pictures import zipped
from tests.services.refused import refused
from tests.services.world import World, who

from tertulia.adapters.pillow.processor import SubprocessProcessor
from tertulia.domain import house, limits
from tertulia.domain.library import Adding, PictureKind
from tertulia.services.library import NewPicture, Shown, Taken
from tertulia.services.messages import NewAttachment, NewMessage

ROOT = who("root", admin=True)
STICKER, GIF, EMOJI = PictureKind.STICKER, PictureKind.GIF, PictureKind.EMOJI


@pytest.fixture
async def looking(tmp_path: Path) -> World:
    """A world in which files are looked into."""
    world = World(processor=SubprocessProcessor(tmp_path / "work"))
    await world.people("ana", "ben", "root")
    return world


async def picture(world: World, username: str, content: bytes = b"", name: str = "a.gif") -> str:
    """A completed upload, a moving one unless another is given."""
    kind = {"gif": "image/gif", "png": "image/png"}[name.rpartition(".")[2]]
    media = await world.upload(username, content or pictures.moving("GIF"), name, kind)
    await world.chat.media.complete(who(username), media)
    world.clock.advance(1)
    return media


async def add(world: World, username: str, kind: PictureKind, name: str, **more: Any) -> Shown:
    content = pictures.png() if kind is not GIF else b""
    media = await picture(world, username, content, "a.gif" if kind is GIF else "a.png")
    shown, new = await world.chat.library.add(
        who(username, admin=username == "root"), NewPicture(media=media, kind=kind, name=name, **more)
    )
    assert new
    return shown


async def names(world: World, kind: PictureKind, query: str = "", limit: int = 50) -> list[str]:
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page, after = await world.chat.library.find(who("ben"), kind, query, after=after, limit=limit)
        found += [shown.picture.name for shown in page]
    return found


async def take(world: World, content: bytes, kind: PictureKind = STICKER, title: str = "", start: int = 0) -> Taken:
    media = await world.upload("root", content, "birds.zip", "application/zip")
    return await world.chat.library.add_pack(ROOT, media, kind, title, start)


async def test_everybody_adds_gifs_until_administrators_say_otherwise(looking: World) -> None:
    """Stickers and emoji are administrators' alone; a GIF moves."""
    await add(looking, "ana", GIF, "dancing")
    still = await picture(looking, "ana", pictures.png(), "a.png")
    for kind, code in ((STICKER, "forbidden"), (EMOJI, "forbidden"), (GIF, "picture_unsuitable")):
        with refused(code):
            await looking.chat.library.add(who("ana"), NewPicture(media=still, kind=kind, name="x"))
    with refused("forbidden"):
        await looking.chat.library.change_rules(who("ana"), gifs=Adding.EVERYONE, house_pack=UNSET)
    rules, _ = await looking.chat.library.change_rules(ROOT, gifs=Adding.ADMINISTRATORS, house_pack=UNSET)
    assert (rules.gifs, rules.house) == (Adding.ADMINISTRATORS, True)
    other = await picture(looking, "ana")
    with refused("forbidden"):
        await looking.chat.library.add(who("ana"), NewPicture(media=other, kind=GIF, name="x"))
    await add(looking, "root", GIF, "official")


async def test_adding_again_answers_the_same(looking: World) -> None:
    """A retry has no second effect; another's file, and one that a message has, can't be added."""
    media = await picture(looking, "ana")
    new = NewPicture(media=media, kind=GIF, name="dancing", tags=["joy"])
    first, created = await looking.chat.library.add(who("ana"), new)
    assert (created, await looking.chat.library.add(who("ana"), new)) == (True, (first, False))
    with refused("media_not_found"):
        await looking.chat.library.add(who("ben"), new)
    sent = await picture(looking, "ana")
    await looking.say_with("ana", await looking.direct("ana", "ben"), sent, id="x")
    with refused("media_not_found"):
        await looking.chat.library.add(who("ana"), NewPicture(media=sent, kind=GIF, name="x"))


async def test_gifs_are_found_newest_first_by_the_beginning_of_words(looking: World) -> None:
    """Of names, tags and descriptions, in any script, without regard to case and accents; page by page."""
    await add(looking, "ana", GIF, "Café dance", tags=["joy"])
    await add(looking, "ana", GIF, "رقص", alt="somebody dances")
    await add(looking, "ana", GIF, "no", tags=["never"])
    assert await names(looking, GIF, limit=1) == ["no", "رقص", "Café dance"]
    assert await names(looking, GIF, "DANC") == ["رقص", "Café dance"]
    assert await names(looking, GIF, "cafe joy") == ["Café dance"]
    assert await names(looking, GIF, "رق") == ["رقص"]
    assert await names(looking, GIF, "ance") == []
    with refused("invalid_request"):
        await names(looking, GIF, "x" * (limits.LIBRARY_QUERY_MAX + 1))


async def test_a_search_looks_at_a_bounded_number(looking: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it answers what it found, be it nothing, and from where to go on."""
    for name in ("one", "two", "three"):
        await add(looking, "ana", GIF, name)
    monkeypatch.setattr(limits, "LIBRARY_LOOKED_AT_MAX", 2)
    page, after = await looking.chat.library.find(who("ben"), GIF, "one", after="", limit=10)
    assert (page, after is None) == ([], False)
    assert await names(looking, GIF, "one") == ["one"]


async def test_our_own_stickers_come_first(looking: World) -> None:
    """They need no store and no file, and administrators may hide them."""
    await add(looking, "root", STICKER, "ours")
    drawn = [drawing.name for drawing in house.PICTURES]
    assert await names(looking, STICKER, limit=5) == [*drawn, "ours"]
    assert await names(looking, STICKER, "coffee") == ["cup"]
    described = await looking.chat.media.describe(who("ben"), "house-cup")
    assert list(described.urls.values()) == ["/stickers/cup.svg"]
    await looking.chat.library.change_rules(ROOT, gifs=UNSET, house_pack=False)
    assert await names(looking, STICKER) == ["ours"]


def test_our_drawings_are_what_the_table_says() -> None:
    """Each is there, of its size, and holds shapes and nothing that could run or be fetched."""
    folder = Path(__file__).parents[2] / "web" / "public" / "stickers"
    drawings = {path.stem: path for path in folder.iterdir()}
    assert {drawing.name for drawing in house.PICTURES} == set(drawings)
    shapes = {"svg", "g", "path", "circle", "ellipse", "filter"}
    for drawing in house.PICTURES:
        assert drawings[drawing.name].stat().st_size == drawing.size
        elements = list(ElementTree.parse(drawings[drawing.name]).iter())
        tags = {element.tag.rpartition("}")[2] for element in elements}
        assert {tag for tag in tags if not tag.startswith("fe")} <= shapes
        assert not any(name.startswith("on") or "href" in name for element in elements for name in element.attrib)


async def test_an_emoji_has_one_name(looking: World) -> None:
    """A second picture of a name is refused, and its upload can be added under another one."""
    await add(looking, "root", EMOJI, "parrot")
    media = await picture(looking, "root", pictures.png(), "a.png")
    with refused("name_taken"):
        await looking.chat.library.add(ROOT, NewPicture(media=media, kind=EMOJI, name="parrot"))
    with refused("invalid_request"):
        await looking.chat.library.add(ROOT, NewPicture(media=media, kind=EMOJI, name="Parrot!"))
    await looking.chat.library.add(ROOT, NewPicture(media=media, kind=EMOJI, name="parrot2"))
    assert await names(looking, EMOJI) == ["parrot", "parrot2"]


async def test_a_reaction_by_name_is_one_of_the_servers_emoji(looking: World) -> None:
    """When it is added; it can be taken back also after the emoji went."""
    direct = await looking.direct("ana", "ben")
    message = await looking.say("ana", direct)
    react = looking.chat.messages.react
    with refused("emoji_not_found"):
        await react(who("ben"), direct, message.timestamp, ":parrot:")
    shown = await add(looking, "root", EMOJI, "parrot")
    reacted = await react(who("ben"), direct, message.timestamp, ":parrot:")
    assert [each.emoji for each in reacted.reactions] == [":parrot:"]
    await looking.chat.library.remove(ROOT, shown.picture.media)
    assert (await looking.chat.messages.unreact(who("ben"), direct, message.timestamp, ":parrot:")).reactions == ()


async def test_a_message_refers_to_the_one_file(looking: World) -> None:
    """Anybody sends it, once, as often as they like; deleting a message leaves it, removing it leaves the words."""
    shown = await add(looking, "ana", GIF, "dancing", alt="somebody dances")
    media, direct = shown.picture.media, await looking.direct("ana", "ben")
    message = await looking.say_with("ben", direct, media, id="x")
    again = NewMessage(id="x", attachments=[NewAttachment(media, alt="a picture")])
    assert await looking.chat.messages.send(who("ben"), direct, again) == (message, False)
    (attachment,) = message.attachments
    assert (attachment.library, attachment.alt, attachment.animated) == ("gif", "somebody dances", True)
    drawn = await looking.say_with("ana", direct, "house-cup", id="y")
    assert (drawn.attachments[0].library, drawn.attachments[0].alt) == ("sticker", "A steaming cup of coffee")
    await looking.chat.messages.delete(who("ben"), direct, message.timestamp)
    other = await looking.say_with("ben", direct, media, id="z")
    assert (await looking.chat.media.describe(who("root"), media)).upload.id == media
    with refused("forbidden"):
        await looking.chat.library.remove(who("ben"), media)
    await looking.chat.library.remove(who("ana"), media)
    with refused("picture_not_found"):
        await looking.chat.library.remove(who("ana"), media)
    with refused("media_not_found"):
        await looking.chat.media.describe(who("ben"), media)
    with refused("attachment_not_found"):
        await looking.say_with("ben", direct, media, id="w")
    assert other.attachments[0].alt == "somebody dances"


async def test_an_emoji_is_not_attached(looking: World) -> None:
    """It is written: `:name:`."""
    shown = await add(looking, "root", EMOJI, "parrot")
    direct = await looking.direct("ana", "ben")
    with refused("attachment_not_found"):
        await looking.say_with("ben", direct, shown.picture.media, id="x")


async def test_a_pack_is_taken_in_steps(looking: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of its list, with its words; a step done again changes nothing; it goes as one."""
    monkeypatch.setattr(limits, "PACK_STEP", 2)
    listed = [{"file": "b.png", "name": "bird", "alt": "a bird", "tags": ["wing"]}, {"file": "a_c.gif"}, {"file": "no"}]
    files = {
        "pack.json": json.dumps({"title": "Birds", "pictures": listed}).encode(),
        "in/a folder/b.png": pictures.telling("PNG"),
        "a_c.gif": pictures.moving("GIF"),
        "__MACOSX/b.png": b"resource",
    }
    first = await take(looking, zipped(files))
    assert (first.pack.title, first.added, first.following, first.problems) == ("Birds", 2, 2, ())
    again = await looking.chat.library.add_pack(ROOT, first.pack.id, STICKER, "", 0)
    assert (again.added, again.following) == (0, 2)
    last = await looking.chat.library.add_pack(ROOT, first.pack.id, STICKER, "", 2)
    assert (last.added, last.following) == (0, None)
    assert [(each.file, each.code) for each in last.problems] == [("no", "pack_broken")]
    page, _ = await looking.chat.library.find(who("ben"), STICKER, "", after="!9", limit=9)
    assert [(each.picture.name, each.picture.alt, each.picture.tags) for each in page] == [
        ("bird", "a bird", ("wing",)),
        ("a c", "", ()),
    ]
    content = b"".join([piece async for piece in looking.media.read(page[0].picture.media)])
    assert pictures.SECRET not in content
    _, packs = await looking.chat.library.overview()
    assert [pack.title for pack in packs] == ["At the café", "Birds"]
    await looking.chat.library.remove_pack(ROOT, first.pack.id)
    assert (await looking.chat.library.find(who("ben"), STICKER, "", after="!9", limit=9))[0] == []
    with refused("media_not_found"):
        await looking.chat.media.describe(who("ben"), page[0].picture.media)
    with refused("pack_not_found"):
        await looking.chat.library.remove_pack(ROOT, first.pack.id)


async def test_a_pack_of_emoji_is_called_as_its_files(looking: World) -> None:
    """A name that is taken, and what is no picture, are told file by file; the others are taken."""
    await add(looking, "root", EMOJI, "taken")
    files = {"Big Parrot.png": pictures.png(), "taken.png": pictures.png(), "x.txt": b"no", "bomb.png": bomb()}
    taken = await take(looking, zipped(files), EMOJI)
    assert (taken.pack.title, taken.added) == ("birds", 1)
    assert {each.file: each.code for each in taken.problems} == {
        "taken.png": "name_taken",
        "x.txt": "picture_unsuitable",
        "bomb.png": "media_too_complex",
    }
    assert await names(looking, EMOJI) == ["big_parrot", "taken"]
    await looking.chat.library.remove_pack(ROOT, taken.pack.id)
    assert await names(looking, EMOJI) == ["taken"]


def bomb() -> bytes:
    return pictures.png_bomb()


def lying(size: int) -> bytes:
    """A zip whose file says that it is small, and isn't."""
    content = zipped({"a.png": b"\0" * size})
    return content.replace(size.to_bytes(4, "little"), (5).to_bytes(4, "little"))


def encrypted() -> bytes:
    content = bytearray(zipped({"a.png": pictures.png()}))
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + place] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 no zip",
        zipped({}),
        zipped({"folder/": b""}),
        zipped({"pack.json": b"{"}),
        zipped({"pack.json": b'{"pictures": "no"}'}),
        zipped({f"{n}.png": b"" for n in range(limits.PACK_PICTURES_MAX + 2)}),
        zipped({"pack.json": b'{"pictures": ' + json.dumps([{"file": "a"}] * 81).encode() + b"}"}),
        zipped({"pack.json": b" " * (limits.PACK_LIST_BYTES_MAX + 1)}),
        zipped({f"{n}.png": b"\0" * 1_000_000 for n in range(26)}),
    ],
    ids=["no zip", "empty", "folders", "list cut", "list wrong", "many", "many listed", "list large", "bomb"],
)
async def test_a_pack_that_is_not_one_is_refused(looking: World, content: bytes) -> None:
    """Before anything of it is stored."""
    with refused("pack_broken"):
        await take(looking, content)
    assert await looking.library.packs() == []


@pytest.mark.parametrize("content", [lying(2_000_000), encrypted()], ids=["lies", "encrypted"])
async def test_a_file_of_a_pack_that_cannot_be_read_is_told(looking: World, content: bytes) -> None:
    """What a zip says of itself is not believed."""
    taken = await take(looking, content)
    assert [(each.file, each.code) for each in taken.problems] == [("a.png", "pack_broken")]


async def test_packs_are_for_administrators(looking: World) -> None:
    """And of stickers and emoji alone, from an upload of their own."""
    media = await looking.upload("ana", zipped({"a.png": pictures.png()}), "a.zip", "application/zip")
    with refused("forbidden"):
        await looking.chat.library.add_pack(who("ana"), media, STICKER, "", 0)
    with refused("forbidden"):
        await looking.chat.library.remove_pack(who("ana"), "x")
    with refused("media_not_found"):
        await looking.chat.library.add_pack(ROOT, media, STICKER, "", 0)
    with refused("pack_broken"):
        await take(looking, zipped({"a.gif": pictures.moving("GIF")}), GIF)


async def test_where_nothing_looks_into_pictures_no_pack_is_taken(world: World) -> None:
    """Each of its files is told."""
    await world.people("root")
    taken = await take(world, zipped({"a.png": pictures.png()}))
    assert [each.code for each in taken.problems] == ["picture_unsuitable"]


async def test_a_full_library_lets_go_of_the_file(looking: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can't be listed isn't kept."""
    monkeypatch.setattr(limits, "LIBRARY_GIFS_OF_A_PERSON_MAX", 1)
    await add(looking, "ana", GIF, "one")
    media = await picture(looking, "ana")
    with refused("library_full"):
        await looking.chat.library.add(who("ana"), NewPicture(media=media, kind=GIF, name="two"))
    assert await looking.media.get(media) is None
