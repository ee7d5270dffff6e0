"""How frames get to the socket: straight, as long as it takes them; else by the transport, in order."""

import struct
from socket import SO_LINGER, SOL_SOCKET
from typing import Literal

import pytest
from tests.edges.raw_client import RawClient
from tests.edges.websocket_server import ChatServer

from tertulia.domain.events import DraftEvent
from tertulia.edges.server.outbox import CHUNK
from tertulia.edges.server.protocol import WRITE_BYTES, WebSocketProtocol

SIZE = 8000


def the_connection(server: ChatServer) -> WebSocketProtocol:
    (found,) = server.uvicorn.server_state.connections
    assert isinstance(found, WebSocketProtocol)
    return found


def push(server: ChatServer, *versions: int) -> None:
    """Each in a turn of the loop of its own."""
    for version in versions:
        event = DraftEvent("g_1", "alice", "x" * SIZE, version)
        server.call(lambda event=event: server.hub.to_conversation("g_1", event))  # type: ignore[misc]


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_what_a_full_socket_does_not_take_follows_in_order(loop: Literal["uvloop", "asyncio"]) -> None:
    """And when it takes everything again, it is written to straight again."""
    with ChatServer(loop=loop) as server, RawClient(server.port, receive_buffer=4096) as client:
        server.converse("g_1", "alice", "bob")
        client.shake(server.ticket("bob"))
        push(server, 0)
        assert client.receive_json()["version"] == 0
        connection = the_connection(server)
        push(server, 1)
        assert connection.fd >= 0
        last = 1
        while connection.writable:
            last += 1
            push(server, last)
        assert connection.fd < 0
        push(server, last + 1, last + 2)
        assert [client.receive_json()["version"] for _ in range(last + 2)] == list(range(1, last + 3))
        server.until(lambda: connection.writable)
        push(server, last + 3)
        assert client.receive_json()["version"] == last + 3
        assert connection.fd >= 0


def test_more_than_one_write_takes_in_one_turn_follows_in_order() -> None:
    with ChatServer() as server, RawClient(server.port, receive_buffer=4096) as client:
        server.converse("g_1", "alice", "bob")
        client.shake(server.ticket("bob"))
        push(server, 0)
        assert client.receive_json()["version"] == 0
        push(server, 1)
        connection, last = the_connection(server), 1
        while connection.fd >= 0:
            events = [DraftEvent("g_1", "alice", "x" * SIZE, last + each) for each in range(1, WRITE_BYTES // SIZE + 2)]
            server.call(lambda events=events: [server.hub.to_conversation("g_1", each) for each in events])  # type: ignore[misc]
            last += len(events)
        assert [client.receive_json()["version"] for _ in range(last)] == list(range(1, last + 1))


def test_a_lost_connection_is_never_written_to() -> None:
    """The number of its socket is another connection's by then."""
    with ChatServer() as server, RawClient(server.port) as gone:
        server.converse("g_1", "alice", "bob")
        gone.shake(server.ticket("bob"))
        push(server, 0)
        assert gone.receive_json()["version"] == 0
        connection = the_connection(server)
        push(server, 1)
        assert connection.fd >= 0
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
