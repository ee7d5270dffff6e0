"""What an error's code means on the wire: HTTP status and problem details (RFC 9457)."""

from typing import Final

from msgspec import UNSET

from tertulia.api.responses import Problem
from tertulia.domain.errors import (
    ChatError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    LimitedError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
    registry,
)

_BY_CLASS: Final[dict[type[ChatError], int]] = {
    ChatError: 500,
    InvalidError: 400,
    UnauthenticatedError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    LimitedError: 429,
    UnavailableError: 503,
}
_BY_CODE: Final = {"too_large": 413, "not_supported": 501, "method_not_allowed": 405}

STATUS: Final = {code: _BY_CODE.get(code, _BY_CLASS[kind]) for code, kind in registry().items()}
"""HTTP status by code."""

TITLES: Final = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    429: "Too many requests",
    500: "Internal error",
    501: "Not supported",
    503: "Unavailable",
}


def problem(error: ChatError, request_id: str | None = None) -> Problem:
    """The body of an error response. `type` is a relative address of the documentation of the code."""
    status = STATUS[error.code]
    return Problem(
        type=f"/docs/errors#{error.code}",
        title=TITLES[status],
        status=status,
        detail=error.sentence,
        code=error.code,
        temporary=error.temporary,
        retry_after=UNSET if error.retry_after is None else error.retry_after,
        details=dict(error.details) or UNSET,
        request_id=request_id or UNSET,
    )
