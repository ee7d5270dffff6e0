"""The server's HTTP edge: a Starlette application of the operations under `/api`, and the pages beside them."""

from functools import partial
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tertulia.api.asyncapi import asyncapi
from tertulia.api.openapi import openapi
from tertulia.domain.errors import NotFoundError
from tertulia.edges.server.answers import error_response
from tertulia.edges.server.caller import CallerReader
from tertulia.edges.server.envelope import Envelope
from tertulia.edges.server.exchange import exchange_in
from tertulia.edges.server.headers import AnswerHeaders
from tertulia.edges.server.metrics import Metrics
from tertulia.edges.server.pages import Documents, Pages, Ready
from tertulia.edges.server.rest import Dispatch, Rest
from tertulia.edges.server.settings import HttpSettings
from tertulia.edges.server.static import WebClient
from tertulia.ports.rates import Rate

HttpApp = Starlette
"""What uvicorn calls for each request. It starts and stops nothing: the home does."""

_ORDER: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


async def _always_ready() -> str:
    return ""


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
    pages = Pages(settings, metrics, ready=ready, documents=documents)
    rest = Rest(dispatch, headers, rate, settings.web.media.bytes_max)
    callers = CallerReader(settings.trusted_proxies, https=settings.https)

    app = Starlette(
        routes=[*rest.routes(), *pages.routes()],
        middleware=[Middleware(Envelope, callers=callers, headers=headers, metrics=metrics, hosts=settings.hosts)],
        exception_handlers={405: partial(_refuse_method, headers=headers, rest=rest)},
    )
    app.router.redirect_slashes = False
    app.router.default = _elsewhere(rest, WebClient(settings.static))
    return app


def _elsewhere(rest: Rest, web_client: WebClient) -> ASGIApp:
    """What answers where no route does."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        # `GET *` and the like (RFC 9112, 3.2.4) has no slash.
        if scope["type"] == "http" and (path.startswith("/api/") or not path.startswith("/")):
            rest.limit(exchange_in(scope))
            raise NotFoundError("not_found")
        await web_client(scope, receive, send)

    return answer


async def _refuse_method(request: Request, error: Exception, headers: AnswerHeaders, rest: Rest) -> Response:
    """405 with the methods that a path takes (RFC 9110, 15.5.6). `OPTIONS` asks for just these."""
    exchange = exchange_in(request.scope)
    taken = error.headers if isinstance(error, HTTPException) else None
    methods = {*(taken or {}).get("Allow", "").split(", "), "OPTIONS"}
    allowed = ", ".join(method for method in _ORDER if method in methods)
    if request.method == "OPTIONS":
        exchange.operation = "preflight"
        return Response(None, 204, {"allow": allowed, **headers.preflight(request, allowed)})
    rest.limit(exchange)
    response = error_response(exchange, NotFoundError("method_not_allowed"))
    response.headers["allow"] = allowed
    return response
