"""The table of REST operations: the only source of routes, of the OpenAPI document, of the reference and of the
permission tests."""

from typing import Final

from tertulia.api.operations import accounts, conversations, drafts, library, media, messages, notifications, statuses
from tertulia.api.operations.operation import (
    ACCESS_ERRORS,
    COMMON_ERRORS,
    Access,
    Function,
    Operation,
    errors_of,
)

__all__ = ["ACCESS_ERRORS", "BY_NAME", "COMMON_ERRORS", "OPERATIONS", "Access", "Function", "Operation", "errors_of"]

OPERATIONS: Final[tuple[Operation, ...]] = (
    *accounts.OPERATIONS,
    *conversations.OPERATIONS,
    *messages.OPERATIONS,
    *media.OPERATIONS,
    *drafts.OPERATIONS,
    *library.OPERATIONS,
    *notifications.OPERATIONS,
    *statuses.OPERATIONS,
)

BY_NAME: Final = {operation.name: operation for operation in OPERATIONS}
