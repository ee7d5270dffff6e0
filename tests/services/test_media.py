"""Files: who may upload, who may see, and what becomes of what nobody sent."""

import pytest
from msgspec import UNSET
from tests.services.refused import refused
from tests.services.world import World, stream, who

from tertulia.domain import limits
from tertulia.domain.media import Variant
from tertulia.ports.media import Upload, UploadAddress


def signature(url: str) -> tuple[int, str]:
    """What a signed address says."""
    expires, _, signed = url.partition("?expires=")[2].partition("&signature=")
    return int(expires), signed


async def announced(world: World, name: str, kind: str, size: int) -> tuple[Upload, UploadAddress]:
    """A file of ben's that is about to come whole."""
    made = await world.chat.media.announce(who("ben"), name, kind, size)
    return made.upload, made.whole or UploadAddress("", "", {}, made.expires)


class TestUploading:
    async def test_a_file_is_announced_and_sent(self, world: World) -> None:
        """The content goes to the signed address, and then the uploader sees the file."""
        upload, address = await announced(world, "a.png", "Image/PNG", 5)
        assert (upload.owner, upload.name, upload.type, upload.size, upload.stored) == (
            "ben",
            "a.png",
            "image/png",
            5,
            False,
        )
        assert address.expires == world.clock.now() // 1_000_000 + limits.MEDIA_URL_SECONDS
        with refused("media_not_found"):
            await world.chat.media.describe(who("ben"), upload.id)
        await world.chat.media.receive(upload.id, stream(b"12345"), *signature(address.url))
        seen = await world.chat.media.describe(who("ben"), upload.id)
        opened = await world.chat.media.open(upload.id, *signature(seen.urls[Variant.ORIGINAL]))
        assert (opened.upload, opened.size) == (seen.upload, 5)
        assert [piece async for piece in world.chat.media.read(opened, 1, 3)] == [b"23"]

    @pytest.mark.parametrize("size", [1, limits.MEDIA_BYTES_MAX])
    async def test_sizes_that_are_taken(self, world: World, size: int) -> None:
        """From one byte to the limit."""
        assert (await announced(world, "a", "a/b", size))[0].size == size

    @pytest.mark.parametrize(
        ("size", "code"), [(0, "invalid_request"), (-1, "invalid_request"), (limits.MEDIA_BYTES_MAX + 1, "too_large")]
    )
    async def test_sizes_that_are_refused(self, world: World, size: int, code: str) -> None:
        """Nothing, and one past the limit."""
        with refused(code):
            await world.chat.media.announce(who("ben"), "a", "a/b", size)

    @pytest.mark.parametrize(
        "kind", ["", "image", "image/", "/png", "a b/c", "image/png; charset=utf-8", "a/b/c", "a/ä"]
    )
    async def test_a_type_is_a_media_type(self, world: World, kind: str) -> None:
        """Without parameters (RFC 6838, 4.2)."""
        with refused("invalid_request"):
            await world.chat.media.announce(who("ben"), "a", kind, 1)

    async def test_a_name_is_no_path(self, world: World) -> None:
        """Separators become underscores."""
        upload, _ = await announced(world, "../../etc\\passwd", "a/b", 1)
        assert upload.name == ".._.._etc_passwd"

    @pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * (limits.MEDIA_NAME_MAX + 1)])
    async def test_a_name_is_a_line(self, world: World, name: str) -> None:
        """Not empty, not too long, without line breaks."""
        with refused("invalid_request"):
            await world.chat.media.announce(who("ben"), name, "a/b", 1)
        assert (await announced(world, "x" * limits.MEDIA_NAME_MAX, "a/b", 1))[0].size == 1

    async def test_content_comes_once(self, world: World) -> None:
        """A file that is there can't be replaced through its old address."""
        upload, address = await announced(world, "a", "a/b", 3)
        await world.chat.media.receive(upload.id, stream(b"one"), *signature(address.url))
        with refused("upload_incomplete"):
            await world.chat.media.receive(upload.id, stream(b"two"), *signature(address.url))
        assert [piece async for piece in world.media.read(upload.id, 0, 3)] == [b"one"]


class TestSignedAddresses:
    async def test_an_address_is_for_one_file_one_purpose_and_a_time(self, world: World) -> None:
        """Anything else answers as if there were no such file."""
        media, other = await world.upload("ben"), await world.upload("ben")
        described = await world.chat.media.describe(who("ben"), media)
        url, expires = described.urls[Variant.ORIGINAL], described.expires
        until, signed = signature(url)
        assert until == expires
        for name, time, sign in (
            (other, until, signed),
            (media, until + 1, signed),
            (media, until, signed[:-1] + "!"),
            (media, until, ""),
            ("unknown", until, signed),
        ):
            with refused("media_not_found"):
                await world.chat.media.open(name, time, sign)
        with refused("media_not_found"):
            await world.chat.media.receive(media, stream(b""), until, signed)
        world.clock.advance(limits.MEDIA_URL_SECONDS)
        assert (await world.chat.media.open(media, until, signed)).upload.id == media
        world.clock.advance(1)
        with refused("media_not_found"):
            await world.chat.media.open(media, until, signed)

    async def test_a_file_that_is_gone_or_not_there_yet_is_not_found(self, world: World) -> None:
        """A signature alone opens nothing."""
        upload, _ = await announced(world, "a", "a/b", 3)
        until = world.clock.now() // 1_000_000 + 10
        with refused("media_not_found"):
            await world.chat.media.open(upload.id, *signature(world.media.content_url(upload, until)))
        await world.media.delete(upload.id)
        with refused("media_not_found"):
            await world.chat.media.open(upload.id, *signature(world.media.content_url(upload, until)))


class TestSeeing:
    async def test_before_it_is_sent_a_file_is_its_owners(self, world: World, group: str) -> None:
        """Nobody else learns that there is one."""
        media = await world.upload("ben")
        await world.chat.media.describe(who("ben"), media)
        with refused("media_not_found"):
            await world.chat.media.describe(who("ana"), media)
        with refused("media_not_found"):
            await world.chat.media.describe(who("ben"), "unknown")

    async def test_members_who_see_the_message_see_its_files(self, world: World, group: str) -> None:
        """Strangers don't, who joined later doesn't, who was removed no longer does."""
        media = await world.upload("ben")
        await world.say_with("ben", group, media, id="x")
        await world.chat.members.put(who("ana"), group, "eve", UNSET)
        await world.chat.members.remove(who("ana"), group, "dan")
        for username in ("ana", "ben", "cleo"):
            assert (await world.chat.media.describe(who(username), media)).upload.id == media
        for username in ("eve", "dan", "nobody"):
            with refused("media_not_found"):
                await world.chat.media.describe(who(username), media)

    async def test_with_the_message_the_file_is_gone(self, world: World, group: str) -> None:
        """For its owner too."""
        media = await world.upload("ben")
        said = await world.say_with("ben", group, media, id="x")
        await world.chat.messages.delete(who("ana"), group, said.timestamp)
        for username in ("ana", "ben"):
            with refused("media_not_found"):
                await world.chat.media.describe(who(username), media)

    async def test_a_claim_without_its_message_shows_the_file_to_its_owner_only(self, world: World, group: str) -> None:
        """As after a crash between the claim and the commit."""
        media = await world.upload("ben")
        assert await world.media.claim(media, group, "never-sent")
        await world.chat.media.describe(who("ben"), media)
        with refused("media_not_found"):
            await world.chat.media.describe(who("ana"), media)

    async def test_a_file_that_another_message_of_the_same_id_does_not_carry_is_nobodys(
        self, world: World, group: str
    ) -> None:
        """A refused retry with other files shows them to nobody."""
        await world.say("ben", group, "one", id="x")
        media = await world.upload("ben")
        with refused("id_reused"):
            await world.say_with("ben", group, media, id="x", text="one")
        with refused("media_not_found"):
            await world.chat.media.describe(who("ana"), media)


async def test_uploads_that_nobody_sent_are_deleted_after_a_day(world: World, group: str) -> None:
    """Not before, and never those that a message carries."""
    unsent, sent = await world.upload("ben"), await world.upload("ben")
    await world.say_with("ben", group, sent, id="x")
    world.clock.advance(limits.MEDIA_UNSENT_SECONDS)
    assert await world.chat.media.clean() == 0
    world.clock.advance(1)
    assert await world.chat.media.clean() == 1
    assert await world.media.get(unsent) is None
    assert await world.media.get(sent) is not None
