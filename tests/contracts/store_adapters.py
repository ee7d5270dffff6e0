"""The adapters of the port `Store`, and words to write to them with."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from tests.emulators.emulators import Emulator
from tests.emulators.tables import EmulatorClients, drop_tables, empty_tables

from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.store import MemoryStore
from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.domain import messages
from tertulia.domain.entries import (
    Attachment,
    ConversationCreated,
    ConversationKind,
    Entry,
    History,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageEdited,
    MessagePreviewed,
    MessageSent,
    Preview,
    ReactionAdded,
    RoleChanged,
    SettingsChanged,
    Stamp,
    TitleChanged,
)
from tertulia.domain.members import Member, MemberRole, Role
from tertulia.ports.store import Append, Decision, Outcome, Snapshot, Store

GROUP = "g_group"

ADAPTERS: Final[tuple[Any, ...]] = (
    "memory",
    "sqlite",
    pytest.param("dynamodb-ministack", marks=pytest.mark.slow),
    pytest.param("dynamodb-dynalite", marks=pytest.mark.slow),
)


def emulator_of(adapter: str, request: pytest.FixtureRequest) -> Emulator | None:
    """The emulator that the adapter of that name needs, running."""
    technology, _, emulator = adapter.partition("-")
    return request.getfixturevalue(emulator) if technology == "dynamodb" else None


@asynccontextmanager
async def opened(adapter: str, folder: Path, clock: SetClock, emulator: Emulator | None = None) -> AsyncIterator[Store]:
    """The store of that name, empty where its folder is, closed afterwards. On DynamoDB it has tables of its own."""
    if emulator is not None:
        async with on_tables(emulator, clock) as store:
            yield store
        return
    made: Store = MemoryStore(clock) if adapter == "memory" else SqliteStore(folder / "chat.db", clock)
    try:
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def on_tables(emulator: Emulator, clock: SetClock, dynamodb: Any = None) -> AsyncIterator[DynamoStore]:
    """A store on new tables of the emulator. `dynamodb` is the client that it has instead of the usual one."""
    prefix = empty_tables(emulator)
    clients = EmulatorClients(emulator, dynamodb)
    store = DynamoStore(clients, clock, prefix=prefix)
    try:
        yield store
    finally:
        await store.close()
        clients.close()
        drop_tables(emulator, prefix)


async def begin(store: Store, *members: str, name: str = GROUP) -> None:
    """A group of `ana`, its owner, and others."""

    def decide(stamp: Stamp) -> Entry:
        roles = (MemberRole("ana", Role.OWNER), *map(MemberRole, members))
        return ConversationCreated(
            seq=stamp.seq, timestamp=stamp.timestamp, author="ana", type=ConversationKind.GROUP, members=roles
        )

    await store.create(name, decide)


async def send(
    store: Store,
    author: str,
    text: str,
    client_id: str,
    *,
    name: str = GROUP,
    reply_to: int = 0,
    thread: int | None = None,
    live_until: int = 0,
) -> Outcome:
    """`thread`: that of the message replied to, where it's in one; else that message begins it."""

    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        if snapshot.earlier is not None:
            return Decision(None)
        entry = MessageSent(
            seq=stamp.seq,
            timestamp=stamp.timestamp,
            author=author,
            id=client_id,
            number=snapshot.conversation.messages + 1,
            text=text,
            reply_to=reply_to,
            live_until=live_until,
            thread=reply_to if thread is None else thread,
        )
        return Decision(entry, messages.digest(text, reply_to, ()))

    return await store.append(Append(conversation=name, author=author, decide=decide, client_id=client_id))


async def _append(
    store: Store, author: str, make: Callable[[Stamp], Entry], *, subject: str | None = None, target: int | None = None
) -> Outcome:
    return await store.append(
        Append(
            conversation=GROUP,
            author=author,
            decide=lambda _, stamp: Decision(make(stamp)),
            subject=subject,
            target=target,
        )
    )


async def edit(store: Store, author: str, target: int, text: str) -> Outcome:
    return await _append(
        store,
        author,
        lambda s: MessageEdited(seq=s.seq, timestamp=s.timestamp, author=author, target=target, text=text),
        target=target,
    )


async def preview(store: Store, author: str, target: int, *titles: str) -> Outcome:
    """Previews with these titles, each with a picture."""
    picture = Attachment(media="p", name="preview.webp", type="image/webp", size=3, width=2, height=1)
    shown = tuple(Preview(url=f"https://example.org/{title}", title=title, picture=picture) for title in titles)
    return await _append(
        store,
        author,
        lambda s: MessagePreviewed(seq=s.seq, timestamp=s.timestamp, author=author, target=target, previews=shown),
        target=target,
    )


async def delete(store: Store, author: str, target: int) -> Outcome:
    return await _append(
        store,
        author,
        lambda s: MessageDeleted(seq=s.seq, timestamp=s.timestamp, author=author, target=target),
        target=target,
    )


async def react(store: Store, author: str, target: int, emoji: str) -> Outcome:
    return await _append(
        store,
        author,
        lambda s: ReactionAdded(seq=s.seq, timestamp=s.timestamp, author=author, target=target, emoji=emoji),
        target=target,
    )


async def add(store: Store, username: str, role: Role = Role.MEMBER) -> Outcome:
    return await _append(
        store,
        "ana",
        lambda s: MemberAdded(seq=s.seq, timestamp=s.timestamp, author="ana", username=username, role=role),
        subject=username,
    )


async def remove(store: Store, username: str) -> Outcome:
    return await _append(
        store,
        "ana",
        lambda s: MemberRemoved(seq=s.seq, timestamp=s.timestamp, author="ana", username=username),
        subject=username,
    )


async def change_role(store: Store, username: str, role: Role) -> Outcome:
    return await _append(
        store,
        "ana",
        lambda s: RoleChanged(seq=s.seq, timestamp=s.timestamp, author="ana", username=username, role=role),
        subject=username,
    )


async def title(store: Store, text: str) -> Outcome:
    return await _append(
        store, "ana", lambda s: TitleChanged(seq=s.seq, timestamp=s.timestamp, author="ana", title=text)
    )


async def open_history(store: Store, history: History) -> Outcome:
    return await _append(
        store, "ana", lambda s: SettingsChanged(seq=s.seq, timestamp=s.timestamp, author="ana", history=history)
    )


async def reader(store: Store, username: str) -> Member:
    found = await store.member(GROUP, username)
    assert found is not None
    return found[1]


def timestamp(outcome: Outcome) -> int:
    assert outcome.entry is not None
    return outcome.entry.timestamp
