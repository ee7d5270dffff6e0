"""What HTTP asks of every home alike, as plain functions: what a request must be, and what an answer carries.

Edges that read ASGI and edges that read API Gateway's events both build on it.
"""

import re
from collections.abc import Collection
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import parse_qsl, unquote_to_bytes

from tertulia.api.calls import RefreshCookie
from tertulia.api.operations import Access, Operation
from tertulia.domain.errors import InvalidError

Headers = list[tuple[str, str]]

REFRESH_COOKIE: Final = "tertulia_refresh"
QUERY_FIELDS_MAX: Final = 20
ALWAYS: Final = (("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"))
"""Every answer has these."""
API_HEADERS: Final = (
    *ALWAYS,
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cache-control", "no-store"),
    ("cross-origin-resource-policy", "same-origin"),
)
"""What an answer of the API has: nothing of one user is ever kept for another, and no browser shows it as a page."""
HSTS: Final = ("strict-transport-security", "max-age=31536000")
"""For answers by https (RFC 6797)."""
FOREIGN: Final = "origin_not_allowed"
"""Declared by the operations that a page of a foreign origin may not use: those with the cookie, and tickets."""
_ALLOWED_HEADERS: Final = "authorization, content-type, x-request-id"
_EXPOSED_HEADERS: Final = "retry-after, x-request-id, content-range, etag"
_PREFLIGHT_SECONDS: Final = "7200"
_ACCOUNT_COST: Final = 5.0
"""Signing up or in costs more than reading: an address is limited above all for guessing and for making accounts."""
_SANE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


# Who asks


def may_act(origin: str, fetch_site: str, allowed: Collection[str], own: str = "") -> bool:
    """Whether a request may act on a cookie: it comes from the own page, an allowed origin, or no browser.

    A browser sends `Origin` with every request that can change something (Fetch standard, 3.1); where it is absent and
    `Sec-Fetch-Site` (`fetch_site`) shows another site all the same, the answer is no.
    """
    if not origin:
        return fetch_site in ("", "same-origin", "none")
    return origin in allowed or (own != "" and origin == own)


def given_id(header: str) -> str:
    """The id that a caller gave its request (`X-Request-Id`); "" where it gave none that may stand in a log."""
    return header if _SANE_ID.fullmatch(header) else ""


def rate_key(address: str) -> str:
    """What a rate limit counts by: an IPv4 address, or the /64 of an IPv6 address, which one household has whole."""
    if ":" not in address:
        return address
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped) if mapped else str(ip_network((int(parsed) >> 64 << 64, 64)))


def cost_of(operation: Operation) -> float:
    """What the operation takes from the bucket of its caller's address."""
    return _ACCOUNT_COST if operation.access is Access.PUBLIC and operation.method == "POST" else 1.0


# What a request holds


def unquote(segment: str) -> str:
    """A segment of a path, decoded. Raises InvalidError `invalid_request`."""
    if "%" not in segment:
        return segment
    try:
        return unquote_to_bytes(segment).decode()
    except UnicodeDecodeError:
        raise InvalidError("invalid_request", "The path is not percent-encoded UTF-8.") from None


def parse_query(query_string: str) -> dict[str, str]:
    """The query's fields. Raises InvalidError `invalid_request` where a name stands twice or the text isn't UTF-8."""
    if not query_string:
        return {}
    try:
        pairs = parse_qsl(
            query_string.encode("ascii").decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=QUERY_FIELDS_MAX,
        )
    except (UnicodeError, ValueError):
        raise InvalidError(
            "invalid_request", "The query is not percent-encoded UTF-8, or has too many fields."
        ) from None
    query = dict(pairs)
    if len(query) != len(pairs):
        raise InvalidError("invalid_request", "A name stands twice in the query.")
    return query


def require_json(content_type: str) -> None:
    """Raises InvalidError `invalid_request` where a body doesn't call itself JSON: a page of another site can't say so
    without a preflight, so it can't send one."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise InvalidError("invalid_request", "Send the body as JSON, with Content-Type: application/json.")


# What an answer carries


def set_cookie(cookie: RefreshCookie, *, secure: bool) -> str:
    """The header that sets the refresh token, or clears it. No script can read it, no other site can send it, and only
    `/api/auth` gets it. `secure` only over https: a browser would drop it otherwise."""
    age = cookie.max_age if cookie.value else 0
    flags = f"HttpOnly; Max-Age={age}; Path=/api/auth; SameSite=strict"
    value = cookie.value or '""'
    return f"{REFRESH_COOKIE}={value}; {flags}{'; Secure' if secure else ''}"


def cookie_in(header: str) -> str | None:
    """The refresh token in a `Cookie` header; None where there is none."""
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name == REFRESH_COOKIE and value.strip('"'):
            return value.strip('"')
    return None


def cors(origin: str, allowed: Collection[str]) -> Headers:
    """What lets a page of an allowed origin, and of no other, read the answer."""
    if origin not in allowed:
        return []
    return [
        ("access-control-allow-origin", origin),
        ("access-control-allow-credentials", "true"),
        ("access-control-expose-headers", _EXPOSED_HEADERS),
    ]


def preflight(origin: str | None, asked: str | None, allowed: Collection[str], methods: str) -> dict[str, str]:
    """What an allowed origin's preflight (Fetch standard, 3.2.2) is permitted, beside what every answer has. `asked` is
    its `Access-Control-Request-Method`."""
    if asked is None or origin not in allowed:
        return {}
    return {
        "access-control-allow-methods": methods,
        "access-control-allow-headers": _ALLOWED_HEADERS,
        "access-control-max-age": _PREFLIGHT_SECONDS,
    }
