"""The HTTP edge over a real socket: what a client can do to a connection, and what it can't."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from tests.edges.http_server import echo_app, serving

from tertulia.api.dispatch import Answer
from tertulia.domain import limits
from tertulia.edges.server.http_protocol import bounded

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"


@asynccontextmanager
async def connection(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def read_all(reader: asyncio.StreamReader) -> bytes:
    """Everything until the server closes, which it must do within ten seconds; empty where it resets."""
    async with asyncio.timeout(10):
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""


async def send_until_closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, piece: bytes, most: int) -> int:
    """Sends the piece again and again until the server closes; how many bytes went out. Fails at `most`."""
    closed = asyncio.create_task(read_all(reader))
    sent = 0
    try:
        while not closed.done():
            assert sent < most, f"the server took {sent} bytes"
            writer.write(piece)
            await writer.drain()
            sent += len(piece)
            await asyncio.sleep(0)
    except ConnectionError:
        pass
    await closed
    return sent


async def test_requests_follow_each_other_on_one_connection() -> None:
    """A connection serves many requests, also when they are sent at once, each answered in order."""
    echo, app = echo_app()
    async with serving(app) as port, connection(port) as (reader, writer):
        for name in (b"one", b"two", b"three"):
            writer.write(b"GET /api/users/me HTTP/1.1\r\nHost: x\r\nX-Request-ID: " + name + b"\r\n\r\n")
        writer.write(REQUEST + b"Connection: close\r\n\r\n")
        answer = await read_all(reader)
    assert answer.count(b"HTTP/1.1 200 OK") == 4
    assert [incoming.request_id for _, incoming in echo.calls] == ["one", "two", "three"]


async def test_body_over_the_limit_is_refused_before_it_is_sent() -> None:
    """A declared length over the limit is answered with 413 at once, without asking for the body (RFC 9110, 10.1.1)."""
    _, app = echo_app()
    async with serving(app) as port, connection(port) as (reader, writer):
        length = str(limits.FRAME_BYTES_MAX + 1).encode()
        writer.write(
            b"POST /api/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Expect: 100-continue\r\nContent-Length: " + length + b"\r\n\r\n"
        )
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    assert head.startswith(b"HTTP/1.1 413 ")


async def test_chunked_body_over_the_limit_is_refused_and_not_kept() -> None:
    """A body without a length ends with 413 where it goes beyond the limit, however long it would be."""
    echo, app = echo_app()
    async with serving(app) as port, connection(port) as (reader, writer):
        writer.write(
            b"POST /api/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        head = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
        for _ in range(limits.FRAME_BYTES_MAX // 4096 + 2):
            writer.write(b"1000\r\n" + b" " * 4096 + b"\r\n")
            await writer.drain()
        answer = await asyncio.wait_for(head, 10)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert echo.calls == []


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"GET /", b"a" * 4096),
        (b"GET /?", b"a" * 4096),
        (REQUEST + b"X: ", b"a" * 4096),
        (REQUEST, b"X-Some: thing\r\n" * 8),
        (REQUEST, b"a" * 4096),
        (b"POST /api/auth/sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"a" * 4096),
        (b"POST /api/auth/sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 8),
    ],
    ids=["path", "query", "one header", "many headers", "a header's name", "chunk extension", "trailers"],
)
async def test_a_head_without_end_is_cut_off(start: bytes, piece: bytes) -> None:
    """However a client goes on with its head, the connection is closed after a bounded number of bytes."""
    _, app = echo_app()
    async with serving(app) as port, connection(port) as (reader, writer):
        writer.write(start)
        sent = await send_until_closed(reader, writer, piece, most=64 * 1024 * 1024)
        assert sent < 64 * 1024 * 1024
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200


async def test_a_refused_body_is_taken_only_so_far() -> None:
    """Who goes on sending after an answer of 413 is disconnected after a bounded number of bytes."""
    _, app = echo_app()
    async with serving(app, bounded(discard_bytes=65536)) as port, connection(port) as (reader, writer):
        writer.write(
            b"POST /api/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000000000\r\n\r\n"
        )
        await send_until_closed(reader, writer, b" " * 65536, most=64 * 1024 * 1024)


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"GET /heal",
        REQUEST,
        b"\r\n",
        b"POST /api/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    ],
    ids=["nothing", "half a line", "half a head", "an empty line", "half a body"],
)
async def test_a_client_that_stops_halfway_is_disconnected(start: bytes) -> None:
    """A connection on which nothing comes of what is due is closed, and nothing is done for it."""
    echo, app = echo_app()
    async with serving(app, bounded(stall_seconds=0.1)) as port, connection(port) as (reader, writer):
        writer.write(start)
        assert await read_all(reader) == b""
    assert echo.calls == []


async def test_a_head_that_drips_is_disconnected() -> None:
    """A byte now and then doesn't keep a head alive: all of it has to come in time."""
    _, app = echo_app()
    async with serving(app, bounded(stall_seconds=0.3)) as port, connection(port) as (reader, writer):
        closed = asyncio.create_task(read_all(reader))
        for byte in REQUEST * 100:
            if closed.done():
                break
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)
        assert closed.done()
        assert await closed == b""


async def test_a_client_that_reads_nothing_of_its_answer_is_disconnected() -> None:
    """An answer that nobody takes doesn't stay in memory, and its source is closed."""
    closed = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield bytes(65536)
        finally:
            closed.set()

    echo, app = echo_app()
    echo.answer = Answer(status=200, headers={"Content-Type": "image/png"}, content=endless())
    async with serving(app, bounded(stall_seconds=0.2)) as port, connection(port) as (_, writer):
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(b"GET /api/media/m/content HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.wait_for(closed.wait(), 10)


async def test_one_connection_more_than_the_bound_is_closed() -> None:
    """As many connections as the bound are served, one more is closed unheard, and a place that gets free is taken."""
    _, app = echo_app()
    async with serving(app, bounded(connections_max=2)) as port:
        async with connection(port) as (reader, writer), connection(port) as (_, idle), connection(port) as (third, _):
            assert await read_all(third) == b""
            writer.write(REQUEST + b"\r\n")
            assert (await asyncio.wait_for(reader.readuntil(b"\r\n"), 10)) == b"HTTP/1.1 200 OK\r\n"
            idle.close()
            await idle.wait_closed()
            answer = b""
            async with asyncio.timeout(10):
                while not answer:
                    async with connection(port) as (again, asking):
                        asking.write(REQUEST + b"Connection: close\r\n\r\n")
                        answer = await read_all(again)
        assert answer.startswith(b"HTTP/1.1 200 OK")


async def test_a_client_that_leaves_in_the_middle_of_its_request_is_not_a_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A request whose client is gone is not performed, and stands in the log as 499 without a stack."""
    caplog.set_level("INFO", "tertulia.access")
    echo, app = echo_app()
    async with serving(app) as port:
        async with connection(port) as (_, writer):
            writer.write(
                b"POST /api/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Content-Length: 9\r\n\r\n{"
            )
            await writer.drain()
        async with asyncio.timeout(10):
            while not [record for record in caplog.records if record.name == "tertulia.access"]:
                await asyncio.sleep(0.01)
    lines = [record for record in caplog.records if record.name == "tertulia.access"]
    assert [record.__dict__["fields"]["status"] for record in lines] == [499]
    assert not [record for record in caplog.records if record.exc_info]
    assert echo.calls == []


async def test_malformed_requests_are_refused_and_harm_nobody() -> None:
    """What is no HTTP gets 400 or nothing, never a failure of the server."""
    _, app = echo_app()
    nonsense = [
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/auth/sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ]
    async with serving(app) as port:
        for request in nonsense:
            async with connection(port) as (reader, writer):
                writer.write(request)
                writer.write_eof()
                answer = await read_all(reader)
            assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), (request, answer)
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200


async def test_answers_over_a_socket_are_whole() -> None:
    """Status, headers and body arrive as they were made, for JSON, HEAD, an empty answer and a stream."""

    async def content() -> AsyncIterator[bytes]:
        yield b"abc"
        yield b"def"

    echo, app = echo_app()
    async with serving(app) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        answer = await http.get("/api/users/me")
        assert (answer.status_code, json.loads(answer.content)) == (200, {"operation": "get_me"})
        assert (await http.head("/api/users/me")).headers["content-length"] == answer.headers["content-length"]
        options = await http.options("/api/users/me")
        assert (options.status_code, "content-length" in options.headers) == (204, False)
        echo.answer = Answer(status=206, headers={"Content-Length": "6"}, content=content())
        part = await http.get("/api/media/m/content")
        assert (part.status_code, part.content) == (206, b"abcdef")
