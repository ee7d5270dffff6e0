"""`ports.broadcast.Broadcast` by API Gateway's `@connections`: what happens in a call is gathered and pushed at its
end.

A function lives only while it answers, so nothing can be left to a task behind its back: `flush` is to be awaited
before the answer is given. What it can't push in time, the function on the stream pushes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from tertulia.adapters.apigateway.audiences import (
    Audience,
    Gathered,
    OfConversation,
    OfUser,
    OfWatchers,
    Telling,
    conversations_of,
    tellings,
)
from tertulia.adapters.apigateway.places import Places
from tertulia.adapters.apigateway.posts import GoneError, Posts
from tertulia.domain.errors import ChatError
from tertulia.domain.events import ConversationEvent, EntryEvent, Event, Goodbye, HeadEvent, UserEvent
from tertulia.ports.connections import Connection
from tertulia.ports.store import Committed

PARALLEL: Final = 24
"""Connections that are posted to at once; the rest of the container's calls (`aws.clients.PARALLEL`) are for others."""
FLUSH_SECONDS: Final = 8.0
"""How long pushing may take in all; a function has no more than 29 s to answer (API Gateway's integration timeout)."""
FRAME_BYTES: Final = 32 * 1024
"""API Gateway's quota for one WebSocket frame. A larger message would have to be split, and `@connections` takes it
whole or closes the connection (1009), as its documentation can be read: nothing larger is pushed."""
GATHERED_MAX: Final = 10_000
"""Events of one call. Beyond that they are lost; clients see the hole and ask."""
_logger: Final = logging.getLogger("tertulia.push")
_encode: Final = msgspec.json.Encoder().encode

LoadAudience = Callable[[str], Awaitable[Audience | None]]


class PushCounts(Struct):
    """What was pushed since the container started: frames taken, connections found gone, frames that failed, events
    lost."""

    posts: int = 0
    gone: int = 0
    failed: int = 0
    lost: int = 0


class _Ending(Struct, frozen=True):
    username: str
    sessions: tuple[str, ...] | None
    reason: str


class _Queue(Struct):
    """What one connection is to get, in order, and the conversations that are not pushed where it fails. `watched` are
    the people whom a connection without an owner known here follows."""

    id: str
    connection: Connection | None = None
    frames: list[tuple[bytes, str]] = []
    watched: set[str] = set()


class ApiGatewayBroadcast:
    """The port; `committed` is to be registered with `Store.listen`. Nothing is sent before `flush`."""

    def __init__(self, load: LoadAudience, places: Places, posts: Posts, *, parallel: int = PARALLEL) -> None:
        """`load` is `Store.audience`."""
        self.counts: Final = PushCounts()
        self._load = load
        self._places = places
        self._posts = posts
        self._gathered: list[Gathered] = []
        self._endings: list[_Ending] = []
        self._slots = asyncio.Semaphore(parallel)

    def committed(self, batch: Sequence[Committed]) -> None:
        for each in batch:
            self._gather(each)

    def to_conversation(self, conversation: str, event: ConversationEvent, *, skip: str | None = None) -> None:
        self._gather(OfConversation(conversation, event, skip))

    def to_user(self, username: str, event: UserEvent) -> None:
        self._gather(OfUser(username, event))

    def to_watchers(self, username: str, event: UserEvent) -> None:
        self._gather(OfWatchers(username, event))

    def end_sessions(self, username: str, *, sessions: Collection[str] | None, reason: str) -> None:
        self._endings.append(_Ending(username, None if sessions is None else tuple(sessions), reason))

    async def flush(self, *, seconds: float = FLUSH_SECONDS) -> None:
        """Pushes what was gathered, then ends sessions; within that time, and without raising. The events of one
        connection go in order. What was pushed to everybody is marked as pushed."""
        gathered, self._gathered = self._gathered, []
        endings, self._endings = self._endings, []
        if not gathered and not endings:
            return
        try:
            async with asyncio.timeout(seconds):
                # Sessions first: whoever is shut out gets nothing more, and a slow receiver doesn't delay it.
                await asyncio.gather(*map(self._end, endings))
                await self._push(gathered)
        except TimeoutError:
            _logger.warning("pushing took too long; the stream goes on with it")
        except Exception:
            _logger.exception("pushing failed; the stream goes on with it")

    async def say_goodbye(self, connection: Connection, reason: str, *, resume: bool) -> None:
        """Says goodbye to one connection and closes it; `$disconnect` forgets it. Without raising for what API Gateway
        says."""
        await self._places.retire(connection)
        try:
            await self._posts.post(connection.id, _encode(Goodbye(reason=reason, resume=resume)))
        except (GoneError, ChatError):
            # It is closed all the same.
            self.counts.failed += 1
        try:
            await self._posts.close(connection.id)
        except ChatError:
            _logger.warning("a connection could not be closed")

    def _gather(self, event: Gathered) -> None:
        if len(self._gathered) >= GATHERED_MAX:
            self.counts.lost += 1
        else:
            self._gathered.append(event)

    async def _end(self, ending: _Ending) -> None:
        await self._places.tickets.revoke(ending.username, ending.sessions)
        connections = await self._places.directory.connections_of_sessions(ending.username, ending.sessions)
        await asyncio.gather(
            *(self.say_goodbye(each, ending.reason, resume=False) for each in connections), return_exceptions=True
        )

    async def _push(self, gathered: Sequence[Gathered]) -> None:
        if not gathered:
            return
        audiences = await self._audiences(conversations_of(gathered))
        told = tellings(gathered, audiences)
        queues = await self._queues(told)
        failed = set().union(*await asyncio.gather(*map(self._post_all, queues)))
        reached: dict[str, int] = {}
        for each in gathered:
            if isinstance(each, Committed) and each.conversation in audiences and each.conversation not in failed:
                reached[each.conversation] = max(reached.get(each.conversation, 0), each.entry.seq)
        await asyncio.gather(*(self._places.pushed.mark(conversation, seq) for conversation, seq in reached.items()))

    async def _audiences(self, conversations: Sequence[str]) -> dict[str, Audience]:
        loaded = await asyncio.gather(*map(self._load, conversations), return_exceptions=True)
        found = {}
        for conversation, audience in zip(conversations, loaded, strict=True):
            if isinstance(audience, BaseException):
                self.counts.lost += 1
                _logger.warning("an audience could not be loaded", exc_info=audience)
            elif audience is not None:
                found[conversation] = audience
        return found

    async def _queues(self, told: Sequence[Telling]) -> list[_Queue]:
        """What each connection gets, in order. A frame is encoded once for all of them."""
        people = {username for each in told for username in each.usernames}
        watched = {each.watched for each in told if each.watched}
        connections, watchers = await asyncio.gather(
            self._places.directory.connections(people), self._places.watchers.watchers(watched)
        )
        queues: dict[str, _Queue] = {}
        for each in told:
            frame = _frame(each.event)
            for username in each.usernames:
                for connection in connections.get(username, ()):
                    queue = queues.setdefault(connection.id, _Queue(connection.id))
                    queue.connection = connection
                    queue.frames.append((frame, each.conversation))
            for watcher in watchers.get(each.watched, ()):
                queue = queues.setdefault(watcher, _Queue(watcher))
                queue.watched.add(each.watched)
                queue.frames.append((frame, ""))
        return list(queues.values())

    async def _post_all(self, queue: _Queue) -> set[str]:
        """Posts to one connection, one after the other; the conversations of which something could not be pushed."""
        async with self._slots:
            for place, (frame, _) in enumerate(queue.frames):
                try:
                    await self._posts.post(queue.id, frame)
                except GoneError:
                    return await self._lose(queue)
                except Exception as error:  # noqa: BLE001 - see below
                    # Whatever it is: it touches nobody else. What comes after it would only show the hole.
                    code = error.code if isinstance(error, ChatError) else type(error).__name__
                    self.counts.failed += 1
                    _logger.warning("a push failed", extra={"fields": {"code": code}})
                    return {conversation for _, conversation in queue.frames[place:] if conversation}
                self.counts.posts += 1
        return set()

    async def _lose(self, queue: _Queue) -> set[str]:
        """The connection is gone, or not there yet: then the client reads the log once it is."""
        self.counts.gone += 1
        try:
            for username in queue.watched:
                await self._places.watchers.forget(username, [queue.id])
            if queue.connection is not None:
                await self._places.directory.remove_gone(queue.connection)
        except Exception:
            _logger.warning("a connection that is gone could not be removed", exc_info=True)
        return set()


def _frame(event: Event) -> bytes:
    """The event as JSON, or where that is too large for a frame, that there is something to read."""
    frame = _encode(event)
    if len(frame) > FRAME_BYTES and isinstance(event, EntryEvent):
        return _encode(HeadEvent(event.conversation, event.entry.seq))
    return frame
