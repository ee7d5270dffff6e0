"""The adapters that move a log, and a log with everything in it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import Struct
from tests.contracts.store_adapters import (
    GROUP,
    add,
    begin,
    change_role,
    delete,
    edit,
    on_tables,
    open_history,
    react,
    remove,
    send,
    timestamp,
    title,
)
from tests.emulators.emulators import Emulator

from tertulia.adapters.dynamodb import exporting, importing
from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.sqlite import moving, schema
from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import History
from tertulia.domain.members import Role
from tertulia.ports.portable import LogRecord, LogSink, PortableConversation
from tertulia.ports.store import Store

ADAPTERS: Final[tuple[Any, ...]] = (
    "sqlite",
    pytest.param("dynamodb-ministack", marks=pytest.mark.slow),
    pytest.param("dynamodb-dynalite", marks=pytest.mark.slow),
)


class Place:
    """A store, and its log as records."""

    store: Store

    async def records(self) -> list[LogRecord]:
        raise NotImplementedError

    def writer(self) -> LogSink:
        """A new one, as a command has it."""
        raise NotImplementedError


class SqlitePlace(Place):
    def __init__(self, folder: Path, clock: SetClock) -> None:
        self._file = folder / "chat.db"
        self._writers: list[moving.LogWriter] = []
        self.store = SqliteStore(self._file, clock)

    async def records(self) -> list[LogRecord]:
        with closing(schema.connect(self._file, read_only=True)) as connection:
            return list(moving.read_log(connection))

    def writer(self) -> LogSink:
        self.release()
        self._writers.append(moving.LogWriter(schema.connect(self._file)))
        return self._writers[-1]

    def release(self) -> None:
        """The process of the last command has ended."""
        for each in self._writers:
            each.abandon()


class DynamoPlace(Place):
    def __init__(self, store: DynamoStore) -> None:
        self.store = self.dynamo = store
        self.told: list[tuple[str, int]] = []

    async def records(self) -> list[LogRecord]:
        return in_order([record async for record in exporting.read_log(self.dynamo.database)])

    def writer(self) -> importing.LogWriter:
        async def begins(head: Conversation) -> None:
            self.told.append(("begins", head.seq))

        async def ends(head: Conversation) -> None:
            self.told.append(("ends", head.seq))

        return importing.LogWriter(self.dynamo.database, begins=begins, ends=ends)


@asynccontextmanager
async def opened(adapter: str, folder: Path, clock: SetClock, emulator: Emulator | None) -> AsyncIterator[Place]:
    """A place without anything in it."""
    if emulator is not None:
        async with on_tables(emulator, clock) as store:
            yield DynamoPlace(store)
        return
    folder.mkdir()
    place = SqlitePlace(folder, clock)
    try:
        yield place
    finally:
        place.release()
        await place.store.close()


def in_order(records: Sequence[LogRecord]) -> list[LogRecord]:
    """By conversation: some stores have no order of their own."""
    blocks: list[list[LogRecord]] = []
    for record in records:
        if isinstance(record, PortableConversation):
            blocks.append([])
        blocks[-1].append(record)
    return [record for block in sorted(blocks, key=lambda b: name_of(b[0])) for record in block]


def name_of(record: LogRecord) -> str:
    return record.conversation.id if isinstance(record, PortableConversation) else record.conversation


def by_conversation(records: Sequence[LogRecord]) -> dict[str, list[LogRecord]]:
    return {name: list(found) for name, found in groupby(records, key=name_of)}


async def write_all(writer: LogSink, records: Sequence[LogRecord]) -> int:
    """How many were new."""
    new = 0
    for record in records:
        new += await writer.write(record)
    await writer.finish()
    return new


class Scene(Struct):
    """What happened in the group: timestamps of messages."""

    first: int
    second: int
    third: int


async def live(store: Store) -> Scene:
    """A group with everything that can be in it: who left and who returned, edits, a deletion, reactions, replies; and
    a second conversation."""
    await begin(store, "ben", "carla")
    first = timestamp(await send(store, "ana", "first 👋", "a-1"))
    second = timestamp(await send(store, "ben", "second", "b-1", reply_to=first))
    await react(store, "carla", first, "👍")
    await react(store, "ana", first, "👍")
    await edit(store, "ben", second, "2nd")
    third = timestamp(await send(store, "carla", "a secret", "c-1", reply_to=second, thread=first))
    await edit(store, "carla", third, "another secret")
    await delete(store, "carla", third)
    await remove(store, "ben")
    await send(store, "ana", "while ben was away", "a-2")
    await edit(store, "ana", first, "first, edited while ben was away")
    await add(store, "ben", Role.ADMIN)
    await remove(store, "carla")
    await title(store, "Cine ñ")
    await open_history(store, History.ALL)
    await change_role(store, "ben", Role.OWNER)
    await store.move_cursor(GROUP, "ben", second)
    await begin(store, "dora", name="g_other")
    await send(store, "dora", "hello", "d-1", name="g_other")
    return Scene(first, second, third)


async def live_on(store: Store, scene: Scene) -> None:
    """More of it, also about what was said before."""
    await send(store, "ben", "later", "b-2")
    await react(store, "ben", scene.second, "🎉")
    await edit(store, "ben", scene.second, "zweitens")
    await delete(store, "ana", scene.first)
    await add(store, "carla")
    await remove(store, "ben")
