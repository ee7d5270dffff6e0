"""From a request, however it arrived, to an answer: decode, authenticate, call the services, map errors.

Both edges, the server and the functions, use it, so an operation behaves the same in every home.
"""

import logging
import math
from typing import Any, Final

import msgspec

from tertulia.api.calls import Answer, Call, Incoming, RefreshCookie
from tertulia.api.errors import STATUS, problem
from tertulia.api.handlers import HANDLERS
from tertulia.api.handlers.accounts import bearer
from tertulia.api.operations import Access, Operation
from tertulia.domain.errors import ChatError, ForbiddenError, InvalidError, UnauthenticatedError
from tertulia.ports.accounts import Identity
from tertulia.services.chat import Chat

__all__ = ["Answer", "Incoming", "RefreshCookie", "dispatch", "failure"]

_LOG: Final = logging.getLogger("tertulia.api")
_NOBODY: Final = Identity(username="", session="", admin=False, expires=0)
_DECODERS: Final[dict[type, msgspec.json.Decoder[Any]]] = {}


async def dispatch(chat: Chat, operation: Operation, incoming: Incoming) -> Answer:
    """The answer to a request. Never raises but for cancellation: an error is an answer too."""
    identity = _NOBODY
    try:
        identity = await _authenticate(chat, operation, incoming)
        call: Call[Any, Any, Any] = Call(
            identity=identity,
            path=_parameters(incoming.path, operation.path_type),
            query=_parameters(incoming.query, operation.query_type),
            body=_body(incoming, operation),
            incoming=incoming,
        )
        answer = await HANDLERS[operation.name](chat, call)
    except ChatError as error:
        answer = failure(error, incoming.request_id)
    except Exception:  # noqa: BLE001 - whatever fails, the caller gets an answer and the log the reason
        _LOG.exception("operation failed", extra={"operation": operation.name, "request_id": incoming.request_id})
        answer = failure(ChatError("internal"), incoming.request_id)
    return msgspec.structs.replace(answer, username=identity.username) if identity.username else answer


def failure(error: ChatError, request_id: str | None = None) -> Answer:
    """An error as an answer: problem details, and when to try again."""
    headers = {"Content-Type": "application/problem+json"}
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if STATUS[error.code] == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Answer(status=STATUS[error.code], body=problem(error, request_id), headers=headers, code=error.code)


async def _authenticate(chat: Chat, operation: Operation, incoming: Incoming) -> Identity:
    if operation.access not in (Access.USER, Access.ADMIN):
        return _NOBODY
    token = bearer(incoming.authorization)
    if not token:
        raise UnauthenticatedError("unauthenticated")
    identity = await chat.accounts.verify(token)
    if operation.access is Access.ADMIN and not identity.admin:
        raise ForbiddenError("forbidden")
    return identity


def _parameters(given: Any, kind: type[Any]) -> Any:
    try:
        return msgspec.convert(dict(given), kind, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidError("invalid_request", f"{error}. Nothing was changed.") from None


def _body(incoming: Incoming, operation: Operation) -> Any:
    if operation.body_type is None:
        return None
    decoder = _DECODERS.get(operation.body_type)
    if decoder is None:
        decoder = _DECODERS[operation.body_type] = msgspec.json.Decoder(operation.body_type)
    try:
        return decoder.decode(incoming.body or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidError("invalid_request", f"{error}. Nothing was changed.") from None
