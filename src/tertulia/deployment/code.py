"""Where a stack's code and template wait for AWS to fetch them: a bucket for a region, a folder for a stack."""

import hashlib
from typing import Any, Final

from tertulia.deployment.account import Account
from tertulia.deployment.objects import empty_bucket
from tertulia.deployment.packaging import Package
from tertulia.deployment.problems import error_code
from tertulia.deployment.resources import template_text

KEPT: Final = 5
"""Packages of a stack that stay, the newest; an update that fails rolls back to the one before."""
_ABSENT: Final = ("404", "NoSuchBucket", "NotFound", "NoSuchKey")


class CodeStore:
    """The bucket, made when something is first put into it."""

    def __init__(self, account: Account, stack: str) -> None:
        self._s3: Final = account.client("s3")
        self._region: Final = account.region
        self._stack: Final = stack
        self._endpoint: Final = account.endpoint_url
        self.bucket: Final = f"tertulia-code-{account.id}-{account.region}"

    def put_package(self, package: Package) -> str:
        """Uploads it where it isn't there yet; its key."""
        return self._put(package.name, package.content)

    def put_template(self) -> str:
        """Uploads the template, which is larger than what CloudFormation takes directly (51,200 bytes); its address."""
        text = template_text().encode()
        key = self._put(f"template-{hashlib.sha256(text).hexdigest()[:24]}.yaml", text)
        if self._endpoint:
            return f"{self._endpoint}/{self.bucket}/{key}"
        return str(self._s3.generate_presigned_url("get_object", {"Bucket": self.bucket, "Key": key}).partition("?")[0])

    def key_of(self, package: Package) -> str:
        return f"{self._stack}/{package.name}"

    def forget_old(self, *used: str) -> None:
        """Deletes all but the newest packages and templates. Those that are `used` stay."""
        listed = self._objects()
        for kind in ("functions-", "pictures-", "push-", "template-"):
            ours = [
                each for each in listed if each["Key"].startswith(f"{self._stack}/{kind}") and each["Key"] not in used
            ]
            for each in sorted(ours, key=lambda one: one["LastModified"], reverse=True)[KEPT:]:
                self._s3.delete_object(Bucket=self.bucket, Key=each["Key"])

    def remove(self) -> None:
        """Deletes what the stack has there, and the bucket where no other stack has something in it."""
        if not self._exists():
            return
        empty_bucket(self._s3, self.bucket, prefix=f"{self._stack}/")
        if not self._s3.list_objects_v2(Bucket=self.bucket, MaxKeys=1).get("KeyCount"):
            self._s3.delete_bucket(Bucket=self.bucket)

    def _put(self, name: str, content: bytes) -> str:
        from botocore.exceptions import ClientError

        key = f"{self._stack}/{name}"
        if not self._exists():
            self._make()
        try:
            self._s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error_code(error) not in _ABSENT:
                raise
            self._s3.put_object(Bucket=self.bucket, Key=key, Body=content)
        return key

    def _objects(self) -> list[dict[str, Any]]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=f"{self._stack}/")
        return [each for page in pages for each in page.get("Contents", ())]

    def _exists(self) -> bool:
        from botocore.exceptions import ClientError

        try:
            self._s3.head_bucket(Bucket=self.bucket)
        except ClientError as error:
            if error_code(error) not in _ABSENT:
                raise
            return False
        return True

    def _make(self) -> None:
        # us-east-1 is the one region that must not be named.
        where = (
            {} if self._region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
        )
        self._s3.create_bucket(Bucket=self.bucket, **where)
        closed = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
        self._s3.put_public_access_block(Bucket=self.bucket, PublicAccessBlockConfiguration=dict.fromkeys(closed, True))
