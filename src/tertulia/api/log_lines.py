"""Lines of the log for machines, the same in every home."""

import logging
from datetime import UTC, datetime
from json import dumps
from typing import Any, Final

import msgspec

_JSON: Final = msgspec.json.Encoder()


class JsonFormatter(logging.Formatter):
    """One object a line: `time` (RFC 3339, UTC), `level`, `logger`, `message`, then the record's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: vars(record)[name] for name in ("request_id", "operation") if name in vars(record)},
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        try:
            return _JSON.encode(line).decode()
        except (TypeError, UnicodeEncodeError):
            # Slower, and takes everything: half a character, a field of a type that isn't JSON's.
            return dumps(line, default=str)
