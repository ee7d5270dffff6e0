"""Pictures, sounds, films and large files: completed before they are sent, and harmless afterwards."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image
from tests.conformance.homes import Home
from tests.conformance.people import JSON, Person, new_id
from tests.fixtures import pictures

from tertulia.domain import limits

PART = limits.MEDIA_PART_BYTES


async def fetched(home: Home, url: str) -> httpx.Response:
    response = await home.http.get(url)
    assert response.status_code == 200, response.text
    return response


def opened(response: httpx.Response) -> Image.Image:
    made = Image.open(io.BytesIO(response.content))
    made.load()
    return made


async def carried(person: Person, group: str, media: str, **more: Any) -> JSON:
    message = await person.send(group, "", attachments=[{"media": media, **more}])
    attachment: JSON = message["attachments"][0]
    return attachment


async def test_a_picture_is_completed_sent_and_seen(home: Home) -> None:
    """Its message says how large it is and how it looks from afar; whoever sees the message gets it and its
    thumbnails, upright, and nothing of where it was taken."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    sent = pictures.encoded(pictures.picture((1800, 1200)), "JPEG", exif=pictures.exif(6))
    completed = await ana.picture(sent, "holiday.jpg", "image/jpeg")
    assert (completed["kind"], completed["type"]) == ("image", "image/jpeg")
    assert (completed["width"], completed["height"]) == (1200, 1800)
    assert await ana.complete(completed["id"]) | {"url": 0, "small": 0, "large": 0, "expires": 0} == completed | {
        "url": 0,
        "small": 0,
        "large": 0,
        "expires": 0,
    }
    attachment = await carried(ana, group, completed["id"], alt="a flag")
    assert attachment == {
        "media": completed["id"],
        "name": "holiday.jpg",
        "type": "image/jpeg",
        "size": completed["size"],
        "width": 1200,
        "height": 1800,
        "thumbhash": completed["thumbhash"],
        "alt": "a flag",
    }
    assert (await ben.messages(group))[-1]["attachments"] == [attachment]
    described = await ben.call("GET", f"/api/media/{completed['id']}")
    whole = await fetched(home, described["url"])
    assert (whole.headers["content-type"], len(whole.content)) == ("image/jpeg", attachment["size"])
    assert (opened(whole).size, dict(opened(whole).getexif())) == ((1200, 1800), {})
    for name, size in (("small", (267, 400)), ("large", (1200, 1800))):
        thumbnail = await fetched(home, described[name])
        assert thumbnail.headers["content-type"] == "image/webp"
        assert opened(thumbnail).size == size
        assert pictures.SECRET not in thumbnail.content
    assert pictures.SECRET not in whole.content


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
async def test_an_animation_moves_and_its_thumbnail_does_not(home: Home, kind: str) -> None:
    """Who wants no movement shows the thumbnail."""
    ana = await home.register()
    completed = await ana.picture(pictures.moving(kind), f"a.{kind.lower()}", f"image/{kind.lower()}")
    assert completed["animated"] is True
    assert getattr(opened(await fetched(home, completed["url"])), "n_frames", 1) == 3
    assert getattr(opened(await fetched(home, completed["small"])), "n_frames", 1) == 1


async def test_a_voice_note_says_how_long_and_how_loud_it_is(home: Home) -> None:
    """The length is found, the peaks are the sender's: up to a hundred, each up to 255."""
    ana = await home.register()
    group = await ana.group()
    completed = await ana.picture(pictures.recording(), "voice.webm", "audio/webm")
    assert (completed["kind"], completed["type"], completed["duration"] > 2) == ("audio", "audio/webm", True)
    peaks = [n % (limits.PEAK_MAX + 1) for n in range(limits.PEAKS_MAX)]
    attachment = await carried(ana, group, completed["id"], voice=True, peaks=peaks)
    assert (attachment["voice"], attachment["peaks"]) == (True, peaks)
    assert attachment["duration"] == completed["duration"]
    path = f"/api/conversations/{group}/messages"
    for wrong in ([0] * (limits.PEAKS_MAX + 1), [limits.PEAK_MAX + 1], [-1], ["x"]):
        body = {"id": new_id(), "attachments": [{"media": completed["id"], "peaks": wrong}]}
        await ana.refused("invalid_request", "POST", path, json=body)


async def test_a_film_says_how_long_it_is_and_not_where_it_was_taken(home: Home) -> None:
    """It can be read by ranges, as players do."""
    ana = await home.register()
    completed = await ana.picture(pictures.film(), "film.mp4", "video/mp4")
    assert (completed["kind"], completed["width"], completed["height"]) == ("video", 320, 240)
    assert completed["duration"] == 2.5
    whole = await fetched(home, completed["url"])
    assert whole.headers["content-type"] == "video/mp4"
    assert pictures.SECRET not in whole.content
    part = await home.http.get(completed["url"], headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")


async def test_a_film_has_the_poster_that_was_named(home: Home) -> None:
    """Members see its thumbnail and the blurred picture in the message; the picture itself is no file any more."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    picture = await ana.picture(pictures.telling("JPEG"), "poster.jpg", "image/jpeg")
    film = await ana.upload(pictures.film(), "film.mp4", "video/mp4")
    completed = await ana.complete(film, poster=picture["id"])
    assert (completed["kind"], completed["width"], completed["thumbhash"]) == ("video", 320, picture["thumbhash"])
    message = await ana.send(group, "", attachments=[{"media": film}])
    assert message["attachments"][0]["thumbhash"] == picture["thumbhash"]
    small = await fetched(home, (await ben.call("GET", f"/api/media/{film}"))["small"])
    assert (small.headers["content-type"], small.content[8:12]) == ("image/webp", b"WEBP")
    assert pictures.SECRET not in small.content
    await ana.refused("media_not_found", "GET", f"/api/media/{picture['id']}")
    assert (await ana.complete(film, poster=picture["id"]))["thumbhash"] == picture["thumbhash"]


@pytest.mark.parametrize(
    ("name", "kind", "content", "code"),
    [
        ("a.png", "image/png", pictures.png_bomb(), "media_too_complex"),
        ("a.gif", "image/gif", pictures.gif_bomb(limits.IMAGE_FRAMES_MAX + 1), "media_too_complex"),
        ("a.jpg", "image/jpeg", pictures.png(), "media_mismatch"),
        ("a.html", "image/png", pictures.png(), "media_mismatch"),
        ("a.png", "image/png", b"<script>alert(1)</script>", "media_mismatch"),
        ("a.png", "image/png", pictures.png()[:-30], "media_broken"),
        ("a.heic", "image/heic", b"\0\0\0\x14ftypheic\0\0\0\0heic", "media_unsupported"),
    ],
    ids=["bomb", "frames", "extension", "page", "script", "cut off", "HEIC"],
)
async def test_what_would_do_harm_is_refused(home: Home, name: str, kind: str, content: bytes, code: str) -> None:
    """With a code that says why; and it can't be sent."""
    ana = await home.register()
    group = await ana.group()
    media = await ana.upload(content, name, kind)
    await ana.refused(code, "POST", f"/api/media/{media}/complete")
    body = {"id": new_id(), "attachments": [{"media": media}]}
    unsent = code if code in ("media_mismatch", "media_unsupported") else "media_not_ready"
    await ana.refused(unsent, "POST", f"/api/conversations/{group}/messages", json=body)
    assert len(await ana.log(group)) == 1


async def test_what_hides_behind_a_picture_is_gone(home: Home) -> None:
    """A picture that is a page too is a picture only."""
    ana = await home.register()
    completed = await ana.picture(pictures.png() + b"<script>alert(1)</script>")
    assert b"script" not in (await fetched(home, completed["url"])).content


async def test_a_picture_that_nobody_completed_is_not_sent(home: Home) -> None:
    """What it says about the place where it was taken could be in it still."""
    ana = await home.register()
    group = await ana.group()
    media = await ana.upload(pictures.telling("JPEG"), "a.jpg", "image/jpeg")
    body = {"id": new_id(), "attachments": [{"media": media}]}
    path = f"/api/conversations/{group}/messages"
    await ana.refused("media_not_ready", "POST", path, json=body)
    await ana.complete(media)
    await ana.call("POST", path, json=body, expect=201)


async def test_nothing_is_completed_before_it_is_there(home: Home) -> None:
    """Nor by anybody but who uploads it."""
    ana, ben = await home.register_all("ana", "ben")
    announced = await ana.announce(10, "a.png", "image/png")
    path = f"/api/media/{announced['id']}/complete"
    await ana.refused("upload_incomplete", "POST", path)
    await ben.refused("media_not_found", "POST", path)
    await ben.refused("media_not_found", "GET", f"/api/media/{announced['id']}/parts")


async def test_a_large_file_comes_in_parts(home: Home) -> None:
    """In any order; what broke off goes on where it was, by addresses that are asked for anew."""
    ana = await home.register()
    group = await ana.group()
    content = bytes(range(256)) * (PART // 256) + b"the end"
    announced = await ana.announce(len(content), "large.bin")
    assert (announced["part_bytes"], "url" in announced) == (PART, False)
    first, second = announced["parts"]
    assert (await ana.send_part(second, content[PART:])).is_success
    path = f"/api/media/{announced['id']}"
    problem = await ana.refused("upload_incomplete", "POST", f"{path}/complete")
    assert problem["details"] == {"missing": [1]}
    await ana.refused("media_not_found", "GET", path)
    asked = await ana.call("GET", f"{path}/parts")
    assert (asked["arrived"], [part["number"] for part in asked["parts"]]) == ([2], [1])
    assert not (await ana.send_part(first, content[: PART - 1])).is_success
    assert (await ana.send_part(asked["parts"][0], content[:PART])).is_success
    completed = await ana.complete(announced["id"])
    assert (completed["size"], completed["kind"]) == (len(content), "file")
    assert (await fetched(home, completed["url"])).content == content
    await carried(ana, group, announced["id"])
    asked = await ana.call("GET", f"{path}/parts")
    assert (asked["arrived"], asked["parts"]) == ([1, 2], [])
    assert not (await ana.send_part(second, content[PART:])).is_success


async def test_thumbnails_go_with_their_message(home: Home) -> None:
    """And are seen by nobody who doesn't see it."""
    ana, ben, eve = await home.register_all("ana", "ben", "eve")
    group = await ana.group(ben)
    completed = await ana.picture(pictures.png((1200, 900)))
    message = await ana.send(group, "", attachments=[{"media": completed["id"]}])
    described = await ben.call("GET", f"/api/media/{completed['id']}")
    await eve.refused("media_not_found", "GET", f"/api/media/{completed['id']}")
    await ana.delete(group, message)
    for name in ("url", "small", "large"):
        assert (await home.http.get(described[name])).status_code == 404


async def test_the_address_of_a_thumbnail_opens_it_alone(home: Home) -> None:
    """With another variant it opens nothing."""
    home.needs("content")
    ana = await home.register()
    completed = await ana.picture(pictures.png((1200, 900)))
    for name, other in (("small", "large"), ("small", "original"), ("large", "small")):
        response = await home.http.get(completed[name].replace(f"variant={name}", f"variant={other}"))
        assert response.json()["code"] == "media_not_found"
    assert (await home.http.get(completed["small"] + "x")).json()["code"] == "invalid_request"


@pytest.mark.slow
async def test_what_arrived_outlasts_the_process(home: Home) -> None:
    """Parts that were acknowledged needn't be sent again after a kill."""
    ana = await home.register()
    announced = await ana.announce(PART + 3)
    assert (await ana.send_part(announced["parts"][0], b"x" * PART)).is_success
    home.kill()
    asked = await ana.call("GET", f"/api/media/{announced['id']}/parts")
    assert asked["arrived"] == [1]
    assert (await ana.send_part(asked["parts"][0], b"end")).is_success
    assert (await ana.complete(announced["id"]))["size"] == PART + 3
