"""A site of our own on this machine that answers as tests want, byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from ssl import SSLContext

from tertulia.adapters.web.dialing import Dialer
from tertulia.adapters.web.pages import WebPages

LOOPBACK = "127.0.0.1"
Speak = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(
    body: bytes = b"", status: str = "200 OK", kind: str = "text/html", fields: Mapping[str, str] | None = None
) -> bytes:
    """A whole answer."""
    named = {"Content-Type": kind, "Content-Length": str(len(body)), **(fields or {})}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in named.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def page(title: str, *more: str) -> bytes:
    return f"<!doctype html><html><head><title>{title}</title>{''.join(more)}</head><body>x</body></html>".encode()


def redirect(to: str, status: str = "302 Found") -> bytes:
    return answer(status=status, fields={"Location": to})


class Site:
    """`answers` by path: bytes, or what speaks for itself. `asked` has the requests as they came."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes | Speak] = {}
        self.asked: list[bytes] = []
        self.port = 0
        self._speaking: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._speaking.add(task)
        try:
            self.asked.append(await reader.readuntil(b"\r\n\r\n"))
            path = self.asked[-1].split(b" ")[1].decode()
            found = self.answers.get(path, answer(status="404 Not Found"))
            if isinstance(found, bytes):
                writer.write(found)
                await writer.drain()
            else:
                await found(writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self._speaking.discard(task)

    @property
    def paths(self) -> list[str]:
        return [each.split(b" ")[1].decode() for each in self.asked]

    async def stop(self) -> None:
        for task in list(self._speaking):
            task.cancel()
        await asyncio.gather(*self._speaking, return_exceptions=True)


@asynccontextmanager
async def opened_site(tls: SSLContext | None = None) -> AsyncIterator[Site]:
    site = Site()
    server = await asyncio.start_server(site.serve, LOOPBACK, 0, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        await site.stop()


class Names:
    """A resolver: what each name leads to, time after time; the last answer stays. `asked` has the names."""

    def __init__(self, **names: Sequence[Sequence[str]]) -> None:
        self._names = {name.replace("_", "."): list(answers) for name, answers in names.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        answers = self._names.get(host)
        if answers is None:
            raise OSError("no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]


def pages_of(site: Site, *names: str, seconds: float = 5.0, tls: SSLContext | None = None) -> WebPages:
    """Lets this one port of this machine through, under the names; everything else as ever."""
    known: dict[str, Sequence[Sequence[str]]] = {name: [[LOOPBACK]] for name in (LOOPBACK, *names)}
    resolve = Names()
    resolve._names = {name: list(answers) for name, answers in known.items()}
    dialer = Dialer(
        resolve=resolve,
        reachable=lambda address: address == LOOPBACK,
        ports=frozenset({site.port}),
        own=True,
        tls=tls,
    )
    return WebPages(dialer, seconds=seconds)
