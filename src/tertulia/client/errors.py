"""Errors as the caller sees them: the server's, by their code, and those of the way to the server."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import msgspec

from tertulia.api.responses import Problem
from tertulia.domain.errors import (
    ChatError,
    ForbiddenError,
    InvalidError,
    LimitedError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
    registry,
)

_CLASSES: Final = registry()
_BY_STATUS: Final[dict[int, tuple[type[ChatError], str]]] = {
    400: (InvalidError, "invalid_request"),
    401: (UnauthenticatedError, "unauthenticated"),
    403: (ForbiddenError, "forbidden"),
    404: (NotFoundError, "not_found"),
    405: (NotFoundError, "method_not_allowed"),
    413: (InvalidError, "too_large"),
    422: (InvalidError, "invalid_request"),
    429: (LimitedError, "rate_limited"),
    501: (UnavailableError, "not_supported"),
    502: (UnavailableError, "unavailable"),
    503: (UnavailableError, "unavailable"),
    504: (UnavailableError, "unavailable"),
}
"""For answers that are not the product's own: a proxy's, for example."""


class UnreachableError(UnavailableError):
    """No answer came. The detail `sent` says whether the request may have been carried out all the same."""

    codes: ClassVar = {"unreachable": "The server can't be reached. Check the address and the network."}


def error_from(
    code: str,
    sentence: str | None = None,
    *,
    retry_after: float | None = None,
    details: Mapping[str, object] | None = None,
) -> ChatError:
    """The error of that code. A code that this client doesn't know becomes `internal`, with the code in the details."""
    known: dict[str, Any] = {str(k): v for k, v in (details or {}).items() if k not in {"code", "sentence"}}
    kind = _CLASSES.get(code)
    if kind is None:
        return ChatError("internal", sentence, retry_after=retry_after, server_code=code, **known)
    known.pop("retry_after", None)
    return kind(code, sentence, retry_after=retry_after, **known)


def error_of_answer(status: int, body: bytes, retry_after: str | None) -> ChatError:
    """The error in an HTTP answer: problem details (RFC 9457) where it has them, else what the status says."""
    seconds = _seconds(retry_after)
    try:
        problem = msgspec.json.decode(body, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        kind, code = _BY_STATUS.get(status, (ChatError, "internal"))
        sentence = None if kind is not ChatError else f"The server answered with HTTP status {status}."
        return kind(code, sentence, retry_after=seconds, status=status)
    wait = problem.retry_after if isinstance(problem.retry_after, int | float) else seconds
    details = problem.details if isinstance(problem.details, dict) else {}
    if isinstance(problem.request_id, str):
        details = {**details, "request_id": problem.request_id}
    return error_from(problem.code, problem.detail, retry_after=wait, details=details)


def may_help(error: ChatError) -> bool:
    """Whether the same request can succeed later."""
    return error.temporary and error.code != "not_supported"


def _seconds(header: str | None) -> float | None:
    """`Retry-After` in seconds (RFC 9110, 10.2.3). The form with a date is not used by the product."""
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
