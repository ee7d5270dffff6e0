"""Previews: what becomes of a link after it was sent. The pages are real ones, on a site of this machine."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.adapters.web.site import Site, answer, opened_site, page, pages_of
from tests.fixtures.pictures import png
from tests.services.refused import refused
from tests.services.world import World, who

from tertulia.adapters.memory.rates import MemoryRate, Unlimited
from tertulia.adapters.pillow.processor import SubprocessProcessor
from tertulia.domain import limits
from tertulia.domain.entries import MessagePreviewed, Preview
from tertulia.domain.media import Variant
from tertulia.domain.messages import Message
from tertulia.ports.rates import Rate
from tertulia.ports.store import Committed
from tertulia.services.previews import Linking, PreviewQueue, Previews, linking

PICTURE = '<meta property="og:image" content="/a.png"><meta property="og:image:alt" content="A cat">'


class Reading:
    """People in a group, and a site to which they link."""

    def __init__(self, world: World, site: Site, folder: Path) -> None:
        self.world = world
        self.site = site
        self.pages = pages_of(site, "pages.example", "xn--pges-loa.example")
        self.processor = SubprocessProcessor(folder)
        self.group = ""
        self.previews = self.made(Unlimited())

    def made(self, rate: Rate) -> Previews:
        world = self.world
        return Previews(world.store, world.media, self.pages, self.processor, world.clock, world.entropy, rate)

    def url(self, path: str = "/", host: str = "pages.example") -> str:
        return f"http://{host}:{self.site.port}{path}"

    async def look(self, message: Message) -> Message:
        """What becomes of it."""
        await self.previews.look(Linking(self.group, message.author, message.timestamp))
        return await self.seen(message.timestamp)

    async def seen(self, timestamp: int, reader: str = "ben") -> Message:
        found = await self.world.chat.history.messages(who(reader), self.group, around=timestamp, limit=1)
        return found.messages[0]

    async def say(self, text: str) -> Message:
        return await self.world.say("ana", self.group, text)


@pytest.fixture
async def reading(tmp_path: Path) -> AsyncIterator[Reading]:
    async with opened_site() as site:
        world = World()
        await world.people("ana", "ben", "cleo")
        made = Reading(world, site, tmp_path / "work")
        made.group = await world.group("ana", "ben")
        site.answers["/"] = answer(page("A page", '<meta name="description" content="What it is">'))
        site.answers["/pic"] = answer(page("With a picture", PICTURE))
        site.answers["/a.png"] = answer(png((2000, 1000)), kind="image/png")
        yield made
        made.pages.close()


class TestLooking:
    async def test_a_link_gets_its_preview(self, reading: Reading) -> None:
        """One entry more, of the author's, that is no message: unread counts and the text stay."""
        sent = await reading.say(f"see {reading.url()}")
        seen = await reading.look(sent)
        shown = Preview(url=reading.url(), title="A page", description="What it is", site="pages.example")
        assert seen.previews == (shown,)
        assert (seen.text, seen.edited, seen.number) == (sent.text, 0, sent.number)
        entry = reading.world.entries(reading.group)[-1]
        assert isinstance(entry, MessagePreviewed)
        assert (entry.author, entry.target) == ("ana", sent.timestamp)
        found = await reading.world.chat.conversations.get(who("ben"), reading.group)
        assert found.conversation.messages == 1

    async def test_looking_again_changes_nothing(self, reading: Reading) -> None:
        """And asks nobody."""
        sent = await reading.say(f"{reading.url()} {reading.url('/missing')}")
        before = await reading.look(sent)
        count = len(reading.world.entries(reading.group))
        reading.site.asked.clear()
        assert await reading.look(sent) == before
        assert len(reading.world.entries(reading.group)) == count
        assert reading.site.paths == ["/missing"]

    async def test_the_picture_is_a_file_of_ours(self, reading: Reading) -> None:
        """A thumbnail alone, seen by who sees the message, and by nobody else."""
        seen = await reading.look(await reading.say(reading.url("/pic")))
        picture = seen.previews[0].picture
        assert picture is not None
        assert (picture.type, picture.width, picture.height, picture.alt) == ("image/webp", 800, 400, "A cat")
        assert picture.thumbhash
        described = await reading.world.chat.media.describe(who("ben"), picture.media)
        assert set(described.urls) == {Variant.ORIGINAL}
        content = b"".join([piece async for piece in reading.world.media.read(picture.media)])
        assert content[8:12] == b"WEBP"
        assert len(content) == picture.size
        with refused("media_not_found"):
            await reading.world.chat.media.describe(who("cleo"), picture.media)

    @pytest.mark.parametrize("content", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\nbroken", b"GIF89a"])
    async def test_a_picture_that_is_none(self, reading: Reading, content: bytes) -> None:
        """Is left out, whatever it calls itself; the rest is shown."""
        reading.site.answers["/a.png"] = answer(content, kind="image/png")
        seen = await reading.look(await reading.say(reading.url("/pic")))
        assert [(each.title, each.picture) for each in seen.previews] == [("With a picture", None)]
        assert await reading.world.media.unclaimed(reading.world.clock.now() + 1) == []

    async def test_what_pages_say_cannot_disguise_anything(self, reading: Reading) -> None:
        """Long titles are cut, bidi controls go, and the site is the host in ASCII."""
        title = "\u202eevil\u2066" + "x" * 100_000
        reading.site.answers["/"] = answer(page(title, '<meta property="og:site_name" content="bank.example">'))
        seen = await reading.look(await reading.say(reading.url(host="päges.example")))
        (shown,) = seen.previews
        assert shown.title == "evil " + "x" * (limits.PREVIEW_TITLE_MAX - 6) + "…"
        assert shown.site == "xn--pges-loa.example"

    async def test_what_isnt_looked_at(self, reading: Reading) -> None:
        """Code, spoilers, what was deleted, what somebody wrote who has left, and what is none of that author's."""
        hidden = await reading.say(f"`{reading.url()}` ||{reading.url()}||")
        deleted = await reading.say(reading.url())
        await reading.world.chat.messages.delete(who("ana"), reading.group, deleted.timestamp)
        for message in (hidden, deleted):
            assert (await reading.look(message)).previews == ()
        await reading.look(replace(await reading.say(reading.url()), author="ben"))
        left = await reading.world.say("ben", reading.group, reading.url())
        await reading.world.chat.members.remove(who("ben"), reading.group, "ben")
        await reading.previews.look(Linking(reading.group, "ben", left.timestamp))
        await reading.previews.look(Linking("g_none", "ana", 1))
        assert reading.site.asked == []

    async def test_a_person_is_limited(self, reading: Reading) -> None:
        """At the limit it is looked at, one past it not."""
        rate = MemoryRate(reading.world.clock, per_second=1, burst=1)
        previews = reading.made(rate)
        one, other = await reading.say(reading.url()), await reading.say(reading.url())
        for each in (one, other):
            await previews.look(Linking(reading.group, "ana", each.timestamp))
        assert len((await reading.seen(one.timestamp)).previews) == 1
        assert (await reading.seen(other.timestamp)).previews == ()


class TestAfterwards:
    async def test_an_edit_takes_away_what_it_no_longer_links_to(self, reading: Reading) -> None:
        """With the picture's file; a link that is new is looked at, one that stays is not asked again."""
        reading.site.answers["/new"] = answer(page("New"))
        sent = await reading.say(f"{reading.url()} {reading.url('/pic')}")
        before = await reading.look(sent)
        picture = before.previews[1].picture
        assert picture is not None
        text = f"{reading.url('/new')} {reading.url()}"
        edited = await reading.world.chat.messages.edit(who("ana"), reading.group, sent.timestamp, text)
        assert edited.previews == before.previews[:1]
        assert await reading.world.media.get(picture.media) is None
        reading.site.asked.clear()
        assert [each.title for each in (await reading.look(sent)).previews] == ["New", "A page"]
        assert reading.site.paths == ["/new"]

    async def test_an_edit_while_it_is_looked_at(self, reading: Reading) -> None:
        """The link is gone by then: no preview comes, and no file stays."""
        sent = await reading.say(reading.url("/pic"))

        async def meanwhile(writer: asyncio.StreamWriter) -> None:
            await reading.world.chat.messages.edit(who("ana"), reading.group, sent.timestamp, "never mind")
            writer.write(answer(png((20, 10)), kind="image/png"))
            await writer.drain()

        reading.site.answers["/a.png"] = meanwhile
        assert (await reading.look(sent)).previews == ()
        assert reading.site.paths == ["/pic", "/a.png"]
        assert reading.world.media._uploads == {}

    async def test_a_deletion_takes_everything(self, reading: Reading) -> None:
        """The picture's file, and what the entries said."""
        sent = await reading.say(reading.url("/pic"))
        picture = (await reading.look(sent)).previews[0].picture
        assert picture is not None
        await reading.world.chat.messages.delete(who("ana"), reading.group, sent.timestamp)
        assert await reading.world.media.get(picture.media) is None
        assert all("picture" not in str(entry) for entry in reading.world.entries(reading.group))

    async def test_who_wrote_it_takes_previews_away_for_good(self, reading: Reading) -> None:
        """And who may delete it; nobody else. They don't come again, and doing it again changes nothing."""
        messages = reading.world.chat.messages
        sent = await reading.say(reading.url("/pic"))
        picture = (await reading.look(sent)).previews[0].picture
        assert picture is not None
        with refused("forbidden"):
            await messages.remove_previews(who("ben"), reading.group, sent.timestamp)
        bare = await messages.remove_previews(who("ana"), reading.group, sent.timestamp)
        assert bare.previews == (Preview(url=reading.url("/pic")),)
        assert await reading.world.media.get(picture.media) is None
        count = len(reading.world.entries(reading.group))
        assert await messages.remove_previews(who("ana"), reading.group, sent.timestamp) == bare
        text = f"once more {reading.url('/pic')}"
        await messages.edit(who("ana"), reading.group, sent.timestamp, text)
        assert (await reading.look(sent)).previews == bare.previews
        assert len(reading.world.entries(reading.group)) == count + 1
        await messages.delete(who("ana"), reading.group, sent.timestamp)
        with refused("message_deleted"):
            await messages.remove_previews(who("ana"), reading.group, sent.timestamp)


class TestQueue:
    async def test_it_takes_what_may_link_up_to_its_limit(self, reading: Reading) -> None:
        """What is sent and what is edited; a failure keeps the next from nothing."""
        done: list[Linking] = []
        tried = asyncio.Event()

        async def look(found: Linking) -> None:
            done.append(found)
            if len(done) == 1:
                raise RuntimeError
            tried.set()

        queue = PreviewQueue(look, most=2)
        for text in ("nothing", "a https://a.example/", "b https://b.example/", "c https://c.example/"):
            await reading.say(text)
        queue.committed(reading.world.committed)
        task = asyncio.create_task(queue.work())
        async with asyncio.timeout(5):
            await tried.wait()
        task.cancel()
        asked = [entry for entry in reading.world.committed if linking(entry)]
        assert done == [linking(each) for each in asked[:2]]

    async def test_what_may_link(self, reading: Reading) -> None:
        """Messages and edits with an address in them; an edit is about its message."""
        sent = await reading.say("https://a.example/")
        await reading.world.chat.messages.edit(who("ana"), reading.group, sent.timestamp, "now https://b.example/")
        await reading.world.chat.messages.react(who("ana"), reading.group, sent.timestamp, "👍")
        found = [linking(Committed(reading.group, entry)) for entry in reading.world.entries(reading.group)]
        assert found == [None, *(Linking(reading.group, "ana", sent.timestamp),) * 2, None]
