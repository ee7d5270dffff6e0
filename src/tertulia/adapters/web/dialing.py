"""Connections to where a link leads, and nowhere else.

A name is resolved once; every address that comes of it is looked at, and the connection goes to one of these, by
number. Nothing resolves the name a second time, so a name that changes its mind (DNS rebinding) gains nothing. TLS and
the field `Host` still say the name.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Final

from tertulia.adapters.web.addresses import is_public
from tertulia.adapters.web.refusals import NotPublicError, RefusedError
from tertulia.adapters.web.targets import Target

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host's name; raises OSError where there are none."""
PUBLIC_PORTS: Final = frozenset({80, 443})
ADDRESSES_MAX: Final = 3
"""Of a name are tried."""
CONNECT_SECONDS: Final = 3.0
"""For one address."""
BUFFER_BYTES: Final = 32 * 1024
"""That are held of a connection; the head of an answer may have so many."""
RESOLVING_MAX: Final = 4
"""Names that are resolved at once. A resolver can't be interrupted, so it has threads of its own: slow ones hold up
nobody else's."""


class Dialer:
    """Tests name their own: `resolve`; `reachable`, which says of an address whether it may be asked; `ports` that may
    be; `own`, whether this machine may be; `tls`, whom to trust."""

    def __init__(
        self,
        *,
        resolve: Resolve | None = None,
        reachable: Callable[[str], bool] = is_public,
        ports: frozenset[int] = PUBLIC_PORTS,
        own: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._threads: Final = ThreadPoolExecutor(RESOLVING_MAX, thread_name_prefix="tertulia-names")
        self._resolve: Final = resolve or self._ask_resolver
        self._reachable: Final = reachable
        self._ports: Final = ports
        self._own: Final = own
        self._tls: Final = tls

    @asynccontextmanager
    async def dial(self, target: Target) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A connection, closed at the end. Raises RefusedError, and what sockets and TLS raise."""
        if target.port not in self._ports:
            raise NotPublicError("a port that isn't the web's")
        found = await self._connected(await self._addresses(target), target.port)
        secure = target.scheme == "https"
        try:
            reader, writer = await asyncio.open_connection(
                sock=found,
                limit=BUFFER_BYTES,
                ssl=(self._tls or ssl.create_default_context()) if secure else None,
                server_hostname=target.host if secure else None,
            )
        except BaseException:
            found.close()
            raise
        try:
            yield reader, writer
        finally:
            # Not `close`: what is still to be said to somebody slow would be waited for.
            writer.transport.abort()

    async def _addresses(self, target: Target) -> list[str]:
        found = list(dict.fromkeys(await self._resolve(target.host, target.port)))
        if not found:
            raise RefusedError("a name without an address")
        # All of them: a name that leads to somewhere private too is not a public page's.
        if not all(self._reachable(address) for address in found):
            raise NotPublicError("an address that isn't public")
        # IPv4 first: where there is no way for IPv6, trying it takes the time.
        return sorted(found, key=lambda address: ":" in address)[:ADDRESSES_MAX]

    async def _connected(self, addresses: Sequence[str], port: int) -> socket.socket:
        for address in addresses:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await self._connect(address, port)
            except (OSError, TimeoutError):
                continue
        raise RefusedError("no connection")

    async def _connect(self, address: str, port: int) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            connection.setblocking(False)
            await asyncio.get_running_loop().sock_connect(connection, (address, port))
            # A machine's own public address can be a way round its firewall: there both ends are the same.
            if not self._own and connection.getsockname()[0] == connection.getpeername()[0]:
                raise NotPublicError("an address of this machine")
        except BaseException:
            connection.close()
            raise
        return connection

    async def _ask_resolver(self, host: str, port: int) -> Sequence[str]:
        def ask() -> list[str]:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
            return [str(address[0]) for *_, address in answers]

        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
