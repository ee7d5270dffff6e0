"""Large files in S3, which come in parts by addresses of their own; and what is made of files."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.adapters.s3.bucket import Bucket, Reply, ask, opened_bucket
from tests.emulators.emulators import Emulator

from tertulia.adapters.s3.media import UNCLAIMED_TAG
from tertulia.domain import limits
from tertulia.domain.errors import ConflictError
from tertulia.domain.media import Details, MediaKind, Variant
from tertulia.ports.media import Upload

pytestmark = pytest.mark.slow
PART = limits.MEDIA_PART_BYTES
LARGE = Upload(
    id="big", owner="ana", name="b.bin", type="a/b", size=PART + 3, created=1_000, part_bytes=limits.MEDIA_PART_BYTES
)
SMALL = Upload(id="abc", owner="ana", name="a.png", type="image/png", size=10, created=1_000)


@pytest.fixture
def bucket(ministack: Emulator) -> Iterator[Bucket]:
    with opened_bucket(ministack) as opened:
        yield opened


async def send_part(bucket: Bucket, upload: Upload, number: int, content: bytes) -> Reply:
    address = bucket.media.upload_address(upload, bucket.later(), number)
    return await asyncio.to_thread(ask, address.method, address.url, address.headers, content)


async def content(bucket: Bucket, media: str, variant: Variant = Variant.ORIGINAL) -> bytes:
    return b"".join([piece async for piece in bucket.media.read(media, variant=variant)])


async def test_parts_are_joined(bucket: Bucket) -> None:
    """Straight to S3, in any order; what is missing is known; joined again it is the same."""
    upload = await bucket.media.begin(LARGE)
    assert upload.parts_id
    assert await bucket.media.get("big") == upload
    assert (await send_part(bucket, upload, 2, b"end")).status == 200
    assert await bucket.media.arrived(upload) == {2}
    with pytest.raises(ConflictError) as error:
        await bucket.media.join(upload)
    assert (error.value.code, error.value.details) == ("upload_incomplete", {"missing": [1]})
    assert bucket.objects() == []
    assert (await send_part(bucket, upload, 1, b"x" * PART)).status == 200
    joined = await bucket.media.join(upload)
    assert joined == replace(upload, stored=True) == await bucket.media.join(upload) == await bucket.media.get("big")
    assert await content(bucket, "big") == b"x" * PART + b"end"


async def test_parts_that_are_joined_expire_until_they_are_claimed(bucket: Bucket) -> None:
    """The upload is begun with the tag, which S3 gives to what is joined; the emulator doesn't."""
    asked: list[dict[str, str]] = []
    events = bucket.clients.client("s3").meta.events
    events.register("before-call.s3.CreateMultipartUpload", lambda params, **_: asked.append(params["headers"]))
    await bucket.media.begin(LARGE)
    assert [dict(headers)["x-amz-tagging"] for headers in asked] == [f"{UNCLAIMED_TAG}=1"]


@pytest.mark.parametrize("sent", [b"en", b"end!"])
async def test_a_part_of_another_size_is_refused(bucket: Bucket, sent: bytes) -> None:
    """The size of each is signed."""
    upload = await bucket.media.begin(LARGE)
    assert (await send_part(bucket, upload, 2, sent)).status == 403
    assert await bucket.media.arrived(upload) == set()


async def test_a_join_that_died_half_way_is_finished_by_the_next(bucket: Bucket) -> None:
    """As when a function ends between S3's answer and the row."""
    upload = await bucket.media.begin(LARGE)
    for number, part in ((1, b"x" * PART), (2, b"end")):
        assert (await send_part(bucket, upload, number, part)).status == 200
    s3 = bucket.clients.client("s3")
    parts = s3.list_parts(Bucket=bucket.name, Key="media/big", UploadId=upload.parts_id)["Parts"]
    s3.complete_multipart_upload(
        Bucket=bucket.name,
        Key="media/big",
        UploadId=upload.parts_id,
        MultipartUpload={"Parts": [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in parts]},
    )
    assert (await bucket.media.join(upload)).stored


async def test_a_part_that_comes_after_the_join_changes_nothing(bucket: Bucket) -> None:
    """S3 knows the upload no longer."""
    upload = await bucket.media.begin(LARGE)
    for number, part in ((1, b"x" * PART), (2, b"end")):
        await send_part(bucket, upload, number, part)
    await bucket.media.join(upload)
    assert (await send_part(bucket, upload, 2, b"END")).status == 404
    assert (await content(bucket, "big"))[-3:] == b"end"


async def test_thumbnails_expire_with_their_picture_until_it_is_claimed(bucket: Bucket, tmp_path: Path) -> None:
    """What is made of a file carries the tag too, and a claim takes it from all of it."""
    upload = await bucket.media.begin(SMALL)
    assert (await bucket.send(upload, b"0123456789")).status == 200
    files = {each: tmp_path / each for each in Variant}
    for variant, path in files.items():
        path.write_bytes(variant.encode())
    stored = await bucket.media.join(upload)
    details = Details(kind=MediaKind.IMAGE, width=1, height=1, small=True, large=True, playable=True)
    await bucket.media.keep(replace(stored, size=8, details=details), files)
    keys = ["media/abc", "media/abc.large", "media/abc.playable", "media/abc.small"]
    assert sorted(bucket.objects()) == keys
    assert [_tags(bucket, key) for key in keys] == [{UNCLAIMED_TAG: "1"}] * 4
    assert await bucket.media.claim("abc", "g", "one")
    assert [_tags(bucket, key) for key in keys] == [{}] * 4
    small = await asyncio.to_thread(ask, "GET", bucket.media.content_url(upload, bucket.later(), Variant.SMALL))
    assert (small.status, small.headers["content-type"], small.body) == (200, "image/webp", b"small")
    # What was sent can't be sent again in place of what was made of it.
    assert (await bucket.send(upload, b"9876543210")).status == 412
    await bucket.media.delete("abc")
    assert bucket.objects() == []


def _tags(bucket: Bucket, key: str) -> dict[str, str]:
    found = bucket.clients.client("s3").get_object_tagging(Bucket=bucket.name, Key=key)
    return {tag["Key"]: tag["Value"] for tag in found["TagSet"]}
