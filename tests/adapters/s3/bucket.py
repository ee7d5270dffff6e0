"""A bucket and its table in ministack, and whoever holds signed addresses of it."""

import asyncio
import itertools
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from msgspec import Struct
from tests.emulators.emulators import ACCESS_KEY, REGION, Emulator, create_tables

from tertulia.adapters.s3.media import S3Media
from tertulia.aws.clients import Clients
from tertulia.domain import limits
from tertulia.ports.media import Upload

_NUMBERS: Final = itertools.count()


class Reply(Struct, frozen=True):
    """What S3 answered. Header names are in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Reply:
    """A request by somebody who holds nothing but the address."""
    request = Request(url, method=method, headers=dict(headers or {}), data=body)
    try:
        with urlopen(request, timeout=10) as answer:
            return Reply(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
    except HTTPError as error:
        with error:
            return Reply(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())


class Bucket:
    """`ahead`: seconds by which the adapter's time is ahead of the real one; tests move it."""

    def __init__(self, emulator: Emulator, clients: Clients, number: int) -> None:
        self.emulator = emulator
        self.clients = clients
        self.name = f"files-{os.getpid()}-{number}"
        self.table = f"Files{number}-Chat-Media"
        self.ahead = 0.0
        self.media = self.opened(clients)

    def opened(self, clients: Clients) -> S3Media:
        """The adapter over this bucket, with the rights of `clients`."""
        prefix = self.table.removesuffix("Chat-Media")
        return S3Media(clients, bucket=self.name, prefix=prefix, now=lambda: time.time() + self.ahead)

    async def send(self, upload: Upload, content: bytes) -> Reply:
        address = self.media.upload_address(upload, self.later())
        return await asyncio.to_thread(ask, address.method, address.url, address.headers, content)

    async def received(self, upload: Upload) -> bytes | None:
        reply = await self.reply(upload)
        return reply.body if reply.status == 200 else None

    async def reply(self, upload: Upload) -> Reply:
        return await asyncio.to_thread(ask, "GET", self.media.content_url(upload, self.later()))

    def tags(self, upload: Upload) -> dict[str, str]:
        found = self.clients.client("s3").get_object_tagging(Bucket=self.name, Key=f"media/{upload.id}")
        return {tag["Key"]: tag["Value"] for tag in found["TagSet"]}

    def objects(self) -> list[str]:
        listed = self.clients.client("s3").list_objects_v2(Bucket=self.name)
        return [each["Key"] for each in listed.get("Contents", ())]

    def later(self) -> int:
        return int(time.time()) + limits.MEDIA_URL_SECONDS


@contextmanager
def opened_bucket(emulator: Emulator) -> Iterator[Bucket]:
    """An empty one with the template's tables."""
    clients = emulator_clients(emulator)
    bucket = Bucket(emulator, clients, next(_NUMBERS))
    emulator.client("s3").create_bucket(Bucket=bucket.name)
    create_tables(emulator, bucket.table.removesuffix("Chat-Media"))
    try:
        yield bucket
    finally:
        clients.close()


def emulator_clients(emulator: Emulator, key: str = ACCESS_KEY, secret: str = ACCESS_KEY) -> Clients:
    """Clients with that access key, which boto3 takes from the environment when a client is made."""
    clients = Clients(region=REGION, endpoint_url=emulator.url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", key)
        patch.setenv("AWS_SECRET_ACCESS_KEY", secret)
        patch.delenv("AWS_SESSION_TOKEN", raising=False)
        for service in ("s3", "dynamodb"):
            clients.client(service)
    return clients
