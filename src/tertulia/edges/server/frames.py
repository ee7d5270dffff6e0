"""WebSocket frames as a server sends them (RFC 6455, 5.2): unmasked, unfragmented, uncompressed.

A frame is made once and the same bytes go to every receiver.
"""

from typing import Final

import msgspec

from tertulia.api.events import CLOSE_REASONS, ActionError, Result
from tertulia.domain.events import Event, Goodbye

PING: Final = b"\x89\x00"
"""An empty ping: any sign of life answers it."""

_encode: Final = msgspec.json.Encoder().encode


def text_frame(payload: bytes) -> bytes:
    """One frame with the whole text message."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 0x10000:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def encode_frame(message: Event | Result | ActionError) -> bytes:
    """The frame of an event or an answer, as JSON."""
    return text_frame(_encode(message))


GOODBYES: Final = {
    reason.reason: encode_frame(Goodbye(reason=reason.reason, resume=reason.resume))
    for reason in CLOSE_REASONS.values()
}
"""The last event of a connection, by reason."""
