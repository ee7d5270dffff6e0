"""The web page in its bucket: the web client's files, what describes this home to it, and the API's documents."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

import tertulia
from tertulia.api.asyncapi import asyncapi
from tertulia.api.openapi import openapi
from tertulia.deployment.account import Account
from tertulia.deployment.problems import DeploymentError, error_code
from tertulia.edges.server.pages import errors_page
from tertulia.edges.server.settings import WebConfig
from tertulia.edges.server.static import HASHED, IMMUTABLE, REVALIDATE, media_type_of

FOLDER: Final = Path(tertulia.__file__).resolve().parent / "static"
INVALIDATIONS_MAX: Final = 100
"""Paths of one deployment; CloudFront gives a thousand a month for nothing."""

Tell = Callable[[str, int, int], None]


class Page(Struct, frozen=True):
    """One object of the bucket."""

    key: str
    content: bytes
    media_type: str
    cache: str

    @property
    def tag(self) -> str:
        """S3's tag of it, where it was put whole (S3, "Object integrity")."""
        return f'"{hashlib.md5(self.content, usedforsecurity=False).hexdigest()}"'


class Uploaded(Struct, frozen=True):
    """What was done: keys put, keys deleted, and paths that CloudFront was told to forget."""

    put: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()


def pages(sign_up: str, *, codes: bool = False, edit_seconds: int = 0) -> list[Page]:
    """Everything that the site has; `codes` says that accounts are confirmed by one, `edit_seconds` for how long a
    message can be changed (0: for ever).

    Files whose names carry the hash of their content never change; of all others a browser asks each time whether they
    have."""
    if not (FOLDER / "index.html").is_file():
        message = "The web client isn't built. In the source folder run: make web"
        raise DeploymentError(message)
    found = [
        _page(path.relative_to(FOLDER).as_posix(), path.read_bytes())
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(FOLDER).parts)
    ]
    made: dict[str, Any] = {
        "config.json": WebConfig(sign_up=sign_up, codes=codes, edit_seconds=edit_seconds),
        "api/openapi.json": openapi(),
        "api/asyncapi.json": asyncapi(),
    }
    found += [_page(key, msgspec.json.encode(value)) for key, value in made.items()]
    return [*found, Page("docs/errors", errors_page().encode(), "text/html; charset=utf-8", REVALIDATE)]


def _page(key: str, content: bytes) -> Page:
    media_type = media_type_of(key)
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    return Page(key, content, media_type, IMMUTABLE if f"/{key}".startswith(HASHED) else REVALIDATE)


class Site:
    """The bucket of a stack, and the distribution before it."""

    def __init__(self, account: Account, bucket: str, distribution: str) -> None:
        self._s3: Final = account.client("s3")
        self._front: Final = account.client("cloudfront")
        self._bucket: Final = bucket
        self._distribution: Final = distribution

    def upload(self, wanted: list[Page], tell: Tell) -> Uploaded:
        """Brings the bucket to hold exactly these, changing what differs only.

        What the page needs is there before the page names it, and what a former version needed goes last.
        """
        there = self._tags()
        changed = [page for page in wanted if not self._same(page, there)]
        # index.html last: it names the others.
        changed.sort(key=lambda page: (page.key == "index.html", page.cache != IMMUTABLE, page.key))
        for count, page in enumerate(changed, 1):
            self._s3.put_object(
                Bucket=self._bucket,
                Key=page.key,
                Body=page.content,
                ContentType=page.media_type,
                CacheControl=page.cache,
            )
            tell("files of the web page", count, len(changed))
        gone = sorted(set(there) - {page.key for page in wanted})
        for key in gone:
            self._s3.delete_object(Bucket=self._bucket, Key=key)
        forgotten = [f"/{page.key}" for page in changed if page.cache != IMMUTABLE and page.key in there]
        self._forget(forgotten)
        return Uploaded(tuple(page.key for page in changed), tuple(gone), tuple(forgotten))

    def _tags(self) -> dict[str, str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket)
        return {each["Key"]: each["ETag"] for page in pages for each in page.get("Contents", ())}

    def _same(self, page: Page, there: dict[str, str]) -> bool:
        """Whether the object has this content, and is sent as it should be."""
        from botocore.exceptions import ClientError

        if there.get(page.key) != page.tag:
            return False
        try:
            head = self._s3.head_object(Bucket=self._bucket, Key=page.key)
        except ClientError as error:
            if error_code(error) not in ("404", "NoSuchKey"):
                raise
            return False
        return (head.get("ContentType"), head.get("CacheControl")) == (page.media_type, page.cache)

    def _forget(self, paths: list[str]) -> None:
        if not paths:
            return
        asked = paths if len(paths) <= INVALIDATIONS_MAX else ["/*"]
        # The same paths of the same contents are one invalidation, also when this is tried again.
        reference = hashlib.sha256(repr((self._tags(), asked)).encode()).hexdigest()[:32]
        self._front.create_invalidation(
            DistributionId=self._distribution,
            InvalidationBatch={"Paths": {"Quantity": len(asked), "Items": asked}, "CallerReference": reference},
        )
