"""Everything over HTTP that is not an operation: documents, configuration, health, metrics."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from html import escape
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tertulia.api.errors import STATUS
from tertulia.api.responses import Status
from tertulia.domain.errors import ForbiddenError, InvalidError, UnavailableError, registry
from tertulia.edges.server.answers import error_response, json_response
from tertulia.edges.server.caller import is_loopback
from tertulia.edges.server.exchange import Kind, exchange_in
from tertulia.edges.server.metrics import Metrics
from tertulia.edges.server.settings import HttpSettings
from tertulia.edges.server.static import Content

Ready = Callable[[], Awaitable[str]]
"""Answers "" where the server can do its work, else a sentence that says why not. May raise."""
Documents = Mapping[str, Callable[[], Any]]
Endpoint = Callable[[Request], Awaitable[Response]]

READY_SECONDS: Final = 2.0
_METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Pages:
    """Fixed paths, most of them outside `/api`. Only `GET` and `HEAD`."""

    def __init__(self, settings: HttpSettings, metrics: Metrics, *, ready: Ready, documents: Documents) -> None:
        self._settings: Final = settings
        self._metrics: Final = metrics
        self._ready: Final = ready
        self._documents: Final = {"/config.json": lambda: settings.web, **documents}
        self._made: Final[dict[str, Content]] = {}

    def routes(self) -> list[Route]:
        """Their names are those of the log and the metrics."""
        return [
            _route("/healthz", self._healthz, "healthz"),
            _route("/readyz", self._readyz, "readyz"),
            _route("/metrics", self._show_metrics, "metrics"),
            _route("/docs/errors", self._errors, "docs"),
            _route("/ws", self._not_a_websocket, "websocket"),
            *(_route(path, self._document, "document") for path in self._documents),
        ]

    async def _healthz(self, _: Request) -> Response:
        """The process lives and its event loop turns."""
        return json_response(Status(status="ok"))

    async def _readyz(self, request: Request) -> Response:
        """The server can do its work; 503 while it drains, or where its store doesn't answer in time."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                reason = await self._ready()
        except Exception:  # noqa: BLE001  whatever is wrong with the store, the answer is the same
            reason = "The store doesn't answer."
        if reason:
            return error_response(exchange_in(request.scope), UnavailableError("unavailable", reason))
        return json_response(Status(status="ready"))

    async def _show_metrics(self, request: Request) -> Response:
        """For this machine, and for who shows the token. A request that a proxy passed on isn't this machine's own."""
        caller, token = exchange_in(request.scope).caller, self._settings.metrics_token
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        shown = bool(token) and hmac.compare_digest(given.encode(), token.encode())
        if not shown and (caller.forwarded or not is_loopback(caller.address)):
            sentence = "Metrics are for this machine, or for who shows the metrics token as a bearer token."
            raise ForbiddenError("forbidden", sentence)
        return Response(self._metrics.text(), media_type=_METRICS_TYPE)

    async def _document(self, request: Request) -> Response:
        path = exchange_in(request.scope).path
        return self._once(request, lambda: (msgspec.json.encode(self._documents[path]()), "application/json"))

    async def _errors(self, request: Request) -> Response:
        """The list of codes, so that the `type` of a problem leads somewhere."""
        exchange_in(request.scope).kind = Kind.PAGE
        return self._once(request, lambda: (errors_page().encode(), "text/html"))

    def _once(self, request: Request, make: Callable[[], tuple[bytes, str]]) -> Response:
        """What stays the same while the process runs, made when it is first asked for."""
        path = exchange_in(request.scope).path
        made = self._made.get(path)
        if made is None:
            made = self._made[path] = Content(*make())
        return made.response(request.headers)

    async def _not_a_websocket(self, request: Request) -> Response:
        error = InvalidError("invalid_request", "Open this address as a WebSocket.")
        response = error_response(exchange_in(request.scope), error)
        response.headers["upgrade"] = "websocket"
        return response


def _route(path: str, endpoint: Endpoint, name: str) -> Route:
    async def named(request: Request) -> Response:
        exchange_in(request.scope).operation = name
        return await endpoint(request)

    return Route(path, named, methods=["GET"], name=name)


def errors_page() -> str:
    """Every error code with its status and its sentence, as a plain page."""
    rows = "".join(
        f'<tr id="{code}"><td><code>{code}</code></td><td>{STATUS[code]}</td>'
        f"<td>{'yes' if kind.temporary else 'no'}</td><td>{escape(kind.codes[code])}</td></tr>\n"
        for code, kind in sorted(registry().items())
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Tertulia: errors</title>'
        '<meta name="viewport" content="width=device-width"></head><body>\n<h1>Errors</h1>\n'
        "<p>An error is a problem (RFC 9457) with a stable <code>code</code>.</p>\n"
        "<table><thead><tr><th>Code</th><th>Status</th><th>Can pass</th><th>What to do</th></tr></thead>\n"
        f"<tbody>\n{rows}</tbody></table>\n</body></html>\n"
    )
