"""The home on one machine opens, works and closes cleanly."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace
from tests.adapters.web.receiver import Browser, check_token, everywhere, running_service
from tests.adapters.web.site import answer, opened_site, page, pages_of

from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.web.dialing import Dialer
from tertulia.adapters.web.push_services import WebPush
from tertulia.api.dispatch import Answer, Incoming, dispatch
from tertulia.api.operations import BY_NAME
from tertulia.domain.entries import ConversationKind, Preview
from tertulia.edges.server.doors import Handshake
from tertulia.homes.folder import FolderInUseError
from tertulia.homes.local import LocalHome
from tertulia.homes.settings import Settings, SignUp
from tertulia.ports.accounts import Identity
from tertulia.ports.media import Upload
from tertulia.services.messages import NewMessage

SIGN_UP = b'{"username": "ana", "password": "a fine long sentence"}'


async def call(home: LocalHome, name: str, body: bytes = b"") -> Answer:
    return await dispatch(home.chat, BY_NAME[name], Incoming(body=body, address="127.0.0.1"))


async def test_it_leaves_nothing_running(tmp_path: Path) -> None:
    """After it is closed there are the tasks and threads that were there before, but for the loop's own pool."""
    tasks, threads = asyncio.all_tasks(), set(threading.enumerate())
    home = LocalHome(Settings(data=tmp_path / "data", previews=True))
    await home.open()
    assert (await call(home, "sign_up", SIGN_UP)).status == 201
    await home.close()
    for _ in range(100):
        if asyncio.all_tasks() == tasks:
            break
        await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == tasks
    left = {thread.name for thread in set(threading.enumerate()) - threads}
    assert {name for name in left if not name.startswith("asyncio_")} == set()


async def test_what_was_done_is_there_when_it_opens_again(tmp_path: Path) -> None:
    """Accounts survive; the folder is free after closing."""
    for status in (201, 409):
        home = LocalHome(Settings(data=tmp_path / "data"))
        await home.open()
        try:
            assert (await call(home, "sign_up", SIGN_UP)).status == status
        finally:
            await home.close()


async def test_a_second_one_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    """It opens nothing, and the first goes on."""
    first, second = (LocalHome(Settings(data=tmp_path / "data")) for _ in range(2))
    await first.open()
    try:
        with pytest.raises(FolderInUseError):
            await second.open()
        assert (await call(first, "sign_up", SIGN_UP)).status == 201
    finally:
        await first.close()


@pytest.mark.parametrize("on", [True, False])
async def test_links_are_looked_at_where_the_settings_say_so(tmp_path: Path, on: bool) -> None:
    """After the message was sent; without the setting nobody is asked."""
    async with opened_site() as site:
        site.answers["/"] = answer(page("A page"))
        home = LocalHome(Settings(data=tmp_path / "data", previews=on), pages=pages_of(site))
        await home.open()
        try:
            await call(home, "sign_up", SIGN_UP)
            ana = Identity(username="ana", session="s", admin=False, expires=2_000_000_000)
            made, _ = await home.chat.conversations.create(ana, ConversationKind.GROUP, [], "Links", None)
            new = NewMessage(id="1", text=f"http://127.0.0.1:{site.port}/")
            await home.chat.messages.send(ana, made.conversation.id, new)
            async with asyncio.timeout(20):
                while on and not await previews_of(home, ana, made.conversation.id):
                    await asyncio.sleep(0.01)
        finally:
            await home.close()
        assert site.paths == (["/"] if on else [])


async def previews_of(home: LocalHome, reader: Identity, conversation: str) -> tuple[Preview, ...]:
    shown = await home.chat.history.messages(reader, conversation, limit=1)
    return shown.messages[0].previews


async def test_a_start_that_fails_leaves_the_folder_free(tmp_path: Path) -> None:
    """An administrator without a password file is a mistake of the operator; corrected, it starts."""
    data = tmp_path / "data"
    home = LocalHome(Settings(data=data, admin_username="root"))
    with pytest.raises(ValueError, match="TERTULIA_ADMIN_PASSWORD_FILE"):
        await home.open()
    password = tmp_path / "password"
    password.write_text("a fine long sentence\n")
    home = LocalHome(Settings(data=data, admin_username="root", admin_password_file=password))
    await home.open()
    try:
        assert await home.first_admin_invite() is None
        body = b'{"username": "root", "password": "a fine long sentence"}'
        assert (await call(home, "sign_in", body)).status == 200
    finally:
        await home.close()


@pytest.mark.parametrize(
    ("settings", "host", "status"),
    [
        ({}, "localhost:8080", 200),
        ({}, "[::1]:8080", 200),
        ({}, "evil.example:8080", 400),
        ({"origins": ("https://chat.example.org:8443",)}, "Chat.Example.org", 200),
        ({"origins": ("https://chat.example.org:8443",)}, "evil.example", 400),
        ({"trusted_proxies": ("127.0.0.1",)}, "chat.example.org", 200),
        ({"host": "0.0.0.0"}, "chat.example.org", 200),
    ],
    ids=str,
)
async def test_a_server_of_this_machine_alone_goes_by_its_names(
    tmp_path: Path, settings: dict[str, Any], host: str, status: int
) -> None:
    """Bound to loopback, it answers to this machine's names and those of the listed origins only (DNS rebinding);
    behind a proxy, or in a network, to any."""
    home = LocalHome(Settings(data=tmp_path / "data", **settings))
    await home.open()
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(home.app), base_url="http://any") as http:
            assert (await http.get("/healthz", headers={"host": host})).status_code == status
        upgrade = Handshake(path="/ws", query="", headers={b"host": host.encode()}, address=None, secure=False)
        refusal = home.gateway.refuse(upgrade)
        assert (refusal.status if refusal else 200) == status
    finally:
        await home.close()


async def test_the_first_administrator_is_invited(tmp_path: Path) -> None:
    """While there is none, a start has an invitation that makes one, also where sign-up is closed."""
    home = LocalHome(Settings(data=tmp_path / "data", sign_up=SignUp.CLOSED))
    await home.open()
    try:
        assert (await call(home, "sign_up", SIGN_UP)).code == "sign_up_closed"
        invite = await home.first_admin_invite()
        assert invite is not None
        answer = await call(home, "sign_up", SIGN_UP[:-1] + f', "invite": "{invite}"}}'.encode())
        assert (answer.status, answer.body.admin) == (201, True)
        assert await home.first_admin_invite() is None
    finally:
        await home.close()


class Listening:
    """A connection that takes what it is sent."""

    def send(self, frame: bytes) -> None: ...

    def close(self, reason: str) -> None: ...


async def test_it_says_how_much_there_is_of_everything(tmp_path: Path) -> None:
    """People, connections, conversations, messages, files: what was done here is what is said, and what stays is said
    again by the next process; what is of this process alone begins anew."""
    data = tmp_path / "data"
    administrator = Identity(username="ana", session="s", admin=True, expires=2_000_000_000)
    home = LocalHome(Settings(data=data))
    await home.open()
    try:
        for name in ("ana", "ben", "cleo"):
            await home.accounts.create_user(name, "a fine long sentence")
        await home.accounts.set_disabled("cleo", True)
        made, _ = await home.chat.conversations.create(administrator, ConversationKind.GROUP, ["ben"], "Tea", None)
        for number in range(3):
            new = NewMessage(id=f"m{number}", text="tea")
            await home.chat.messages.send(administrator, made.conversation.id, new)
        for username in ("ana", "ana", "ben"):
            home.hub.add(Listening(), username, "s")
        await home.media.place(Upload(id="f", owner="ana", name="f", type="a/b", size=9, created=1), {})
        before = await home.chat.figures.read(administrator)
    finally:
        await home.close()
    assert (before.people, before.disabled, before.connected, before.connections) == (3, 1, 2, 3)
    assert (before.conversations, before.messages) == (1, 3)
    assert (before.messages_minute, before.messages_hour) == (3, 3)
    assert (before.files, before.file_bytes, before.age_seconds) == (1, 9, 0)
    assert before.database_bytes is not None
    assert before.database_bytes > 100_000
    home = LocalHome(Settings(data=data))
    await home.open()
    try:
        after = await home.chat.figures.read(administrator)
    finally:
        await home.close()
    assert after.since is not None
    assert before.since is not None
    assert after.since > before.since
    fleeting = {"connected": 0, "connections": 0, "messages_minute": 0, "messages_hour": 0}
    rest = {"since": after.since, "database_bytes": after.database_bytes}
    assert after == replace(before, **fleeting, **rest)


async def test_it_tells_a_browser_of_a_message_while_nobody_looks(tmp_path: Path) -> None:
    """From the commit to the push service, encrypted for that browser and signed with the server's own key, which
    stays the same when the server starts anew."""
    browser, keys = Browser(), set()
    async with running_service(tmp_path) as (service, trusted):
        for count in (1, 2):
            web = WebPush(
                SystemClock(),
                dialer=Dialer(reachable=everywhere, own=True, ports=frozenset({service.port}), tls=trusted),
            )
            home = LocalHome(Settings(data=tmp_path / "data", rate_factor=0), push_services=web)
            await home.open()
            try:
                tokens = [await signed_in(home, name) for name in ("ana", "ben")]
                device = browser.device(f"{service.origin}/ben")
                subscription = {"endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth}
                await ask(home, "put_device", tokens[1], subscription)
                keys.add((await ask(home, "get_notifications", tokens[1]))["key"])
                made = await ask(home, "create_conversation", tokens[0], {"kind": "direct", "members": ["ben"]})
                await ask(home, "send_message", tokens[0], {"id": f"m{count}", "text": f"hello {count}"}, id=made["id"])
                got = (await service.wait(count))[-1]
            finally:
                await home.close()
                web.close()
            assert json.loads(browser.decrypt(got.body))["text"] == f"hello {count}"
            check_token(got, *keys, service.origin, SystemClock().now() // 1_000_000)


async def ask(home: LocalHome, name: str, token: str, body: Any = None, **path: str) -> Any:
    incoming = Incoming(
        path=path, body=json.dumps(body or {}).encode(), authorization=f"Bearer {token}", address="127.0.0.1"
    )
    answer = await dispatch(home.chat, BY_NAME[name], incoming)
    assert answer.status < 300, answer.body
    return msgspec.to_builtins(answer.body)


async def signed_in(home: LocalHome, username: str) -> str:
    """The access token of somebody, who may be new."""
    credentials = {"username": username, "password": "a fine long sentence"}
    await call(home, "sign_up", json.dumps(credentials).encode())
    return str((await ask(home, "sign_in", "", credentials))["access_token"])
