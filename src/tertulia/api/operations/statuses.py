"""What people say of themselves, and whether they show what they have read."""

from typing import Final

from tertulia.api import statuses as s
from tertulia.api.operations.operation import Function, Operation
from tertulia.domain.status import Status

OPERATIONS: Final = (
    Operation(
        name="list_statuses",
        method="GET",
        path="/api/statuses",
        summary="What given users say of themselves. Changes are told as the event `status` to who follows them.",
        tag="accounts",
        function=Function.USERS_GET,
        query_type=s.StatusesQuery,
        response=s.PeopleStatuses,
    ),
    Operation(
        name="set_status",
        method="PUT",
        path="/api/users/me/status",
        summary="Says something of the caller to everybody who asks: an emoji, a few words, whether to be disturbed, "
        "and until when.",
        tag="accounts",
        function=Function.USERS_POST,
        body_type=s.SetStatus,
        response=Status,
    ),
    Operation(
        name="set_receipts",
        method="PUT",
        path="/api/users/me/receipts",
        summary="Sets whether others are to be shown what the caller reads. Clients go by it (`private` of "
        "`move_cursor`); `get_notifications` answers it, and the event `receipts` tells the caller's devices.",
        tag="accounts",
        function=Function.USERS_POST,
        body_type=s.SetReceipts,
    ),
)
