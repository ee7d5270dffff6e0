"""From bytes to whole messages.

The rules are RFC 6455's as the core without I/O of `websockets` knows them; here are the bounds.
"""

from enum import Enum
from typing import Final

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from tertulia.api.events import CLOSE_REASONS
from tertulia.domain import limits

_UNSUPPORTED: Final = CLOSE_REASONS["unsupported_data"].code
_INVALID_TEXT: Final = CLOSE_REASONS["invalid_text"].code
_TOO_LARGE: Final = CLOSE_REASONS["too_large"].code
_RATE_LIMITED: Final = CLOSE_REASONS["rate_limited"].code


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
