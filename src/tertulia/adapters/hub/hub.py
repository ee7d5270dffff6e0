"""The hub: from a commit, or an event of the moment, to the connections of who may know of it.

A frame is encoded once, or twice where some may only see it hidden; the rest is a loop over connections.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Final

from msgspec import Struct

from tertulia.adapters.hub.audience import Audience
from tertulia.adapters.hub.directory import Connection, Directory
from tertulia.adapters.hub.shelf import Shelf
from tertulia.domain import conversations, members
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import ConversationCreated, Entry, MemberAdded, MemberRemoved, SettingsChanged, hide
from tertulia.domain.events import (
    ConversationEvent,
    EntryEvent,
    Event,
    UserEvent,
)
from tertulia.domain.members import Member
from tertulia.domain.sight import ends_membership, memberships_changed
from tertulia.ports.store import Committed

LoadAudience = Callable[[str], Awaitable[tuple[Conversation, list[Member]] | None]]

MEMBERS_MAX: Final = 250_000
"""Members of all loaded audiences together: some 100 MB."""
WAITING_MAX: Final = 10_000
"""Events that wait for one audience to be loaded. Beyond that they are lost; clients see the hole and ask."""
JOINED_BYTES: Final = 64 * 1024
_TRIES: Final = (0.05, 0.2, 1.0)
"""Pauses in seconds after which a failed load is tried again."""
_logger: Final = logging.getLogger("tertulia.hub")


class HubCounts(Struct):
    """What the hub has done since it started: frames handed to connections, loads of audiences, events lost."""

    deliveries: int = 0
    loads: int = 0
    lost: int = 0


class _Waiting(Struct, frozen=True):
    """An entry, or an event of the moment, of a conversation whose audience is being loaded."""

    event: Entry | ConversationEvent
    skip: str | None = None


class Hub:
    """Implements `ports.broadcast.Broadcast`; `committed` is to be registered with `Store.listen`.

    All methods are to be called on the event loop.
    """

    def __init__(self, load: LoadAudience, encode: Callable[[Event], bytes], *, members_max: int = MEMBERS_MAX) -> None:
        """`load` is `Store.audience`; `encode` gives the bytes that a connection sends."""
        self.counts: Final = HubCounts()
        self._load = load
        self._encode = encode
        self._directory = Directory()
        self._shelf = Shelf(members_max)
        self._waiting: dict[str, list[_Waiting]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """Connections there are now."""
        return len(self._directory)

    @property
    def people(self) -> int:
        """How many people these are of."""
        return self._directory.people

    def add(self, connection: Connection, username: str, session: str) -> None:
        """From now on the connection gets what is for that person. Where it is one too many, the oldest closes."""
        surplus = self._directory.add(connection, username, session)
        self._shelf.connected(connection, username)
        if surplus is not None:
            self._close(surplus, "too_many_connections")

    def remove(self, connection: Connection) -> None:
        """The connection gets nothing more. Removing it again changes nothing."""
        username = self._directory.remove(connection)
        if username is not None:
            self._shelf.disconnected(connection, username)

    def watch(self, connection: Connection, usernames: Iterable[str]) -> None:
        """The connection follows the presence of exactly these."""
        self._directory.watch(connection, usernames)

    def committed(self, batch: Sequence[Committed]) -> None:
        """Tells who may know. Entries of one conversation that all its members get go out as one piece."""
        runs: dict[str, list[bytes]] = {}
        for item in batch:
            audience = self._shelf.get(item.conversation)
            if audience is not None and audience.is_plain(item.entry):
                audience.seq = item.entry.seq
                if audience.live:
                    run = runs.setdefault(item.conversation, [])
                    run.append(self._encode(EntryEvent(item.conversation, item.entry)))
                continue
            if audience is not None:
                self._send_run(audience, runs.pop(item.conversation, []))
            self._entry(item.conversation, item.entry, audience)
        for conversation, run in runs.items():
            audience = self._shelf.get(conversation)
            if audience is not None:
                self._send_run(audience, run)

    def to_conversation(self, conversation: str, event: ConversationEvent, *, skip: str | None = None) -> None:
        audience = self._shelf.get(conversation)
        if audience is None:
            self._wait(conversation, _Waiting(event, skip))
            return
        receivers = [connection for connection, username in audience.live.items() if username != skip]
        self._send(receivers, event)

    def to_user(self, username: str, event: UserEvent) -> None:
        self._send(self._directory.of(username), event)

    def to_watchers(self, username: str, event: UserEvent) -> None:
        self._send(self._directory.watchers(username), event)

    def end_sessions(self, username: str, *, sessions: Collection[str] | None, reason: str) -> None:
        for connection in list(self._directory.of_sessions(username, sessions)):
            self._close(connection, reason)

    async def close(self) -> None:
        """Loads no more audiences."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # Entries

    def _entry(self, conversation: str, entry: Entry, audience: Audience | None) -> None:
        """An entry that changes who is there, or that not everybody may see, or whose audience isn't loaded."""
        if isinstance(entry, ConversationCreated) and audience is None and conversation not in self._waiting:
            audience = self._begin(conversation, entry)
        if audience is None:
            self._wait(conversation, _Waiting(entry))
            return
        later = entry.seq > audience.seq
        if later and isinstance(entry, MemberAdded):
            known = entry.username in audience.members
            audience.join(entry)
            if not known:
                self._shelf.joined(conversation, entry.username)
        if not ends_membership(entry):
            self._tell_membership(conversation, entry)
        full, hidden = audience.receivers(entry)
        self._send(full, EntryEvent(conversation, entry))
        if hidden:
            self._send(hidden, EntryEvent(conversation, hide(entry)))
        if ends_membership(entry):
            self._tell_membership(conversation, entry)
        if later:
            audience.seq = entry.seq
            if isinstance(entry, MemberRemoved):
                audience.leave(entry)
            elif isinstance(entry, SettingsChanged):
                audience.settle(entry)

    def _begin(self, conversation: str, entry: ConversationCreated) -> Audience:
        """The audience of a new conversation needs no load: its first entry says all."""
        rows = [members.join(None, m.username, m.role, entry.timestamp, 0) for m in entry.members]
        audience = Audience(conversations.begin(conversation, entry), rows, self._directory.of)
        self._shelf.put(conversation, audience)
        return audience

    def _tell_membership(self, conversation: str, entry: Entry) -> None:
        for username, event in memberships_changed(conversation, entry):
            self.to_user(username, event)

    # Loading

    def _wait(self, conversation: str, waiting: _Waiting) -> None:
        """Keeps it until the audience is loaded. Where nobody is connected there is nobody to tell."""
        queue = self._waiting.get(conversation)
        if queue is not None:
            if len(queue) < WAITING_MAX:
                queue.append(waiting)
            else:
                self.counts.lost += 1
        elif len(self._directory):
            self._waiting[conversation] = [waiting]
            task = asyncio.get_running_loop().create_task(self._fetch(conversation))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _fetch(self, conversation: str) -> None:
        try:
            loaded = await self._loaded(conversation)
        finally:
            queue = self._waiting.pop(conversation, [])
        if loaded is None:
            self.counts.lost += len(queue)
            return
        head, rows = loaded
        self._shelf.put(conversation, Audience(head, rows, self._directory.of))
        for waiting in queue:
            if isinstance(waiting.event, ConversationEvent):
                self.to_conversation(conversation, waiting.event, skip=waiting.skip)
            else:
                self.committed([Committed(conversation, waiting.event)])

    async def _loaded(self, conversation: str) -> tuple[Conversation, list[Member]] | None:
        for pause in (*_TRIES, None):
            try:
                self.counts.loads += 1
                return await self._load(conversation)
            except Exception:
                _logger.exception("the audience of %s could not be loaded", conversation)
                if pause is not None:
                    await asyncio.sleep(pause)
        return None

    # Sending

    def _send_run(self, audience: Audience, run: list[bytes]) -> None:
        """The frames of one conversation to all of its audience, in pieces of bounded size."""
        piece: list[bytes] = []
        size = 0
        for frame in run:
            if piece and size + len(frame) > JOINED_BYTES:
                self._hand_out(tuple(audience.live), b"".join(piece), len(piece))
                piece.clear()
                size = 0
            piece.append(frame)
            size += len(frame)
        if piece:
            self._hand_out(tuple(audience.live), piece[0] if len(piece) == 1 else b"".join(piece), len(piece))

    def _send(self, connections: Collection[Connection], event: Event) -> None:
        if connections:
            self._hand_out(connections, self._encode(event), 1)

    def _hand_out(self, connections: Collection[Connection], frames: bytes, count: int) -> None:
        """The loop that a delivery is paid in. A fault at one receiver touches nobody else."""
        for connection in connections:
            try:
                connection.send(frames)
            except Exception:
                _logger.exception("a connection failed; it is let go")
                self._close(connection, "internal")
        self.counts.deliveries += count * len(connections)

    def _close(self, connection: Connection, reason: str) -> None:
        self.remove(connection)
        try:
            connection.close(reason)
        except Exception:
            _logger.exception("a connection could not be closed")
