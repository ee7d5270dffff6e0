"""What is remembered of one request: for the headers of its answer, the log and the metrics."""

from enum import Enum
from typing import Final

from starlette.types import Scope

from tertulia.edges.server.caller import Caller


class Kind(Enum):
    """What an answer is to a browser, by which it gets its headers: data, a page of ours, a file of somebody's."""

    API = "api"
    PAGE = "page"
    CONTENT = "content"


class Exchange:
    """`operation` is the name of what was asked for, from a fixed set, so that it can be a label of a metric; `path` is
    as it came, percent-encoded; `status` is 0 until the answer begins; `code` is the error's, or empty."""

    __slots__ = ("caller", "code", "kind", "method", "operation", "path", "sent", "status", "username")

    def __init__(self, caller: Caller, method: str, path: str) -> None:
        self.caller: Final = caller
        self.method: Final = method
        self.path: Final = path
        self.kind = Kind.API
        self.operation = "unknown"
        self.status = 0
        self.code = ""
        self.username = ""
        self.sent = 0


def exchange_in(scope: Scope) -> Exchange:
    """The exchange of the request with that scope."""
    found: Exchange = scope["tertulia"]
    return found
