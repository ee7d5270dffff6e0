"""The HTTP edge of a function: from an event to an operation's `Incoming`, and from its answer back to API Gateway."""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from tertulia.api.dispatch import Answer, Incoming, dispatch, failure
from tertulia.api.http import (
    API_HEADERS,
    FOREIGN,
    HSTS,
    cors,
    cost_of,
    may_act,
    parse_query,
    preflight,
    rate_key,
    require_json,
    set_cookie,
)
from tertulia.api.operations import Function, Operation
from tertulia.api.routes import Route, find_route
from tertulia.domain import limits
from tertulia.domain.errors import ChatError, ForbiddenError, InvalidError, LimitedError, NotFoundError
from tertulia.edges.functions.logs import CallLog
from tertulia.edges.functions.requests import Request, read_request
from tertulia.ports.rates import Rate
from tertulia.services.chat import Chat

_logger: Final = logging.getLogger("tertulia.faults")
_encode: Final = msgspec.json.Encoder().encode

Flush = Callable[[], Awaitable[None]]
Documents = Mapping[str, Callable[[], Any]]
"""Further JSON documents by path, made when they are asked for."""


class HttpSettings(Struct, frozen=True, kw_only=True):
    """`origins` are the web origins whose pages may use the API, the product's own among them. `front_secret` is what
    the product's own distribution adds to each request ("" where it doesn't): see `requests.read_request`."""

    origins: frozenset[str] = frozenset()
    front_secret: str = ""


class HttpFunction:
    """One function: the operations that are its own, and the answers for paths that nothing has."""

    def __init__(
        self,
        function: Function,
        chat: Chat,
        *,
        settings: HttpSettings,
        rate: Rate,
        flush: Flush,
        documents: Documents | None = None,
    ) -> None:
        """`rate` limits addresses. `flush` pushes what a request led to: it is awaited before the answer is given, for
        a function stands still after it."""
        self._function: Final = function
        self._chat: Final = chat
        self._settings: Final = settings
        self._rate: Final = rate
        self._flush: Final = flush
        self._documents: Final = documents or {}

    async def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request, whatever happens; one line is logged."""
        log = CallLog(self._function, "")
        request: Request | None = None
        try:
            request = read_request(event, self._settings.front_secret)
            log.request_id = request.request_id
            answer = await self._answer(request, log)
        except ChatError as error:
            answer = failure(error, log.request_id)
        except Exception:
            _logger.exception("a request failed", extra={"fields": {"request_id": log.request_id}})
            answer = failure(ChatError("internal"), log.request_id)
        await self._flush()
        log.status, log.code, log.username = answer.status, answer.code, answer.username
        log.write()
        return self._encoded(answer, request, log.request_id)

    async def _answer(self, request: Request, log: CallLog) -> Answer:
        document = self._documents.get(request.path)
        if document is not None and request.method in ("GET", "HEAD"):
            log.operation = "document"
            return Answer(status=200, body=document())
        route = find_route(request.method, request.path)
        operation = route.operation
        if operation is None or operation.function is not self._function:
            return self._elsewhere(request, route, log)
        log.operation = operation.name
        self._limit(request, cost_of(operation))
        if FOREIGN in operation.errors and not may_act(
            request.header("origin"), request.header("sec-fetch-site"), self._settings.origins
        ):
            raise ForbiddenError(FOREIGN)
        return await dispatch(self._chat, operation, _incoming(request, route, operation))

    def _elsewhere(self, request: Request, route: Route, log: CallLog) -> Answer:
        """405 with the methods that a path takes (RFC 9110, 15.5.6), and 404; `OPTIONS` asks for just these methods."""
        allowed = ", ".join(route.methods)
        if request.method == "OPTIONS" and allowed:
            log.operation = "preflight"
            asked = request.headers.get("access-control-request-method")
            headers = preflight(request.header("origin"), asked, self._settings.origins, allowed)
            return Answer(status=204, headers={"allow": allowed, **headers})
        self._limit(request, 1.0)
        if route.operation is None and allowed:
            refusal = failure(NotFoundError("method_not_allowed"), request.request_id)
            return msgspec.structs.replace(refusal, headers={**refusal.headers, "allow": allowed})
        raise NotFoundError("not_found")

    def _limit(self, request: Request, cost: float) -> None:
        wait = self._rate.take(rate_key(request.address), cost)
        if wait > 0:
            raise LimitedError("rate_limited", retry_after=round(wait, 3))

    def _encoded(self, answer: Answer, request: Request | None, request_id: str) -> dict[str, Any]:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        headers = {**dict((*API_HEADERS, HSTS)), "content-type": "application/json", **headers}
        headers["x-request-id"] = request_id
        if answer.status in (429, 503):
            headers.setdefault("retry-after", "1")
        if request is not None:
            headers.update(cors(request.header("origin"), self._settings.origins))
            headers["vary"] = "Origin"
        # API Gateway takes the length of a body from the body, and leaves the body out of an answer to HEAD.
        silent = answer.status == 204
        encoded: dict[str, Any] = {
            "statusCode": answer.status,
            "headers": headers,
            "body": "" if silent else _encode(answer.body).decode(),
            "isBase64Encoded": False,
        }
        if not isinstance(answer.cookie, msgspec.UnsetType):
            encoded["cookies"] = [set_cookie(answer.cookie, secure=self._is_secure(request))]
        return encoded

    def _is_secure(self, request: Request | None) -> bool:
        """API Gateway itself writes `X-Forwarded-Proto`, and takes https only; an emulator writes none and takes
        http."""
        scheme = request.header("x-forwarded-proto") if request is not None else ""
        return scheme == "https" or _any_https(self._settings.origins)


def _any_https(origins: Collection[str]) -> bool:
    return any(origin.startswith("https://") for origin in origins)


def _incoming(request: Request, route: Route, operation: Operation) -> Incoming:
    """The request as `dispatch` takes it. Raises InvalidError."""
    body = request.body if operation.body_type is not None else b""
    if body:
        require_json(request.header("content-type"))
        if len(body) > limits.FRAME_BYTES_MAX:
            raise InvalidError("too_large", at_most=limits.FRAME_BYTES_MAX)
    return Incoming(
        path=route.parameters,
        query=parse_query(request.query),
        body=body,
        authorization=request.header("authorization"),
        origin=request.header("origin"),
        address=request.address,
        refresh_token=request.refresh_token if operation.cookie else None,
        range=request.header("range"),
        request_id=request.request_id,
    )
