"""Connecting: one-time tickets, bound to user, session and web origin; and being closed with a reason."""

import asyncio
from typing import Any

import pytest
from tests.conformance.homes import Home
from tests.conformance.sockets import Socket
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tertulia.domain import limits

TICKET_INVALID = 4003


async def closed_with(home: Home, ticket: str, **how: Any) -> tuple[int, list[dict[str, object]]]:
    """How the server closes a connection with this ticket, and what it says before."""
    socket = Socket(home.base_url, ticket, **how)
    await socket.open()
    try:
        return await socket.ended(), socket.events
    finally:
        await socket.close()


async def turned_away(home: Home, ticket: str, **how: Any) -> None:
    """Nobody gets in with this ticket, and whoever tries is told: by a goodbye and 4003, or by the handshake's
    status."""
    if home.features.close_codes:
        code, events = await closed_with(home, ticket, **how)
        assert code == TICKET_INVALID
        assert [(event["type"], event["reason"]) for event in events] == [("goodbye", "ticket_invalid")]
        return
    with pytest.raises(InvalidStatus) as refused:
        await closed_with(home, ticket, **how)
    assert refused.value.response.status_code in (401, 403)


async def test_a_ticket_is_good_once(home: Home) -> None:
    """The second connection with a ticket is turned away and told why; the first lives on."""
    ana = await home.register()
    ticket = await ana.ticket()
    socket = Socket(home.base_url, ticket)
    ana.sockets.append(socket)
    await socket.open()
    await socket.settle()
    await turned_away(home, ticket)
    await socket.settle()


async def test_of_ten_connections_with_one_ticket_one_gets_in(home: Home) -> None:
    """Ten connections at once with the same ticket: one stays."""
    ana = await home.register()
    ticket = await ana.ticket()
    sockets = [Socket(home.base_url, ticket) for _ in range(10)]
    ana.sockets.extend(sockets)
    opened = await asyncio.gather(*(socket.open() for socket in sockets), return_exceptions=True)
    inside = [socket for socket, error in zip(sockets, opened, strict=True) if not error]
    results = await asyncio.gather(*(socket.act("ping") for socket in inside), return_exceptions=True)
    assert [result for result in results if not isinstance(result, Exception)] == [{}]


@pytest.mark.parametrize("ticket", ["", "made-up", "%00", "x" * 500])
async def test_a_ticket_that_is_none_lets_nobody_in(home: Home, ticket: str) -> None:
    """Unknown, empty and overlong tickets are turned away."""
    await turned_away(home, ticket)


async def test_a_ticket_expires(home: Home) -> None:
    """A ticket is good for thirty seconds at most."""
    ana = await home.register()
    answer = await ana.call("POST", "/api/tickets", expect=201)
    assert 0 < answer["expires_in"] <= 30
    home.move_clock(31)
    try:
        await turned_away(home, answer["ticket"])
    finally:
        home.move_clock(0)


async def test_a_ticket_belongs_to_its_origin(home: Home) -> None:
    """A ticket that a page of the own origin asked for is no good without that origin, and the other way about."""
    ana = await home.register()
    of_page, of_program = await ana.ticket(origin=home.base_url), await ana.ticket()
    await turned_away(home, of_page)
    await turned_away(home, of_program, origin=home.base_url)
    socket = Socket(home.base_url, await ana.ticket(origin=home.base_url), origin=home.base_url)
    ana.sockets.append(socket)
    await socket.open()
    await socket.settle()


async def test_a_foreign_page_gets_neither_ticket_nor_connection(home: Home) -> None:
    """An origin that isn't on the list is refused: 403 for the ticket, 403 for the handshake."""
    ana = await home.register()
    headers = {"Origin": "https://evil.example"}
    await ana.refused("origin_not_allowed", "POST", "/api/tickets", headers=headers)
    url = f"ws{home.base_url.removeprefix('http')}/ws?ticket={await ana.ticket()}"
    with pytest.raises(InvalidStatus) as refused:
        await connect(url, origin=Origin("https://evil.example"), proxy=None)
    assert refused.value.response.status_code == 403


async def test_a_ticket_of_an_ended_session_lets_nobody_in(home: Home) -> None:
    """Signing out between ticket and connection leaves the ticket worthless."""
    ana = await home.register()
    ticket = await ana.ticket()
    await ana.call("POST", "/api/auth/sign-out", json={"everywhere": True})
    await turned_away(home, ticket)


@pytest.mark.slow
async def test_the_oldest_of_too_many_connections_closes(home: Home) -> None:
    """A person has twenty connections; one more closes the oldest with 4002, and nobody else's."""
    ana, ben = await home.register_all("ana", "ben")
    others = await ben.connect()
    sockets = [await ana.connect() for _ in range(limits.CONNECTIONS_PER_USER_MAX)]
    for socket in sockets:
        await socket.settle()
    newest = await ana.connect()
    code = await sockets[0].ended()
    assert code == 4002 or not home.features.close_codes
    assert sockets[0].events[-1] == {"type": "goodbye", "reason": "too_many_connections", "resume": False}
    for socket in [*sockets[1:], newest, others]:
        await socket.settle()


@pytest.mark.slow
async def test_a_server_that_stops_says_goodbye_and_is_found_again(home: Home) -> None:
    """On a restart each connection hears `shutting_down`, to be resumed, and closes with 1001; then all goes on."""
    ana = await home.register()
    group = await ana.group()
    socket = await ana.connect()
    await socket.settle()
    await asyncio.to_thread(home.restart)
    assert await socket.ended() == 1001
    assert socket.events[-1] == {"type": "goodbye", "reason": "shutting_down", "resume": True}
    again = await ana.connect()
    message = await ana.send(group, "back again")
    await again.entry(group, message["seq"])


async def test_a_plain_request_for_the_socket_is_refused(home: Home) -> None:
    """`/ws` without a WebSocket handshake is an error of the client's, not of the server's."""
    home.needs("preflight")
    response = await home.http.get("/ws")
    assert 400 <= response.status_code < 500
