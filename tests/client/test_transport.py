"""Requests: what is repeated and what is not, how long is waited, how tokens are renewed, what errors become."""

import asyncio
import time
from typing import Any

import pytest
from tests.client.scripted import CUT, Reply, ScriptedServer, problem

from tertulia.client import Client, MemorySessions, Retries, SavedSession, UnreachableError
from tertulia.client.backoff import Retries as Backoff
from tertulia.client.endpoints import endpoints_from
from tertulia.client.transport import KEEP_SECONDS
from tertulia.domain import limits
from tertulia.domain.errors import (
    ChatError,
    ConflictError,
    InvalidError,
    LimitedError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
    registry,
)

FAST = Retries(tries=4, base=0.001)
USER = {"username": "ana"}


def session(access: str = "a1", refresh: str = "r1", *, seconds: float = 300) -> MemorySessions:
    expires = time.time() + seconds
    return MemorySessions(
        SavedSession(url="", username="ana", access_token=access, refresh_token=refresh, expires=expires)
    )


def grant(access: str, refresh: str) -> Reply:
    return Reply(body={"access_token": access, "expires_in": 300, "user": USER, "refresh_token": refresh})


async def test_a_temporary_error_is_tried_again_until_it_is_over() -> None:
    """What a server can't do now is asked for again, a bounded number of times."""
    unavailable = problem(503, "unavailable")
    async with ScriptedServer(users__me=[unavailable, unavailable, Reply(body=USER)]).running() as server:
        async with Client(server.url, sessions=session(), retries=FAST) as client:
            assert (await client.api.get_me()).username == "ana"
        assert server.count("/api/users/me") == 3


async def test_tries_are_bounded() -> None:
    """A server that stays unavailable is given up after as many tries as there may be."""
    async with ScriptedServer(users__me=[problem(503, "overloaded")]).running() as server:
        async with Client(server.url, sessions=session(), retries=FAST) as client:
            with pytest.raises(UnavailableError) as error:
                await client.api.get_me()
        assert error.value.code == "overloaded"
        assert server.count("/api/users/me") == FAST.tries


async def test_retry_after_is_obeyed() -> None:
    """The next try comes no earlier than the server says, in the header or in the problem."""
    limited = problem(429, "rate_limited", retry_after=0.2)
    async with (
        ScriptedServer(users__me=[limited, Reply(body=USER)]).running() as server,
        Client(server.url, sessions=session(), retries=FAST) as client,
    ):
        began = time.monotonic()
        await client.api.get_me()
        assert time.monotonic() - began >= 0.2


async def test_a_wait_that_is_too_long_is_the_callers_to_decide() -> None:
    """Where Retry-After is over the client's patience the error is raised at once, with the time in it."""
    limited = Reply(status=429, body=b"slow down", headers={"retry-after": "600"})
    async with ScriptedServer(users__me=[limited]).running() as server:
        async with Client(server.url, sessions=session(), retries=FAST) as client:
            with pytest.raises(LimitedError) as error:
                await client.api.get_me()
        assert error.value.retry_after == 600
        assert server.count("/api/users/me") == 1


@pytest.mark.parametrize("code", sorted(set(registry()) - {"internal"}))
async def test_an_error_is_of_the_class_of_its_code(code: str) -> None:
    """Every code of the registry comes back as the class that carries it, with the server's sentence and details."""
    async with (
        ScriptedServer(users__me=[problem(400, code, details={"limit": 5})]).running() as server,
        Client(server.url, sessions=session(), retries=Retries(tries=1)) as client,
    ):
        server.replies["/api/auth/refresh"] = [problem(401, code, details={"limit": 5})]
        with pytest.raises(registry()[code]) as error:
            await client.api.get_me()
    assert (error.value.code, error.value.sentence, error.value.details["limit"]) == (code, f"It is {code}.", 5)


async def test_an_unknown_code_becomes_internal_with_the_code_in_its_details() -> None:
    """A newer server's error is no crash of an older client."""
    async with (
        ScriptedServer(users__me=[problem(418, "teapot")]).running() as server,
        Client(server.url, sessions=session(), retries=FAST) as client,
    ):
        with pytest.raises(ChatError) as error:
            await client.api.get_me()
    assert (error.value.code, error.value.details["server_code"]) == ("internal", "teapot")


@pytest.mark.parametrize(
    ("status", "kind"), [(404, NotFoundError), (502, UnavailableError), (413, InvalidError), (500, ChatError)]
)
async def test_an_answer_that_is_not_the_products_own_is_judged_by_its_status(
    status: int, kind: type[ChatError]
) -> None:
    """A proxy's page of HTML is an error of the fitting class."""
    async with (
        ScriptedServer(users__me=[Reply(status=status, body=b"<html>")]).running() as server,
        Client(server.url, sessions=session(), retries=FAST) as client,
    ):
        with pytest.raises(kind):
            await client.api.get_me()


@pytest.mark.parametrize("body", [b"<html>", b'{"other": 1}', b"\xff"])
async def test_a_success_of_another_form_is_an_error_that_names_the_address(body: bytes) -> None:
    """An address that is some other program's is said to be that."""
    async with (
        ScriptedServer(users__me=[Reply(body=body)]).running() as server,
        Client(server.url, sessions=session(), retries=FAST) as client,
    ):
        with pytest.raises(ChatError, match="Check that the address"):
            await client.api.get_me()


async def test_a_redirect_says_where_the_server_is() -> None:
    """A request is not sent to another address by itself; the person learns the right one."""
    moved = Reply(status=308, headers={"location": "https://chat.example.org/"})
    async with (
        ScriptedServer(users__me=[moved]).running() as server,
        Client(server.url, sessions=session(), retries=FAST) as client,
    ):
        with pytest.raises(ChatError, match=r"https://chat\.example\.org/"):
            await client.api.get_me()


async def test_no_server_is_an_error_of_its_own() -> None:
    """Nobody listens at the address: UnreachableError, after the tries."""
    server = ScriptedServer()
    async with server.running():
        pass
    async with Client(server.url, retries=FAST) as client:
        with pytest.raises(UnreachableError) as error:
            await client.api.get_keys()
    assert error.value.details["sent"] is False


async def test_a_send_whose_answer_is_lost_is_repeated_with_the_same_id() -> None:
    """The server sees one id in every try, so that it can tell that it is the same message."""
    message = {"seq": 2, "timestamp": 2, "number": 1, "author": "ana", "id": "x", "text": "hi"}
    async with ScriptedServer().running() as server:
        server.replies["/api/conversations/g/messages"] = [CUT, CUT, Reply(status=201, body=message)]
        async with Client(server.url, sessions=session(), retries=FAST) as client:
            await client.send("g", "hi")
    assert len({asked.body["id"] for asked in server.asked}) == 1
    assert len(server.asked) == 3


async def test_what_can_not_be_repeated_is_not_sent_again_where_it_may_have_been_done() -> None:
    """A sign-up whose answer is lost may have been done: its second try would say that the name is taken."""
    async with ScriptedServer(auth__sign_up=[CUT]).running() as server:
        async with Client(server.url, retries=FAST) as client:
            with pytest.raises(UnreachableError):
                await client.api.sign_up("ana", "correct horse")
        assert server.count("/api/auth/sign-up") == 1


async def test_what_can_not_be_repeated_is_sent_again_where_the_server_says_that_nothing_was_done() -> None:
    """The server's own temporary error is as good as a request that was never sent; a proxy's is not."""
    busy, proxy = problem(503, "overloaded"), Reply(status=504, body=b"")
    async with ScriptedServer(auth__sign_up=[busy, Reply(status=201, body=USER)]).running() as server:
        async with Client(server.url, retries=FAST) as client:
            await client.api.sign_up("ana", "correct horse")
            server.replies["/api/auth/sign-up"] = [proxy]
            with pytest.raises(UnavailableError):
                await client.api.sign_up("ana", "correct horse")
        assert server.count("/api/auth/sign-up") == 3


async def test_an_expired_token_is_renewed_once_for_all_who_wait() -> None:
    """Requests that find the token expired at the same time share one refresh, and all succeed with the new one."""
    async with ScriptedServer(auth__refresh=[grant("a2", "r2")]).running() as server:
        expired = problem(401, "token_expired")
        server.replies["/api/users/me"] = [*([expired] * 5), Reply(body=USER)]
        sessions = session()
        async with Client(server.url, sessions=sessions, retries=FAST) as client:
            await asyncio.gather(*(client.api.get_me() for _ in range(5)))
        assert server.count("/api/auth/refresh") == 1
        assert server.asked[-1].headers["authorization"] == "Bearer a2"
        saved = sessions.load()
        assert saved is not None
        assert (saved.access_token, saved.refresh_token) == ("a2", "r2")


async def test_a_token_that_is_about_to_expire_is_renewed_before_it_is_used() -> None:
    """No request is spent on a token that can't be good any more."""
    replies: dict[str, Any] = {"auth__refresh": [grant("a2", "r2")], "users__me": [Reply(body=USER)]}
    async with (
        ScriptedServer(**replies).running() as server,
        Client(server.url, sessions=session(seconds=1), retries=FAST) as client,
    ):
        await client.api.get_me()
    assert [asked.path for asked in server.asked] == ["/api/auth/refresh", "/api/users/me"]


async def test_a_refresh_goes_on_where_who_asked_for_it_is_cancelled() -> None:
    """The refresh token works once: the answer to its use is never thrown away."""
    async with ScriptedServer(auth__refresh=[grant("a2", "r2")], users__me=[Reply(body=USER)]).running() as server:
        sessions = session(seconds=1)
        async with Client(server.url, sessions=sessions, retries=FAST) as client:
            asking = asyncio.create_task(client.api.get_me())
            async with asyncio.timeout(5):
                while not server.count("/api/auth/refresh"):
                    await asyncio.sleep(0)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        saved = sessions.load()
        assert saved is not None
        assert saved.refresh_token == "r2"


async def test_programs_that_share_a_store_take_each_others_new_tokens() -> None:
    """A token that another program has renewed is not renewed again: its refresh token would be a spent one."""
    async with ScriptedServer(auth__refresh=[grant("a2", "r2")], users__me=[Reply(body=USER)]).running() as server:
        sessions = session(seconds=1)
        first, second = (Client(server.url, sessions=sessions, retries=FAST) for _ in range(2))
        async with first, second:
            await first.api.get_me()
            await second.api.get_me()
        assert server.count("/api/auth/refresh") == 1


async def test_a_session_that_has_ended_is_forgotten() -> None:
    """After `session_ended` the store is empty: the next request says that one has to sign in."""
    async with ScriptedServer(auth__refresh=[problem(401, "session_ended")]).running() as server:
        server.replies["/api/users/me"] = [problem(401, "token_expired"), problem(401, "unauthenticated")]
        sessions = session()
        async with Client(server.url, sessions=sessions, retries=FAST) as client:
            with pytest.raises(UnauthenticatedError) as error:
                await client.api.get_me()
            assert error.value.code == "session_ended"
            assert sessions.load() is None


async def test_cookies_are_not_kept() -> None:
    """The refresh token is kept in one place: a cookie would be a second one, and a spent one before long."""
    reply = Reply(body=grant("a1", "r1").body, headers={"set-cookie": "tertulia_refresh=r1; Path=/api/auth; HttpOnly"})
    async with (
        ScriptedServer(auth__sign_in=[reply], auth__refresh=[grant("a2", "r2")]).running() as server,
        Client(server.url, retries=FAST) as client,
    ):
        await client.api.sign_in("ana", "correct horse")
        await client.api.refresh()
    assert "cookie" not in server.asked[-1].headers


async def test_a_refused_request_is_not_repeated() -> None:
    """An error that stays is raised at once."""
    async with ScriptedServer(auth__sign_up=[problem(409, "username_taken")]).running() as server:
        async with Client(server.url, retries=FAST) as client:
            with pytest.raises(ConflictError):
                await client.api.sign_up("ana", "correct horse")
        assert server.count("/api/auth/sign-up") == 1


def test_an_address_without_http_is_refused_at_once() -> None:
    """A misspelt address is an error of the caller's, and no network is asked."""
    with pytest.raises(InvalidError, match="http://"):
        Client("chat.example.org")


def test_waits_grow_to_a_bound_and_are_jittered() -> None:
    """Each wait lies between nothing and a bound that doubles up to the cap."""
    backoff = Backoff(base=1.0, cap=8.0)
    for attempt, most in enumerate([1, 2, 4, 8, 8, 8]):
        waits = [backoff.delay(attempt) for _ in range(300)]
        assert 0 <= min(waits) < most / 10
        assert most * 0.9 < max(waits) <= most


@pytest.mark.parametrize(
    ("config", "api", "websocket"),
    [
        (b"", "https://chat.example.org", "wss://chat.example.org/ws"),
        (b"<html>", "https://chat.example.org", "wss://chat.example.org/ws"),
        (b'{"api": "/api", "ws": "/ws"}', "https://chat.example.org", "wss://chat.example.org/ws"),
        (
            b'{"api": "https://x.example/prod/api", "ws": "wss://y.example/prod"}',
            "https://x.example/prod",
            "wss://y.example/prod",
        ),
    ],
)
def test_the_server_says_where_its_apis_are(config: bytes, api: str, websocket: str) -> None:
    """`/config.json` may name other addresses, absolute or not; without it they are where they usually are."""
    found = endpoints_from("https://chat.example.org/", config)
    assert (found.api, found.websocket) == (api, websocket)


def test_tokens_are_not_shown() -> None:
    """A session that is printed shows no token."""
    assert "secret" not in repr(SavedSession(url="u", username="ana", access_token="secret", refresh_token="secret"))


def test_a_client_parts_with_an_unused_connection_before_the_server_does() -> None:
    """Else a request could meet the end of its connection on the way (RFC 9112, 9.5)."""
    assert limits.KEEP_ALIVE_SECONDS > 2 * KEEP_SECONDS
