"""The server's HTTP edge as one ASGI application: operations under `/api`, and the pages beside them."""

import logging
import time
from collections.abc import Iterable
from typing import Final

from tertulia.api.asyncapi import asyncapi
from tertulia.api.openapi import openapi
from tertulia.domain.errors import ChatError, InvalidError
from tertulia.edges.server.bodies import ClientGoneError, Receive, Send
from tertulia.edges.server.caller import CallerReader, Scope
from tertulia.edges.server.exchange import Exchange
from tertulia.edges.server.headers import AnswerHeaders
from tertulia.edges.server.logs import ACCESS, log_request
from tertulia.edges.server.metrics import Metrics
from tertulia.edges.server.pages import Documents, Pages, Ready
from tertulia.edges.server.rest import Dispatch, Rest
from tertulia.edges.server.settings import HttpSettings
from tertulia.ports.rates import Rate

CLIENT_GONE: Final = 499
"""Stands in log and metrics for a request whose client left; nobody is sent it."""


async def _always_ready() -> str:
    return ""


class HttpApp:
    """What uvicorn calls for each request. It starts and stops nothing: the home does."""

    def __init__(
        self,
        callers: CallerReader,
        headers: AnswerHeaders,
        rest: Rest,
        pages: Pages,
        metrics: Metrics,
        hosts: Iterable[str] = (),
    ) -> None:
        self._hosts: Final = frozenset(host.lower() for host in hosts)
        self._callers: Final = callers
        self._headers: Final = headers
        self._rest: Final = rest
        self._pages: Final = pages
        self._metrics: Final = metrics
        self._access: Final = logging.getLogger(ACCESS)
        self._faults: Final = logging.getLogger("tertulia.faults")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            # A WebSocket goes to the protocol class; one that comes here all the same is refused (ASGI, "Close").
            await send({"type": "websocket.close", "code": 1008})
            return
        started = time.perf_counter()
        headers = dict(scope["headers"])
        exchange = Exchange(scope, receive, send, self._callers.read(scope, headers), headers)
        try:
            await self._answer(exchange)
        finally:
            seconds = time.perf_counter() - started
            self._metrics.request(exchange.operation, exchange.status, exchange.code, seconds)
            log_request(self._access, exchange, seconds)

    async def _answer(self, exchange: Exchange) -> None:
        path: str = exchange.scope["path"]
        try:
            if self._hosts and exchange.caller.hostname not in self._hosts:
                raise InvalidError("invalid_request", "This server doesn't go by that name. The operator can add it.")
            if path.startswith("/api/") and not self._pages.has(path):
                await self._rest(exchange)
            elif path.startswith("/"):
                await self._pages(exchange)
            else:
                # `GET *` and the like (RFC 9112, 3.2.4): there is no such thing here.
                raise InvalidError("invalid_request")
        except InvalidError as error:
            await exchange.respond_problem(self._headers.api(exchange.caller), error)
        except ClientGoneError:
            exchange.status = exchange.status or CLIENT_GONE
        except Exception:
            # Whatever is wrong, the caller gets a problem, and the log says what under the same request id.
            fields = {"request_id": exchange.caller.request_id, "operation": exchange.operation}
            self._faults.exception("a request failed", extra={"fields": fields})
            if exchange.started:
                raise
            await exchange.respond_problem(self._headers.api(exchange.caller), ChatError("internal"))


def create_app(
    dispatch: Dispatch,
    *,
    settings: HttpSettings | None = None,
    metrics: Metrics | None = None,
    rate: Rate | None = None,
    ready: Ready = _always_ready,
    documents: Documents | None = None,
) -> HttpApp:
    """The application.

    `dispatch` performs an operation; `rate` limits addresses; `ready` says why the server can't work ("" where it can);
    `documents` are further JSON documents by path.
    """
    settings = settings or HttpSettings()
    metrics = metrics or Metrics()
    headers = AnswerHeaders(settings)
    documents = {"/api/openapi.json": openapi, "/api/asyncapi.json": asyncapi, **(documents or {})}
    pages = Pages(settings, headers, metrics, ready=ready, documents=documents)
    callers = CallerReader(settings.trusted_proxies, https=settings.https)
    return HttpApp(callers, headers, Rest(dispatch, headers, rate=rate), pages, metrics, settings.hosts)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
