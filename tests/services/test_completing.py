"""Making an upload ready to be sent: parts, what is looked into, and what becomes of the message."""

import asyncio
from pathlib import Path

import pytest
from tests.fixtures import pictures
from tests.services.refused import refused
from tests.services.test_media import signature
from tests.services.world import World, stream, who

from tertulia.adapters.pillow.processor import SubprocessProcessor
from tertulia.domain import limits
from tertulia.domain.media import MediaKind, Variant
from tertulia.domain.messages import Message
from tertulia.services.messages import NewAttachment, NewMessage

PART = limits.MEDIA_PART_BYTES


@pytest.fixture
async def looking(tmp_path: Path) -> World:
    """A world in which files are looked into."""
    world = World(processor=SubprocessProcessor(tmp_path / "work"))
    await world.people("ana", "ben")
    return world


async def send(world: World, conversation: str, attachment: NewAttachment, id: str = "x") -> Message:  # noqa: A002
    new = NewMessage(id=id, attachments=[attachment])
    return (await world.chat.messages.send(who("ben"), conversation, new))[0]


class TestParts:
    async def test_a_large_file_has_addresses_for_its_parts(self, world: World) -> None:
        """Past the limit, none for the whole; at it, one for the whole and no parts."""
        whole = await world.chat.media.announce(who("ben"), "a", "a/b", limits.MEDIA_WHOLE_MAX)
        assert (whole.whole is not None, whole.parts) == (True, [])
        large = await world.chat.media.announce(who("ben"), "a", "a/b", 2 * PART + 1)
        assert large.whole is None
        assert [number for number, _ in large.parts] == [1, 2, 3]
        assert len({address.url for _, address in large.parts}) == 3

    async def test_an_upload_that_broke_off_goes_on(self, world: World) -> None:
        """What arrived is said, with new addresses for the rest; then it is completed."""
        made = await world.chat.media.announce(who("ben"), "a", "a/b", PART + 3)
        media, (_, first), (_, second) = made.upload.id, *made.parts
        await world.chat.media.receive(media, stream(b"end"), *signature(second.url), 2)
        with refused("upload_incomplete") as error:
            await world.chat.media.complete(who("ben"), media)
        assert error.value.details == {"missing": [1]}
        world.clock.advance(limits.MEDIA_URL_SECONDS + 1)
        with refused("media_not_found"):
            await world.chat.media.receive(media, stream(b""), *signature(first.url), 1)
        missing, arrived = await world.chat.media.missing(who("ben"), media)
        assert (arrived, [number for number, _ in missing.parts]) == ({2}, [1])
        await world.chat.media.receive(media, stream(b"x" * PART, PART), *signature(missing.parts[0][1].url), 1)
        described = await world.chat.media.complete(who("ben"), media)
        assert (described.upload.size, described.upload.stored) == (PART + 3, True)
        missing, arrived = await world.chat.media.missing(who("ben"), media)
        assert (arrived, missing.parts, missing.whole) == ({1, 2}, [], None)

    async def test_parts_are_the_uploaders(self, world: World) -> None:
        """Nobody else asks for them or completes them."""
        made = await world.chat.media.announce(who("ben"), "a", "a/b", PART + 3)
        for call in (world.chat.media.missing, world.chat.media.complete):
            with refused("media_not_found"):
                await call(who("ana"), made.upload.id)
            with refused("media_not_found"):
                await call(who("ben"), "unknown")

    async def test_a_part_is_sent_to_its_own_address(self, world: World) -> None:
        """That of another part, or of the whole, opens nothing; after completing, none does."""
        made = await world.chat.media.announce(who("ben"), "a", "a/b", PART + 3)
        media, (_, first), (_, second) = made.upload.id, *made.parts
        for part in (0, 1, 3):
            with refused("media_not_found"):
                await world.chat.media.receive(media, stream(b"end"), *signature(second.url), part)
        await world.chat.media.receive(media, stream(b"x" * PART, PART), *signature(first.url), 1)
        await world.chat.media.receive(media, stream(b"end"), *signature(second.url), 2)
        await world.chat.media.complete(who("ben"), media)
        with refused("upload_incomplete"):
            await world.chat.media.receive(media, stream(b"END"), *signature(second.url), 2)

    async def test_parts_that_nobody_completed_are_cleaned_up(self, world: World) -> None:
        """With their upload, after a day."""
        made = await world.chat.media.announce(who("ben"), "a", "a/b", PART + 3)
        await world.chat.media.receive(made.upload.id, stream(b"end"), *signature(made.parts[1][1].url), 2)
        world.clock.advance(limits.MEDIA_UNSENT_SECONDS + 1)
        assert await world.chat.media.clean() == 1
        assert await world.media.arrived(made.upload) == set()


class TestLooking:
    async def test_a_picture_is_completed_and_sent(self, looking: World) -> None:
        """The message says all that a client needs to keep the picture's place; the uploader sees the thumbnails."""
        group = await looking.group("ana", "ben")
        media = await looking.upload("ben", pictures.telling("JPEG", 6), "a.jpg", "image/jpeg")
        described = await looking.chat.media.complete(who("ben"), media)
        details = described.upload.details
        assert details is not None
        assert (details.kind, details.width, details.height) == (MediaKind.IMAGE, 40, 60)
        assert set(described.urls) == {Variant.ORIGINAL, Variant.SMALL}
        (carried,) = (await send(looking, group, NewAttachment(media, "a flag"))).attachments
        assert (carried.width, carried.height, carried.thumbhash, carried.alt) == (40, 60, details.thumbhash, "a flag")
        content = b"".join([piece async for piece in looking.media.read(media)])
        assert (carried.size, pictures.SECRET in content) == (len(content), False)
        assert set((await looking.chat.media.describe(who("ana"), media)).urls) == set(described.urls)
        opened = await looking.chat.media.open(media, *_signed(described.urls[Variant.SMALL]), Variant.SMALL)
        assert [piece async for piece in looking.chat.media.read(opened, 8, 12)] == [b"WEBP"]

    async def test_completing_again_says_the_same(self, looking: World) -> None:
        """Also when both come at once."""
        media = await looking.upload("ben", pictures.png(), "a.png", "image/png")
        calls = (looking.chat.media.complete(who("ben"), media) for _ in range(3))
        described = await asyncio.gather(*calls)
        again = await looking.chat.media.complete(who("ben"), media)
        assert {each.upload for each in described} == {again.upload}

    async def test_a_voice_note_has_its_peaks(self, looking: World) -> None:
        """And its length; of what is no sound they are not kept."""
        group = await looking.group("ana", "ben")
        media = await looking.upload("ben", pictures.recording(), "voice.webm", "audio/webm")
        await looking.chat.media.complete(who("ben"), media)
        (voice,) = (await send(looking, group, NewAttachment(media, voice=True, peaks=[0, 255]))).attachments
        assert (voice.type, voice.voice, voice.peaks) == ("audio/webm", True, (0, 255))
        assert voice.duration > 2
        picture = await looking.upload("ben", pictures.png(), "a.png", "image/png")
        await looking.chat.media.complete(who("ben"), picture)
        (other,) = (await send(looking, group, NewAttachment(picture, voice=True, peaks=[1]), "y")).attachments
        assert (other.voice, other.peaks) == (False, ())

    async def test_a_film_without_a_picture_is_a_sound(self, looking: World) -> None:
        """Only a look inside can tell."""
        media = await looking.upload("ben", pictures.recording(), "a.webm", "video/webm")
        upload = (await looking.chat.media.complete(who("ben"), media)).upload
        assert upload.type == "audio/webm"
        assert upload.details is not None
        assert upload.details.kind is MediaKind.AUDIO

    async def test_a_poster_stands_for_a_film(self, looking: World) -> None:
        """The server's thumbnails of it become the film's, and it is gone; the message has its blurred picture."""
        group = await looking.group("ana", "ben")
        poster = await looking.upload("ben", pictures.telling("JPEG"), "p.jpg", "image/jpeg")
        picture = (await looking.chat.media.complete(who("ben"), poster)).upload.details
        thumbnail = [piece async for piece in looking.media.read(poster, variant=Variant.SMALL)]
        film = await looking.upload("ben", pictures.recording(video=True), "a.webm", "video/webm")
        described = await looking.chat.media.complete(who("ben"), film, poster)
        assert set(described.urls) == {Variant.ORIGINAL, Variant.SMALL}
        assert [piece async for piece in looking.media.read(film, variant=Variant.SMALL)] == thumbnail
        assert await looking.media.get(poster) is None
        again = await looking.chat.media.complete(who("ben"), film, poster)
        assert again.upload == described.upload
        assert picture is not None
        (carried,) = (await send(looking, group, NewAttachment(film))).attachments
        assert (carried.type, carried.thumbhash, carried.width) == ("video/webm", picture.thumbhash, 640)

    async def test_what_may_not_be_a_poster_is_none(self, looking: World) -> None:
        """Another's picture, one that wasn't completed, one that a message carries, and what is no picture; they stay
        as they are. Nor has a picture a poster."""
        group = await looking.group("ana", "ben")
        names = ("others", "raw", "sent", "sound", "fine")
        media = {name: await looking.upload("ben", pictures.png(), "p.png", "image/png") for name in names}
        media["others"] = await looking.upload("ana", pictures.png(), "p.png", "image/png")
        media["sound"] = await looking.upload("ben", pictures.recording(), "p.webm", "video/webm")
        for name in ("others", "sent", "sound", "fine"):
            await looking.chat.media.complete(who("ana" if name == "others" else "ben"), media[name])
        await send(looking, group, NewAttachment(media["sent"]))
        for poster in (media["others"], media["raw"], media["sent"], media["sound"], "unknown"):
            film = await looking.upload("ben", pictures.recording(video=True), "a.webm", "video/webm")
            described = await looking.chat.media.complete(who("ben"), film, poster)
            assert set(described.urls) == {Variant.ORIGINAL}
        other = await looking.upload("ben", pictures.png(), "q.png", "image/png")
        await looking.chat.media.complete(who("ben"), other, media["fine"])
        for each in media.values():
            assert await looking.media.get(each) is not None

    @pytest.mark.parametrize(
        ("content", "name", "kind", "code"),
        [
            (pictures.png()[:60], "a.png", "image/png", "media_broken"),
            (pictures.png_bomb(), "a.png", "image/png", "media_too_complex"),
            (pictures.png(), "a.jpg", "image/jpeg", "media_mismatch"),
            (b"\0\0\0\x14ftypheic\0\0\0\0heic", "a.heic", "image/heic", "media_unsupported"),
        ],
    )
    async def test_what_cannot_be_taken_says_why(
        self, looking: World, content: bytes, name: str, kind: str, code: str
    ) -> None:
        """And can't be sent either."""
        group = await looking.group("ana", "ben")
        media = await looking.upload("ben", content, name, kind)
        with refused(code):
            await looking.chat.media.complete(who("ben"), media)
        with refused(code if code in ("media_mismatch", "media_unsupported") else "media_not_ready"):
            await send(looking, group, NewAttachment(media))


class TestSending:
    async def test_what_is_only_a_file_needs_no_completing(self, world: World, group: str) -> None:
        """As clients did before there was completing; the message says the same."""
        media = await world.upload("ben", b"%PDF-1.7", "a.pdf", "application/pdf")
        (carried,) = (await send(world, group, NewAttachment(media))).attachments
        assert (carried.type, carried.width, carried.thumbhash) == ("application/pdf", 0, "")
        completed = await world.chat.media.complete(who("ben"), media)
        assert completed.upload.details is not None
        assert completed.upload.details.kind is MediaKind.FILE

    @pytest.mark.parametrize(
        ("content", "name", "kind"),
        [
            (pictures.png(), "a.png", "image/png"),
            (pictures.telling("JPEG"), "data", "application/octet-stream"),
            (pictures.film(), "a.mp4", "video/mp4"),
        ],
    )
    async def test_what_was_not_looked_into_is_not_sent(
        self, world: World, group: str, content: bytes, name: str, kind: str
    ) -> None:
        """Whatever it calls itself; where nothing can look into it, it is never sent, and that is said."""
        media = await world.upload("ben", content, name, kind)
        with refused("media_not_ready") as error:
            await send(world, group, NewAttachment(media))
        assert error.value.details == {"media": media}
        with refused("not_supported"):
            await world.chat.media.complete(who("ben"), media)
        upload = await world.media.get(media)
        assert upload is not None
        assert upload.conversation == ""

    async def test_parts_that_are_not_joined_are_not_ready(self, world: World, group: str) -> None:
        """Also where all have arrived."""
        made = await world.chat.media.announce(who("ben"), "a", "a/b", PART + 3)
        for (number, address), part in zip(made.parts, (b"x" * PART, b"end"), strict=True):
            await world.chat.media.receive(made.upload.id, stream(part, PART), *signature(address.url), number)
        with refused("media_not_ready"):
            await send(world, group, NewAttachment(made.upload.id))
        await world.chat.media.complete(who("ben"), made.upload.id)
        assert len((await send(world, group, NewAttachment(made.upload.id))).attachments) == 1

    async def test_completing_is_for_who_uploaded_also_afterwards(self, world: World, group: str) -> None:
        """Members who see the message complete nothing; the uploader gets no address: who may see it, the message
        says."""
        media = await world.upload("ben")
        await send(world, group, NewAttachment(media))
        again = await world.chat.media.complete(who("ben"), media)
        assert (again.upload.id, again.urls) == (media, {})
        with refused("media_not_found"):
            await world.chat.media.complete(who("ana"), media)


def _signed(url: str) -> tuple[int, str]:
    return signature(url.partition("&variant=")[0])
