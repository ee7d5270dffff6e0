"""`ports.notifying.PushServices` over the web (RFC 8030): one request for each browser, to the address that it named.

A service that is slow, or asks for patience, holds up notifications for itself alone. What a service answers beyond its
status is neither read nor logged, and neither are the addresses, for who has one can send.
"""

import asyncio
import logging
import random
import ssl
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from msgspec import Struct

from tertulia.adapters.web.answers import read_head
from tertulia.adapters.web.dialing import Dialer
from tertulia.adapters.web.encryption import encrypt
from tertulia.adapters.web.refusals import NotPublicError, RefusedError
from tertulia.adapters.web.targets import Target, target_of
from tertulia.adapters.web.vapid import authorization
from tertulia.domain import limits
from tertulia.domain.notifying import Device
from tertulia.ports.clock import Clock
from tertulia.ports.notifying import Delivery, VapidKey

PORTS: Final = frozenset({443})
ATTEMPTS: Final = 3
"""Of one notification, where the service is busy (429) or broken (5xx), or can't be reached."""
ATTEMPT_SECONDS: Final = 10.0
PATIENCE_SECONDS: Final = 10.0
"""For which a service may ask by Retry-After; who asks for more is asked no more about this notification."""
BACKOFF_SECONDS: Final = 0.5
"""The bound of the first wait where it names no time; it doubles. Waits have full jitter, on top of what is asked."""
AT_ONCE: Final = 8
"""Notifications that one service gets beside each other."""
WAITING_MAX: Final = 200
"""Notifications that wait for one service; further ones are lost."""
SERVICES_MAX: Final = 500
"""Services with something under way. There are four or five in the world that browsers come with."""
_GONE: Final = frozenset({404, 410})
_MICROSECONDS: Final = 1_000_000
_logger: Final = logging.getLogger("tertulia.push")


class _Line(Struct):
    """Who waits for one service."""

    slots: asyncio.Semaphore
    waiting: int = 0


class WebPush:
    """`dialer` says where a connection may lead to; without one, to the public internet, by https, and its port."""

    def __init__(
        self, clock: Clock, *, dialer: Dialer | None = None, jitter: Callable[[float, float], float] = random.uniform
    ) -> None:
        self._clock: Final = clock
        # One context for all: to read the list of authorities takes longer than to send.
        self._dialer: Final = dialer or Dialer(ports=PORTS, tls=ssl.create_default_context())
        self._jitter: Final = jitter
        self._lines: Final[dict[str, _Line]] = {}

    async def send(self, device: Device, content: bytes, key: VapidKey, *, topic: str, urgent: bool) -> Delivery:
        """At most ATTEMPTS times ATTEMPT_SECONDS, and the waits between."""
        if len(content) > limits.PUSH_BYTES_MAX:
            return Delivery.FAILED
        try:
            target = target_of(device.endpoint)
            body = encrypt(content, device.p256dh, device.auth)
        except (RefusedError, ValueError):
            # It never was a subscription.
            return Delivery.GONE
        if target.scheme != "https":
            return Delivery.GONE
        signed = authorization(key, f"https://{target.authority}", device.origin, self._clock.now() // _MICROSECONDS)
        line = self._lines.get(target.authority)
        if line is None:
            if len(self._lines) >= SERVICES_MAX:
                return Delivery.FAILED
            line = self._lines[target.authority] = _Line(asyncio.Semaphore(AT_ONCE))
        if line.waiting >= WAITING_MAX:
            return Delivery.FAILED
        line.waiting += 1
        try:
            async with line.slots:
                return await self._deliver(target, _request(target, signed, body, topic, urgent=urgent))
        finally:
            line.waiting -= 1
            if not line.waiting:
                self._lines.pop(target.authority, None)

    def close(self) -> None:
        self._dialer.close()

    async def _deliver(self, target: Target, request: bytes) -> Delivery:
        for attempt in range(1, ATTEMPTS + 1):
            status, after = await self._ask(target, request)
            if status in _GONE:
                return Delivery.GONE
            if 200 <= status < 300:
                return Delivery.SENT
            again = status in (0, 429) or status >= 500
            if not again or after > PATIENCE_SECONDS or attempt == ATTEMPTS:
                _logger.warning("a push service took no notification", extra={"fields": {"status": status}})
                return Delivery.FAILED
            await asyncio.sleep(after + self._jitter(0, BACKOFF_SECONDS * 2**attempt))
        return Delivery.FAILED

    async def _ask(self, target: Target, request: bytes) -> tuple[int, float]:
        """The status of the answer, and how many seconds it asks to wait; 0 where there is none."""
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS), self._dialer.dial(target) as (reader, writer):
                writer.write(request)
                await writer.drain()
                head = await read_head(reader)
        except NotPublicError as error:
            _logger.warning("a push service was not asked", extra={"fields": {"reason": error.reason}})
            # As if it had said so itself: no browser's service is there, and the device is forgotten.
            return HTTPStatus.GONE, 0.0
        except RefusedError as error:
            _logger.warning("a push service was not heard", extra={"fields": {"reason": error.reason}})
            return 0, 0.0
        except (OSError, TimeoutError, ssl.SSLError):
            return 0, 0.0
        return head.status, _seconds(head.fields.get("retry-after", ""))


def _request(target: Target, signed: str, body: bytes, topic: str, *, urgent: bool) -> bytes:
    """RFC 8030, 5: how long to keep it, how much it matters, and what it replaces."""
    lines = (
        f"POST {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        f"Authorization: {signed}",
        "Content-Type: application/octet-stream",
        "Content-Encoding: aes128gcm",
        f"Content-Length: {len(body)}",
        f"TTL: {limits.PUSH_TTL_SECONDS}",
        f"Urgency: {'high' if urgent else 'normal'}",
        f"Topic: {topic}",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii") + body


def _seconds(text: str) -> float:
    """`Retry-After` in seconds; a date (RFC 9110, 10.2.3) is taken for longer than anybody waits."""
    if not text:
        return 0.0
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else PATIENCE_SECONDS + 1
