"""Handing notifications to push services: a real one on loopback, by TLS, that checks and decrypts."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.adapters.web.receiver import Browser, Service, check_token, everywhere, running_service

from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.web import push_services
from tertulia.adapters.web.dialing import Dialer
from tertulia.adapters.web.push_services import WebPush
from tertulia.adapters.web.vapid import new_key
from tertulia.domain import limits
from tertulia.domain.notifying import Device
from tertulia.ports.notifying import Delivery

KEY = new_key()


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[tuple[Service, ssl.SSLContext]]:
    async with running_service(tmp_path) as made:
        yield made


@pytest.fixture
def service(running: tuple[Service, ssl.SSLContext]) -> Service:
    return running[0]


@pytest.fixture
async def sender(running: tuple[Service, ssl.SSLContext]) -> AsyncIterator[WebPush]:
    """It may speak to loopback, and doesn't wait between its tries."""
    service, trusted = running
    dialer = Dialer(reachable=everywhere, own=True, ports=frozenset({service.port}), tls=trusted)
    made = WebPush(SystemClock(), dialer=dialer, jitter=lambda low, high: 0)
    yield made
    made.close()


async def send(sender: WebPush, device: Device, content: bytes = b"hello", *, urgent: bool = False) -> Delivery:
    return await sender.send(device, content, KEY, topic="a-topic", urgent=urgent)


async def test_the_browser_reads_what_was_sent_and_the_service_knows_from_whom(
    service: Service, sender: WebPush
) -> None:
    """Encrypted for that browser; signed for that service; with how long, how urgent, and what it replaces."""
    browser = Browser()
    assert await send(sender, browser.device(f"{service.origin}/push/1?x=y"), b"hello", urgent=True) is Delivery.SENT
    (got,) = service.got
    assert got.path == "/push/1?x=y"
    assert browser.decrypt(got.body) == b"hello"
    claims = check_token(got, KEY.public, service.origin, SystemClock().now() // 1_000_000)
    assert claims["sub"] == "https://chat.example.org"
    assert (got.headers["topic"], got.headers["urgency"]) == ("a-topic", "high")
    assert got.headers["ttl"] == str(limits.PUSH_TTL_SECONDS)
    assert got.headers["content-encoding"] == "aes128gcm"


async def test_who_has_no_address_for_letters_names_none(service: Service, sender: WebPush) -> None:
    """On one's own machine there is no https."""
    assert await send(sender, Browser().device(f"{service.origin}/1", origin="")) is Delivery.SENT
    claims = check_token(service.got[0], KEY.public, service.origin, SystemClock().now() // 1_000_000)
    assert "sub" not in claims
    assert service.got[0].headers["urgency"] == "normal"


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_said_to_be(service: Service, sender: WebPush, status: int) -> None:
    """RFC 8030, 7.3; it is not tried again."""
    service.answers.append(status)
    assert await send(sender, Browser().device(f"{service.origin}/1")) is Delivery.GONE
    assert len(service.got) == 1


@pytest.mark.parametrize("answer", [429, 500, (503, {"Retry-After": "0"})])
async def test_a_busy_service_is_asked_again(
    service: Service, sender: WebPush, answer: int | tuple[int, dict[str, str]]
) -> None:
    """A bounded number of times."""
    service.answers.extend([answer] * (push_services.ATTEMPTS - 1))
    assert await send(sender, Browser().device(f"{service.origin}/1")) is Delivery.SENT
    service.answers.extend([answer] * push_services.ATTEMPTS)
    assert await send(sender, Browser().device(f"{service.origin}/1")) is Delivery.FAILED
    assert len(service.got) == 2 * push_services.ATTEMPTS


@pytest.mark.parametrize("answer", [400, 413, (429, {"Retry-After": "3600"}), (503, {"Retry-After": "Fri, 1 Jan"})])
async def test_what_waiting_does_not_mend_is_not_asked_again(
    service: Service, sender: WebPush, answer: int | tuple[int, dict[str, str]]
) -> None:
    """A refusal, and a service that wants more patience than there is."""
    service.answers.append(answer)
    assert await send(sender, Browser().device(f"{service.origin}/1")) is Delivery.FAILED
    assert len(service.got) == 1


async def test_a_slow_service_gets_a_bounded_part_and_holds_up_no_other(
    service: Service, sender: WebPush, tmp_path: Path, running: tuple[Service, ssl.SSLContext]
) -> None:
    """So many at once, so many wait, further ones are lost; another service is served meanwhile."""
    service.silent = True
    device = Browser().device(f"{service.origin}/1")
    tasks = [asyncio.create_task(send(sender, device)) for _ in range(push_services.WAITING_MAX)]
    await service.wait(push_services.AT_ONCE)
    assert await send(sender, device) is Delivery.FAILED
    other = f"https://localhost:{service.port}/1"
    assert len(service.got) == service.open_most == push_services.AT_ONCE
    speaking = asyncio.create_task(send(sender, Browser().device(other)))
    # Its certificate isn't for that name, so it is given up, and not queued behind the slow ones.
    assert await asyncio.wait_for(speaking, 20) is Delivery.FAILED
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize(
    "endpoint", ["https://127.0.0.1/1", "https://[::1]/1", "https://10.0.0.1/1", "https://169.254.169.254/latest"]
)
async def test_nothing_is_sent_into_the_servers_own_network(endpoint: str) -> None:
    """Whoever names an endpoint doesn't get the server to speak there: neither this machine, nor its neighbours. No
    browser's service is there, so the device is forgotten."""
    sender = WebPush(SystemClock(), jitter=lambda low, high: 0)
    assert await send(sender, Browser().device(endpoint)) is Delivery.GONE
    sender.close()


async def test_a_name_that_leads_home_is_not_connected_to(service: Service) -> None:
    """The address is checked, not the name, and the connection goes to the checked address. To ask again would be of
    no use: the name is looked up once, and the device is forgotten."""
    asked = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    sender = WebPush(
        SystemClock(),
        dialer=Dialer(resolve=resolve, ports=frozenset({service.port})),
        jitter=lambda low, high: 0,
    )
    device = Browser().device(f"https://push.example:{service.port}/1")
    assert await send(sender, device) is Delivery.GONE
    assert asked == ["push.example"]
    assert not service.got
    sender.close()


async def test_what_never_was_a_subscription_is_forgotten(service: Service, sender: WebPush) -> None:
    """A key that is no point, an address that is none, or not https."""
    good = Browser()
    for device in (
        good.device(f"{service.origin}/1", p256dh="BAAA"),
        good.device("https://a b/1"),
        good.device(f"http://127.0.0.1:{service.port}/1"),
    ):
        assert await send(sender, device) is Delivery.GONE
    assert await send(sender, good.device(f"{service.origin}/1"), b"x" * (limits.PUSH_BYTES_MAX + 1)) is Delivery.FAILED
    assert not service.got
