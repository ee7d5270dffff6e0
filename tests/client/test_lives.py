"""What API Gateway asks of a client, and does no harm elsewhere: short lives, small frames, refusals before the
opening."""

import asyncio
from functools import partial
from typing import Any

import pytest
from tests.client.conftest import Register
from tests.client.server import name_of

from tertulia.client import link
from tertulia.client.connection import LIFE_JITTER, LIFE_SECONDS, PING_SECONDS, open_connection
from tertulia.client.errors import may_help
from tertulia.client.feed import Feed, ListAll, ReadPage, Start
from tertulia.client.live import FRAME_BYTES
from tertulia.domain import limits
from tertulia.domain.entries import ConversationKind, MessageSent
from tertulia.domain.errors import ChatError
from tertulia.domain.events import EntryEvent, HeadEvent

IDLE_LIMIT, LIFE_LIMIT = 600, 7200
"""API Gateway's quotas, in seconds: "Idle Connection Timeout", "Connection duration for WebSocket API"."""


def test_a_connection_stays_within_api_gateways_limits() -> None:
    """It is heard of well before ten minutes, and replaced before two hours, at a moment of its own."""
    assert PING_SECONDS < IDLE_LIMIT / 2
    assert LIFE_SECONDS <= LIFE_LIMIT - 300
    assert 0 < LIFE_JITTER < 0.5


async def test_a_stream_neither_misses_nor_repeats_over_connections_that_are_replaced(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Connections whose life is a fifth of a second: many come and go while messages are sent."""
    opened: list[None] = []

    async def counted(*given: Any, **how: Any) -> Any:
        opened.append(None)
        return await partial(open_connection, life=0.2)(*given, **how)

    monkeypatch.setattr(link, "open_connection", counted)
    ana, ben = await register("ana"), await register("ben")
    group = (await ana.api.create_conversation(ConversationKind.GROUP, [name_of(ben)], title="Cine")).id
    async with ben.connect() as live, asyncio.timeout(60):

        async def speak() -> None:
            number = 0
            while len(opened) < 4:
                await ana.api.send_message(group, f"text {number}")
                number += 1
                await asyncio.sleep(0.01)
            await ana.api.send_message(group, "the last")

        speaking = asyncio.create_task(speak())
        said: list[MessageSent] = []
        async for event in live:
            if isinstance(event, EntryEvent) and isinstance(event.entry, MessageSent):
                said.append(event.entry)
                if event.entry.text == "the last":
                    break
        await speaking
    assert [each.text for each in said] == [f"text {number}" for number in range(len(said) - 1)] + ["the last"]
    assert len(opened) >= 4


async def test_a_long_message_goes_by_post(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could be too large for a frame isn't tried over the connection; the rest is."""
    ana = await register("ana")
    group = (await ana.api.create_conversation(ConversationKind.GROUP, [], title="Cine")).id
    async with ana.connect() as live:
        tried: list[int] = []
        act = live._link.act

        async def watched(action: Any) -> Any:
            tried.append(len(action.text))
            return await act(action)

        monkeypatch.setattr(live._link, "act", watched)
        assert (await live.send(group, "😀" * limits.TEXT_MAX)).text == "😀" * limits.TEXT_MAX
        assert tried == []
        await live.send(group, "é" * (FRAME_BYTES // 2 - 200))
        assert tried == [FRAME_BYTES // 2 - 200]


async def refusing(status: str) -> tuple[asyncio.Server, str]:
    """A server that answers every handshake with this status, and its address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    return server, f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws"


@pytest.mark.parametrize(("status", "again"), [("401 Unauthorized", True), ("403 Forbidden", False)])
async def test_a_refused_ticket_is_tried_again_with_another(status: str, again: bool) -> None:
    """Behind API Gateway nothing can be said before the opening: 401 is a ticket that was used or too old, 403 is
    final."""
    server, url = await refusing(status)
    async with server:
        with pytest.raises(ChatError) as refused:
            await open_connection(url, "ticket", lambda _: None)
        assert may_help(refused.value) is again


def test_an_entry_of_which_only_the_place_is_told_is_read_from_the_log() -> None:
    """A head that is known already asks for nothing; a later one asks for what is missing."""
    feed = Feed("ana", {"g": 5}, Start.NOW)
    feed.missed()
    assert isinstance(feed.job(), ListAll)
    feed.listed([])
    feed.happened(HeadEvent("g", 5))
    assert feed.job() is None
    feed.happened(EntryEvent("g", MessageSent(seq=6, timestamp=60, author="ben", id="m6", number=6)))
    feed.happened(HeadEvent("g", 7))
    job = feed.job()
    assert isinstance(job, ReadPage)
    assert (job.conversation, job.after) == ("g", 6)
