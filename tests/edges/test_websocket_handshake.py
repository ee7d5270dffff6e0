"""Who may connect: one-time tickets, bound to an origin and to a session that still lives."""

from collections.abc import Iterator

import pytest
from tests.edges.raw_client import RawClient, close_frame
from tests.edges.websocket_server import ChatServer, identity

from tertulia.domain.events import ConversationChanged, Membership
from tertulia.edges.server.websocket import WebSocketSettings

LISTED = "https://chat.example.org"


@pytest.fixture(scope="module")
def server() -> Iterator[ChatServer]:
    with ChatServer(WebSocketSettings(origins=(LISTED,))) as running:
        yield running


def turned_away(client: RawClient, ticket: str, **headers: str) -> None:
    assert client.shake(ticket, **headers) == 101
    assert client.until_close() == ([{"type": "goodbye", "reason": "ticket_invalid", "resume": True}], 4003)
    client.send(close_frame(4003))
    assert client.until_end() == b""


def test_a_ticket_opens_one_connection(server: ChatServer) -> None:
    """A ticket is good once."""
    ticket = server.ticket("alice")
    with RawClient(server.port) as first, RawClient(server.port) as second:
        assert first.shake(ticket) == 101
        first.act("ping", request=1)
        assert first.receive_json()["request"] == 1
        turned_away(second, ticket)


@pytest.mark.parametrize("ticket", ["", "unknown", "a" * 4000, "%00", "%ff%fe"])
def test_a_ticket_that_nobody_issued_opens_nothing(server: ChatServer, ticket: str) -> None:
    """A browser can't see the status of a refused upgrade, so the close code says it."""
    with RawClient(server.port) as client:
        turned_away(client, ticket)


def test_a_ticket_is_bound_to_its_origin(server: ChatServer) -> None:
    """A ticket that one page got opens nothing for a page of another origin, though both may connect; and is spent."""
    own = f"http://127.0.0.1:{server.port}"
    for issued, used in ((LISTED, own), (own, LISTED), ("", own), (own, "")):
        with RawClient(server.port) as client:
            turned_away(client, server.ticket("alice", origin=issued), Origin=used)


@pytest.mark.parametrize("origin", ["own", LISTED, ""])
def test_who_may_connect_does(server: ChatServer, origin: str) -> None:
    """The server's own pages, those of listed origins, and programs, which have none."""
    used = f"http://127.0.0.1:{server.port}" if origin == "own" else origin
    with RawClient(server.port) as client:
        assert client.shake(server.ticket("alice", origin=used), Origin=used) == 101
        client.act("ping", request=1)
        assert client.receive_json()["request"] == 1


@pytest.mark.parametrize(
    "origin", [LISTED + ".evil.example", LISTED + "/", LISTED.upper(), "http://chat.example.org", LISTED + ":8443"]
)
def test_the_list_of_origins_is_exact(server: ChatServer, origin: str) -> None:
    """No prefix, no other scheme or port, no path."""
    with RawClient(server.port) as client:
        assert client.shake(server.ticket("alice", origin=origin), Origin=origin) == 403


def test_a_server_with_names_answers_to_these_only() -> None:
    """A page of a site whose name was made to resolve to this machine doesn't get in (DNS rebinding): its origin would
    pass for the server's own."""
    with ChatServer(WebSocketSettings(hosts=("localhost", "127.0.0.1", "[::1]"))) as server:
        for host, status in (("127.0.0.1", 101), ("LocalHost", 101), ("[::1]", 101), ("evil.example", 400), ("", 400)):
            address = f"{host}:{server.port}"
            with RawClient(server.port) as client:
                ticket = server.ticket("alice", origin=f"http://{address}".lower())
                assert client.shake(ticket, Host=address, Origin=f"http://{address}".lower()) == status, host


def test_a_ticket_of_an_ended_session_opens_nothing(server: ChatServer) -> None:
    """Between a ticket and its use the session may end; then the ticket is forgotten."""
    ticket, kept = server.ticket("alice", session="ended"), server.ticket("alice", session="kept")
    server.call(lambda: server.tickets.revoke("alice", ["ended"]))
    with RawClient(server.port) as client, RawClient(server.port) as other:
        turned_away(client, ticket)
        assert other.shake(kept) == 101
        other.act("ping", request=1)
        assert other.receive_json()["request"] == 1


def test_nothing_falls_between_connecting_and_listening(server: ChatServer) -> None:
    """Whoever sees the handshake's answer gets every event from then on: the answer comes after the hub knows."""
    event = ConversationChanged("g_1", Membership.JOINED)
    for _ in range(50):
        with RawClient(server.port) as client:
            assert client.shake(server.ticket("erin")) == 101
            server.call(lambda: server.hub.to_user("erin", event))
            assert client.receive_json()["type"] == "conversation"


def test_a_full_server_refuses_before_the_handshake() -> None:
    """As many connections as the operator allows; one more is told to try elsewhere or later, the others stay."""
    with ChatServer(WebSocketSettings(connections=2)) as server:
        clients = [RawClient(server.port) for _ in range(3)]
        tickets = [server.ticket("alice") for _ in clients]
        assert [client.shake(ticket) for client, ticket in zip(clients, tickets, strict=True)] == [101, 101, 503]
        clients[0].act("ping", request=1)
        assert clients[0].receive_json()["request"] == 1
        clients[1].socket.close()
        server.until(lambda: server.gateway.counts.open == 1)
        with RawClient(server.port) as again:
            assert again.shake(tickets[2]) == 101
        for client in clients:
            client.socket.close()


def test_the_identity_is_the_ticket_s(server: ChatServer) -> None:
    """Nothing that the client says makes it somebody else."""
    server.converse("g_own", "alice", "bob")
    name = server.run(lambda: server.chat.tickets.issue(identity("bob"), ""))[0]
    with RawClient(server.port) as client:
        client.shake(path=f"/ws?ticket={name}&username=alice", Authorization="Bearer alice")
        client.act("send", request=1, conversation="g_own", id="m1", text="hola")
        messages = [client.receive_json(), client.receive_json()]
        assert {m["entry"]["author"] for m in messages if m["type"] == "entry"} == {"bob"}
