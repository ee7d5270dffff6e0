"""Objects of S3 by the thousand."""

from collections.abc import Iterator
from typing import Any, Final

BATCH: Final = 1000
"""Objects that one call deletes (S3, DeleteObjects)."""


def empty_bucket(s3: Any, bucket: str, prefix: str = "") -> int:
    """Deletes every object below the prefix with all its versions; how many there were."""
    count = 0
    for batch in _batches(s3, bucket, prefix):
        s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        count += len(batch)
    return count


def _batches(s3: Any, bucket: str, prefix: str) -> Iterator[list[dict[str, str]]]:
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix, MaxKeys=BATCH)
    for page in pages:
        found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        batch = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
        if batch:
            yield batch
