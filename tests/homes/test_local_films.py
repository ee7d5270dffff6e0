"""The home on one machine makes films again where there is an ffmpeg, and does without where there is none."""

import asyncio
from pathlib import Path

import pytest
from tests.fixtures import films
from tests.services.world import stream

from tertulia.api.calls import Incoming
from tertulia.api.dispatch import dispatch
from tertulia.api.http import parse_query
from tertulia.api.operations import BY_NAME
from tertulia.domain.media import Variant
from tertulia.homes.local import LocalHome
from tertulia.homes.settings import Settings
from tertulia.ports.accounts import Identity
from tertulia.services.media import Described

ANA = Identity(username="ana", session="s", admin=False, expires=2_000_000_000)


async def completed(home: LocalHome, content: bytes) -> Described:
    announced = await home.chat.media.announce(ANA, "a.webm", "video/webm", len(content))
    await home.media.write(announced.upload.id, stream(content, 65536))
    return await home.chat.media.complete(ANA, announced.upload.id)


async def made(home: LocalHome, media: str) -> str:
    """The address of what was made of it."""
    async with asyncio.timeout(60):
        while Variant.PLAYABLE not in (described := await home.chat.media.describe(ANA, media)).urls:
            await asyncio.sleep(0.02)
    return described.urls[Variant.PLAYABLE]


async def test_a_film_is_made_again_after_it_came(tmp_path: Path) -> None:
    """Its address is told then, and gives ranges of an MP4; what a stop cut off is made when it is looked at again."""
    data = tmp_path / "data"
    home = LocalHome(Settings(data=data, ffmpeg="off"))
    await home.open()
    media = (await completed(home, films.webm())).upload.id
    await home.close()
    home = LocalHome(Settings(data=data, ffmpeg=str(films.program())))
    await home.open()
    try:
        path, _, query = (await made(home, media)).partition("?")
        assert path == f"/api/media/{media}/content"
        incoming = Incoming(path={"id": media}, query=parse_query(query), range="bytes=4-7", address="127.0.0.1")
        answer = await dispatch(home.chat, BY_NAME["get_content"], incoming)
        assert (answer.status, answer.headers["Content-Type"]) == (206, "video/mp4")
        assert answer.content is not None
        assert [piece async for piece in answer.content] == [b"ftyp"]
        assert (data / "media" / f"{media}.playable").is_file()
        await home.media.delete(media)
        assert not list((data / "media").glob(f"{media}*"))
    finally:
        await home.close()
    assert list((data / "work-films").iterdir()) == []


async def test_it_stops_while_a_film_is_made(tmp_path: Path) -> None:
    """At once, and leaves the film as it was."""
    home = LocalHome(Settings(data=tmp_path / "data", ffmpeg=str(films.program())))
    await home.open()
    await completed(home, films.webm())
    while not list((tmp_path / "data" / "work-films").iterdir()):
        await asyncio.sleep(0.01)
    async with asyncio.timeout(5):
        await home.close()
    assert list((tmp_path / "data" / "work-films").iterdir()) == []


async def test_a_program_that_is_none_is_said_at_the_start(tmp_path: Path) -> None:
    """And the folder is free afterwards."""
    home = LocalHome(Settings(data=tmp_path / "data", ffmpeg=str(tmp_path / "missing")))
    with pytest.raises(ValueError, match="TERTULIA_FFMPEG"):
        await home.open()
    home = LocalHome(Settings(data=tmp_path / "data", ffmpeg="off"))
    await home.open()
    await home.close()
