"""How files are opened, brought forward and refused."""

import json
import sqlite3
import stat
from pathlib import Path

import pytest

from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.sqlite import schema
from tertulia.adapters.sqlite.rows import message_from, sent_from
from tertulia.adapters.sqlite.search import SqliteSearch
from tertulia.adapters.sqlite.store import SqliteStore


def test_a_new_file_gets_this_version(tmp_path: Path) -> None:
    """Migrating says which version the file had, and doing it again changes nothing."""
    connection = schema.connect(tmp_path / "chat.db")
    assert schema.migrate(connection) == 0
    assert schema.migrate(connection) == len(schema.MIGRATIONS)
    connection.close()


def test_messages_of_an_earlier_file_get_their_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a chain of replies all are in the thread of the first message: as column, in the entry, and in what people
    see. Thousands take no time that anybody waits for: the update looks each up by an index."""
    connection = schema.connect(tmp_path / "chat.db")
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:3])
        schema.migrate(connection)
    expected: dict[int, int] = {}
    rows = []
    for at in range(1, 3001):
        # The first ten begin threads; then short chains and long ones, and every seventh message replies to nothing.
        reply_to = 0 if at <= 10 or at % 7 == 0 else at - 10 if at % 3 else at // 2
        expected[at] = (expected[reply_to] or reply_to) if reply_to else 0
        message = {"seq": at, "timestamp": at, "author": "ana", "id": f"{at}", "number": at, "text": 'a "b" \\ ñ\n'}
        message |= {"reply_to": reply_to} if reply_to else {}
        state = json.dumps(message) if at % 2 else None
        rows.append(("g", at, at, at, "ana", f"{at}", json.dumps({"kind": "message", **message}), state))
    connection.executemany(
        'INSERT INTO "Chat-Messages" ("conversation", "timestamp", "seq", "number", "author", "client_id", "entry",'
        ' "state") VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        rows,
    )
    schema.migrate(connection)
    found = connection.execute('SELECT "timestamp", "thread", "entry", coalesce("state", "entry") FROM "Chat-Messages"')
    for at, thread, entry, state in found.fetchall():
        sent, shown = sent_from(entry), message_from(state)
        assert (thread or 0) == sent.thread == shown.thread == expected[at]
        assert sent.text == shown.text == 'a "b" \\ ñ\n'
    connection.close()


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    """An older program never writes into a file that it doesn't know."""
    path = tmp_path / "chat.db"
    connection = schema.connect(path)
    schema.migrate(connection)
    connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    with pytest.raises(schema.NewerFileError, match="newer"):
        schema.migrate(connection)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS) + 1,)
    connection.close()


def test_a_file_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    """A path that was mistyped must not turn somebody's database into ours."""
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.commit()
    other.close()
    connection = schema.connect(path)
    with pytest.raises(schema.ForeignFileError, match="another program"):
        schema.migrate(connection)
    assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("recipes",)]
    connection.close()


def test_commits_are_fsynced(tmp_path: Path) -> None:
    """WAL with synchronous=FULL (2): NORMAL loses acknowledged commits at a power loss."""
    connection = schema.connect(tmp_path / "chat.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()


def test_tables_and_keys_are_those_of_the_report(tmp_path: Path) -> None:
    """`Chat-Conversations` by conversation and username, `Chat-Messages` by conversation and timestamp."""
    connection = schema.connect(tmp_path / "chat.db")
    schema.migrate(connection)
    keys = {
        table: [
            name for name, place in connection.execute(f"SELECT name, pk FROM pragma_table_info('{table}')") if place
        ]
        for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    }
    assert keys == {
        "Chat-Conversations": ["conversation", "username"],
        "Chat-Messages": ["conversation", "timestamp"],
        "Chat-Library": ["kind", "key"],
        "Chat-Figures": ["only"],
    }
    connection.close()


async def test_the_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    """The folder, the log, the search index, and what SQLite keeps beside them."""
    store = SqliteStore(tmp_path / "data" / "chat.db", SetClock())
    search = SqliteSearch(store)
    await search.settle()
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    files = list((tmp_path / "data").iterdir())
    assert len(files) >= 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    await search.close()
    await store.close()
