"""From bytes to messages: the short way for whole text frames and the core's long one agree."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.http11 import Request

from tertulia.domain import limits
from tertulia.edges.server.inbox import Inbox, Sign

SHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: chat\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def opened() -> Inbox:
    inbox = Inbox(0.0)
    (request,) = inbox.receive(SHAKE, 0.0)
    assert isinstance(request, Request)
    inbox.conn.send_response(inbox.conn.accept(request))
    inbox.conn.data_to_send()
    return inbox


def taken(inbox: Inbox, pieces: Sequence[bytes]) -> tuple[list[Any], bool, Any]:
    """What comes out, whether it has ended, and what was said of the end."""
    found: list[Any] = []
    for piece in pieces:
        if inbox.has_ended():
            break
        found += inbox.receive(piece, 0.0)
    return found, inbox.has_ended(), inbox.conn.close_sent


def text_frame(text: str) -> bytes:
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=True)


def wire(opcode: int, payload: bytes, fin: bool, masked: bool, rsv: int) -> bytes:
    """A frame, right or wrong; the mask is fixed, so that a failure can be repeated."""
    size = len(payload)
    mark = 0x80 if masked else 0
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    head += bytes([mark | size]) if size < 126 else bytes([mark | 126]) + size.to_bytes(2, "big")
    if not masked:
        return head + payload
    mask = b"\x01\x80\x7f\xc3"
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


frames = st.builds(
    wire,
    st.sampled_from([1, 1, 1, 1, 0, 2, 3, 8, 9, 10, 11]),
    st.one_of(st.binary(max_size=140), st.text(max_size=70).map(str.encode), st.sampled_from([b"a" * 125, b"b" * 126])),
    st.sampled_from([True, True, True, False]),
    st.sampled_from([True, True, True, True, False]),
    st.sampled_from([0, 0, 0, 0, 0, 1, 4]),
)


@given(st.lists(frames, max_size=8), st.lists(st.integers(0, 1200), max_size=8), st.booleans())
def test_both_ways_give_the_same(sent: list[bytes], cuts: list[int], whole: bool) -> None:
    """Whatever arrives, in whatever pieces: the same messages, the same end, the same close code."""
    stream = b"".join(sent)
    ends = sorted({min(cut, len(stream)) for cut in cuts} | {0, len(stream)})
    pieces = sent if whole else [stream[a:b] for a, b in pairwise(ends)]
    short = taken(opened(), pieces)
    with patch.object(Inbox, "_whole_text", return_value=None):
        long = taken(opened(), pieces)
    assert short == long


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 4000])
def test_a_whole_text_frame_goes_the_short_way(size: int) -> None:
    """The core's parser doesn't see it; a version of the core that waits elsewhere would be noticed here."""
    inbox = opened()
    with patch.object(inbox.conn, "receive_data", side_effect=AssertionError):
        assert inbox.receive(text_frame("a" * size), 0.0) == [b"a" * size]
        assert inbox.receive(text_frame("b" * size), 0.0) == [b"b" * size]


def test_a_frame_in_two_pieces_goes_the_long_way_and_the_next_the_short() -> None:
    """The second piece may look like a frame of its own; it is none."""
    inbox = opened()
    inner = text_frame("inner")
    outer = Frame(Opcode.TEXT, inner).serialize(mask=False)
    masked = bytes([outer[0], outer[1] | 0x80]) + bytes(4) + outer[2:]
    assert inbox.receive(masked[:6], 0.0) == []
    assert taken(inbox, [masked[6:]]) != ([b"inner"], False, None)


def test_the_count_of_frames_holds_on_the_short_way_too() -> None:
    """So many frames a second, then it ends."""
    inbox = opened()
    frame = text_frame("x")
    found = [inbox.receive(frame, 0.5) for _ in range(limits.FRAMES_PER_SECOND_MAX)]
    assert all(found)
    assert inbox.receive(frame, 0.5) == []
    assert inbox.has_ended()
    fresh = opened()
    for _ in range(limits.FRAMES_PER_SECOND_MAX):
        fresh.receive(frame, 0.5)
    assert fresh.receive(frame, 1.5) == [b"x"]


def test_text_that_is_not_utf8_is_refused() -> None:
    """RFC 6455, 8.1."""
    inbox = opened()
    assert inbox.receive(Frame(Opcode.TEXT, b"\xff").serialize(mask=True), 0.0) == []
    assert inbox.conn.close_sent is not None
    assert inbox.conn.close_sent.code == 1007


def test_after_a_close_nothing_is_taken() -> None:
    """A text frame after the other side's close is no message."""
    inbox = opened()
    assert inbox.receive(Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True), 0.0) == [Sign.CLOSE]
    assert inbox.receive(text_frame("late"), 0.0) == []
