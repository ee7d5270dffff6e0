"""The REST API: from bytes to an operation's `Incoming`, and from its `Answer` to bytes."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from tertulia.api.dispatch import Answer, Incoming
from tertulia.api.operations import OPERATIONS, Access, Operation
from tertulia.api.responses import Problem
from tertulia.domain import limits
from tertulia.domain.errors import ChatError, ForbiddenError, InvalidError, LimitedError, NotFoundError
from tertulia.edges.server.bodies import declared_length, read_json, stream
from tertulia.edges.server.caller import rate_key
from tertulia.edges.server.cookies import read_refresh_token, write_refresh_token
from tertulia.edges.server.exchange import JSON_TYPE, PROBLEM_TYPE, Exchange, problem_headers
from tertulia.edges.server.headers import AnswerHeaders, RawHeaders
from tertulia.edges.server.routes import Routes
from tertulia.ports.rates import Rate

Dispatch = Callable[[Operation, Incoming], Awaitable[Answer]]

QUERY_FIELDS_MAX: Final = 20
_JSON: Final = msgspec.json.Encoder()
_NO_NAMES: Final[dict[str, str]] = {}
_FOREIGN: Final = "origin_not_allowed"
"""Declared by the operations that a page of a foreign origin may not use: those with the cookie, and tickets."""
_ACCOUNT_COST: Final = 5.0
"""Signing up or in costs more than reading: an address is limited above all for guessing and for making accounts."""


class Rest:
    """Answers everything under `/api`. Who may do what is decided behind `dispatch`."""

    def __init__(
        self,
        dispatch: Dispatch,
        headers: AnswerHeaders,
        *,
        rate: Rate | None = None,
        operations: Iterable[Operation] = OPERATIONS,
    ) -> None:
        self._dispatch: Final = dispatch
        self._headers: Final = headers
        self._rate: Final = rate
        self._routes: Final = Routes(operations)

    async def __call__(self, exchange: Exchange) -> None:
        try:
            await self._answer(exchange)
        except ChatError as error:
            if exchange.started:
                raise
            headers = [*self._headers.api(exchange.caller), *self._headers.cors(exchange.caller)]
            await exchange.respond_problem(headers, error)

    async def _answer(self, exchange: Exchange) -> None:
        try:
            match = self._routes.match(exchange.method, exchange.raw_path)
        except UnicodeDecodeError:
            raise InvalidError("invalid_request", "The path is not percent-encoded UTF-8.") from None
        if match is None:
            self._limit(exchange, 1.0)
            raise NotFoundError("not_found")
        if exchange.method == "OPTIONS":
            exchange.operation = "preflight"
            headers = self._headers.preflight(exchange.caller, exchange.headers, match.allowed)
            await exchange.respond(204, [*self._headers.api(exchange.caller), *headers], b"")
            return
        operation = match.operation
        if operation is None:
            self._limit(exchange, 1.0)
            await self._refuse_method(exchange, match.allowed)
            return
        exchange.operation = operation.name
        self._limit(exchange, _cost(operation))
        if _FOREIGN in operation.errors and not self._headers.allows(
            exchange.caller, exchange.headers.get(b"sec-fetch-site", b"")
        ):
            raise ForbiddenError(_FOREIGN)
        incoming = await _incoming(exchange, operation, match.path)
        await self._respond(exchange, operation, await self._dispatch(operation, incoming))

    def _limit(self, exchange: Exchange, cost: float) -> None:
        """Raises LimitedError `rate_limited` where the caller's address has asked for too much."""
        if self._rate is None:
            return
        wait = self._rate.take(rate_key(exchange.caller.address), cost)
        if wait > 0:
            raise LimitedError("rate_limited", retry_after=round(wait, 3))

    async def _refuse_method(self, exchange: Exchange, allowed: Iterable[str]) -> None:
        headers = [
            *self._headers.api(exchange.caller),
            *self._headers.cors(exchange.caller),
            (b"allow", ", ".join(allowed).encode("ascii")),
        ]
        await exchange.respond_problem(headers, NotFoundError("method_not_allowed"))

    async def _respond(self, exchange: Exchange, operation: Operation, answer: Answer) -> None:
        exchange.code = answer.code
        exchange.username = answer.username
        caller = exchange.caller
        raw = operation.raw_response and not answer.code
        headers = list(self._headers.content(caller) if raw else self._headers.api(caller))
        headers += self._headers.cors(caller)
        if answer.content is None:
            headers.append((b"content-type", PROBLEM_TYPE if answer.code else JSON_TYPE))
        if isinstance(answer.body, Problem):
            headers += problem_headers(answer.body)
        if answer.headers:
            headers = _override(headers, answer.headers)
        if not isinstance(answer.cookie, msgspec.UnsetType):
            headers.append((b"set-cookie", write_refresh_token(answer.cookie, https=caller.https)))
        if answer.content is not None:
            await exchange.respond_stream(answer.status, headers, answer.content)
            return
        await exchange.respond(answer.status, headers, _JSON.encode(answer.body))


def _cost(operation: Operation) -> float:
    return _ACCOUNT_COST if operation.access is Access.PUBLIC and operation.method == "POST" else 1.0


async def _incoming(exchange: Exchange, operation: Operation, path: dict[str, str]) -> Incoming:
    """The request as `dispatch` takes it, its JSON body read. Raises InvalidError."""
    headers = exchange.headers
    body, content, length = b"", None, None
    if operation.raw_body:
        length = declared_length(headers)
        content = stream(exchange.receive, headers, limits.MEDIA_BYTES_MAX)
    elif operation.body_type is not None:
        body = await read_json(exchange.receive, headers, limits.FRAME_BYTES_MAX)
    return Incoming(
        path=path,
        query=_query(exchange.scope["query_string"]),
        body=body,
        content=content,
        content_length=length,
        authorization=headers.get(b"authorization", b"").decode("latin-1"),
        origin=exchange.caller.origin,
        address=exchange.caller.address,
        refresh_token=read_refresh_token(headers.get(b"cookie")) if operation.cookie else None,
        range=headers.get(b"range", b"").decode("latin-1"),
        request_id=exchange.caller.request_id,
    )


def _query(query_string: bytes) -> dict[str, str]:
    """The query's fields. Raises InvalidError `invalid_request` where a name stands twice or the text isn't UTF-8."""
    if not query_string:
        return _NO_NAMES
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=QUERY_FIELDS_MAX
        )
    except (UnicodeDecodeError, ValueError):
        raise InvalidError(
            "invalid_request", "The query is not percent-encoded UTF-8, or has too many fields."
        ) from None
    query = dict(pairs)
    if len(query) != len(pairs):
        raise InvalidError("invalid_request", "A name stands twice in the query.")
    return query


def _override(headers: RawHeaders, given: Any) -> RawHeaders:
    """The headers, with those that the operation gives in place of the edge's own of the same name."""
    own = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in given.items()]
    names = {name for name, _ in own}
    return [*(header for header in headers if header[0] not in names), *own]
