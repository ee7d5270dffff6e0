"""Files out of a bucket and into another: what an export and an import need beyond the port."""

from collections.abc import AsyncIterator
from typing import Any

from tertulia.adapters.s3.media import UNCLAIMED_TAG, S3Media, decode, key_of
from tertulia.aws.clients import Clients
from tertulia.domain import limits
from tertulia.domain.errors import ConflictError, InvalidError, NotFoundError
from tertulia.domain.media import delivered_type
from tertulia.ports.media import Upload


class S3Contents:
    """The files of `media`, which are those of the same bucket and prefix."""

    def __init__(self, clients: Clients, media: S3Media, *, bucket: str, prefix: str = "") -> None:
        self._clients = clients
        self._media = media
        self._bucket = bucket
        self._table = f"{prefix}Chat-Media"

    async def stored_uploads(self) -> AsyncIterator[Upload]:
        """The files that messages carry, in no order. It reads the whole table, a page at a time."""
        scan = self._clients.client("dynamodb").scan
        start: dict[str, Any] = {}
        while True:
            page = await self._clients.call(scan, TableName=self._table, ConsistentRead=True, **start)
            for upload in map(decode, page["Items"]):
                if upload.conversation:
                    found = await self._media.get(upload.id)
                    if found is not None and found.stored:
                        yield found
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    async def write(self, media: str, content: AsyncIterator[bytes]) -> Upload:
        """Stores the content of a file that was begun; all of it is in memory, which is limits.MEDIA_BYTES_MAX at the
        most. It goes by itself unless a message claims it. Raises `media_not_found`, `too_large`,
        `upload_incomplete`."""
        upload = await self._media.get(media)
        if upload is None:
            raise NotFoundError("media_not_found")
        if upload.size > limits.MEDIA_BYTES_MAX:
            raise InvalidError("too_large", maximum=limits.MEDIA_BYTES_MAX)
        whole = bytearray()
        async for piece in content:
            whole += piece
            if len(whole) > upload.size:
                raise InvalidError("too_large", "More came than was announced.", maximum=upload.size)
        if len(whole) < upload.size:
            raise ConflictError("upload_incomplete", f"{len(whole)} of {upload.size} bytes came. Send all of it again.")
        await self._clients.call(
            self._clients.client("s3").put_object,
            Bucket=self._bucket,
            Key=key_of(media),
            Body=bytes(whole),
            ContentType=delivered_type(upload.type),
            Tagging=f"{UNCLAIMED_TAG}=1",
        )
        stored = await self._media.get(media)
        if stored is None:
            raise NotFoundError("media_not_found")
        return stored
