"""Invitations in `Chat-Connections`: one item each, `invite#<SHA-256 of the code>`, with a time to live."""

import hashlib
from typing import Any, Final

from botocore.exceptions import ClientError
from msgspec import Struct

from tertulia.adapters.cognito.sessions import CONFLICT, TABLE
from tertulia.aws.clients import Clients, code_of
from tertulia.domain.errors import ForbiddenError, InvalidError
from tertulia.ports.clock import Clock
from tertulia.ports.entropy import Entropy

INVITE_SECONDS_MAX: Final = 365 * 24 * 3600
_SECOND: Final = 1_000_000


class Invite(Struct, frozen=True, kw_only=True):
    """`item` is all of it as it is stored, to be given back. `first` is for the first administrator alone."""

    admin: bool
    first: bool
    item: dict[str, Any]


class Invites:
    """A code brings in one person: who deletes the item first. Of the code there is only its digest."""

    def __init__(self, clients: Clients, clock: Clock, entropy: Entropy, prefix: str) -> None:
        self._clients = clients
        self._clock = clock
        self._entropy = entropy
        self._table = prefix + TABLE
        self._client = clients.client("dynamodb")

    async def make(self, by: str, *, admin: bool, seconds: int, first: bool = False) -> str:
        """The code. Raises `invalid_request` where `seconds` is out of bounds."""
        if not 1 <= seconds <= INVITE_SECONDS_MAX:
            raise InvalidError("invalid_request", "An invitation is good for a second to a year.", field="seconds")
        code = self._entropy.token()
        item = _key(code) | {
            "by": {"S": by},
            "admin": {"BOOL": admin},
            "first": {"BOOL": first},
            # To the microsecond, as it is promised; `expires` is for DynamoDB.
            "until": {"N": str(self._clock.now() + seconds * _SECOND)},
            "expires": {"N": str(self._clock.now() // _SECOND + seconds + 1)},
        }
        await self._clients.call(self._client.put_item, TableName=self._table, Item=item)
        return code

    async def find(self, code: str) -> Invite:
        """Raises `invite_invalid`."""
        answer = await self._clients.call(
            self._client.get_item, TableName=self._table, Key=_key(code), ConsistentRead=True
        )
        item = answer.get("Item")
        if item is None or self._clock.now() >= int(item["until"]["N"]):
            raise ForbiddenError("invite_invalid")
        return Invite(admin=item["admin"]["BOOL"], first=item["first"]["BOOL"], item=item)

    async def spend(self, invite: Invite) -> None:
        """Raises `invite_invalid` where somebody else did."""
        try:
            await self._clients.call(
                self._client.delete_item,
                TableName=self._table,
                Key={"id": invite.item["id"]},
                ConditionExpression="attribute_exists(id)",
            )
        except ClientError as error:
            if code_of(error) == CONFLICT:
                raise ForbiddenError("invite_invalid") from error
            raise

    async def give_back(self, invite: Invite) -> None:
        """After a sign-up that failed."""
        await self._clients.call(self._client.put_item, TableName=self._table, Item=invite.item)


def _key(code: str) -> dict[str, Any]:
    digest = hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()
    return {"id": {"S": f"invite#{digest}"}}
