"""From a request, however it arrived, to an answer: decode, authenticate, call the services, map errors.

Both edges, the server and the functions, use it, so an operation behaves the same in every home.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from msgspec import UNSET, Struct, UnsetType


class Incoming(Struct, frozen=True, kw_only=True):
    """A request as an edge hands it over. `content` streams the body of an operation with `raw_body`; `body` is empty then.

    `address` is the caller's network address, `origin` the header `Origin` ("" where there is none), `refresh_token` the
    content of the refresh cookie, `range` the header `Range`.
    """

    path: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    body: bytes = b""
    content: AsyncIterator[bytes] | None = None
    content_length: int | None = None
    authorization: str = ""
    origin: str = ""
    address: str = ""
    refresh_token: str | None = None
    range: str = ""
    request_id: str = ""


class RefreshCookie(Struct, frozen=True):
    """The refresh token to set as a cookie for `max_age` seconds; an empty `value` clears it."""

    value: str
    max_age: int


class Answer(Struct, frozen=True, kw_only=True):
    """What the edge sends back. `body` is encoded as JSON; where `content` is set it is streamed instead.

    `code` is the error's code where `status` says that it is one; `username` is who called, for the log.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = {}
    cookie: RefreshCookie | UnsetType = UNSET
    content: AsyncIterator[bytes] | None = None
    code: str = ""
    username: str = ""
