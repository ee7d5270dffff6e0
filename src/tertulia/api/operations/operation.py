"""What an operation is."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from tertulia.api import requests as q
from tertulia.api import responses as r


class Access(StrEnum):
    """Who may call an operation at all; what a caller may do to which conversation, the services decide."""

    PUBLIC = "public"
    """Anybody."""
    USER = "user"
    """Who has an access token."""
    ADMIN = "admin"
    """Administrators of the server."""
    SIGNED = "signed"
    """Who has a signed address."""


class Function(StrEnum):
    """The functions of the serverless home, by the report's names."""

    MESSAGES_GET = "Chat-Messages-GET"
    MESSAGES_POST = "Chat-Messages-POST"
    MEDIA_POST = "Chat-Media-POST"
    CONVERSATIONS_GET = "Chat-Conversations-GET"
    CONVERSATIONS_POST = "Chat-Conversations-POST"
    USERS_GET = "Chat-Users-GET"
    USERS_POST = "Chat-Users-POST"
    LOCAL = ""
    """Only in the home on one machine."""


class Operation(Struct, frozen=True, kw_only=True):
    """One operation. `errors` are the codes that it can answer beyond those that every operation of its access can.

    `statuses` are the statuses of success, the usual one first; an operation that can find its work done has two.
    `raw_body`: the body is the content of a file, not JSON. `cookie`: reads or sets the refresh cookie.
    """

    name: str
    method: str
    path: str
    summary: str
    tag: str
    function: Function
    access: Access = Access.USER
    path_type: type[q.Request] = q.Nothing
    query_type: type[q.Request] = q.Nothing
    body_type: type[q.Request] | None = None
    response: type[Struct] = r.Empty
    statuses: tuple[int, ...] = (200,)
    errors: tuple[str, ...] = ()
    raw_body: bool = False
    raw_response: bool = False
    cookie: bool = False


COMMON_ERRORS: Final = ("invalid_request", "too_large", "rate_limited", "unavailable", "overloaded", "internal")
"""Every operation can answer these."""
ACCESS_ERRORS: Final = {
    Access.PUBLIC: (),
    Access.USER: ("unauthenticated", "token_expired", "session_ended"),
    Access.ADMIN: ("unauthenticated", "token_expired", "session_ended", "forbidden"),
    Access.SIGNED: (),
}


def errors_of(operation: Operation) -> tuple[str, ...]:
    """Every code that the operation can answer."""
    return tuple(dict.fromkeys((*operation.errors, *ACCESS_ERRORS[operation.access], *COMMON_ERRORS)))
