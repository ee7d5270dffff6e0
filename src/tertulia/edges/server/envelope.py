"""What surrounds every request: who calls, the headers of the answer, the log line, the figures, errors as problems."""

import logging
import time
from collections.abc import Iterable
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tertulia.domain.errors import ChatError, InvalidError
from tertulia.edges.server.answers import error_response
from tertulia.edges.server.caller import CallerReader
from tertulia.edges.server.exchange import Exchange
from tertulia.edges.server.headers import AnswerHeaders
from tertulia.edges.server.logs import ACCESS, log_request
from tertulia.edges.server.metrics import Metrics

CLIENT_GONE: Final = 499
"""Stands in log and metrics for a request whose client left; nobody is sent it."""


class Envelope:
    """A middleware (pure ASGI). It puts an `Exchange` into the scope."""

    def __init__(
        self, app: ASGIApp, *, callers: CallerReader, headers: AnswerHeaders, metrics: Metrics, hosts: Iterable[str]
    ) -> None:
        self._app: Final = app
        self._callers: Final = callers
        self._headers: Final = headers
        self._metrics: Final = metrics
        self._hosts: Final = frozenset(host.lower() for host in hosts)
        self._access: Final = logging.getLogger(ACCESS)
        self._faults: Final = logging.getLogger("tertulia.faults")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        # Routes match the path as it came: a slash inside a segment (`%2F`) belongs to the segment.
        path = scope["path"] = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        exchange = Exchange(self._callers.read(scope, dict(scope["headers"])), scope["method"], path)
        scope["tertulia"] = exchange

        async def send_complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                self._headers.complete(exchange, message["headers"])
            else:
                exchange.sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._answer(exchange, scope, receive, send_complete)
        finally:
            seconds = time.perf_counter() - started
            self._metrics.request(exchange.operation, exchange.status, exchange.code, seconds)
            log_request(self._access, exchange, seconds)

    async def _answer(self, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if self._hosts and exchange.caller.hostname not in self._hosts:
                raise InvalidError("invalid_request", "This server doesn't go by that name. The operator can add it.")
            await self._app(scope, receive, send)
        except ClientDisconnect:
            exchange.status = exchange.status or CLIENT_GONE
        except ChatError as error:
            if exchange.status:
                raise
            await error_response(exchange, error)(scope, receive, send)
        except Exception:
            # Whatever is wrong, the caller gets a problem, and the log says what under the same request id.
            fields = {"request_id": exchange.caller.request_id, "operation": exchange.operation}
            self._faults.exception("a request failed", extra={"fields": fields})
            if exchange.status:
                raise
            await error_response(exchange, ChatError("internal"))(scope, receive, send)
