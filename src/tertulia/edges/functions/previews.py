"""The function that looks at links: asked by the one on the streams, and nobody waits for it."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec

from tertulia.domain.errors import ChatError
from tertulia.edges.functions.logs import CallLog
from tertulia.services.previews import Linking

FUNCTION: Final = "Chat-Previews"
_logger: Final = logging.getLogger("tertulia.previews")


class PreviewsFunction:
    def __init__(self, look: Callable[[Linking], Awaitable[None]]) -> None:
        self._look: Final = look

    async def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Always the same answer, which nobody reads: a failure is in the log, and isn't tried again."""
        log = CallLog(FUNCTION, "")
        log.operation = "previews"
        log.status = 200
        try:
            await self._look(msgspec.convert(event, Linking))
        except ChatError as error:
            log.status, log.code = 503, error.code
        except Exception:
            _logger.exception("links could not be looked at")
            log.status, log.code = 500, "internal"
        log.write()
        return {}
