"""The home on one machine: one process, SQLite files in a folder, no other service."""

import asyncio
import gc
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Final

import uvicorn
from msgspec import Struct

from tertulia.adapters.disk.media import DiskMedia
from tertulia.adapters.hub.hub import Hub
from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.local_accounts.drafts import LocalDrafts
from tertulia.adapters.local_accounts.statuses import LocalStatuses
from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.adapters.memory.presence_board import MemoryPresenceBoard
from tertulia.adapters.memory.rates import MemoryRate, Unlimited
from tertulia.adapters.memory.tickets import MemoryTickets
from tertulia.adapters.pillow.processor import SubprocessProcessor
from tertulia.adapters.sqlite.library import SqliteLibrary
from tertulia.adapters.sqlite.search import SqliteSearch
from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.api.calls import Answer, Incoming
from tertulia.api.dispatch import dispatch
from tertulia.api.operations import Operation
from tertulia.api.session import scaled_rates
from tertulia.domain import limits
from tertulia.edges.server import logs
from tertulia.edges.server.caller import CallerReader
from tertulia.edges.server.frames import encode_frame
from tertulia.edges.server.http import HttpApp, create_app
from tertulia.edges.server.http_protocol import BoundedHttpProtocol
from tertulia.edges.server.metrics import Metrics
from tertulia.edges.server.protocol import bind
from tertulia.edges.server.settings import HttpSettings, MediaConfig, WebConfig
from tertulia.edges.server.websocket import Gateway, WebSocketSettings
from tertulia.homes import demo, local_figures, local_films, local_notifications, local_previews
from tertulia.homes.clock import OffsetClock
from tertulia.homes.folder import DataFolder, FolderLock
from tertulia.homes.listening import hosts, listen
from tertulia.homes.settings import Settings
from tertulia.ports.accounts import SessionsEnded
from tertulia.ports.clock import Clock
from tertulia.ports.notifying import PushServices
from tertulia.ports.pages import Pages
from tertulia.ports.rates import Rate
from tertulia.services.accounts import Accounts
from tertulia.services.chat import Chat
from tertulia.services.conversations import Conversations
from tertulia.services.drafts import KeptDrafts
from tertulia.services.figures import ServerFigures
from tertulia.services.history import HistoryReader
from tertulia.services.library import PictureLibrary
from tertulia.services.locations import Locations
from tertulia.services.media import MediaFiles
from tertulia.services.members import Members
from tertulia.services.messages import Messages
from tertulia.services.presence import Presences
from tertulia.services.receipts import Receipts
from tertulia.services.search import MessageSearch
from tertulia.services.statuses import Statuses
from tertulia.services.tickets import Tickets
from tertulia.services.typing import Typing

DRAIN_SECONDS: Final = 8
"""For connections and requests to end after SIGTERM; commits in flight are finished in any case."""
_PRESENCE_SECONDS: Final = 5.0
_CLEANING_SECONDS: Final = 3600.0
_SWITCH_SECONDS: Final = 0.001
"""How long a thread keeps the interpreter's lock at most while another waits: readers hold it for parts of a
millisecond, and the event loop should not wait five of them, which is the default, for it."""
_COLLECT: Final = (10_000, 20, 50)
"""New objects before the youngest are looked at, and how often the older ones are: by default 700, 10, 10, which takes
five hundredths of a busy server's time."""
_STATIC: Final = Path(__file__).resolve().parent.parent / "static"


class Started(Struct, frozen=True):
    """What a server says when it takes requests. `invite` is the first administrator's, where there is none yet."""

    url: str
    invite: str | None


class LocalHome:
    """The parts, put together. `open` them, use `app` and `gateway`, `close` them.

    `pages` are tests' own; else the home asks the public web. Both only where the settings switch previews on.
    `push_services` are the world's where none are given.
    """

    def __init__(
        self, settings: Settings, pages: Pages | None = None, *, push_services: PushServices | None = None
    ) -> None:
        self.settings: Final = settings
        self._pages: Final = pages
        self._push_services: Final = push_services
        self.folder: Final = DataFolder(settings.data)
        self.clock: Final[Clock] = (
            OffsetClock(settings.clock_offset_file) if settings.clock_offset_file else SystemClock()
        )
        self.entropy: Final = SystemEntropy()
        self.metrics: Final = Metrics()
        self.accounts: Final = LocalAccounts(
            self.folder.accounts, self.clock, self.entropy, sign_up=settings.sign_up.value
        )
        self.drafts: Final = LocalDrafts(self.accounts.database)
        self._stack = AsyncExitStack()
        self._draining = False

    async def open(self) -> None:
        """Raises FolderInUseError, NewerFileError, ForeignFileError, UnavailableError; nothing is left open then."""
        try:
            await self._open()
        except BaseException:
            await self._stack.aclose()
            raise

    async def _open(self) -> None:
        self._stack.enter_context(FolderLock(self.folder))
        await self.accounts.start()
        self._stack.push_async_callback(self.accounts.close)
        self.store = SqliteStore(self.folder.chat, self.clock)
        self._stack.push_async_callback(self.store.close)
        self.search = SqliteSearch(self.store)
        self._stack.push_async_callback(self.search.close)
        self.media = DiskMedia(self.folder.media)
        self._stack.push_async_callback(self.media.close)
        self.library = SqliteLibrary(self.store)
        self.tickets = MemoryTickets(self.clock, self.entropy)
        self.processor = SubprocessProcessor(self.folder.work)
        self.hub = Hub(self.store.audience, encode_frame)
        self._stack.push_async_callback(self.hub.close)
        self.board = MemoryPresenceBoard()
        self.statuses = LocalStatuses(self.accounts.database)
        notifications = local_notifications.opened(
            self.accounts,
            self.store,
            local_notifications.Around(self.hub, self.board, self.statuses, self.clock),
            self._rate(limits.NOTIFICATIONS_RATE),
            self._push_services,
        )
        self.notifications = await self._stack.enter_async_context(notifications)
        films = local_films.opened(self.settings.ffmpeg, self.folder.films, self.media, self.processor)
        self.films = await self._stack.enter_async_context(films)
        self.chat = self._chat()
        self.gateway = self._gateway()
        self.app = self._app()
        self.store.listen(self.hub.committed)
        self.store.listen(lambda batch: self.metrics.committed(len(batch)))
        self.accounts.listen(self._end_sessions)
        self._observe()
        if self.settings.previews:
            await self._look_at_links()
        await self._make_administrator()
        for work in (self._expire_presence(), self._clean()):
            task = asyncio.get_running_loop().create_task(work)
            self._stack.callback(task.cancel)

    def drain(self) -> None:
        """From now on `/readyz` says no."""
        self._draining = True

    async def close(self) -> None:
        """Says goodbye to who is left, finishes commits, closes files."""
        self.drain()
        await self.gateway.drain(1.0)
        await self._stack.aclose()

    async def first_admin_invite(self) -> str | None:
        """The code with which the first administrator signs up, while there is none."""
        return await self.accounts.first_admin_invite()

    def _chat(self) -> Chat:
        changes, sends = self._rate(limits.CHANGES_RATE), self._rate(limits.MESSAGES_RATE)
        return Chat(
            accounts=Accounts(self.accounts, self._rate(limits.SIGN_IN_RATE), self.media, self.clock),
            conversations=Conversations(self.store, self.accounts, self.entropy, changes),
            members=Members(self.store, self.accounts, changes),
            messages=Messages(self.store, self.media, self.library, sends, edit_seconds=self.settings.edit_seconds),
            history=HistoryReader(self.store),
            receipts=Receipts(self.store, self.hub, self._rate(limits.CURSORS_RATE)),
            typing=Typing(self.store, self.hub),
            locations=Locations(self.store, self.hub, self.clock),
            presence=Presences(self.store, self.board, self.hub, self.clock),
            statuses=Statuses(self.statuses, self.hub, self.clock, self._rate(limits.STATUS_RATE)),
            search=MessageSearch(self.store, self.search, self._rate(limits.SEARCH_RATE)),
            media=MediaFiles(
                self.store,
                self.media,
                self.clock,
                self.entropy,
                self._rate(limits.MEDIA_RATE),
                contents=self.media,
                processor=self.processor,
                bytes_max=self.settings.media_bytes_max,
                offer=self.films.offer if self.films is not None else None,
            ),
            library=PictureLibrary(
                self.library,
                self.media,
                self.clock,
                self.entropy,
                self._rate(limits.LIBRARY_RATE),
                processor=self.processor,
            ),
            tickets=Tickets(self.tickets, self.clock, self._rate(limits.TICKETS_RATE)),
            drafts=KeptDrafts(self.store, self.drafts, self.hub, self.clock, self._rate(limits.DRAFTS_RATE)),
            notifying=self.notifications.notifying,
            figures=ServerFigures(self._figures()),
        )

    def _figures(self) -> local_figures.LocalFigures:
        return local_figures.LocalFigures(self.folder.path, self.accounts, self.store, self.media, self.hub, self.clock)

    def _gateway(self) -> Gateway:
        settings = self.settings
        return Gateway(
            self.chat,
            self.hub,
            CallerReader(settings.trusted_proxies, https=settings.https),
            self.clock,
            self.entropy,
            WebSocketSettings(
                hosts=hosts(settings), origins=settings.origins, rates=scaled_rates(settings.rate_factor)
            ),
        )

    async def _look_at_links(self) -> None:
        rate = self._rate(limits.PREVIEWS_RATE)
        previews = local_previews.opened(
            self.store, self.media, self.processor, self.clock, self.entropy, rate, self._pages
        )
        await self._stack.enter_async_context(previews)

    def _app(self) -> HttpApp:
        async def perform(operation: Operation, incoming: Incoming) -> Answer:
            return await dispatch(self.chat, operation, incoming)

        settings = self.settings
        return create_app(
            perform,
            settings=HttpSettings(
                hosts=hosts(settings),
                origins=settings.origins,
                trusted_proxies=settings.trusted_proxies,
                https=settings.https,
                metrics_token=settings.metrics_token,
                web=WebConfig(
                    sign_up=settings.sign_up.value,
                    demo=settings.demo,
                    media=MediaConfig(bytes_max=settings.media_bytes_max),
                    edit_seconds=settings.edit_seconds,
                ),
                static=_STATIC,
            ),
            metrics=self.metrics,
            rate=self._rate(limits.REQUESTS_RATE),
            ready=self._ready,
        )

    def _rate(self, limit: limits.RateLimit) -> Rate:
        factor = self.settings.rate_factor
        if not factor:
            return Unlimited()
        return MemoryRate(self.clock, per_second=limit.per_second * factor, burst=limit.burst * factor)

    async def _ready(self) -> str:
        if self._draining:
            return "The server is stopping."
        await self.store.member("", "")
        return ""

    def _end_sessions(self, ended: SessionsEnded) -> None:
        self.tickets.revoke(ended.username, ended.sessions)
        self.hub.end_sessions(ended.username, sessions=ended.sessions, reason="session_ended")

    def _observe(self) -> None:
        pushed = self.notifications.pushing.counts
        local_figures.observe(self.metrics, self.gateway.counts, self.hub.counts, self.store, pushed)

    async def _make_administrator(self) -> None:
        settings = self.settings
        if not settings.admin_username or await self.accounts.user(settings.admin_username) is not None:
            return
        if settings.admin_password_file is None:
            message = "TERTULIA_ADMIN_USERNAME needs TERTULIA_ADMIN_PASSWORD_FILE."
            raise ValueError(message)
        password = await asyncio.to_thread(settings.admin_password_file.read_text)
        await self.accounts.create_user(settings.admin_username, password.strip(), admin=True)

    async def _expire_presence(self) -> None:
        while True:
            await asyncio.sleep(_PRESENCE_SECONDS)
            await self.chat.presence.expire()

    async def _clean(self) -> None:
        while True:
            await asyncio.sleep(_CLEANING_SECONDS)
            await self.chat.media.clean()
            await self.drafts.clean(self.clock.now() - limits.DRAFT_SECONDS * 1_000_000)


class _Server(uvicorn.Server):
    """uvicorn's server, which tells the home when it begins to stop."""

    def __init__(self, config: uvicorn.Config, home: LocalHome, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._home = home
        self._started = started

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stops on SIGTERM and SIGINT. uvicorn's own way raises the signal again afterwards, which would end the
        process before the home has closed what it opened."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._home.drain()
        await super().shutdown(sockets)


async def serve(settings: Settings, started: Callable[[Started], None], pages: Pages | None = None) -> None:
    """Runs until SIGTERM or SIGINT, then stops within ten seconds. `started` is called once requests are taken; `pages`
    are tests' own.

    Raises what `LocalHome.open` raises, and OSError where the address can't be had.
    """
    listener = listen(settings.host, settings.port)
    with listener:
        home = LocalHome(settings, pages=pages)
        await home.open()
        try:
            if settings.demo:
                await demo.seed(home)
            port = listener.getsockname()[1]
            host = f"[{settings.host}]" if ":" in settings.host else settings.host
            ready = Started(f"http://{host}:{port}", await home.first_admin_invite())
            config = uvicorn.Config(
                home.app,
                ws=bind(home.gateway),
                http=BoundedHttpProtocol,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=4096,
                timeout_keep_alive=limits.KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=DRAIN_SECONDS,
            )
            await _Server(config, home, lambda: started(ready)).serve([listener])
        finally:
            await home.close()


def run(settings: Settings, started: Callable[[Started], None]) -> None:
    """`serve` on an event loop of its own."""
    logs.configure(json=settings.log_json, level=settings.log_level)
    sys.setswitchinterval(_SWITCH_SECONDS)
    # What is loaded by now stays: the collector need not look at it again. Requests leave few cycles behind.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT)
    if sys.platform == "win32":
        asyncio.run(serve(settings, started))
    else:
        import uvloop

        uvloop.run(serve(settings, started))
