"""A request as an edge hands it over, the same one decoded, and what the edge sends back."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Generic, TypeVar

from msgspec import UNSET, Struct, UnsetType

from tertulia.ports.accounts import Identity

P = TypeVar("P")
Q = TypeVar("Q")
B = TypeVar("B")


class Incoming(Struct, frozen=True, kw_only=True):
    """A request as an edge hands it over. `content` streams the body of an operation with `raw_body`; `body` is
    empty then.

    `address` is the caller's network address, `origin` the header `Origin` ("" where there is none), `refresh_token`
    the content of the refresh cookie, `range` the header `Range`.
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


class Call(Struct, Generic[P, Q, B], frozen=True, kw_only=True):
    """A request whose path, query and body are decoded and whose caller is known.

    `identity` is the caller's where the operation asks for one; for the others it must not be looked at.
    """

    identity: Identity
    path: P
    query: Q
    body: B
    incoming: Incoming
