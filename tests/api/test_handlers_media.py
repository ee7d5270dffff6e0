"""Files, from bytes to answers."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.api.caller import Caller
from tests.services.world import stream

from tertulia.api.handlers.media import byte_range
from tertulia.domain import limits
from tertulia.domain.media import SHOWN_TYPES


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", None),
        ("bytes=0-9", (0, 10)),
        ("bytes=0-0", (0, 1)),
        ("bytes=9-9", (9, 10)),
        ("bytes=3-", (3, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
        ("bytes=5-99", (5, 10)),
        (" bytes=1-2 ", (1, 3)),
        ("bytes=10-", None),
        ("bytes=-0", None),
        ("bytes=5-4", None),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
        (f"bytes=0-{'9' * 16}", None),
    ],
)
def test_a_range_is_one_that_can_be_satisfied_or_all(header: str, found: tuple[int, int] | None) -> None:
    """One range of bytes (RFC 9110, 14.1.2); whatever else is asked for, all of it is the answer."""
    assert byte_range(header, 10) == found


async def uploaded(caller: Caller, name: str, kind: str) -> tuple[str, dict[str, str]]:
    """A file of ten bytes that was sent to its address; its id, and the query of the address of its content."""
    status, body = await caller.call("create_media", "ana", body={"name": name, "type": kind, "size": 10})
    assert (status, body["method"]) == (201, "PUT")
    query = dict(parse_qsl(urlsplit(body["url"]).query))
    sent = await caller.raw("upload_content", path={"id": body["id"]}, query=query, content=stream(b"0123456789"))
    assert sent.status == 200
    _, seen = await caller.call("get_media", "ana", path={"id": body["id"]})
    assert (seen["name"], seen["type"], seen["size"]) == (name, kind, 10)
    return body["id"], dict(parse_qsl(urlsplit(seen["url"]).query))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "é" * limits.MEDIA_NAME_MAX, "size": limits.MEDIA_BYTES_MAX, "type": "Image/PNG"}, None),
        ({"name": "é" * (limits.MEDIA_NAME_MAX + 1)}, "invalid_request"),
        ({"size": limits.MEDIA_BYTES_MAX + 1}, "too_large"),
        ({"size": 0}, "invalid_request"),
        ({"type": f"{'a' * 64}/{'b' * 64}"}, None),
        ({"type": f"{'a' * 65}/b"}, "invalid_request"),
        ({"type": "image"}, "invalid_request"),
    ],
    ids=str,
)
async def test_the_limits_of_an_announcement(caller: Caller, change: dict[str, Any], code: str | None) -> None:
    """Name, type and size are taken at their limits and refused past them; too many bytes are `too_large`."""
    status, body = await caller.call(
        "create_media", "ana", body={"name": "a.png", "type": "image/png", "size": 1, **change}
    )
    assert (status, body.get("code")) == ({None: 201, "too_large": 413, "invalid_request": 400}[code], code)


async def test_a_file_goes_up_and_comes_down(caller: Caller) -> None:
    """All of it, or the range that was asked for."""
    media, query = await uploaded(caller, "a cat.png", "image/png")
    whole = await caller.raw("get_content", path={"id": media}, query=query)
    assert (whole.status, whole.headers["Content-Length"]) == (200, "10")
    assert whole.content is not None
    assert b"".join([piece async for piece in whole.content]) == b"0123456789"
    part = await caller.raw("get_content", path={"id": media}, query=query, range="bytes=2-4")
    assert (part.status, part.headers["Content-Range"], part.headers["Content-Length"]) == (206, "bytes 2-4/10", "3")
    assert part.content is not None
    assert b"".join([piece async for piece in part.content]) == b"234"


@pytest.mark.parametrize("kind", ["image/png", "image/svg+xml", "text/html", "application/pdf"])
async def test_what_could_run_in_a_page_is_a_download(caller: Caller, kind: str) -> None:
    """Only the types of the list are shown; nothing is guessed, and nothing may run."""
    media, query = await uploaded(caller, 'a "ä".x', kind)
    answer = await caller.raw("get_content", path={"id": media}, query=query)
    shown = kind in SHOWN_TYPES
    assert answer.headers["Content-Type"] == (kind if shown else "application/octet-stream")
    disposition = "inline" if shown else "attachment"
    assert answer.headers["Content-Disposition"] == f"{disposition}; filename*=UTF-8''a%20%22%C3%A4%22.x"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


async def test_content_is_the_body_as_it_comes(caller: Caller) -> None:
    """Without a stream there is nothing to take, and without the right signature nothing to send it to."""
    _, body = await caller.call("create_media", "ana", body={"name": "a", "type": "a/b", "size": 1})
    query = dict(parse_qsl(urlsplit(body["url"]).query))
    assert (await caller.raw("upload_content", path={"id": body["id"]}, query=query)).code == "invalid_request"
    wrong = {**query, "signature": "x"}
    sent = await caller.raw("upload_content", path={"id": body["id"]}, query=wrong, content=stream(b"x"))
    assert sent.code == "media_not_found"
    assert (await caller.raw("get_content", path={"id": body["id"]}, query=query)).code == "media_not_found"
