"""Pictures that show people: whose they may be, what others get of them, and that what was replaced is gone."""

from pathlib import Path

import pytest
from tests.fixtures import pictures
from tests.services.refused import refused
from tests.services.world import World, who

from tertulia.adapters.pillow.processor import SubprocessProcessor
from tertulia.domain import limits
from tertulia.domain.library import PictureKind
from tertulia.domain.media import Variant
from tertulia.domain.users import PORTRAITS, User
from tertulia.services.library import NewPicture

HOUR = limits.MEDIA_URL_SECONDS * 1_000_000


@pytest.fixture
async def looking(tmp_path: Path) -> World:
    """A world in which files are looked into."""
    world = World(processor=SubprocessProcessor(tmp_path / "work"))
    await world.people("ana", "ben")
    return world


async def completed(world: World, username: str, content: bytes, name: str = "a.png", kind: str = "image/png") -> str:
    media = await world.upload(username, content, name, kind)
    await world.chat.media.complete(who(username), media)
    return media


async def name(world: World, media: str, username: str = "ana") -> User:
    return await world.chat.accounts.update_me(who(username), picture=media)


def expires_of(user: User) -> int:
    return int(user.picture_url.partition("expires=")[2].partition("&")[0])


async def test_everybody_gets_the_small_one_and_nothing_else(looking: World) -> None:
    """Where a person is named, there is an address for the thumbnail; the file itself stays the person's own."""
    media = await completed(looking, "ana", pictures.moving("GIF"), "a.gif", "image/gif")
    shown = await name(looking, media)
    assert shown == await looking.chat.accounts.me(who("ana"))
    directory, _ = await looking.chat.accounts.directory("", after="", limit=5)
    (found,) = await looking.chat.accounts.users(["ana"])
    assert found == shown
    assert [(user.picture, user.picture_url) for user in directory] == [(media, ""), ("", "")]
    signature = shown.picture_url.partition("signature=")[2].partition("&")[0]
    opened = await looking.chat.media.open(media, expires_of(shown), signature, Variant.SMALL)
    content = b"".join([piece async for piece in looking.chat.media.read(opened, 0, opened.size)])
    assert (content[:4], content[8:12]) == (b"RIFF", b"WEBP")
    assert b"ANIM" not in content
    with refused("media_not_found"):
        await looking.chat.media.open(media, expires_of(shown), signature)
    with refused("media_not_found"):
        await looking.chat.media.describe(who("ben"), media)
    assert (await looking.chat.media.describe(who("ana"), media)).upload.id == media


async def test_an_address_stays_the_same_for_a_while_and_ends_within_the_hour(looking: World) -> None:
    """So that a browser keeps what it got; it is good for half an hour at the least."""
    await name(looking, await completed(looking, "ana", pictures.png()))
    addresses = set()
    for _ in range(12):
        shown = await looking.chat.accounts.me(who("ana"))
        left = expires_of(shown) - looking.clock.now() // 1_000_000
        assert limits.MEDIA_URL_SECONDS / 2 <= left <= limits.MEDIA_URL_SECONDS
        addresses.add(shown.picture_url)
        looking.clock.advance(300)
    assert len(addresses) in (2, 3)


async def test_the_file_that_is_replaced_or_removed_goes(looking: World) -> None:
    """One that is named survives the clean-up of what no message carries; naming it again changes nothing."""
    first, second = [await completed(looking, "ana", pictures.png()) for _ in range(2)]
    await name(looking, first)
    looking.clock.advance(limits.MEDIA_UNSENT_SECONDS + 1)
    assert await looking.chat.media.clean() == 1
    second = await completed(looking, "ana", pictures.png())
    assert (await name(looking, first)).picture == (await name(looking, first)).picture == first
    assert await looking.media.get(first) is not None
    await name(looking, second)
    assert await looking.media.get(first) is None
    await name(looking, "")
    assert await looking.media.get(second) is None
    with refused("media_not_found"):
        await name(looking, first)


async def test_only_a_picture_of_ones_own_that_nothing_else_has(looking: World) -> None:
    """Not another's, not one of a message or of the library, not one that wasn't completed or is none; and one that
    shows a person is in no message and in no library. What was there before stays."""
    moving = pictures.moving("GIF")
    before = (await name(looking, await completed(looking, "ana", moving, "a.gif", "image/gif"))).picture
    direct = await looking.direct("ana", "ben")
    sent = await completed(looking, "ana", pictures.png())
    await looking.say_with("ana", direct, sent, id="x")
    gif = await completed(looking, "ana", moving, "a.gif", "image/gif")
    await looking.chat.library.add(who("ana"), NewPicture(media=gif, kind=PictureKind.GIF, name="x"))
    for media in (await completed(looking, "ben", pictures.png()), sent, gif, "house-cup", "nothing"):
        with refused("media_not_found"):
            await name(looking, media)
    svg = await completed(looking, "ana", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml")
    for media in (svg, await looking.upload("ana", pictures.png(), "a.png", "image/png")):
        with refused("picture_unsuitable"):
            await name(looking, media)
    with refused("media_not_found"):
        await looking.chat.library.add(who("ana"), NewPicture(media=before, kind=PictureKind.GIF, name="x"))
    with refused("attachment_not_found"):
        await looking.say_with("ana", direct, before, id="y")
    assert (await looking.chat.accounts.me(who("ana"))).picture == before


async def test_a_wrong_name_or_picture_changes_neither(looking: World) -> None:
    """Both are looked at before anything is done."""
    media = await completed(looking, "ana", pictures.png())
    with refused("invalid_request"):
        await looking.chat.accounts.update_me(who("ana"), name="x" * (limits.NAME_MAX + 1), picture=media)
    with refused("media_not_found"):
        await looking.chat.accounts.update_me(who("ana"), name="Zoë", picture="nothing")
    me = await looking.chat.accounts.me(who("ana"))
    assert (me.name, me.picture) == ("Ana", "")
    both = await looking.chat.accounts.update_me(who("ana"), name="Zoë", picture=media)
    assert (both.name, both.picture, bool(both.picture_url)) == ("Zoë", media, True)


async def test_an_account_that_names_a_file_of_another_kind_deletes_nothing(looking: World) -> None:
    """An operator, or another program that writes to the pool, can name anything."""
    sent = await completed(looking, "ana", pictures.png())
    await looking.say_with("ana", await looking.direct("ana", "ben"), sent, id="x")
    await looking.accounts.set_picture("ana", sent)
    await name(looking, "")
    upload = await looking.media.get(sent)
    assert upload is not None
    assert upload.conversation != PORTRAITS


async def test_administrators_remove_what_nobody_should_see(looking: World) -> None:
    """The file goes with it. Nobody else does that to others."""
    media = await completed(looking, "ben", pictures.png())
    await name(looking, media, "ben")
    unset = {"disabled": False, "admin": False, "without_picture": True}
    with refused("forbidden"):
        await looking.chat.accounts.update_user(who("ana"), "ben", **unset)
    user = await looking.chat.accounts.update_user(who("ana", admin=True), "ben", **unset)
    assert (user.picture, user.picture_url) == ("", "")
    assert await looking.media.get(media) is None
