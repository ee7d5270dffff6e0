"""A request as API Gateway hands it over (HTTP API, payload format 2.0): read, and nothing judged.

Source: API Gateway Developer Guide, "Working with AWS Lambda proxy integrations for HTTP APIs".
"""

import hmac
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from tertulia.api.http import cookie_in, given_id


class Request(Struct, frozen=True, kw_only=True):
    """Header names are in lower case. `path` has its escapes decoded, as API Gateway does it, or not: no valid path
    says different things both ways."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    cookies: str
    body: bytes
    address: str
    request_id: str

    def header(self, name: str) -> str:
        return self.headers.get(name, "")

    @property
    def refresh_token(self) -> str | None:
        return cookie_in(self.cookies)


def read_request(event: Mapping[str, Any], front_secret: str = "") -> Request:
    """The request of an event. With `front_secret`, what carries it in `X-Tertulia-Front` came by the product's own
    distribution, so that the address before the last of `X-Forwarded-For` is the caller's; else the caller is whoever
    API Gateway saw."""
    context = event["requestContext"]
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    text = event.get("body") or ""
    body = b64decode(text) if event.get("isBase64Encoded") else text.encode("utf-8", "surrogatepass")
    return Request(
        method=context["http"]["method"].upper(),
        path=event["rawPath"],
        query=event.get("rawQueryString") or "",
        headers=headers,
        cookies="; ".join(event.get("cookies") or ()) or headers.get("cookie", ""),
        body=body,
        address=_address(context["http"].get("sourceIp", ""), headers, front_secret),
        request_id=given_id(headers.get("x-request-id", "")) or context["requestId"],
    )


def _address(source: str, headers: Mapping[str, str], front_secret: str) -> str:
    given = headers.get("x-tertulia-front", "")
    if not front_secret or not hmac.compare_digest(given.encode(), front_secret.encode()):
        return source
    chain = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    # The last hop is what API Gateway saw, the distribution; the one before it, what the distribution saw.
    return chain[-2] if len(chain) > 1 and chain[-1] == source else chain[-1] if chain else source
