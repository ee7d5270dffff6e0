"""Telling people of messages while none of their devices looks: by the push services of their browsers.

What is committed is gathered for some seconds, so that a run of messages makes one notification, and what was read
meanwhile makes none. It may be lost: whoever opens the page sees what is unread.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tertulia.domain import limits, notifying
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import ConversationKind, MessageDeleted, MessageSent
from tertulia.domain.errors import ChatError
from tertulia.domain.everyone import names
from tertulia.domain.members import Member
from tertulia.domain.notifying import Book, Device, QuietHours, Told
from tertulia.domain.presence import Presence
from tertulia.ports.accounts import Accounts
from tertulia.ports.clock import Clock
from tertulia.ports.notifying import Books, Delivery, PushServices, VapidKey
from tertulia.ports.presence import PresenceBoard
from tertulia.ports.store import Committed, Store

GATHER_SECONDS: Final = 3.0
"""How long messages of a conversation are gathered: at most one notification of it in that time."""
CONVERSATIONS_MAX: Final = 1_000
"""Conversations that are gathered at once; of further ones nothing is told."""
MESSAGES_MAX: Final = 50
"""Messages of a conversation that are gathered, the latest."""
DECIDING_MAX: Final = 8
"""Conversations that are looked at beside each other."""
DELIVERIES_MAX: Final = 1_000
"""Notifications under way at once; further ones are lost."""
_MICROSECONDS: Final = 1_000_000
_logger: Final = logging.getLogger("tertulia.push")


class PushingCounts(Struct):
    """Since the start: taken by push services, refused because the browser is gone, failed, lost for want of room."""

    sent: int = 0
    gone: int = 0
    failed: int = 0
    lost: int = 0


class Surroundings(Struct, frozen=True, kw_only=True):
    """What is asked. `board` says who is there; a person who is online looks and is told nothing."""

    books: Books
    store: Store
    accounts: Accounts
    board: PresenceBoard
    services: PushServices
    clock: Clock
    make_key: Callable[[], VapidKey]


class Pushing:
    """`committed` is to be registered with `Store.listen`; `run`, or `flush` and `settle`, do the rest."""

    def __init__(self, around: Surroundings) -> None:
        self.counts: Final = PushingCounts()
        self._ask = around
        self._gathered: dict[str, list[MessageSent]] = {}
        self._deliveries: set[asyncio.Task[None]] = set()

    def committed(self, batch: Sequence[Committed]) -> None:
        """Neither blocks nor raises."""
        if self._ask.books.nobody():
            return
        for each in batch:
            if isinstance(each.entry, MessageSent):
                self._gather(each.conversation, each.entry)
            elif isinstance(each.entry, MessageDeleted) and each.conversation in self._gathered:
                self._drop(each.conversation, each.entry.target)

    async def run(self, seconds: float = GATHER_SECONDS) -> None:
        """Tells what was gathered, every few seconds, until it is cancelled."""
        try:
            while True:
                await asyncio.sleep(seconds)
                await self.flush()
        finally:
            for task in self._deliveries:
                task.cancel()

    async def flush(self) -> None:
        """Begins to tell what was gathered; doesn't wait for push services, and doesn't raise."""
        gathered, self._gathered = self._gathered, {}
        slots = asyncio.Semaphore(DECIDING_MAX)

        async def tell(conversation: str, messages: Sequence[MessageSent]) -> None:
            async with slots:
                try:
                    await self._tell(conversation, messages)
                except Exception:
                    _logger.exception("nobody could be told of messages")

        await asyncio.gather(*(tell(*each) for each in gathered.items()))

    async def settle(self, seconds: float) -> None:
        """Waits for what is under way, up to that time; what isn't done by then is lost."""
        if self._deliveries:
            _, late = await asyncio.wait(self._deliveries, timeout=seconds)
            for task in late:
                task.cancel()
            self.counts.lost += len(late)

    def _gather(self, conversation: str, message: MessageSent) -> None:
        messages = self._gathered.get(conversation)
        if messages is None:
            if len(self._gathered) >= CONVERSATIONS_MAX:
                self.counts.lost += 1
                return
            messages = self._gathered[conversation] = []
        messages.append(message)
        del messages[:-MESSAGES_MAX]

    def _drop(self, conversation: str, target: int) -> None:
        """What was deleted before anybody was told is told to nobody."""
        left = [each for each in self._gathered[conversation] if each.timestamp != target]
        self._gathered[conversation] = left

    async def _tell(self, conversation: str, gathered: Sequence[MessageSent]) -> None:
        now = self._ask.clock.now()
        oldest = now - limits.PUSH_AGE_SECONDS * _MICROSECONDS
        messages = [each for each in gathered if each.timestamp > oldest]
        if not messages:
            return
        audience = await self._ask.store.audience(conversation)
        if audience is None:
            return
        head, members = audience
        concerned = notifying.concerned(head, members, messages)
        chosen = await self._choose(head, concerned, messages, now)
        if not chosen:
            return
        authors = sorted({message.author for _, message, _ in chosen.values()})
        users = await asyncio.gather(*map(self._ask.accounts.user, authors))
        shown = {user.username: user.name for user in users if user is not None}
        key = await self._ask.books.key(self._ask.make_key)
        for username, (book, message, more) in chosen.items():
            told = notifying.told(head, message, shown.get(message.author, ""), more)
            urgent = head.kind is ConversationKind.DIRECT or names(message, username)
            await self._send_all(username, book, told, key, urgent=urgent)

    async def _choose(
        self, head: Conversation, concerned: Mapping[str, Member], messages: Sequence[MessageSent], now: int
    ) -> dict[str, tuple[Book, MessageSent, int]]:
        """Who is told of which message: who has a device, wants it, has no quiet hours and isn't looking."""
        books = await self._ask.books.with_devices(list(concerned))
        chosen = {}
        for username, book in books.items():
            found = notifying.choose(book, head, concerned[username], messages, now)
            if found is not None and not (book.quiet and book.is_quiet(minute_of_day(now, book.quiet))):
                chosen[username] = (book, *found)
        presence = await self._ask.board.presence(list(chosen)) if chosen else {}
        return {name: one for name, one in chosen.items() if presence[name] is not Presence.ONLINE}

    async def _send_all(self, username: str, book: Book, told: Told, key: VapidKey, *, urgent: bool) -> None:
        """To each of the person's devices whose session goes on; the others are forgotten."""
        sessions = await self._ask.accounts.live_sessions(username)
        ended = [device.id for device in book.devices if device.session not in sessions]
        if ended:
            await self._forget(username, ended)
        for device in book.devices:
            if device.id not in ended:
                self._begin(self._send(username, device, told, key, urgent=urgent))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        if len(self._deliveries) >= DELIVERIES_MAX:
            work.close()
            self.counts.lost += 1
            return
        task = asyncio.get_running_loop().create_task(work)
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    async def _send(self, username: str, device: Device, told: Told, key: VapidKey, *, urgent: bool) -> None:
        content = content_of(told, show_text=device.show_text)
        topic = notifying.topic_of(told.conversation, key.private)
        try:
            delivery = await self._ask.services.send(device, content, key, topic=topic, urgent=urgent)
            if delivery is Delivery.GONE:
                await self._forget(username, [device.id])
        except ChatError as error:
            _logger.warning("a device could not be forgotten", extra={"fields": {"code": error.code}})
            return
        self._count(delivery)

    def _count(self, delivery: Delivery) -> None:
        self.counts.sent += delivery is Delivery.SENT
        self.counts.gone += delivery is Delivery.GONE
        self.counts.failed += delivery is Delivery.FAILED

    async def _forget(self, username: str, devices: Iterable[str]) -> None:
        gone = frozenset(devices)
        await self._ask.books.change(username, lambda book: notifying.without_devices(book, gone))


def content_of(told: Told, *, show_text: bool) -> bytes:
    """What the browser is told, within limits.PUSH_BYTES_MAX."""
    shown = told if show_text else replace(told, text="", what=notifying.What.WORDS)
    content = msgspec.json.encode(shown)
    # 200 emoji of several code points each, or names of the same kind.
    while len(content) > limits.PUSH_BYTES_MAX and shown.text:
        shown = replace(shown, text=shown.text[: len(shown.text) // 2])
        content = msgspec.json.encode(shown)
    return content


def minute_of_day(now: int, quiet: QuietHours) -> int:
    """The minute of the day where the person is, at `now` (microseconds)."""
    zone: ZoneInfo | timezone
    try:
        zone = ZoneInfo(quiet.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A system without the tables, such as a function's, or an unknown name.
        zone = timezone(timedelta(minutes=quiet.offset))
    there = datetime.fromtimestamp(now / _MICROSECONDS, zone)
    return there.hour * 60 + there.minute
