"""The headers of every answer: what keeps a browser from doing harm (security headers), and who may read it (CORS)."""

import re
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request

from tertulia.api.http import ALWAYS, API_HEADERS, HSTS, cors, may_act, preflight
from tertulia.edges.server.caller import Caller
from tertulia.edges.server.exchange import Exchange, Kind
from tertulia.edges.server.settings import HttpSettings

RawHeaders = list[tuple[bytes, bytes]]

_HOST: Final = re.compile(r"[a-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9a-f:.]{2,45}\](:\d{1,5})?")
_POLICIES_MAX: Final = 64


def page_policy(connect: Iterable[str] = (), media: Iterable[str] = ()) -> bytes:
    """The content security policy of the web page: nothing but its own files, and no script made from text."""
    more_connect = "".join(f" {origin}" for origin in connect)
    more_media = "".join(f" {origin}" for origin in media)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; manifest-src 'self'; "
        f"worker-src 'self'; img-src 'self' blob: data:{more_media}; media-src 'self' blob:{more_media}; "
        f"connect-src 'self'{more_connect}; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'"
    ).encode("ascii")


# A file that somebody uploaded and a person opens as a page of its own: no script, no form, an origin of its own.
CONTENT_POLICY: Final = b"default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox"


class AnswerHeaders:
    """The fixed headers by kind of answer, made once."""

    def __init__(self, settings: HttpSettings) -> None:
        self._origins: Final = frozenset(settings.origins)
        self._settings: Final = settings
        self._policies: Final[dict[str, bytes]] = {}
        # A page of a listed origin shows files by <img>, which asks for no permission beyond this one.
        reach = b"cross-origin" if settings.origins else b"same-origin"
        kinds: dict[Kind, RawHeaders] = {
            Kind.PAGE: [
                *_raw(ALWAYS),
                (b"cross-origin-opener-policy", b"same-origin"),
                (b"cross-origin-resource-policy", b"same-origin"),
                (b"permissions-policy", b"geolocation=(self), payment=(), usb=()"),
            ],
            Kind.API: _raw(API_HEADERS),
            Kind.CONTENT: [
                *_raw(ALWAYS),
                (b"content-security-policy", CONTENT_POLICY),
                (b"cross-origin-resource-policy", reach),
            ],
        }
        self._fixed: Final = {
            (kind, https): [*fixed, *_raw([HSTS])] if https else fixed
            for kind, fixed in kinds.items()
            for https in (False, True)
        }

    def complete(self, exchange: Exchange, headers: RawHeaders) -> None:
        """Adds to an answer's headers what it doesn't have of those of its kind, and the request's id."""
        caller = exchange.caller
        present = {name for name, _ in headers}
        headers += [header for header in self._fixed[exchange.kind, caller.https] if header[0] not in present]
        headers.append((b"x-request-id", caller.request_id.encode("ascii")))
        if exchange.kind is Kind.PAGE:
            headers.append((b"content-security-policy", self._policy(caller)))
        elif self._origins:
            MutableHeaders(raw=headers).add_vary_header("Origin")
            headers += self._cors(caller)

    def _policy(self, caller: Caller) -> bytes:
        """The page's policy, with the server's own WebSocket by name: older browsers don't count it as 'self'."""
        own = f"{'wss' if caller.https else 'ws'}://{caller.host}" if _HOST.fullmatch(caller.host) else ""
        policy = self._policies.get(own)
        if policy is None:
            if len(self._policies) >= _POLICIES_MAX:
                self._policies.clear()
            connect = (*((own,) if own else ()), *self._settings.connect)
            policy = self._policies[own] = page_policy(connect, self._settings.media)
        return policy

    def allows(self, caller: Caller, fetch_site: str = "") -> bool:
        """Whether a request may act on a cookie: it comes from the server's own page, a listed origin, or no
        browser."""
        return may_act(caller.origin, fetch_site, self._origins, caller.own_origin)

    def preflight(self, request: Request, allowed: str) -> dict[str, str]:
        """What a listed origin's preflight (Fetch standard, 3.2.2) is permitted, beside what every answer has.

        Starlette's CORSMiddleware isn't used: it tells foreign origins that credentials are allowed, and every path
        that it takes every method.
        """
        headers = request.headers
        asked = headers.get("access-control-request-method")
        return preflight(headers.get("origin"), asked, self._origins, allowed)

    def _cors(self, caller: Caller) -> RawHeaders:
        return _raw(cors(caller.origin, self._origins))


def _raw(headers: Iterable[tuple[str, str]]) -> RawHeaders:
    """As ASGI takes them."""
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers]
