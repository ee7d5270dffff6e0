"""The port `MediaStore` on S3: contents in a private bucket under `media/<id>`, what is known of them in `Chat-Media`.

People send and get contents straight to and from S3 by presigned requests (SigV4). An address is good for one object
and one method. An upload's names the exact size and type, and `If-None-Match: *`, so that a content is written once. A
large one comes in parts (S3, "Multipart upload"), whose addresses name their sizes. A download's fixes type and
disposition. An address ends with the credentials that signed it: a role's
can have less than an hour left, and then a client asks for another.

Nothing that no message claims is left: its row has a time to live, and its object the tag `unclaimed`, which a
lifecycle rule of the bucket deletes by (`infra/template.yaml`). A claim takes both away before the message is
committed. No table is scanned and no bucket listed. A file that was claimed for a message that then was never
committed stays, as it does on one machine. Thumbnails lie beside their picture, under `media/<id>.small` and `.large`.
Parts that are never joined the bucket deletes by a rule of its own.
"""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from botocore.exceptions import ClientError
from msgspec.structs import replace

from tertulia.aws.clients import Clients, code_of
from tertulia.domain import limits
from tertulia.domain.errors import ConflictError, NotFoundError
from tertulia.domain.media import (
    CACHE_CONTROL,
    Details,
    Variant,
    delivered_type,
    disposition,
    part_count,
    part_size,
)
from tertulia.ports.media import Upload, UploadAddress, variants_of

UNCLAIMED_TAG: Final = "unclaimed"
"""Objects with this tag (its value is `1`) are deleted by the bucket's lifecycle rule, some days after they came."""
_NOT_THERE: Final = frozenset({"404", "NoSuchKey", "NotFound"})
_NOT_SEEN: Final = _NOT_THERE | {"403", "AccessDenied"}
"""S3 answers HeadObject with 403 for what isn't there where a role may not list the bucket, and ours may not."""
_SIGNED_SECONDS_MAX: Final = 7 * 24 * 3600
"""S3's limit of X-Amz-Expires."""
PIECE: Final = 192 * 1024
"""Bytes of a content that are in memory at a time, when it is read."""


class S3Media:
    """`bucket` is for files alone. `prefix` goes before the table's name. `now` is in seconds since 1970: by it rows
    expire, as S3 and DynamoDB judge expiry by real time."""

    def __init__(
        self, clients: Clients, *, bucket: str, prefix: str = "", now: Callable[[], float] = time.time
    ) -> None:
        self._clients = clients
        self._bucket = bucket
        self._table = f"{prefix}Chat-Media"
        self._now = now

    async def begin(self, upload: Upload) -> Upload:
        # From now on, not from `created` on, which is long ago for a file that moves from another home.
        expires = int(self._now()) + limits.MEDIA_UNSENT_SECONDS
        if upload.part_bytes:
            begun = await self._object(
                "create_multipart_upload",
                upload.id,
                ContentType=delivered_type(upload.type),
                Tagging=f"{UNCLAIMED_TAG}=1",
            )
            upload = replace(upload, parts_id=(begun or {})["UploadId"])
        await self._rows("put_item", Item=_encode(upload, expires))
        return upload

    async def get(self, media: str) -> Upload | None:
        """One read; until a message has claimed the file, HeadObject too."""
        answer = await self._rows("get_item", Key={"id": {"S": media}}, ConsistentRead=True)
        item = answer.get("Item")
        if item is None or _expired(item, self._now()):
            return None
        upload = decode(item)
        return upload if upload.stored else replace(upload, stored=await self._arrived(upload))

    async def claim(self, media: str, conversation: str, client_id: str) -> bool:
        """Afterwards neither row nor content expires. Where a function dies in between, the message isn't committed,
        and a retry of it claims again and does the rest."""
        upload = await self.get(media)
        if upload is None:
            return False
        try:
            await self._rows(
                "update_item",
                Key={"id": {"S": media}},
                UpdateExpression="SET conversation = :conversation, client_id = :client, arrived = :arrived"
                " REMOVE expires",
                ConditionExpression="expires > :now OR (conversation = :conversation AND client_id = :client)",
                ExpressionAttributeValues={
                    ":conversation": {"S": conversation},
                    ":client": {"S": client_id},
                    ":arrived": {"BOOL": upload.stored},
                    ":now": {"N": str(int(self._now()))},
                },
            )
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return False
            raise
        for variant in variants_of(upload):
            await self._object("delete_object_tagging", media, variant)
        return True

    async def arrived(self, upload: Upload) -> set[int]:
        return set(await self._parts(upload))

    async def join(self, upload: Upload) -> Upload:
        current = await self._known(upload.id)
        if current.stored and current.details is None:
            await self._set(current, "arrived = :arrived", {":arrived": {"BOOL": True}})
        if current.stored:
            return current
        tags, count = await self._parts(current), part_count(current.size, current.part_bytes)
        if not count or len(tags) < count:
            raise ConflictError("upload_incomplete", missing=[n for n in range(1, count + 1) if n not in tags])
        parts = [{"PartNumber": number, "ETag": tags[number]} for number in sorted(tags)]
        await self._object(
            "complete_multipart_upload",
            current.id,
            none=_NOT_THERE | {"NoSuchUpload"},
            UploadId=current.parts_id,
            MultipartUpload={"Parts": parts},
        )
        if not await self._arrived(current):
            raise ConflictError("upload_incomplete")
        await self._set(current, "arrived = :arrived", {":arrived": {"BOOL": True}})
        return replace(current, stored=True)

    async def keep(self, ready: Upload, files: Mapping[Variant, Path]) -> Upload:
        current = await self._known(ready.id)
        if current.details is not None:
            return current
        # Before the row, which says that they are there. Whoever asks before has the address of what was sent.
        for variant, path in files.items():
            await self._clients.call(
                self._put, path=path, ready=ready, variant=variant, tagged=not current.conversation
            )
        names = {"#type": "type", "#size": "size"}
        values = {
            ":type": {"S": ready.type},
            ":size": {"N": str(ready.size)},
            ":details": {"S": msgspec.json.encode(ready.details).decode()},
            ":arrived": {"BOOL": True},
        }
        change = "#type = :type, #size = :size, details = :details, arrived = :arrived"
        await self._set(ready, change, values, ExpressionAttributeNames=names)
        return replace(current, type=ready.type, size=ready.size, details=ready.details, stored=True)

    async def place(self, ready: Upload, files: Mapping[Variant, Path]) -> Upload:
        await self.begin(replace(ready, details=None))
        return await self.keep(ready, files)

    async def read(
        self, media: str, start: int = 0, end: int | None = None, variant: Variant = Variant.ORIGINAL
    ) -> AsyncIterator[bytes]:
        asked = {"Range": f"bytes={start}-{'' if end is None else end - 1}"} if start or end is not None else {}
        answer = await self._object("get_object", media, variant, none=_NOT_SEEN, **asked)
        if answer is None:
            raise NotFoundError("media_not_found")
        body = answer["Body"]
        try:
            while piece := (await self._clients.call(_read, body=body))["piece"]:
                yield piece
        finally:
            body.close()

    async def delete(self, media: str) -> None:
        # The contents first: a row without one shows nothing, a content without a row would stay for ever.
        for variant in Variant:
            await self._object("delete_object", media, variant)
        await self._rows("delete_item", Key={"id": {"S": media}})

    def upload_address(self, upload: Upload, expires: int, part: int = 0) -> UploadAddress:
        if part:
            url = self._signed(
                "upload_part",
                expires,
                Key=key_of(upload.id),
                UploadId=upload.parts_id,
                PartNumber=part,
                ContentLength=part_size(upload.size, upload.part_bytes, part),
            )
            return UploadAddress("PUT", url, {}, expires)
        content_type, tag = delivered_type(upload.type), f"{UNCLAIMED_TAG}=1"
        url = self._signed(
            "put_object",
            expires,
            Key=key_of(upload.id),
            ContentLength=upload.size,
            ContentType=content_type,
            IfNoneMatch="*",
            Tagging=tag,
        )
        # Whoever sends adds Content-Length by itself: browsers let nobody else name it.
        headers = {"Content-Type": content_type, "If-None-Match": "*", "x-amz-tagging": tag}
        return UploadAddress("PUT", url, headers, expires)

    def content_url(
        self, upload: Upload, expires: int, variant: Variant = Variant.ORIGINAL, *, download: bool = False
    ) -> str:
        delivered = delivered_type(upload.type, variant)
        return self._signed(
            "get_object",
            expires,
            Key=key_of(upload.id, variant),
            ResponseContentType=delivered,
            ResponseContentDisposition=disposition(upload.name, delivered, download=download),
            ResponseCacheControl=CACHE_CONTROL,
        )

    def _signed(self, operation: str, expires: int, **parameters: Any) -> str:
        left = min(max(1, expires - int(self._now())), _SIGNED_SECONDS_MAX)
        sign = self._clients.client("s3").generate_presigned_url
        return str(sign(operation, Params={"Bucket": self._bucket, **parameters}, ExpiresIn=left))

    async def _arrived(self, upload: Upload) -> bool:
        head = await self._object("head_object", upload.id, none=_NOT_SEEN)
        return head is not None and head["ContentLength"] == upload.size

    async def _parts(self, upload: Upload) -> dict[int, str]:
        """The tags of the parts that are here and as large as they should be, by number."""
        found: dict[int, str] = {}
        after: dict[str, Any] = {}
        while upload.part_bytes and not upload.stored:
            page = await self._object(
                "list_parts", upload.id, none=_NOT_THERE | {"NoSuchUpload"}, UploadId=upload.parts_id, **after
            )
            for part in (page or {}).get("Parts", ()):
                if part["Size"] == part_size(upload.size, upload.part_bytes, part["PartNumber"]):
                    found[part["PartNumber"]] = part["ETag"]
            if not (page or {}).get("IsTruncated"):
                break
            after = {"PartNumberMarker": (page or {})["NextPartNumberMarker"]}
        return found

    async def _known(self, media: str) -> Upload:
        upload = await self.get(media)
        if upload is None:
            raise NotFoundError("media_not_found")
        return upload

    def _put(self, *, path: Path, ready: Upload, variant: Variant, tagged: bool) -> dict[str, Any]:
        tags = {"Tagging": f"{UNCLAIMED_TAG}=1"} if tagged else {}
        with path.open("rb") as file:
            self._clients.client("s3").put_object(
                Bucket=self._bucket,
                Key=key_of(ready.id, variant),
                Body=file,
                ContentType=delivered_type(ready.type, variant),
                **tags,
            )
        return {}

    async def _set(self, upload: Upload, change: str, values: dict[str, Any], **more: Any) -> None:
        """Raises `media_not_found` where the row has gone meanwhile: a change would make a new one."""
        try:
            await self._rows(
                "update_item",
                Key={"id": {"S": upload.id}},
                UpdateExpression=f"SET {change}",
                ConditionExpression="attribute_exists(id)",
                ExpressionAttributeValues=values,
                **more,
            )
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                raise NotFoundError("media_not_found") from None
            raise

    async def _object(
        self,
        operation: str,
        media: str,
        variant: Variant = Variant.ORIGINAL,
        *,
        none: frozenset[str] = _NOT_THERE,
        **more: Any,
    ) -> dict[str, Any] | None:
        """None where the refusal is one of `none`."""
        call = getattr(self._clients.client("s3"), operation)
        try:
            return await self._clients.call(call, Bucket=self._bucket, Key=key_of(media, variant), **more)
        except ClientError as error:
            if code_of(error) in none:
                return None
            raise

    async def _rows(self, operation: str, **parameters: Any) -> dict[str, Any]:
        call = getattr(self._clients.client("dynamodb"), operation)
        return await self._clients.call(call, TableName=self._table, **parameters)


def _expired(item: dict[str, Any], now: float) -> bool:
    """DynamoDB deletes late what has expired."""
    return "expires" in item and int(item["expires"]["N"]) <= now


def key_of(media: str, variant: Variant = Variant.ORIGINAL) -> str:
    return f"media/{media}" if variant is Variant.ORIGINAL else f"media/{media}.{variant}"


def _read(body: Any) -> dict[str, bytes]:
    return {"piece": body.read(PIECE)}


def _encode(upload: Upload, expires: int) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": {"S": upload.id},
        "owner": {"S": upload.owner},
        "name": {"S": upload.name},
        "type": {"S": upload.type},
        "size": {"N": str(upload.size)},
        "created": {"N": str(upload.created)},
        "expires": {"N": str(expires)},
    }
    if upload.part_bytes:
        item |= {"part_bytes": {"N": str(upload.part_bytes)}, "parts_id": {"S": upload.parts_id}}
    if upload.details is not None:
        item["details"] = {"S": msgspec.json.encode(upload.details).decode()}
    return item


def decode(item: dict[str, Any]) -> Upload:
    return Upload(
        id=item["id"]["S"],
        owner=item["owner"]["S"],
        name=item["name"]["S"],
        type=item["type"]["S"],
        size=int(item["size"]["N"]),
        created=int(item["created"]["N"]),
        stored=item.get("arrived", {}).get("BOOL", False),
        conversation=item.get("conversation", {}).get("S", ""),
        client_id=item.get("client_id", {}).get("S", ""),
        part_bytes=int(item.get("part_bytes", {}).get("N", "0")),
        parts_id=item.get("parts_id", {}).get("S", ""),
        details=msgspec.json.decode(item["details"]["S"], type=Details) if "details" in item else None,
    )
