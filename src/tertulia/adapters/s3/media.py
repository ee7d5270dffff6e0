"""The port `MediaStore` on S3: contents in a private bucket under `media/<id>`, what is known of them in `Chat-Media`.

People send and get contents straight to and from S3 by presigned requests (SigV4). An address is good for one object
and one method. An upload's names the exact size and type, and `If-None-Match: *`, so that a content is written once and
never changes. A download's fixes type and disposition. An address ends with the credentials that signed it: a role's
can have less than an hour left, and then a client asks for another.

Nothing that no message claims is left: its row has a time to live, and its object the tag `unclaimed`, which a
lifecycle rule of the bucket deletes by (`infra/template.yaml`). A claim takes both away before the message is
committed. No table is scanned and no bucket listed. A file that was claimed for a message that then was never
committed stays, as it does on one machine.
"""

import time
from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import ClientError
from msgspec.structs import replace

from tertulia.aws.clients import Clients, code_of
from tertulia.domain import limits
from tertulia.domain.media import CACHE_CONTROL, delivered_type, disposition
from tertulia.ports.media import Upload, UploadAddress

UNCLAIMED_TAG: Final = "unclaimed"
"""Objects with this tag (its value is `1`) are deleted by the bucket's lifecycle rule, some days after they came."""
_NOT_THERE: Final = frozenset({"404", "NoSuchKey", "NotFound"})
_NOT_SEEN: Final = _NOT_THERE | {"403", "AccessDenied"}
"""S3 answers HeadObject with 403 for what isn't there where a role may not list the bucket, and ours may not."""
_SIGNED_SECONDS_MAX: Final = 7 * 24 * 3600
"""S3's limit of X-Amz-Expires."""


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

    async def begin(self, upload: Upload) -> None:
        # From now on, not from `created` on, which is long ago for a file that moves from another home.
        expires = int(self._now()) + limits.MEDIA_UNSENT_SECONDS
        await self._rows("put_item", Item=_encode(upload, expires))

    async def get(self, media: str) -> Upload | None:
        """One read; until a message has claimed the file, HeadObject too."""
        answer = await self._rows("get_item", Key={"id": {"S": media}}, ConsistentRead=True)
        item = answer.get("Item")
        if item is None or self._expired(item):
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
        await self._object("delete_object_tagging", media)
        return True

    async def delete(self, media: str) -> None:
        # The content first: a row without one shows nothing, a content without a row would stay for ever.
        await self._object("delete_object", media)
        await self._rows("delete_item", Key={"id": {"S": media}})

    def upload_address(self, upload: Upload, expires: int) -> UploadAddress:
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

    def content_url(self, upload: Upload, expires: int) -> str:
        return self._signed(
            "get_object",
            expires,
            Key=key_of(upload.id),
            ResponseContentType=delivered_type(upload.type),
            ResponseContentDisposition=disposition(upload.name, upload.type),
            ResponseCacheControl=CACHE_CONTROL,
        )

    def _signed(self, operation: str, expires: int, **parameters: Any) -> str:
        left = min(max(1, expires - int(self._now())), _SIGNED_SECONDS_MAX)
        url: str = self._clients.client("s3").generate_presigned_url(
            operation, Params={"Bucket": self._bucket, **parameters}, ExpiresIn=left
        )
        return url

    async def _arrived(self, upload: Upload) -> bool:
        head = await self._object("head_object", upload.id, none=_NOT_SEEN)
        return head is not None and head["ContentLength"] == upload.size

    async def _object(self, operation: str, media: str, *, none: frozenset[str] = _NOT_THERE) -> dict[str, Any] | None:
        """None where the refusal is one of `none`."""
        call = getattr(self._clients.client("s3"), operation)
        try:
            return await self._clients.call(call, Bucket=self._bucket, Key=key_of(media))
        except ClientError as error:
            if code_of(error) in none:
                return None
            raise

    async def _rows(self, operation: str, **parameters: Any) -> dict[str, Any]:
        call = getattr(self._clients.client("dynamodb"), operation)
        return await self._clients.call(call, TableName=self._table, **parameters)

    def _expired(self, item: dict[str, Any]) -> bool:
        """DynamoDB deletes late what has expired."""
        return "expires" in item and int(item["expires"]["N"]) <= self._now()


def key_of(media: str) -> str:
    return f"media/{media}"


def _encode(upload: Upload, expires: int) -> dict[str, Any]:
    return {
        "id": {"S": upload.id},
        "owner": {"S": upload.owner},
        "name": {"S": upload.name},
        "type": {"S": upload.type},
        "size": {"N": str(upload.size)},
        "created": {"N": str(upload.created)},
        "expires": {"N": str(expires)},
    }


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
    )
