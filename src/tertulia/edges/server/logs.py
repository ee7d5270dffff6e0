"""Logs: one JSON object a line for machines, one plain line for a terminal. No secrets: fields are named, never dumped.

What a request brought in its query, its headers and its body is not logged at all.
"""

import logging
import sys
from datetime import datetime
from typing import IO, Final

from tertulia.api.log_lines import JsonFormatter
from tertulia.edges.server.exchange import Exchange

ACCESS: Final = "tertulia.access"


class PlainFormatter(logging.Formatter):
    """One line for a person. What came from outside can't start a line of its own or move the cursor."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        fields = getattr(record, "fields", {})
        shown = " ".join(f"{name}={value}" for name, value in fields.items() if name in ("username", "code", "ms"))
        text = f"{time} {record.levelname.lower():7} {record.getMessage()} {shown}".rstrip()
        text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def configure(*, json: bool, level: str = "INFO", stream: IO[str] | None = None) -> None:
    """Sends what the product and its server log to `stream`, by default standard error. Called once, by the home."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if json else PlainFormatter())
    for name in ("tertulia", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False
    # Each request is logged once, by us.
    logging.getLogger("uvicorn.access").disabled = True


def log_request(logger: logging.Logger, exchange: Exchange, seconds: float) -> None:
    """One line for a request that was answered."""
    level = logging.ERROR if exchange.status >= 500 else logging.INFO
    if not logger.isEnabledFor(level):
        return
    fields = {
        "request_id": exchange.caller.request_id,
        "method": exchange.method,
        "path": exchange.path,
        "operation": exchange.operation,
        "status": exchange.status,
        "ms": round(seconds * 1000, 3),
        "bytes": exchange.sent,
        "address": exchange.caller.address,
    }
    if exchange.code:
        fields["code"] = exchange.code
    if exchange.username:
        fields["username"] = exchange.username
    logger.log(level, "%s %s %d", exchange.method, exchange.path, exchange.status, extra={"fields": fields})
