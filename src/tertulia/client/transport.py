"""Requests over HTTP: the session's access token, its refresh, retries, errors.

Everything that is sent can be sent again without harm, but for the few operations in `_ONCE`; those are repeated only
where it is certain that the server never got them.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final
from urllib.parse import quote

import httpx
import msgspec

from tertulia.api.operations import BY_NAME, Access, Operation
from tertulia.api.requests import Refresh, Request
from tertulia.api.responses import Session
from tertulia.client.backoff import Retries
from tertulia.client.endpoints import Endpoints, endpoints_from
from tertulia.client.errors import UnreachableError, error_of_answer
from tertulia.client.sessions import SavedSession, SessionStore
from tertulia.client.wire import decode_answer
from tertulia.domain.errors import ChatError, UnauthenticatedError

_ONCE: Final = frozenset({"sign_up", "confirm", "change_password", "reset_password"})
"""Their second try would be answered differently from the first."""
_EXPIRED: Final = frozenset({"token_expired", "unauthenticated"})
_MARGIN: Final = 5.0
"""Seconds before its end at which an access token is replaced, so that few requests find it expired."""
KEEP_SECONDS: Final = 20.0
"""How long an unused connection is kept: for less than the server does, or a request could meet its end."""


class Transport:
    """One server and one session on it. `close` ends the connections; the session lives on in its store."""

    def __init__(self, url: str, sessions: SessionStore, *, retries: Retries, timeout: float) -> None:
        self.url: Final = url.rstrip("/")
        self.retries: Final = retries
        self._sessions: Final = sessions
        self._session = sessions.load()
        self._endpoints: Endpoints | None = None
        self._refreshing: asyncio.Task[None] | None = None
        self.replacing: Final = asyncio.Lock()
        """Held while an operation ends the session and begins another: the end may be heard of before the beginning."""
        self._http: Final = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=min(timeout, 5.0)),
            limits=httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=KEEP_SECONDS),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    @property
    def session(self) -> SavedSession | None:
        return self._session

    async def close(self) -> None:
        if self._refreshing is not None:
            await asyncio.wait([self._refreshing])
        await self._http.aclose()

    def keep(self, session: Session) -> None:
        """From now on requests are made in this session."""
        token = session.refresh_token
        self._save(
            SavedSession(
                url=self.url,
                username=session.user.username,
                access_token=session.access_token,
                refresh_token=token if isinstance(token, str) else "",
                expires=time.time() + session.expires_in,
            )
        )

    def forget(self) -> None:
        """From now on requests are made without a session."""
        self._save(None)

    async def endpoints(self) -> Endpoints:
        """Where the server's APIs are; asked for once."""
        if self._endpoints is None:
            _, config = await self._repeat(lambda: self._exchange("GET", f"{self.url}/config.json", missing=b""))
            self._endpoints = endpoints_from(self.url, config)
        return self._endpoints

    async def call(
        self,
        name: str,
        path: Mapping[str, object] | None = None,
        query: Request | None = None,
        body: Request | None = None,
    ) -> tuple[int, bytes]:
        """Carries out the operation of that name: status and body of its success. Raises a ChatError for all else."""
        operation = BY_NAME[name]
        base = (await self.endpoints()).api
        url = base + operation.path.format_map({k: quote(str(v), safe="") for k, v in (path or {}).items()})
        content = None if body is None else msgspec.json.encode(body)
        token = await self._token(operation)
        try:
            return await self._repeat(lambda: self._send(operation, url, query, content, token), name not in _ONCE)
        except UnauthenticatedError as error:
            if error.code not in _EXPIRED or not token:
                raise
        await self._refresh(token)
        token = await self._token(operation)
        return await self._repeat(lambda: self._send(operation, url, query, content, token), name not in _ONCE)

    async def stream(self, method: str, url: str, **options: Any) -> httpx.Response:
        """An answer whose body is still to be read, for the signed addresses of media: no token is sent."""
        request = self._http.build_request(method, url, **options)
        try:
            response = await self._http.send(request, stream=True)
        except httpx.TransportError as error:
            raise _unreachable(error) from error
        if response.is_success:
            return response
        try:
            body = await response.aread()
        except httpx.TransportError as error:
            raise _unreachable(error) from error
        finally:
            await response.aclose()
        raise error_of_answer(response.status_code, body, response.headers.get("retry-after"))

    async def refresh(self) -> None:
        """A new access token now."""
        await self._refresh(self._session.access_token if self._session else "")

    def _save(self, session: SavedSession | None) -> None:
        self._session = session
        self._sessions.save(session)

    async def _token(self, operation: Operation) -> str:
        """The access token to send with the operation; "" where there is none and none is needed."""
        if operation.access is Access.SIGNED or self._session is None:
            return ""
        needed = operation.access is not Access.PUBLIC
        if needed and self._session.refresh_token and time.time() > self._session.expires - _MARGIN:
            await self._refresh(self._session.access_token)
        return self._session.access_token

    async def _refresh(self, stale: str) -> None:
        """Replaces the access token `stale`, once for all who ask, and to the end also where the caller is cancelled:
        the old refresh token is spent from the moment at which the server sees it."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._renew(stale))
            self._refreshing.add_done_callback(_seen)
        await asyncio.shield(self._refreshing)

    async def _renew(self, stale: str) -> None:
        async with self._sessions.exclusively():
            saved = self._sessions.load()
            if saved is not None and saved.access_token != stale:
                self._session = saved
                return
            if saved is None or not saved.refresh_token:
                raise UnauthenticatedError("token_expired" if stale else "unauthenticated")
            operation = BY_NAME["refresh"]
            body = msgspec.json.encode(Refresh(refresh_token=saved.refresh_token, return_refresh_token=True))
            url = (await self.endpoints()).api + operation.path
            try:
                _, answer = await self._repeat(lambda: self._send(operation, url, None, body, ""))
            except UnauthenticatedError:
                self._save(None)
                raise
            self.keep(decode_answer(answer, Session))

    async def _repeat(
        self, request: Callable[[], Awaitable[tuple[int, bytes]]], repeatable: bool = True
    ) -> tuple[int, bytes]:
        attempt = 0
        while True:
            try:
                return await request()
            except ChatError as error:
                wait = self.retries.wait(attempt, error)
                if wait is None or not (repeatable or _certainly_not_done(error)):
                    raise
            attempt += 1
            await asyncio.sleep(wait)

    async def _send(
        self, operation: Operation, url: str, query: Request | None, content: bytes | None, token: str
    ) -> tuple[int, bytes]:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        if content is not None:
            headers["content-type"] = "application/json"
        return await self._exchange(operation.method, url, params=_params(query), content=content, headers=headers)

    async def _exchange(
        self, method: str, url: str, *, missing: bytes | None = None, **options: Any
    ) -> tuple[int, bytes]:
        """`missing` is what a 404 stands for, where it is no error."""
        try:
            response = await self._http.request(method, url, **options)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _unreachable(error) from error
        if response.is_success:
            return response.status_code, response.content
        if missing is not None and response.status_code == httpx.codes.NOT_FOUND:
            return response.status_code, missing
        if response.is_redirect:
            sentence = f"The server says that it is at {response.headers.get('location', 'another address')}. Use that."
            raise ChatError("internal", sentence, status=response.status_code)
        raise error_of_answer(response.status_code, response.content, response.headers.get("retry-after"))


def _params(query: Request | None) -> dict[str, str]:
    """A query's fields that say something, as text."""
    fields = msgspec.to_builtins(query) if query is not None else {}
    return {name: str(value) for name, value in fields.items() if value is not None and value != ""}


def _unreachable(error: Exception) -> UnreachableError:
    sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    sentence = f"The server can't be reached ({str(error) or type(error).__name__}). Check the address and the network."
    return UnreachableError("unreachable", sentence, sent=sent)


def _certainly_not_done(error: ChatError) -> bool:
    """The server's own error says that nothing was done; no answer, or a proxy's, says nothing."""
    if isinstance(error, UnreachableError):
        return not error.details.get("sent", True)
    return "status" not in error.details


def _seen(task: asyncio.Task[None]) -> None:
    """Whoever asked may be gone: the task's error is nobody's then, and no noise either."""
    if not task.cancelled():
        task.exception()
