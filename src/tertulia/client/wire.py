"""What comes from the server, decoded so that a newer server does not stop an older client.

An event of an unknown type is left out; an entry of an unknown kind becomes `Hidden`, so that the log keeps no hole.
"""

from typing import Any, Final, TypeVar

import msgspec
from msgspec import Raw, Struct

from tertulia.api.events import ActionError, Result
from tertulia.api.responses import Head, Log
from tertulia.domain.entries import Hidden, VisibleEntry
from tertulia.domain.errors import ChatError
from tertulia.domain.events import EntryEvent, Event

T = TypeVar("T")
Frame = Event | Result | ActionError


class _Place(Struct, frozen=True):
    """What every entry has, of whatever kind it is."""

    seq: int
    timestamp: int


class _AnyFrame(Struct, frozen=True):
    type: str
    conversation: str = ""
    entry: _Place | None = None


class _AnyLog(Struct, frozen=True):
    entries: list[Raw]
    through: int
    head: Head


_FRAMES: Final[msgspec.json.Decoder[Frame]] = msgspec.json.Decoder(Frame)
_ENTRIES: Final[msgspec.json.Decoder[VisibleEntry]] = msgspec.json.Decoder(VisibleEntry)
_ANY_FRAMES: Final = msgspec.json.Decoder(_AnyFrame)
_ANY_LOGS: Final = msgspec.json.Decoder(_AnyLog)
_LOGS: Final = msgspec.json.Decoder(Log)
_PLACES: Final = msgspec.json.Decoder(_Place)


def decode_answer(body: bytes, kind: type[T]) -> T:
    """The answer to a request. Raises `internal` where it is not one of the product's: a proxy's page, for example."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise _unknown(error) from error


def convert_result(result: dict[str, Any], kind: type[T]) -> T:
    """The result of an action."""
    try:
        return msgspec.convert(result, kind)
    except msgspec.ValidationError as error:
        raise _unknown(error) from error


def decode_frame(data: bytes) -> Frame | None:
    """One message of the WebSocket; None where it says nothing that this client knows."""
    try:
        return _FRAMES.decode(data)
    except msgspec.DecodeError:
        pass
    try:
        other = _ANY_FRAMES.decode(data)
    except msgspec.DecodeError:
        return None
    if other.type != "entry" or other.entry is None:
        return None
    return EntryEvent(other.conversation, Hidden(seq=other.entry.seq, timestamp=other.entry.timestamp))


def decode_log(body: bytes) -> Log:
    """A page of the log."""
    try:
        return _LOGS.decode(body)
    except msgspec.DecodeError:
        pass
    try:
        page = _ANY_LOGS.decode(body)
        return Log(entries=[_entry(raw) for raw in page.entries], through=page.through, head=page.head)
    except msgspec.DecodeError as error:
        raise _unknown(error) from error


def _entry(raw: Raw) -> VisibleEntry:
    try:
        return _ENTRIES.decode(raw)
    except msgspec.ValidationError:
        place = _PLACES.decode(raw)
        return Hidden(seq=place.seq, timestamp=place.timestamp)


def _unknown(error: msgspec.DecodeError) -> ChatError:
    sentence = "The answer is not of the documented form. Check that the address is that of a Tertulia server."
    return ChatError("internal", sentence, cause=str(error))
