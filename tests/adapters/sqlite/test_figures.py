"""What triggers count in a log: the same as a look at everything would find."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.contracts.store_adapters import begin, delete, edit, send, timestamp

from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.sqlite import moving, schema
from tertulia.adapters.sqlite.figures import counted
from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.ports.portable import LogRecord


def looked(connection: sqlite3.Connection) -> tuple[int, int]:
    """What there is, by looking at everything."""
    (heads,) = connection.execute("SELECT count(*) FROM \"Chat-Conversations\" WHERE username = '#'").fetchone()
    (sent,) = connection.execute('SELECT count(*) FROM "Chat-Messages" WHERE number IS NOT NULL').fetchone()
    return heads, sent


async def filled(path: Path, messages: int) -> None:
    """A log of one group: so many messages, the first of them edited and deleted, one of them sent twice."""
    store = SqliteStore(path, SetClock())
    try:
        await begin(store, "ben")
        first = await send(store, "ana", "one", "m0")
        await edit(store, "ana", timestamp(first), "two")
        await delete(store, "ana", timestamp(first))
        for number in range(1, messages):
            await send(store, "ben", "more", f"m{number}")
        await send(store, "ben", "more", f"m{messages - 1}")
        assert await store.read(counted) == await store.read(looked) == (1, messages)
    finally:
        await store.close()


async def imported(records: list[LogRecord], path: Path) -> tuple[int, int]:
    """What is counted after these came into the file."""
    with closing(schema.connect(path)) as connection:
        schema.migrate(connection)
        writer = moving.LogWriter(connection)
        for record in records:
            await writer.write(record)
        await writer.finish()
        assert counted(connection) == looked(connection)
        return counted(connection)


async def test_messages_are_counted_wherever_they_come_from(tmp_path: Path) -> None:
    """A message counts once: sent, sent again, deleted, imported, imported again, and imported with more after it."""
    exports = []
    for name, messages in (("short", 3), ("long", 5)):
        await filled(tmp_path / f"{name}.db", messages)
        with closing(schema.connect(tmp_path / f"{name}.db", read_only=True)) as connection:
            exports.append(list(moving.read_log(connection)))
    assert [await imported(exports[0], tmp_path / "other.db") for _ in range(2)] == [(1, 3)] * 2
    assert await imported(exports[1], tmp_path / "other.db") == (1, 5)


async def test_a_file_of_an_earlier_version_is_counted_when_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once; what comes afterwards is added to that."""
    path = tmp_path / "chat.db"
    await filled(path, 4)
    with closing(schema.connect(path)) as connection:
        for kind, name in connection.execute(
            "SELECT type, name FROM sqlite_schema WHERE sql LIKE '%Chat-Figures%' ORDER BY type DESC"
        ).fetchall():
            connection.execute(f'DROP {kind} "{name}"')
        connection.execute("PRAGMA user_version = 2")
        with pytest.raises(sqlite3.OperationalError):
            counted(connection)
        with monkeypatch.context() as patched:
            patched.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:3])
            assert schema.migrate(connection) == 2
        connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS)}")
        assert counted(connection) == looked(connection) == (1, 4)
    store = SqliteStore(path, SetClock())
    try:
        await send(store, "ben", "more", "another")
        assert await store.read(counted) == (1, 5)
    finally:
        await store.close()
