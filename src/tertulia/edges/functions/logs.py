"""The one line that a function logs for each call, as JSON on standard output, which is where Lambda takes logs from.

What a call brought is not in it: no text, no token, no password, no address of a page.
"""

import logging
import sys
import time
from typing import IO, Final

from tertulia.api.log_lines import JsonFormatter

_CALLS: Final = logging.getLogger("tertulia.calls")


class CallLog:
    """One call of a function, from its making to `write`. What is not known when it ends stays out of the line."""

    def __init__(self, function: str, request_id: str) -> None:
        self._started: Final = time.perf_counter()
        self._function: Final = function
        self.request_id = request_id
        self.operation = "unknown"
        self.status: int | None = None
        self.code = ""
        self.username = ""

    def write(self) -> None:
        """Logs it; an error of ours with the level `error`."""
        fields: dict[str, object] = {
            "function": self._function,
            "operation": self.operation,
            "status": self.status,
            "code": self.code,
            "ms": round((time.perf_counter() - self._started) * 1000, 3),
            "request_id": self.request_id,
            "username": self.username,
        }
        failed = self.code == "internal" or (self.status or 0) >= 500
        known = {name: value for name, value in fields.items() if value not in ("", None)}
        _CALLS.log(logging.ERROR if failed else logging.INFO, self.operation, extra={"fields": known})


def configure(level: str = "INFO", stream: IO[str] | None = None) -> None:
    """Sends what the product logs to `stream`, by default standard output. Called once a container, by the home."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("tertulia")
    logger.handlers = [handler]
    logger.setLevel(level)
    # Lambda's own handler, at the root, would write each line once more.
    logger.propagate = False
