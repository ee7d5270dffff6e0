"""The function that tells people of messages while none of their devices looks: on the stream of the messages, beside
the one that has the consequences that count, so that slow push services hold up nothing.

What it can't do is lost, as notifications may be: a record is never asked for again.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from tertulia.edges.functions.logs import CallLog
from tertulia.ports.store import Committed

FUNCTION: Final = "Chat-Notify"
SETTLE_SECONDS: Final = 45.0
"""For push services; the function has a minute."""
_logger: Final = logging.getLogger("tertulia.notify")


class Telling(Protocol):
    """Gathers what was committed, and tells of it."""

    def committed(self, batch: Sequence[Committed]) -> None: ...

    async def flush(self) -> None: ...

    async def settle(self, seconds: float) -> None: ...


class NotifyFunction:
    """`read` makes of a record the entry that was committed, or None."""

    def __init__(self, read: Callable[[Mapping[str, Any]], Committed | None], telling: Telling) -> None:
        self._read: Final = read
        self._telling: Final = telling

    async def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Tells of the messages among the records. Doesn't raise, so that none comes twice."""
        records: Sequence[Mapping[str, Any]] = event.get("Records", ())
        log = CallLog(FUNCTION, str(records[0]["dynamodb"]["SequenceNumber"]) if records else "")
        log.operation = "records"
        log.status = 200
        try:
            self._telling.committed([each for each in map(self._read, records) if each is not None])
            await self._telling.flush()
            await self._telling.settle(SETTLE_SECONDS)
        except Exception:
            _logger.exception("people could not be told of messages")
            log.code = "internal"
        log.write()
        return {}
