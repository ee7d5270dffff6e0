"""Steps of the probes of the roles that have to do with links.

The function that looks at links asks nobody on this machine. So its parts run here, with its settings and the rights of
its role, and with a site of our own let through.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from tests.adapters.web.site import Site, Speak, answer, opened_site, page, pages_of
from tests.aws.stage import Stage
from tests.conformance.people import JSON, Person
from tests.fixtures import pictures

from tertulia.homes.aws import AwsHome
from tertulia.services.previews import PICTURE_NAME

HOST: Final = "pages.example"
PICTURE: Final = '<meta property="og:image" content="/a.png">'
STARTING_SECONDS: Final = 30.0
"""For a container to begin."""


@asynccontextmanager
async def linking_site() -> AsyncIterator[tuple[Site, str]]:
    """A site whose page has a picture, and the page's address."""
    async with opened_site() as site:
        site.answers["/"] = answer(page("A page", PICTURE))
        site.answers["/a.png"] = answer(pictures.png(), kind="image/png")
        yield site, f"http://{HOST}:{site.port}/"


async def look(s: Stage, site: Site, person: Person, conversation: str, message: JSON) -> None:
    with s.as_function("Chat-Previews") as settings:
        home = AwsHome(settings, pages=pages_of(site, HOST))
        event = {"conversation": conversation, "author": person.username, "timestamp": message["timestamp"]}
        await home.previews.handle(event)
        home.clients.close()


async def shown(person: Person, conversation: str, message: JSON) -> list[JSON]:
    """The message's previews, as that person sees them."""
    (found,) = await person.messages(conversation, around=message["timestamp"], limit=1)
    previews: list[JSON] = found.get("previews", [])
    return previews


async def show_a_preview(s: Stage) -> None:
    """With its picture, which can be had."""
    async with linking_site() as (site, url):
        message = await s.ana.send(s.group, url)
        await look(s, site, s.ana, s.group, message)
        previews = await shown(s.bea, s.group, message)
        assert [(each["title"], each["site"]) for each in previews] == [("A page", HOST)]
        described = await s.bea.call("GET", f"/api/media/{previews[0]['picture']['media']}")
        content = await s.http.get(described["url"])
        assert (content.status_code, content.content[8:12]) == (200, b"WEBP")


async def show_as_seen(s: Stage) -> None:
    """Of a message that was changed while its author was away."""
    async with linking_site() as (site, url):
        conversation = await s.ana.group(s.bea, s.carl)
        message = await s.carl.send(conversation, url)
        await s.carl.react(conversation, message, "\N{THUMBS UP SIGN}")
        await s.ana.remove(conversation, s.carl)
        await s.bea.react(conversation, message, "\N{THUMBS UP SIGN}")
        await s.ana.add(conversation, s.carl)
        await look(s, site, s.carl, conversation, message)
        assert [each["title"] for each in await shown(s.bea, conversation, message)] == ["A page"]


async def come_too_late(s: Stage) -> None:
    """The link is gone by then: no file stays."""
    async with linking_site() as (site, url):
        message = await s.ana.send(s.group, url)
        site.answers["/a.png"] = _after(s.ana.edit(s.group, message, "never mind"))
        await look(s, site, s.ana, s.group, message)
        assert site.paths == ["/", "/a.png"]
        assert await shown(s.bea, s.group, message) == []
        assert s.files_named(PICTURE_NAME, message["id"]) == []


def _after(work: Any) -> Speak:
    async def speak(writer: asyncio.StreamWriter) -> None:
        await work
        writer.write(answer(pictures.png(), kind="image/png"))
        await writer.drain()

    return speak


async def ask_from_the_stream(s: Stage) -> None:
    """The function that looks at links is called, and finds nothing: it asks nobody on this machine."""
    calls, refusals = len(s.log_of("Chat-Previews")), _refusals(s)
    await s.ana.send(s.group, "http://127.0.0.1/")
    assert s.stream(s.items("Messages", s.group)[-1:]) == []
    async with asyncio.timeout(STARTING_SECONDS):
        while len(s.log_of("Chat-Previews")) == calls and _refusals(s) == refusals:
            await asyncio.sleep(0.1)
    assert _refusals(s) == refusals
    assert any('"operation":"previews"' in each.replace(" ", "") for each in s.log_of("Chat-Previews")[calls:])


def _refusals(s: Stage) -> int:
    return sum("lambda:InvokeFunction" in each for each in s.log_of("Chat-Stream"))
