"""What the files in S3 promise beyond the port: what addresses are good for, and what is left behind."""

import asyncio
import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit, urlunsplit

import pytest
from msgspec.structs import replace
from tests.adapters.s3.bucket import Bucket, ask, emulator_clients, opened_bucket
from tests.emulators.emulators import Emulator, template

from tertulia.adapters.s3.media import UNCLAIMED_TAG, S3Media
from tertulia.aws.clients import Clients
from tertulia.domain import limits
from tertulia.ports.media import Upload

UPLOAD = Upload(id="abc", owner="ana", name="a.png", type="image/png", size=10, created=1_000)
CONTENT = b"0123456789"


@pytest.fixture
def bucket(ministack: Emulator) -> Iterator[Bucket]:
    with opened_bucket(ministack) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT + b"x", b""])
async def test_another_size_is_refused(bucket: Bucket, content: bytes) -> None:
    """The size is signed: one byte more or less, and nothing is kept."""
    await bucket.media.begin(UPLOAD)
    assert (await bucket.send(UPLOAD, content)).status == 403
    assert bucket.objects() == []
    assert await bucket.media.get("abc") == UPLOAD


@pytest.mark.slow
async def test_what_is_there_is_never_written_over(bucket: Bucket) -> None:
    """The address still holds, but a content comes once: what members have seen stays what it is."""
    await bucket.media.begin(UPLOAD)
    assert (await bucket.send(UPLOAD, CONTENT)).status == 200
    assert (await bucket.send(UPLOAD, b"9876543210")).status == 412
    assert await bucket.received(UPLOAD) == CONTENT


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"Content-Type": "text/html"},
        {"If-None-Match": ""},
        {"x-amz-tagging": ""},
        {"x-amz-tagging": "kept=1"},
    ],
)
async def test_no_header_of_an_upload_can_be_changed(bucket: Bucket, changed: dict[str, str]) -> None:
    """Neither its type, nor that it is written once, nor that it expires while unclaimed."""
    address = bucket.media.upload_address(UPLOAD, bucket.later())
    headers = {name: value for name, value in {**address.headers, **changed}.items() if value}
    assert (await asyncio.to_thread(ask, "PUT", address.url, headers, CONTENT)).status == 403
    assert bucket.objects() == []


@pytest.mark.slow
async def test_an_address_is_for_one_object_and_one_method(bucket: Bucket) -> None:
    """Put to another path or used by another method it is worth nothing; without a signature neither."""
    other = replace(UPLOAD, id="abd")
    for upload in (UPLOAD, other):
        await bucket.media.begin(upload)
        assert (await bucket.send(upload, CONTENT)).status == 200
    url = bucket.media.content_url(UPLOAD, bucket.later())
    parts = urlsplit(url)
    moved = urlunsplit(parts._replace(path=parts.path.replace("/abc", "/abd")))
    bare = urlunsplit(parts._replace(query=""))
    kind = url.replace("image%2Fpng", "text%2Fhtml")
    longer = url.replace("X-Amz-Expires=36", "X-Amz-Expires=96").replace("X-Amz-Expires=35", "X-Amz-Expires=95")
    assert len({url, moved, bare, kind, longer}) == 5
    for method, each in (("GET", moved), ("GET", bare), ("GET", kind), ("GET", longer), ("DELETE", url)):
        assert (await asyncio.to_thread(ask, method, each)).status == 403, each
    address = bucket.media.upload_address(replace(UPLOAD, id="new"), bucket.later())
    assert (await asyncio.to_thread(ask, "GET", address.url, address.headers)).status == 403
    assert await bucket.received(other) == CONTENT


@pytest.mark.slow
async def test_an_address_ends(bucket: Bucket) -> None:
    """S3 refuses it after the time that it names, and asks for no more than an hour."""
    await bucket.media.begin(UPLOAD)
    await bucket.send(UPLOAD, CONTENT)
    expires = bucket.later()
    query = parse_qs(urlsplit(bucket.media.content_url(UPLOAD, expires)).query)
    assert limits.MEDIA_URL_SECONDS - 5 <= int(query["X-Amz-Expires"][0]) <= limits.MEDIA_URL_SECONDS
    bucket.ahead = limits.MEDIA_URL_SECONDS
    short = bucket.media.content_url(UPLOAD, expires)
    assert parse_qs(urlsplit(short).query)["X-Amz-Expires"] == ["1"]

    async def refused() -> None:
        while (await asyncio.to_thread(ask, "GET", short)).status != 403:
            await asyncio.sleep(0.1)

    await asyncio.wait_for(refused(), 20)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "given", "shown"),
    [
        ("image/png", "image/png", "inline"),
        ("video/mp4", "video/mp4", "inline"),
        ("image/svg+xml", "application/octet-stream", "attachment"),
        ("text/html", "application/octet-stream", "attachment"),
    ],
)
async def test_we_say_how_a_browser_takes_it(bucket: Bucket, kind: str, given: str, shown: str) -> None:
    """What could run in a page is only ever a download; the name is the sender's, in any script."""
    upload = replace(UPLOAD, type=kind, name='бел "1"\r\n.png')
    await bucket.media.begin(upload)
    await bucket.send(upload, CONTENT)
    reply = await bucket.reply(upload)
    assert reply.headers["content-type"] == given
    assert reply.headers["content-disposition"] == f"{shown}; filename*=UTF-8''%D0%B1%D0%B5%D0%BB%20%221%22%0D%0A.png"
    assert reply.headers["cache-control"] == "private, max-age=3600, immutable"
    saved = await asyncio.to_thread(ask, "GET", bucket.media.content_url(upload, bucket.later(), download=True))
    assert saved.headers["content-disposition"] == reply.headers["content-disposition"].replace("inline", "attachment")


@pytest.mark.slow
async def test_ranges_are_served(bucket: Bucket) -> None:
    """A video can be sought in."""
    await bucket.media.begin(UPLOAD)
    await bucket.send(UPLOAD, CONTENT)
    url = bucket.media.content_url(UPLOAD, bucket.later())
    reply = await asyncio.to_thread(ask, "GET", url, {"Range": "bytes=2-4"})
    assert (reply.status, reply.body) == (206, b"234")


@pytest.mark.slow
async def test_of_another_size_is_not_stored(bucket: Bucket) -> None:
    """However it came there: an object of another size isn't the file that was announced."""
    await bucket.media.begin(UPLOAD)
    bucket.clients.client("s3").put_object(Bucket=bucket.name, Key="media/abc", Body=CONTENT + b"x")
    assert await bucket.media.get("abc") == UPLOAD


@pytest.mark.slow
async def test_what_nobody_claims_expires(bucket: Bucket) -> None:
    """The row after a day, on the second, however late DynamoDB deletes it; the object by a rule of the bucket that
    the template states, some days after the last claim was possible."""
    await bucket.media.begin(UPLOAD)
    await bucket.send(UPLOAD, CONTENT)
    assert bucket.tags(UPLOAD) == {UNCLAIMED_TAG: "1"}
    assert await bucket.media.get("abc") is not None
    bucket.ahead = limits.MEDIA_UNSENT_SECONDS + 1
    assert await bucket.media.get("abc") is None
    assert not await bucket.media.claim("abc", "g", "one")
    assert bucket.tags(UPLOAD) == {UNCLAIMED_TAG: "1"}

    resources = template()["Resources"]
    rules = resources["MediaBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    [rule] = [rule for rule in rules if rule.get("TagFilters") == [{"Key": UNCLAIMED_TAG, "Value": "1"}]]
    assert rule["Status"] == "Enabled"
    assert rule["ExpirationInDays"] * 24 * 3600 > limits.MEDIA_UNSENT_SECONDS + limits.MEDIA_URL_SECONDS
    ttl = resources["MediaTable"]["Properties"]["TimeToLiveSpecification"]
    assert ttl == {"AttributeName": "expires", "Enabled": True}


@pytest.mark.slow
async def test_what_is_claimed_stays(bucket: Bucket) -> None:
    """Neither row nor object expires any more, also where the first try of the claim broke off in the middle."""
    await bucket.media.begin(UPLOAD)
    await bucket.send(UPLOAD, CONTENT)
    client = bucket.clients.client("s3")
    untag = client.delete_object_tagging
    client.delete_object_tagging = _broken
    with pytest.raises(ConnectionResetError):
        await bucket.media.claim("abc", "g", "one")
    client.delete_object_tagging = untag
    assert await bucket.media.claim("abc", "g", "one")
    assert bucket.tags(UPLOAD) == {}
    bucket.ahead = 400 * 24 * 3600
    assert await bucket.media.claim("abc", "g", "one")
    assert await bucket.media.get("abc") == replace(UPLOAD, stored=True, conversation="g", client_id="one")
    row = bucket.emulator.client("dynamodb").get_item(TableName=bucket.table, Key={"id": {"S": "abc"}})["Item"]
    assert "expires" not in row


def _broken(**_: object) -> None:
    raise ConnectionResetError


@pytest.mark.slow
async def test_looking_at_a_claimed_file_asks_s3_nothing(bucket: Bucket) -> None:
    """It costs one read of a row; S3 is asked only until a message has the file."""
    await bucket.media.begin(UPLOAD)
    client = bucket.clients.client("s3")
    asked: list[str] = []
    client.meta.events.register("before-call.s3", lambda model, **_: asked.append(model.name))
    await bucket.media.get("abc")
    await bucket.send(UPLOAD, CONTENT)
    await bucket.media.get("abc")
    assert asked == ["HeadObject", "HeadObject"]
    await bucket.media.claim("abc", "g", "one")
    assert asked[2:] == ["HeadObject", "DeleteObjectTagging"]
    for _ in range(3):
        assert await bucket.media.get("abc") == replace(UPLOAD, stored=True, conversation="g", client_id="one")
    assert len(asked) == 4


@pytest.mark.slow
async def test_after_a_deletion_old_addresses_are_worth_nothing(bucket: Bucket) -> None:
    """Also those given out before."""
    await bucket.media.begin(UPLOAD)
    await bucket.send(UPLOAD, CONTENT)
    url = bucket.media.content_url(UPLOAD, bucket.later())
    assert ask("GET", url).status == 200
    await bucket.media.delete("abc")
    assert ask("GET", url).status == 404
    assert bucket.objects() == []


@pytest.mark.slow
async def test_the_rights_that_are_needed(bucket: Bucket) -> None:
    """All of it works with these, under enforced IAM: no bucket is listed, no table scanned."""
    iam = bucket.emulator.client("iam")
    name = bucket.name
    iam.create_user(UserName=name)
    objects = ["s3:PutObject", "s3:PutObjectTagging", "s3:GetObject", "s3:DeleteObject", "s3:DeleteObjectTagging"]
    rows = ["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]
    statements = [
        {"Effect": "Allow", "Action": objects, "Resource": f"arn:aws:s3:::{name}/media/*"},
        {"Effect": "Allow", "Action": rows, "Resource": f"arn:aws:dynamodb:*:*:table/{bucket.table}"},
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_user_policy(UserName=name, PolicyName="files", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    clients = emulator_clients(bucket.emulator, key["AccessKeyId"], key["SecretAccessKey"])
    try:
        bucket.media = bucket.opened(clients)
        await bucket.media.begin(UPLOAD)
        assert await bucket.media.get("abc") == UPLOAD
        assert (await bucket.send(UPLOAD, CONTENT)).status == 200
        assert await bucket.media.claim("abc", "g", "one")
        assert await bucket.received(UPLOAD) == CONTENT
        assert await bucket.media.get("abc") == replace(UPLOAD, stored=True, conversation="g", client_id="one")
        await bucket.media.delete("abc")
        assert await bucket.media.get("abc") is None
    finally:
        clients.close()


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_addresses_of_the_real_s3_are_regional_and_of_signature_4(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bucket's own name, which answers without a redirect; temporary credentials go along; no checksum is asked."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "key")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    clients = Clients(region=region)
    media = S3Media(clients, bucket="files")
    try:
        address = media.upload_address(UPLOAD, 2**33)
        for url in (address.url, media.content_url(UPLOAD, 2**33)):
            parts, query = urlsplit(url), parse_qs(urlsplit(url).query)
            host = "files.s3.amazonaws.com" if region == "us-east-1" else f"files.s3.{region}.amazonaws.com"
            assert (parts.scheme, parts.netloc, parts.path) == ("https", host, "/media/abc")
            assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
            assert query["X-Amz-Credential"][0].endswith(f"/{region}/s3/aws4_request")
            assert query["X-Amz-Security-Token"] == ["token"]
            assert "checksum" not in url
        signed = parse_qs(urlsplit(address.url).query)["X-Amz-SignedHeaders"][0].split(";")
        assert signed == ["content-length", "content-type", "host", "if-none-match", "x-amz-tagging"]
    finally:
        clients.close()
