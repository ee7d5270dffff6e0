"""A stand-in for CloudFront on loopback: one address for page, API and WebSocket, by the behaviours of the
distribution that was deployed. The emulator serves distributions, but of its own services only S3 as an origin, and no
WebSocket.

What goes to the web bucket goes through the emulator's own distribution, with its function and its headers. What goes
to API Gateway goes there as `AllViewerExceptHostHeader` sends it: everything but the name of the host.

Run: python -m tests.aws.front ENDPOINT DISTRIBUTION PORT
"""

import asyncio
import contextlib
import fnmatch
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import httpx
import uvicorn
from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

SECONDS: Final = 300
PARALLEL: Final = 8
"""Requests that are with the emulator at once; more wait here. AWS takes them all, and begins a container for each: two
hundred processes that begin at once on one machine would say something about the machine only."""
_DROPPED: Final = frozenset({b"host", b"connection", b"transfer-encoding", b"keep-alive", b"upgrade", b"te"})
_HANDSHAKE: Final = b"sec-websocket-"

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Origin(Struct, frozen=True):
    """Where a behaviour leads: a path of the emulator, and headers that are added."""

    base: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Distribution(Struct, frozen=True):
    """What a viewer meets. `behaviours` are patterns of paths, the first that fits counts."""

    endpoint: str
    host: str
    behaviours: tuple[tuple[str, Origin | None], ...]

    def origin(self, path: str) -> Origin | None:
        """The origin of a path; None where the emulator's own distribution serves it."""
        return next((origin for pattern, origin in self.behaviours if fnmatch.fnmatchcase(path, pattern)), None)


def read_distribution(endpoint: str, identifier: str, client: Callable[[str], Any]) -> Distribution:
    """The distribution as it was deployed."""
    found = client("cloudfront").get_distribution(Id=identifier)["Distribution"]
    config = found["DistributionConfig"]
    origins = {each["Id"]: _origin(each, client) for each in config["Origins"]["Items"]}
    behaviours = config.get("CacheBehaviors", {}).get("Items", [])
    rules = tuple((each["PathPattern"], origins[each["TargetOriginId"]]) for each in behaviours)
    return Distribution(endpoint, found["DomainName"], rules)


def _origin(described: Mapping[str, Any], client: Callable[[str], Any]) -> Origin | None:
    identifier, execute, _ = described["DomainName"].partition(".execute-api.")
    if not execute:
        return None
    headers = tuple(
        (each["HeaderName"].lower().encode(), each["HeaderValue"].encode())
        for each in described.get("CustomHeaders", {}).get("Items", ())
    )
    # The stage of the HTTP API has no part in its paths; that of the WebSocket API is the path.
    http = client("apigatewayv2").get_api(ApiId=identifier)["ProtocolType"] == "HTTP"
    return Origin(f"/_aws/execute-api/{identifier}{'/$default' if http else ''}", headers)


class Front:
    """The proxy, as an ASGI application."""

    def __init__(self, distribution: Distribution) -> None:
        self._to: Final = distribution
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        self._http: Final = httpx.AsyncClient(timeout=SECONDS, limits=limits, trust_env=False)
        self._turns: Final = asyncio.Semaphore(PARALLEL)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)

    async def _request(self, scope: Message, receive: Receive, send: Send) -> None:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        request = httpx.Request(
            scope["method"], self._address(scope, "http"), headers=self._headers(scope), content=bytes(body)
        )
        async with self._turns:
            await self._answer(request, send)

    async def _answer(self, request: httpx.Request, send: Send) -> None:
        response = await self._http.send(request, stream=True)
        try:
            headers = [(name.lower(), value) for name, value in response.headers.raw if name.lower() not in _DROPPED]
            await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
            async for part in response.aiter_raw():
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body"})
        finally:
            await response.aclose()

    def _address(self, scope: Message, scheme: str) -> str:
        """The path and query as they came, at the emulator."""
        origin = self._to.origin(scope["path"])
        path = (origin.base if origin else "") + scope["raw_path"].decode("ascii")
        query = scope["query_string"].decode("ascii")
        base = self._to.endpoint.replace("http", scheme, 1)
        return f"{base}{path}{'?' + query if query else ''}"

    def _headers(self, scope: Message) -> list[tuple[bytes, bytes]]:
        origin = self._to.origin(scope["path"])
        caller = scope["client"][0].encode()
        given = [(name, value) for name, value in scope["headers"] if name not in _DROPPED]
        chain = b", ".join([*(value for name, value in given if name == b"x-forwarded-for"), caller])
        forwarded = [(name, value) for name, value in given if name not in (b"x-forwarded-for", b"x-forwarded-proto")]
        forwarded += [(b"x-forwarded-for", chain), (b"x-forwarded-proto", b"https")]
        if origin is None:
            return [*forwarded, (b"host", self._to.host.encode())]
        return [*forwarded, *origin.headers]

    async def _socket(self, scope: Message, receive: Receive, send: Send) -> None:
        await receive()
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in self._headers(scope)
            if not name.startswith(_HANDSHAKE) and name != b"host"
        ]
        address = self._address(scope, "ws")
        agent = next((value for name, value in headers if name == "user-agent"), None)
        others = [(name, value) for name, value in headers if name not in ("user-agent", "origin")]
        origin = next((value for name, value in headers if name == "origin"), None)
        try:
            async with self._turns:
                upstream = await connect(
                    address,
                    additional_headers=others,
                    user_agent_header=agent,
                    origin=origin,  # type: ignore[arg-type]
                    compression=None,
                    max_size=None,
                    proxy=None,
                    ping_interval=None,
                    open_timeout=SECONDS,
                )
        except InvalidStatus as refused:
            await _refuse(send, refused.response.status_code, refused.response.body or b"")
            return
        await send({"type": "websocket.accept"})
        await _relay(upstream, receive, send)


async def _refuse(send: Send, status: int, body: bytes) -> None:
    await send({"type": "websocket.http.response.start", "status": status, "headers": []})
    await send({"type": "websocket.http.response.body", "body": body})


async def _relay(upstream: ClientConnection, receive: Receive, send: Send) -> None:
    """Frames both ways until one side ends, which the other is then told with the same code."""

    async def down() -> None:
        with contextlib.suppress(ConnectionClosed):
            async for frame in upstream:
                await send({"type": "websocket.send", "text" if isinstance(frame, str) else "bytes": frame})

    async def up() -> int:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return int(message.get("code", 1005))
            data = message.get("text")
            with contextlib.suppress(ConnectionClosed):
                await upstream.send(data if data is not None else message["bytes"])

    tasks = [asyncio.create_task(down()), asyncio.create_task(up())]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    if tasks[0].done():
        code = upstream.close_code or 1005
        with contextlib.suppress(RuntimeError, OSError):
            await send({"type": "websocket.close", "code": code if code not in (1005, 1006) else 1001})
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await upstream.close()


def main(endpoint: str, identifier: str, port: int) -> None:
    """Serves until it is stopped."""
    from tests.emulators.emulators import Emulator

    distribution = read_distribution(endpoint, identifier, Emulator("ministack", endpoint, 0).client)
    config = uvicorn.Config(
        Front(distribution),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        ws="websockets-sansio",
        lifespan="off",
        ws_ping_interval=None,
        ws_max_size=1 << 24,
        server_header=False,
        date_header=False,
    )
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
