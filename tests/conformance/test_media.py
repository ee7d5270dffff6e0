"""Files: uploaded and downloaded by signed addresses, seen by whoever sees the message that carries them."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest
from tests.conformance.homes import Home
from tests.conformance.people import Person, new_id
from tests.fixtures import pictures

from tertulia.domain import limits

CONTENT = bytes(range(256)) * 40


async def carried(person: Person, conversation: str, media: str, **more: Any) -> dict[str, Any]:
    """A message that carries the file."""
    return await person.send(conversation, "", attachments=[{"media": media, **more}])


async def described(person: Person, media: str) -> dict[str, Any]:
    return await person.call("GET", f"/api/media/{media}")


def assert_refused(home: Home, response: httpx.Response, code: str) -> None:
    """An address for a content leads to nothing, with the code; a store of objects has words of its own for it."""
    if home.features.content:
        assert response.json()["code"] == code, response.request.url
    assert 400 <= response.status_code < 500, response.request.url
    assert CONTENT not in response.content


async def test_a_file_comes_back_as_it_was_sent(home: Home) -> None:
    """Members of the conversation download the same bytes, with the type and the name that they were given."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    media = await ana.upload(CONTENT, "Žluťoučký kůň.bin", "application/x-horse")
    message = await carried(ana, group, media, alt="a horse")
    attachment = message["attachments"][0]
    assert attachment == {
        "media": media,
        "name": "Žluťoučký kůň.bin",
        "type": "application/x-horse",
        "size": len(CONTENT),
        "alt": "a horse",
    }
    file = await described(ben, media)
    assert (file["name"], file["type"], file["size"]) == ("Žluťoučký kůň.bin", "application/x-horse", len(CONTENT))
    response = await home.http.get(file["url"])
    assert (response.status_code, response.content) == (200, CONTENT)
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"].endswith(quote("Žluťoučký kůň.bin"))
    assert response.headers["content-length"] == str(len(CONTENT))
    if home.features.content:
        assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/javascript", "application/pdf"])
async def test_what_could_run_is_only_a_download(home: Home, kind: str) -> None:
    """A file that a browser might run is served as bytes to save, in a sandbox."""
    ana = await home.register()
    group = await ana.group()
    content = b"<script>alert(1)</script>"
    media = await ana.upload(b"%PDF-1.7" + content if kind.endswith("pdf") else content, "x", kind)
    await carried(ana, group, media)
    response = await home.http.get((await described(ana, media))["url"])
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"].startswith("attachment")
    if home.features.content:
        assert "sandbox" in response.headers["content-security-policy"]


async def test_a_picture_is_shown_or_saved_as_it_is_asked_for(home: Home) -> None:
    """The address for a download says that its content is to be saved, under its name; the other one shows it, and
    can't be made into one for a download by who holds it."""
    ana = await home.register()
    media = (await ana.picture(pictures.png(), "Žluťoučký.png", "image/png"))["id"]
    shown = await described(ana, media)
    saved = await ana.call("GET", f"/api/media/{media}", params={"download": "true"})
    signed = ("url", "small", "large", "expires")
    assert all(saved[name] == value for name, value in shown.items() if name not in signed)
    for file, disposition in ((shown, "inline"), (saved, "attachment")):
        response = await home.http.get(file["url"])
        assert (response.status_code, response.headers["content-type"]) == (200, "image/png")
        assert response.headers["content-disposition"] == f"{disposition}; filename*=UTF-8''{quote('Žluťoučký.png')}"
    if home.features.content:
        assert_refused(home, await home.http.get(f"{shown['url']}&download=true"), "media_not_found")


async def test_a_zip_without_files_is_a_file(home: Home) -> None:
    """It is nothing but the end of a zip (22 bytes), and comes back as such."""
    ana = await home.register()
    empty = pictures.zipped({})
    assert len(empty) == 22
    media = await ana.upload(empty, "empty.zip", "application/zip")
    await carried(ana, await ana.group(), media)
    assert (await home.http.get((await described(ana, media))["url"])).content == empty


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=100-", 100, None), ("bytes=-5", -5, None), ("bytes=0-99999999", 0, None)],
)
async def test_a_file_can_be_read_in_parts(home: Home, asked: str, start: int, end: int | None) -> None:
    """Byte ranges (RFC 9110, 14) give these bytes, with 206 and where they lie."""
    ana = await home.register()
    media = await ana.upload(CONTENT)
    response = await home.http.get((await described(ana, media))["url"], headers={"Range": asked})
    assert (response.status_code, response.content) == (206, CONTENT[start:end])
    first = start % len(CONTENT)
    assert response.headers["content-range"] == f"bytes {first}-{first + len(response.content) - 1}/{len(CONTENT)}"


async def test_only_who_sees_the_message_sees_the_file(home: Home) -> None:
    """Not yet sent it is the uploader's; then the members' who may read the message; never a stranger's."""
    ana, ben, eve = await home.register_all("ana", "ben", "eve")
    group = await ana.group(ben)
    media = await ana.upload(CONTENT)
    path = f"/api/media/{media}"
    await ben.refused("media_not_found", "GET", path)
    await described(ana, media)
    await carried(ana, group, media)
    await described(ben, media)
    await eve.refused("media_not_found", "GET", path)
    await ana.add(group, eve)
    await eve.refused("media_not_found", "GET", path)
    await ana.remove(group, ben)
    await ben.refused("media_not_found", "GET", path)


async def test_a_file_goes_with_its_message(home: Home) -> None:
    """After the message's deletion the file is gone, for everybody, also by addresses that were given before."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    media = await ana.upload(CONTENT)
    message = await carried(ana, group, media)
    url = (await described(ben, media))["url"]
    await ana.delete(group, message)
    for person in (ana, ben):
        await person.refused("media_not_found", "GET", f"/api/media/{media}")
    response = await home.http.get(url)
    assert_refused(home, response, "media_not_found")
    assert response.status_code == 404


async def test_an_address_is_good_for_its_file_and_its_time(home: Home) -> None:
    """A changed signature, another file, a later expiry, or the time being over: `media_not_found`."""
    ana = await home.register()
    media, other = await ana.upload(CONTENT), await ana.upload(b"other")
    url = (await described(ana, media))["url"]
    announced = await ana.announce(10)
    wrong = [
        url.replace(media, other),
        url[:-3] + ("AAA" if not url.endswith("AAA") else "BBB"),
        url.replace("expires=1", "expires=2").replace("X-Amz-Expires=3", "X-Amz-Expires=4"),
        url.replace(media, announced["id"]),
        announced["url"],
    ]
    for address in wrong:
        assert_refused(home, await home.http.get(address), "media_not_found")
    home.move_clock(limits.MEDIA_URL_SECONDS + 60)
    try:
        assert (await home.http.get(url)).json()["code"] == "media_not_found"
        late = await home.http.request(announced["method"], announced["url"], content=b"x" * 10)
        assert late.json()["code"] == "media_not_found"
    finally:
        home.move_clock(0)


async def test_an_upload_is_as_large_as_announced(home: Home) -> None:
    """Less is `upload_incomplete`, more is `too_large`; then nothing is kept, and it can be sent again."""
    ana = await home.register()
    announced = await ana.announce(10)
    how = {"method": announced["method"], "url": announced["url"], "headers": announced["headers"]}
    assert_refused(home, await home.http.request(**how, content=b"x" * 9), "upload_incomplete")
    assert_refused(home, await home.http.request(**how, content=b"x" * 11), "too_large")
    await ana.refused("media_not_found", "GET", f"/api/media/{announced['id']}")
    exact = await home.http.request(**how, content=b"x" * 10)
    assert exact.status_code == 200
    assert_refused(home, await home.http.request(**how, content=b"y" * 10), "upload_incomplete")
    content = await home.http.get((await described(ana, announced["id"]))["url"])
    assert content.content == b"x" * 10


async def test_what_is_no_upload_of_the_sender_s_cannot_be_attached(home: Home) -> None:
    """Others' uploads, incomplete ones, made-up ids and files of another message are `attachment_not_found`."""
    ana, ben = await home.register_all("ana", "ben")
    group, other = await ana.group(ben), await ana.group(ben)
    theirs = await ben.upload(CONTENT)
    incomplete = (await ana.announce(10))["id"]
    used = await ana.upload(CONTENT)
    await carried(ana, other, used)
    for media in (theirs, incomplete, "made-up", used):
        body = {"id": new_id(), "text": "x", "attachments": [{"media": media}]}
        await ana.refused("attachment_not_found", "POST", f"/api/conversations/{group}/messages", json=body)
    assert len(await ana.log(group)) == 1


async def test_a_retry_with_an_attachment_is_the_same_message(home: Home) -> None:
    """A message with a file is retried like any other; with another file under its id it is `id_reused`."""
    ana = await home.register()
    group = await ana.group()
    one, two = await ana.upload(CONTENT), await ana.upload(CONTENT)
    path = f"/api/conversations/{group}/messages"
    body = {"id": new_id(), "attachments": [{"media": one}]}
    first = await ana.call("POST", path, json=body, expect=201)
    assert await ana.call("POST", path, json=body, expect=200) == first
    await ana.refused("id_reused", "POST", path, json={**body, "attachments": [{"media": two}]})


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "type": "image/png", "size": 0},
        {"name": "x", "type": "image/png", "size": -1},
        {"name": "x", "type": "nonsense", "size": 1},
        {"name": "", "type": "image/png", "size": 1},
        {"name": "new\nline", "type": "image/png", "size": 1},
    ],
)
async def test_an_upload_that_cannot_be_is_refused(home: Home, body: dict[str, Any]) -> None:
    """Empty files, names that are none, types that are none: `invalid_request`."""
    ana = await home.register()
    await ana.refused("invalid_request", "POST", "/api/media", json=body)


@pytest.mark.slow
async def test_files_outlast_the_process(home: Home) -> None:
    """An acknowledged upload is durable: after a kill it can be read and sent."""
    ana = await home.register()
    group = await ana.group()
    media = await ana.upload(CONTENT)
    home.kill()
    await carried(ana, group, media)
    response = await home.http.get((await described(ana, media))["url"])
    assert response.content == CONTENT
