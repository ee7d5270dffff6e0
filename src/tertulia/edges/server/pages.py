"""Everything over HTTP that is not an operation: documents, configuration, health, metrics, the web client."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from html import escape
from typing import Any, Final

import msgspec

from tertulia.api.errors import STATUS
from tertulia.api.responses import Status
from tertulia.domain.errors import ForbiddenError, InvalidError, NotFoundError, UnavailableError, registry
from tertulia.edges.server.caller import is_loopback
from tertulia.edges.server.exchange import Exchange
from tertulia.edges.server.headers import AnswerHeaders
from tertulia.edges.server.metrics import Metrics
from tertulia.edges.server.settings import HttpSettings
from tertulia.edges.server.static import File, StaticFiles, make_file, reply

Ready = Callable[[], Awaitable[str]]
"""Answers "" where the server can do its work, else a sentence that says why not. May raise."""
Documents = Mapping[str, Callable[[], Any]]

READY_SECONDS: Final = 2.0
_METRICS_TYPE: Final = b"text/plain; version=0.0.4; charset=utf-8"


class Pages:
    """Answers every path outside `/api`, and the documents inside it. Only `GET` and `HEAD`."""

    def __init__(
        self,
        settings: HttpSettings,
        headers: AnswerHeaders,
        metrics: Metrics,
        *,
        ready: Ready,
        documents: Documents,
    ) -> None:
        self._settings: Final = settings
        self._headers: Final = headers
        self._metrics: Final = metrics
        self._ready: Final = ready
        self._documents: Final = documents
        self._static: Final = StaticFiles(settings.static)
        self._made: Final[dict[str, File]] = {}
        self._pages: Final[dict[str, tuple[str, Callable[[Exchange], Awaitable[None]]]]] = {
            "/healthz": ("healthz", self._healthz),
            "/readyz": ("readyz", self._readyz),
            "/metrics": ("metrics", self._show_metrics),
            "/config.json": ("config", self._config),
            "/docs/errors": ("docs", self._errors),
            "/ws": ("websocket", self._not_a_websocket),
            **dict.fromkeys(documents, ("document", self._document)),
        }

    def has(self, path: str) -> bool:
        return path in self._pages

    async def __call__(self, exchange: Exchange) -> None:
        path: str = exchange.scope["path"]
        exchange.operation, page = self._pages.get(path, ("static", self._serve_file))
        if exchange.method == "OPTIONS":
            headers = self._headers.preflight(exchange.caller, exchange.headers, ("GET", "HEAD", "OPTIONS"))
            await exchange.respond(204, [*self._headers.api(exchange.caller), *headers], b"")
        elif exchange.method not in ("GET", "HEAD"):
            headers = [*self._headers.api(exchange.caller), (b"allow", b"GET, HEAD, OPTIONS")]
            await exchange.respond_problem(headers, NotFoundError("method_not_allowed"))
        else:
            await page(exchange)

    async def _healthz(self, exchange: Exchange) -> None:
        """The process lives and its event loop turns."""
        await exchange.respond_json(200, self._headers.api(exchange.caller), Status(status="ok"))

    async def _readyz(self, exchange: Exchange) -> None:
        """The server can do its work; 503 while it drains, or where its store doesn't answer in time."""
        headers = self._headers.api(exchange.caller)
        try:
            async with asyncio.timeout(READY_SECONDS):
                reason = await self._ready()
        except Exception:  # noqa: BLE001  whatever is wrong with the store, the answer is the same
            reason = "The store doesn't answer."
        if reason:
            await exchange.respond_problem(headers, UnavailableError("unavailable", reason))
        else:
            await exchange.respond_json(200, headers, Status(status="ready"))

    async def _show_metrics(self, exchange: Exchange) -> None:
        """For this machine, and for who shows the token. A request that a proxy passed on isn't this machine's own."""
        caller, token = exchange.caller, self._settings.metrics_token
        headers = self._headers.api(caller)
        given = exchange.headers.get(b"authorization", b"").removeprefix(b"Bearer ")
        shown = bool(token) and hmac.compare_digest(given, token.encode())
        if not shown and (caller.forwarded or not is_loopback(caller.address)):
            sentence = "Metrics are for this machine, or for who shows the metrics token as a bearer token."
            await exchange.respond_problem(headers, ForbiddenError("forbidden", sentence))
            return
        await exchange.respond(200, [*headers, (b"content-type", _METRICS_TYPE)], self._metrics.text())

    async def _config(self, exchange: Exchange) -> None:
        await self._send_made(exchange, lambda: self._settings.web)

    async def _document(self, exchange: Exchange) -> None:
        await self._send_made(exchange, self._documents[exchange.scope["path"]])

    async def _send_made(self, exchange: Exchange, make: Callable[[], Any]) -> None:
        """A JSON document that stays the same while the process runs, made when it is first asked for."""
        path: str = exchange.scope["path"]
        file = self._made.get(path)
        if file is None:
            file = self._made[path] = make_file(msgspec.json.encode(make()), b"application/json")
        status, answer, content = reply(file, exchange.headers)
        names = {name for name, _ in answer}
        fixed = [header for header in self._headers.api(exchange.caller) if header[0] not in names]
        cors = [header for header in self._headers.cors(exchange.caller) if header[0] != b"vary"]
        answer = [(n, b"Accept-Encoding, Origin" if n == b"vary" else v) for n, v in answer]
        await exchange.respond(status, [*fixed, *answer, *cors], content)

    async def _errors(self, exchange: Exchange) -> None:
        """The list of codes, so that the `type` of a problem leads somewhere."""
        file = self._made.get("/docs/errors")
        if file is None:
            file = self._made["/docs/errors"] = make_file(errors_page(), b"text/html; charset=utf-8")
        status, answer, content = reply(file, exchange.headers)
        await exchange.respond(status, [*self._headers.page(exchange.caller), *answer], content)

    async def _not_a_websocket(self, exchange: Exchange) -> None:
        headers = [*self._headers.api(exchange.caller), (b"upgrade", b"websocket")]
        await exchange.respond_problem(headers, InvalidError("invalid_request", "Open this address as a WebSocket."))

    async def _serve_file(self, exchange: Exchange) -> None:
        status, answer, content = self._static.answer(exchange.scope["path"], exchange.headers)
        await exchange.respond(status, [*self._headers.page(exchange.caller), *answer], content)


def errors_page() -> bytes:
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
    ).encode()
