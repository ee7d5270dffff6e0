"""From bytes to whole messages.

The rules are RFC 6455's as the core without I/O of `websockets` knows them; here are the bounds.
"""

from enum import Enum
from typing import Any, Final

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from tertulia.api.events import CLOSE_REASONS
from tertulia.domain import limits

try:
    from websockets.speedups import apply_mask
except ImportError:
    from websockets.utils import apply_mask

_UNSUPPORTED: Final = CLOSE_REASONS["unsupported_data"].code
_INVALID_TEXT: Final = CLOSE_REASONS["invalid_text"].code
_TOO_LARGE: Final = CLOSE_REASONS["too_large"].code
_RATE_LIMITED: Final = CLOSE_REASONS["rate_limited"].code
_FINAL_TEXT: Final = 0x81
_MASKED: Final = 0x80
_MASKED_16_BITS: Final = 0x80 | 126
_SIZE_IN_16_BITS: Final = 126
_SHORT_HEAD: Final = 6
_BETWEEN_FRAMES: Final = "at_eof"
"""Where the core's parser, a generator, waits when it has consumed whole frames only."""


class Sign(Enum):
    """What arrives beside messages."""

    OF_LIFE = "of life"
    CLOSE = "close"


Input = Request | bytes | Sign
"""A handshake, the UTF-8 of a text message, or a sign."""


class Inbox:
    """The receiving half of one connection. What it refuses it has failed (`failed`), with the right close code."""

    __slots__ = ("_count", "_fragments", "_message", "_since", "conn")

    def __init__(self, now: float) -> None:
        self.conn: Final = ServerProtocol(max_size=limits.FRAME_BYTES_MAX)
        self._message: list[bytes] | None = None
        self._fragments = 0
        self._count = 0
        self._since = now

    def has_ended(self) -> bool:
        """Nothing more is taken: the connection failed, or both sides have closed it."""
        return self.conn.eof_sent

    def receive(self, data: bytes, now: float) -> list[Input]:
        """What is complete with these bytes. `now` is in seconds."""
        conn = self.conn
        text = self._whole_text(data)
        if text is not None:
            self._count += 1
            if self._count <= limits.FRAMES_PER_SECOND_MAX or self._new_second(now):
                found = self._text(text)
                return [] if found is None else [found]
            self._fail(_RATE_LIMITED, "too many frames")
            return []
        conn.receive_data(data)
        inputs: list[Input] = []
        for event in conn.events_received():
            if isinstance(event, Frame):
                found = self._take(event, now)
                if found is not None:
                    inputs.append(found)
            elif isinstance(event, Request):
                inputs.append(event)
            if self._fragments < 0:
                break
        return inputs

    def free(self) -> None:
        """Breaks the cycle of the parser, a generator, and its owner: the memory is free at once."""
        self.conn.parser.close()
        self._message = None

    def _whole_text(self, data: bytes) -> bytes | None:
        """The payload, where `data` is one whole text frame and nothing else, as nearly all that clients send is: that
        needs no parser that can stop anywhere. None for everything else, which the core takes. What passes here is what
        RFC 6455, 5.2 asks of such a frame: final, no extension bits, masked, its length in the shortest form."""
        head = _SHORT_HEAD if len(data) - _SHORT_HEAD < _SIZE_IN_16_BITS else _SHORT_HEAD + 2
        size = len(data) - head
        if size < 0 or data[0] != _FINAL_TEXT:
            return None
        if head == _SHORT_HEAD:
            if data[1] != _MASKED | size:
                return None
        elif data[1] != _MASKED_16_BITS or size < _SIZE_IN_16_BITS or data[2] << 8 | data[3] != size:
            return None
        conn = self.conn
        if conn.state is not State.OPEN or self._message is not None or size > limits.FRAME_BYTES_MAX:
            return None
        parser: Any = conn.parser
        while (inner := parser.gi_yieldfrom) is not None:
            parser = inner
        if parser.__name__ != _BETWEEN_FRAMES:
            return None
        return apply_mask(data[head:], data[head - 4 : head])

    def _take(self, frame: Frame, now: float) -> Input | None:
        self._count += 1
        if self._count > limits.FRAMES_PER_SECOND_MAX and not self._new_second(now):
            self._fail(_RATE_LIMITED, "too many frames")
            return None
        match frame.opcode:
            case Opcode.TEXT if frame.fin:
                return self._text(bytes(frame.data))
            case Opcode.TEXT:
                self._message = [bytes(frame.data)]
                self._fragments = 1
                return None
            case Opcode.CONT:
                return self._continue(self._message or [], frame)
            case Opcode.BINARY:
                self._fail(_UNSUPPORTED, "send text")
                return None
            case Opcode.CLOSE:
                return Sign.CLOSE
            case _:
                return Sign.OF_LIFE

    def _new_second(self, now: float) -> bool:
        if now - self._since < 1:
            return False
        self._count = 0
        self._since = now
        return True

    def _continue(self, message: list[bytes], frame: Frame) -> Input | None:
        self._fragments += 1
        if self._fragments > limits.FRAGMENTS_MAX:
            self._fail(_TOO_LARGE, "too many fragments")
            return None
        if frame.data:
            message.append(bytes(frame.data))
        if not frame.fin:
            return None
        self._message = None
        return self._text(b"".join(message))

    def _text(self, data: bytes) -> Input | None:
        try:
            data.decode()
        except UnicodeDecodeError:
            self._fail(_INVALID_TEXT, "not UTF-8")
            return None
        return data

    def _fail(self, code: int, words: str) -> None:
        """RFC 6455, 7.1.7. Where the core has failed the connection by itself meanwhile, its reason stands."""
        self._message = None
        self._fragments = -1
        if not self.conn.eof_sent:
            self.conn.fail(code, words)
