"""RFC 6455 against the real server, byte by byte: what it allows works, what it forbids ends with the right code."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.edges.raw_client import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    RawClient,
    close_frame,
    frame,
)
from tests.edges.websocket_server import ChatServer

from tertulia.domain import limits

PING_ACTION = b'{"action":"ping","request":7}'
PONG_ANSWER = {"type": "result", "request": 7, "result": {}}


@pytest.fixture(scope="module")
def server() -> Iterator[ChatServer]:
    with ChatServer() as running:
        running.converse("g_1", "alice", "bob")
        yield running


@pytest.fixture
def client(server: ChatServer) -> Iterator[RawClient]:
    with RawClient(server.port) as connected:
        assert connected.shake(server.ticket("alice")) == 101
        yield connected


def refused(client: RawClient, code: int, reason: str) -> None:
    """The connection ends with a goodbye, this code, and the end of the stream."""
    messages, seen = client.until_close()
    assert seen == code
    assert messages[-1]["type"] == "goodbye"
    assert messages[-1]["reason"] == reason
    assert client.until_end() == b""


def still_serves(server: ChatServer) -> None:
    """Another connection is unaffected."""
    with RawClient(server.port) as other:
        assert other.shake(server.ticket("bob")) == 101
        other.act("ping", request=7)
        assert other.receive_json() == PONG_ANSWER


# What is allowed


def test_a_message_in_one_frame_is_answered(client: RawClient) -> None:
    """RFC 6455, 5.6: a text frame with FIN is a whole message."""
    client.send(frame(TEXT, PING_ACTION))
    assert client.receive_json() == PONG_ANSWER


def test_a_message_in_fragments_is_one_message(client: RawClient) -> None:
    """RFC 6455, 5.4: fragments are joined, whatever their size, empty ones too."""
    pieces = [PING_ACTION[:1], b"", PING_ACTION[1:9], PING_ACTION[9:]]
    client.send(
        frame(TEXT, pieces[0], fin=False),
        frame(CONTINUATION, pieces[1], fin=False),
        frame(CONTINUATION, pieces[2], fin=False),
        frame(CONTINUATION, pieces[3]),
    )
    assert client.receive_json() == PONG_ANSWER


def test_control_frames_may_stand_between_fragments(client: RawClient) -> None:
    """RFC 6455, 5.4: a ping amid a fragmented message is answered at once, and the message stays whole."""
    client.send(frame(TEXT, PING_ACTION[:5], fin=False), frame(PING, b"here?"), frame(CONTINUATION, PING_ACTION[5:]))
    seen = [client.receive(), client.receive()]
    assert (PONG, b"here?") in seen
    assert any(r.opcode == TEXT and json.loads(r.payload) == PONG_ANSWER for r in seen)


def test_bytes_that_arrive_one_by_one_are_the_same_message(client: RawClient) -> None:
    """RFC 6455, 5.4: TCP's segments mean nothing."""
    client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in frame(TEXT, PING_ACTION):
        client.send(bytes([byte]))
    assert client.receive_json() == PONG_ANSWER


def test_a_character_may_be_split_between_fragments(client: RawClient) -> None:
    """RFC 6455, 5.6: a fragment may end within a character; the message must be whole UTF-8."""
    message = '{"action":"ñandú 🪶"}'.encode()
    for cut in (12, 13, len(message) - 4):
        client.send(frame(TEXT, message[:cut], fin=False), frame(CONTINUATION, message[cut:]))
        assert client.receive_json()["code"] == "invalid_request"


@pytest.mark.parametrize("payload", [b"", b"x", bytes(125)])
def test_a_ping_is_answered_with_its_own_payload(client: RawClient, payload: bytes) -> None:
    """RFC 6455, 5.5.3."""
    client.send(frame(PING, payload))
    assert client.receive() == (PONG, payload)


def test_an_unsolicited_pong_is_no_error(client: RawClient) -> None:
    """RFC 6455, 5.5.3."""
    client.send(frame(PONG, b"by the way"), frame(TEXT, PING_ACTION))
    assert client.receive_json() == PONG_ANSWER


def test_a_message_of_the_greatest_size_is_taken(client: RawClient) -> None:
    """The limit itself is within the limit, in one frame and in fragments."""
    message = PING_ACTION + b" " * (limits.FRAME_BYTES_MAX - len(PING_ACTION))
    client.send(frame(TEXT, message))
    assert client.receive_json() == PONG_ANSWER
    client.send(frame(TEXT, message[:40_000], fin=False), frame(CONTINUATION, message[40_000:]))
    assert client.receive_json() == PONG_ANSWER


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1007, 1011, 3000, 4999])
def test_a_close_is_answered_with_its_code(client: RawClient, code: int) -> None:
    """RFC 6455, 5.5.1 and 7.1.1: the close is echoed, and the server ends the stream."""
    client.send(close_frame(code, "bye"))
    assert client.until_close()[1] == code
    assert client.until_end() == b""


def test_a_close_without_a_code_is_answered_without_one(client: RawClient) -> None:
    """RFC 6455, 5.5.1: the body is optional."""
    client.send(frame(CLOSE))
    assert client.receive() == (CLOSE, b"")
    assert client.until_end() == b""


def test_what_follows_a_close_is_not_processed(server: ChatServer, client: RawClient) -> None:
    """RFC 6455, 5.5.1: after a close frame nothing more is a message."""
    client.send(close_frame(1000), frame(TEXT, PING_ACTION))
    assert client.until_close() == ([], 1000)
    still_serves(server)


# What is forbidden

PROTOCOL_ERRORS = {
    "a frame that is not masked (5.1)": [frame(TEXT, PING_ACTION, masked=False)],
    "a continuation of nothing (5.4)": [frame(CONTINUATION, b"x")],
    "a new message amid another (5.4)": [frame(TEXT, b"{", fin=False), frame(TEXT, b"}")],
    "a ping in fragments (5.4)": [frame(PING, b"x", fin=False)],
    "a close in fragments (5.4)": [frame(CLOSE, b"", fin=False)],
    "a ping that is too long (5.5)": [frame(PING, bytes(126))],
    "a close that is too long (5.5)": [frame(CLOSE, b"\x03\xe8" + b"x" * 124)],
    "a close amid a message (5.5.1)": [frame(TEXT, b"{", fin=False), close_frame(1000)],
    "a close of one byte (5.5.1)": [frame(CLOSE, b"\x03")],
    "the first reserved bit, as a compressed frame has it (5.2)": [frame(TEXT, PING_ACTION, rsv=4)],
    "the second reserved bit (5.2)": [frame(TEXT, PING_ACTION, rsv=2)],
    "the third reserved bit (5.2)": [frame(PING, b"", rsv=1)],
    **{f"the reserved opcode {code} (5.2)": [frame(code)] for code in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    **{
        f"the close code {code} (7.4)": [close_frame(code)]
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535)
    },
}


@pytest.mark.parametrize("name", PROTOCOL_ERRORS)
def test_a_broken_rule_ends_the_connection_with_1002(server: ChatServer, client: RawClient, name: str) -> None:
    """RFC 6455, 7.4.1: 1002 for a protocol error; the section of the rule stands in the case's name."""
    client.send(*PROTOCOL_ERRORS[name])
    refused(client, 1002, "protocol_error")
    still_serves(server)


INVALID_TEXTS = {
    "a lone continuation byte": [frame(TEXT, b'{"a":"\x80"}')],
    "an overlong form": [frame(TEXT, b'{"a":"\xc0\xaf"}')],
    "a surrogate": [frame(TEXT, b'{"a":"\xed\xa0\x80"}')],
    "beyond the last character": [frame(TEXT, b'{"a":"\xf4\x90\x80\x80"}')],
    "a character that never ends": [frame(TEXT, b'{"a":"\xf0\x9f"')],
    "wrong across fragments": [frame(TEXT, b'{"a":"\xf0\x9f', fin=False), frame(CONTINUATION, b'x"}')],
    "a close reason": [frame(CLOSE, b"\x03\xe8\xff")],
}


@pytest.mark.parametrize("name", INVALID_TEXTS)
def test_text_that_is_not_utf8_ends_the_connection_with_1007(server: ChatServer, client: RawClient, name: str) -> None:
    """RFC 6455, 8.1."""
    client.send(*INVALID_TEXTS[name])
    refused(client, 1007, "invalid_text")
    still_serves(server)


def test_a_binary_message_ends_the_connection_with_1003(server: ChatServer, client: RawClient) -> None:
    """RFC 6455, 7.4.1: a type of data that isn't accepted."""
    client.send(frame(BINARY, PING_ACTION))
    refused(client, 1003, "unsupported_data")
    still_serves(server)


OVERSIZED = {
    "one byte more": [frame(TEXT, b" " * (limits.FRAME_BYTES_MAX + 1))],
    "one byte more, in fragments": [
        frame(TEXT, b" " * limits.FRAME_BYTES_MAX, fin=False),
        frame(CONTINUATION, b" "),
    ],
    "announced only": [frame(TEXT, b"", length=2**62)],
    "announced amid a message": [frame(TEXT, b" ", fin=False), frame(CONTINUATION, b"", length=2**31)],
    "one fragment too many": [
        frame(TEXT, b"", fin=False),
        *[frame(CONTINUATION, b"", fin=False)] * limits.FRAGMENTS_MAX,
    ],
}


@pytest.mark.parametrize("name", OVERSIZED)
def test_a_message_that_is_too_large_ends_the_connection_with_1009(
    server: ChatServer, client: RawClient, name: str
) -> None:
    """RFC 6455, 7.4.1 and 10.4: the size is bounded, over fragments too, before the content has arrived."""
    client.send(*OVERSIZED[name])
    refused(client, 1009, "too_large")
    still_serves(server)


def test_as_many_fragments_as_there_may_be_are_one_message(client: RawClient) -> None:
    """The limit itself is within the limit."""
    empty = [frame(CONTINUATION, b"", fin=False)] * (limits.FRAGMENTS_MAX - 2)
    client.send(frame(TEXT, b"", fin=False), *empty, frame(CONTINUATION, PING_ACTION))
    assert client.receive_json() == PONG_ANSWER


def test_an_endless_stream_of_control_frames_ends_the_connection(server: ChatServer, client: RawClient) -> None:
    """Pings cost the server work and answers: beyond a number a second the sender is let go."""
    send_all_it_takes(client, frame(PING), 3 * limits.FRAMES_PER_SECOND_MAX)
    messages, code = client.until_close()
    assert (messages[-1]["reason"], code) == ("rate_limited", 4008)
    still_serves(server)


# Floods

MEMORY_GROWTH_MAX = 48 * 1024 * 1024
"""Generous: what a flood may cost while it lasts, of the hundreds that it would cost without bounds."""


def send_all_it_takes(client: RawClient, one: bytes, count: int) -> None:
    """Sends on until the server takes no more."""
    many = one * 10_000
    try:
        for _ in range(0, count, 10_000):
            client.send(many)
    except OSError:
        pass


def resident() -> int:
    return int(psutil.Process().memory_info().rss)


def test_a_million_empty_fragments_cost_no_memory(server: ChatServer) -> None:
    """One client's flood is ended at once with 1009; the memory stays flat and the others are served."""
    still_serves(server)
    before = resident()
    for _ in range(3):
        with RawClient(server.port) as flood:
            flood.shake(server.ticket("alice"))
            flood.send(frame(TEXT, b"", fin=False))
            send_all_it_takes(flood, frame(CONTINUATION, b"", fin=False), 1_000_000)
            still_serves(server)
            assert flood.until_close()[1] == 1009
    assert resident() - before < MEMORY_GROWTH_MAX


def test_messages_that_never_end_cost_no_memory(server: ChatServer) -> None:
    """Twenty connections that each leave a message of almost the greatest size unfinished hold that and no more."""
    before = resident()
    part = frame(TEXT, b" " * (limits.FRAME_BYTES_MAX - 1), fin=False)
    clients = [RawClient(server.port) for _ in range(limits.CONNECTIONS_PER_USER_MAX)]
    for one in clients:
        assert one.shake(server.ticket("carol")) == 101
        one.send(part)
    still_serves(server)
    assert resident() - before < MEMORY_GROWTH_MAX
    for one in clients:
        one.socket.close()


def test_a_compression_bomb_is_not_unpacked(server: ChatServer) -> None:
    """Compression is offered and not accepted (RFC 7692), so a compressed frame is a protocol error, however small."""
    with RawClient(server.port) as client:
        assert client.shake(server.ticket("alice"), Sec_WebSocket_Extensions="permessage-deflate") == 101
        assert b"extensions" not in client.head.lower()
        client.send(frame(TEXT, b"\xec\xc1\x01\x0d" + b"\x00" * 60_000, rsv=4))
        refused(client, 1002, "protocol_error")
    still_serves(server)


# The opening handshake (4.2)


def test_the_handshake_answers_the_key(client: RawClient) -> None:
    """RFC 6455, 4.2.2: the accept header is the digest of the key and the standard's GUID."""
    assert b"sec-websocket-accept: icx+yqv66kxgm0fcwalwlflwtai=" in client.head.lower()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_WebSocket_Key": ""}, 400),
        ({"Sec_WebSocket_Key": "c2hvcnQ="}, 400),
        ({"Sec_WebSocket_Key": "!!"}, 400),
        ({"Sec_WebSocket_Version": ""}, 400),
        ({"Sec_WebSocket_Version": "8"}, 400),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_a_wrong_handshake_is_refused(server: ChatServer, headers: dict[str, str], status: int) -> None:
    """RFC 6455, 4.2.1 and 10.2: 400 where it is none, 403 for a foreign origin; the ticket stays good."""
    ticket = server.ticket("alice")
    with RawClient(server.port) as client:
        assert client.shake(ticket, **headers) == status
        client.until_end()
    with RawClient(server.port) as client:
        assert client.shake(ticket) == 101


def test_another_path_is_not_found(server: ChatServer) -> None:
    """WebSocket connections are at one address."""
    with RawClient(server.port) as client:
        assert client.shake(path=f"/elsewhere?ticket={server.ticket('alice')}") == 404


def test_the_library_that_browsers_resemble_agrees(server: ChatServer) -> None:
    """A client that was written by others, the one of `websockets`, connects, talks and closes without complaint."""
    from websockets.sync.client import connect

    with connect(f"ws://127.0.0.1:{server.port}/ws?ticket={server.ticket('alice')}", proxy=None) as client:
        client.send(PING_ACTION.decode())
        assert json.loads(client.recv(timeout=10)) == PONG_ANSWER
    assert client.close_code == 1000


def test_no_descriptor_is_left_open(server: ChatServer) -> None:
    """Connections that end badly are closed on this side too."""
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir()))
    for _ in range(20):
        with RawClient(server.port) as client:
            client.shake(server.ticket("alice"))
            client.send(frame(BINARY, b""))
            client.until_end()
    still_serves(server)
    assert len(list(descriptors.iterdir())) <= before + 3
