"""For the tests of the hub: a store in memory, a hub that listens to it, connections that keep what they are sent."""

import asyncio
from typing import Any

import msgspec

from tertulia.adapters.hub.hub import Hub
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.store import MemoryStore
from tertulia.domain.entries import (
    ConversationCreated,
    ConversationKind,
    Hidden,
    MessageSent,
    Stamp,
)
from tertulia.domain.events import (
    EntryEvent,
    Event,
)
from tertulia.domain.members import MemberRole
from tertulia.ports.store import Append, Decision, Snapshot

decode = msgspec.json.Decoder(Event).decode
PEOPLE = ("ana", "bea", "caio", "dora")


class Connection:
    """Takes frames and keeps them, as the edge's does until its turn ends."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.closed = ""

    def send(self, frame: bytes) -> None:
        assert not self.closed, "a frame after the goodbye"
        self.frames.append(frame)

    def close(self, reason: str) -> None:
        self.closed = reason

    @property
    def events(self) -> list[Event]:
        return [decode(line) for frame in self.frames for line in frame.splitlines()]

    @property
    def entries(self) -> list[tuple[int, bool]]:
        """Place, and whether it is hidden, of each entry that came."""
        return [(e.entry.seq, isinstance(e.entry, Hidden)) for e in self.events if isinstance(e, EntryEvent)]


class Broken(Connection):
    def send(self, frame: bytes) -> None:
        raise RuntimeError


def encode(event: Event) -> bytes:
    return msgspec.json.encode(event) + b"\n"


class World:
    """A store, and a hub that listens to it."""

    def __init__(self, **options: Any) -> None:
        self.store = MemoryStore(SetClock())
        self.hub = Hub(self.store.audience, encode, **options)
        self.store.listen(self.hub.committed)

    def connect(self, username: str, session: str = "s") -> Connection:
        connection = Connection()
        self.hub.add(connection, username, session)
        return connection

    async def converse(self, name: str, *people: str) -> None:
        def decide(stamp: Stamp) -> ConversationCreated:
            roles = tuple(map(MemberRole, people))
            return ConversationCreated(
                seq=stamp.seq, timestamp=stamp.timestamp, author=people[0], type=ConversationKind.GROUP, members=roles
            )

        await self.store.create(name, decide)

    async def append(
        self, name: str, kind: type[Any], author: str = "ana", subject: str | None = None, **fields: Any
    ) -> Any:
        def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
            more = {"number": snapshot.conversation.messages + 1} if kind is MessageSent else {}
            about = {"username": subject} if subject else {}
            return Decision(kind(seq=stamp.seq, timestamp=stamp.timestamp, author=author, **more, **about, **fields))

        outcome = await self.store.append(Append(conversation=name, author=author, decide=decide, subject=subject))
        return outcome.entry

    async def say(self, name: str, text: str, author: str = "ana") -> MessageSent:
        log = self.store.logs[name]
        entry: MessageSent = await self.append(name, MessageSent, author, id=f"i{log.head.seq}", text=text)
        return entry

    def active(self, name: str, username: str) -> bool:
        member = self.store.logs[name].members.get(username)
        return member is not None and member.active


def message(seq: int, text: str = "hola") -> MessageSent:
    """A message after all that the store's clock has seen."""
    return MessageSent(seq=seq, timestamp=2 * 10**15 + seq, author="ana", id=f"i{seq}", number=seq, text=text)


async def settled() -> None:
    """Until loads that were begun are done: the memory store needs no more than some turns of the loop."""
    for _ in range(10):
        await asyncio.sleep(0)
