"""The REST API: the table of operations as routes, from a request to an operation's `Incoming`."""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from tertulia.api.dispatch import Answer, Incoming
from tertulia.api.http import FOREIGN, REFRESH_COOKIE, cost_of, parse_query, rate_key, unquote
from tertulia.api.operations import OPERATIONS, Operation
from tertulia.domain import limits
from tertulia.domain.errors import ConflictError, ForbiddenError, LimitedError
from tertulia.edges.server.answers import answer_response
from tertulia.edges.server.bodies import declared_length, read_json, stream
from tertulia.edges.server.exchange import Exchange, exchange_in
from tertulia.edges.server.headers import AnswerHeaders
from tertulia.ports.rates import Rate

Dispatch = Callable[[Operation, Incoming], Awaitable[Answer]]


class Rest:
    """Answers everything under `/api`. Who may do what is decided behind `dispatch`."""

    def __init__(
        self,
        dispatch: Dispatch,
        headers: AnswerHeaders,
        rate: Rate | None = None,
        bytes_max: int = limits.MEDIA_BYTES_MAX,
    ) -> None:
        self._dispatch: Final = dispatch
        self._headers: Final = headers
        self._rate: Final = rate
        self._bytes_max: Final = bytes_max

    def routes(self) -> list[Route]:
        """One for each path, so that Starlette knows the methods that a path takes; in the table's order, in which a
        fixed name goes before a parameter."""
        paths: defaultdict[str, dict[str, Operation]] = defaultdict(dict)
        for operation in OPERATIONS:
            for method in ("GET", "HEAD") if operation.method == "GET" else (operation.method,):
                paths[operation.path][method] = operation
        return [Route(path, self._endpoint(methods), methods=list(methods)) for path, methods in paths.items()]

    def limit(self, exchange: Exchange, cost: float = 1.0) -> None:
        """Raises LimitedError `rate_limited` where the caller's address has asked for too much."""
        if self._rate is None:
            return
        wait = self._rate.take(rate_key(exchange.caller.address), cost)
        if wait > 0:
            raise LimitedError("rate_limited", retry_after=round(wait, 3))

    def _endpoint(self, methods: dict[str, Operation]) -> Callable[[Request], Awaitable[Response]]:
        async def perform(request: Request) -> Response:
            operation = methods[request.method]
            exchange = exchange_in(request.scope)
            exchange.operation = operation.name
            self.limit(exchange, cost_of(operation))
            if FOREIGN in operation.errors and not self._headers.allows(
                exchange.caller, request.headers.get("sec-fetch-site", "")
            ):
                raise ForbiddenError(FOREIGN)
            incoming = await _incoming(request, exchange, operation, self._bytes_max)
            return answer_response(exchange, await self._dispatch(operation, incoming))

        return perform


async def upload(request: Request, bytes_max: int = limits.MEDIA_BYTES_MAX) -> AsyncIterator[bytes]:
    """The content of a file as it arrives. Raises InvalidError `too_large`, and ConflictError `upload_incomplete` where
    the client leaves before its end."""
    try:
        async for piece in stream(request, bytes_max):
            yield piece
    except ClientDisconnect:
        raise ConflictError("upload_incomplete") from None


async def _incoming(request: Request, exchange: Exchange, operation: Operation, bytes_max: int) -> Incoming:
    """The request as `dispatch` takes it, its JSON body read. Raises InvalidError, ClientDisconnect."""
    headers: Headers = request.headers
    caller = exchange.caller
    raw = operation.raw_body
    return Incoming(
        path={name: unquote(value) for name, value in request.path_params.items()},
        query=parse_query(request.scope["query_string"].decode("latin-1")),
        body=await read_json(request, limits.FRAME_BYTES_MAX) if operation.body_type is not None and not raw else b"",
        content=upload(request, bytes_max) if raw else None,
        content_length=declared_length(headers) if raw else None,
        authorization=headers.get("authorization", ""),
        origin=caller.origin,
        address=caller.address,
        refresh_token=request.cookies.get(REFRESH_COOKIE) or None if operation.cookie else None,
        range=headers.get("range", ""),
        request_id=caller.request_id,
    )
