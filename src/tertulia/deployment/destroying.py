"""Taking the serverless home out of an account again; its data only where that is what is wanted."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from msgspec import Struct

from tertulia.deployment.account import Account
from tertulia.deployment.code import CodeStore
from tertulia.deployment.deploying import DATA_TABLES
from tertulia.deployment.objects import empty_bucket
from tertulia.deployment.problems import NotThereError, error_code
from tertulia.deployment.stack import Stack, Tell

_TABLE: Final = "AWS::DynamoDB::Table"
_POOL: Final = "AWS::Cognito::UserPool"
_BUCKET: Final = "AWS::S3::Bucket"
_ABSENT: Final = frozenset({"ResourceNotFoundException", "NoSuchBucket", "404", "NotFound"})


class Data(Struct, frozen=True):
    """What holds what people wrote: physical names."""

    tables: tuple[str, ...]
    pools: tuple[str, ...]
    buckets: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.tables, *self.pools, *self.buckets)


class Destruction:
    """The end of one stack."""

    def __init__(self, account: Account, name: str, prefix: str = "") -> None:
        self._account: Final = account
        self._prefix: Final = prefix
        self.stack: Final = Stack(account, name)

    def data(self) -> Data:
        """The data that the stack holds, or that an earlier stack of that name and prefix has left."""
        if self.stack.describe() is None:
            return self._left()
        kinds: dict[str, list[str]] = {_TABLE: [], _POOL: [], _BUCKET: []}
        web = self.stack.outputs().get("WebBucket")
        for _, kind, name in self.stack.resources():
            if kind in kinds and name and name != web and not name.startswith(f"{self.stack.name}-webbucket-"):
                kinds[kind].append(name)
        return Data(tuple(kinds[_TABLE]), tuple(kinds[_POOL]), tuple(kinds[_BUCKET]))

    def _left(self) -> Data:
        ours = {f"{self._prefix}{name}" for name in DATA_TABLES}
        pages = self._account.client("dynamodb").get_paginator("list_tables").paginate()
        tables = sorted(ours & {name for page in pages for name in page["TableNames"]})
        pools = [
            pool["Id"]
            for page in self._account.client("cognito-idp").get_paginator("list_user_pools").paginate(MaxResults=60)
            for pool in page["UserPools"]
            if pool["Name"] == f"{self._prefix}Chat-Users"
        ]
        bucket = f"{self.stack.name}-media-{self._account.id}-{self._account.region}"
        buckets = [each["Name"] for each in self._account.client("s3").list_buckets()["Buckets"]]
        return Data(tuple(tables), tuple(pools), tuple({bucket} & set(buckets)))

    def remove_stack(self, tell: Tell) -> None:
        """Deletes the stack with the page and the code. Data stays. Raises NotThereError."""
        if self.stack.describe() is None:
            message = f"There is no stack {self.stack.name} in {self._account.region}."
            raise NotThereError(message)
        s3 = self._account.client("s3")
        for name, kind, bucket in self.stack.resources():
            if kind == _BUCKET and name == "WebBucket" and bucket:
                _unless_absent(partial(empty_bucket, s3, bucket))
        self.stack.delete(tell)
        CodeStore(self._account, self.stack.name).remove()

    def remove_data(self, data: Data, tell: Callable[[str, int, int], None]) -> None:
        """Deletes the data for good, protected or not. Done again it deletes what is left."""
        steps: tuple[tuple[Callable[[str], None], str], ...]
        steps = (
            *((self._remove_table, name) for name in data.tables),
            *((self._remove_pool, name) for name in data.pools),
            *((self._remove_bucket, name) for name in data.buckets),
        )
        for count, (remove, name) in enumerate(steps, 1):
            _unless_absent(partial(remove, name))
            tell("data", count, len(steps))

    def _remove_table(self, name: str) -> None:
        dynamodb = self._account.client("dynamodb")
        if dynamodb.describe_table(TableName=name)["Table"].get("DeletionProtectionEnabled"):
            dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
            dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        dynamodb.delete_table(TableName=name)

    def _remove_pool(self, name: str) -> None:
        accounts = self._account.client("cognito-idp")
        if accounts.describe_user_pool(UserPoolId=name)["UserPool"].get("DeletionProtection") == "ACTIVE":
            accounts.update_user_pool(UserPoolId=name, DeletionProtection="INACTIVE")
        accounts.delete_user_pool(UserPoolId=name)

    def _remove_bucket(self, name: str) -> None:
        s3 = self._account.client("s3")
        empty_bucket(s3, name)
        s3.delete_bucket(Bucket=name)


def _unless_absent(work: Callable[[], Any]) -> None:
    """Does it; what is gone already is as good."""
    from botocore.exceptions import ClientError

    try:
        work()
    except ClientError as error:
        if error_code(error) not in _ABSENT:
            raise
