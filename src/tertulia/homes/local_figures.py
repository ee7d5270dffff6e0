"""What the home on one machine counts: for its administrators, and for who collects its metrics."""

import asyncio
from pathlib import Path
from typing import Final

from tertulia.adapters.disk.media import DiskMedia
from tertulia.adapters.hub.hub import Hub, HubCounts
from tertulia.adapters.local_accounts import people
from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.memory.recent import HOUR, RecentMessages
from tertulia.adapters.sqlite.figures import counted
from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.domain.figures import Figures
from tertulia.edges.server.metrics import Metrics
from tertulia.edges.server.websocket import Counts
from tertulia.ports.clock import Clock
from tertulia.services.pushing import PushingCounts
from tertulia.version import __version__

_MINUTE: Final = 60


class LocalFigures:
    """`ports.figures.FigureSource` over the parts of the home, which are open. The process has begun now."""

    def __init__(
        self, folder: Path, accounts: LocalAccounts, store: SqliteStore, media: DiskMedia, hub: Hub, clock: Clock
    ) -> None:
        self._folder: Final = folder
        self._accounts: Final = accounts
        self._store: Final = store
        self._media: Final = media
        self._hub: Final = hub
        self._recent: Final = RecentMessages(clock)
        self._since: Final = clock.now()
        store.listen(self._recent.committed)

    async def figures(self) -> Figures:
        everybody, disabled = await self._accounts.database.read(people.counted)
        conversations, messages = await self._store.read(counted)
        files, file_bytes = await self._media.counted()
        return Figures(
            version=__version__,
            since=self._since,
            people=everybody,
            disabled=disabled,
            connected=self._hub.people,
            connections=len(self._hub),
            conversations=conversations,
            messages=messages,
            messages_minute=self._recent.within(_MINUTE),
            messages_hour=self._recent.within(HOUR),
            database_bytes=await asyncio.to_thread(database_bytes, self._folder),
            files=files,
            file_bytes=file_bytes,
        )


def observe(metrics: Metrics, counts: Counts, hub: HubCounts, store: SqliteStore, pushed: PushingCounts) -> None:
    """Makes metrics of what these count; they are read when somebody collects them."""
    metrics.gauge("tertulia_connections", "WebSocket connections now.", lambda: counts.open)
    metrics.counter("tertulia_websocket_messages", "Messages from clients.", lambda: counts.messages)
    metrics.counter("tertulia_deliveries", "Frames handed to connections.", lambda: hub.deliveries)
    metrics.counter("tertulia_events_lost", "Events that clients have to ask for.", lambda: hub.lost)
    metrics.gauge("tertulia_commit_queue", "Writes that wait for a transaction.", lambda: store.depth)
    metrics.counter("tertulia_pushes", "Notifications that push services took.", lambda: pushed.sent)
    metrics.counter("tertulia_pushes_failed", "Notifications that they didn't.", lambda: pushed.failed + pushed.lost)
    metrics.counter("tertulia_commits", "Durable commits.", lambda: store.figures.commits)


def database_bytes(folder: Path) -> int:
    """Of the databases, each with its log of changes that are not in it yet. No folder is listed but the data folder
    itself, in which there is nothing else."""
    media = folder / "media"
    found = (*folder.glob("*.db"), *folder.glob("*.db-wal"), media / "media.db", media / "media.db-wal")
    return sum(map(_size, found))


def _size(path: Path) -> int:
    """0 where it isn't, or went meanwhile."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
