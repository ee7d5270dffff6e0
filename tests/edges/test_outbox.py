"""How frames get to the socket: straight, as long as it takes them; else by the transport, in order."""

import struct
from functools import partial
from socket import SO_LINGER, SOL_SOCKET
from typing import Literal

import pytest
from tests.edges.raw_client import RawClient
from tests.edges.websocket_server import ChatServer

from tertulia.domain.events import DraftEvent
from tertulia.edges.server.outbox import CHUNK
from tertulia.edges.server.protocol import WRITE_BYTES, WebSocketProtocol

SIZE = 8000


def event(version: int) -> DraftEvent:
    return DraftEvent("g_1", "alice", "x" * SIZE, version)


def burst(server: ChatServer, *versions: int) -> None:
    """All in one turn of the loop."""

    def send() -> None:
        for version in versions:
            server.hub.to_conversation("g_1", event(version))

    server.call(send)


def push(server: ChatServer, *versions: int) -> None:
    """Each in a turn of the loop of its own."""
    for version in versions:
        server.call(partial(server.hub.to_conversation, "g_1", event(version)))


def joined(server: ChatServer, client: RawClient) -> WebSocketProtocol:
    """Bob's connection, which has got 0 and 1 and is written to straight."""
    server.converse("g_1", "alice", "bob")
    client.shake(server.ticket("bob"))
    for version in range(2):
        push(server, version)
        assert client.receive_json()["version"] == version
    (connection,) = server.uvicorn.server_state.connections
    assert isinstance(connection, WebSocketProtocol)
    assert connection.fd >= 0
    return connection


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_what_a_full_socket_does_not_take_follows_in_order(loop: Literal["uvloop", "asyncio"]) -> None:
    """And when it takes everything again, it is written to straight again."""
    with ChatServer(loop=loop) as server, RawClient(server.port, receive_buffer=4096) as client:
        connection, last = joined(server, client), 1
        while connection.writable:
            last += 1
            push(server, last)
        assert connection.fd < 0
        push(server, last + 1, last + 2)
        assert [client.receive_json()["version"] for _ in range(last + 1)] == list(range(2, last + 3))
        server.until(lambda: connection.writable)
        push(server, last + 3)
        assert client.receive_json()["version"] == last + 3
        assert connection.fd >= 0


def test_more_than_one_write_takes_in_one_turn_follows_in_order() -> None:
    with ChatServer() as server, RawClient(server.port, receive_buffer=4096) as client:
        connection, last = joined(server, client), 1
        while connection.fd >= 0:
            more = range(last + 1, last + WRITE_BYTES // SIZE + 2)
            burst(server, *more)
            last = more[-1]
        assert [client.receive_json()["version"] for _ in range(last - 1)] == list(range(2, last + 1))


def test_a_lost_connection_is_never_written_to() -> None:
    """The number of its socket is another connection's by then."""
    with ChatServer() as server, RawClient(server.port) as gone:
        connection = joined(server, gone)
        gone.socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        gone.socket.close()
        server.until(lambda: not server.uvicorn.server_state.connections)
        assert connection.fd < 0
        with RawClient(server.port) as other:
            other.shake(server.ticket("alice"))
            server.call(lambda: connection.send(b"not for alice"))
            push(server, 2)
            assert other.receive_json()["version"] == 2


def test_more_connections_than_one_turn_writes_to_all_get_theirs() -> None:
    with ChatServer() as server:
        names = [f"user{number:04}" for number in range(CHUNK // 20 + 1)]
        server.converse("g_1", *names)
        clients = [(RawClient(server.port), name) for name in names for _ in range(20)]
        assert len(clients) > CHUNK
        for client, name in clients:
            client.shake(server.ticket(name))
        push(server, 1)
        push(server, 2)
        for client, _ in clients:
            assert [client.receive_json()["version"] for _ in range(2)] == [1, 2]
            client.socket.close()
