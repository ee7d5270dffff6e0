"""How SQLite answers each query: by an index, never by looking at every row."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tertulia.adapters.sqlite import appending, reading, schema

STATEMENTS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": text
    for module in (appending, reading)
    for name, text in vars(module).items()
    if name.startswith("_") and name.isupper() and isinstance(text, str)
}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = schema.connect(tmp_path / "chat.db")
    schema.migrate(opened)
    yield opened
    opened.close()


def _plan(connection: sqlite3.Connection, statement: str) -> list[str]:
    arguments = tuple(1 for _ in range(statement.count("?"))) if "?1" not in statement else (1,) * _highest(statement)
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", arguments).fetchall()
    return [row[3] for row in rows]


def _highest(statement: str) -> int:
    return max(number for number in range(1, 10) if f"?{number}" in statement)


def test_there_are_statements() -> None:
    """The list is not empty by mistake."""
    assert len(STATEMENTS) > 12


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_query_looks_at_every_row(connection: sqlite3.Connection, name: str) -> None:
    """Every table is searched by a key; nothing is sorted in memory. What is scanned is a result that has a LIMIT, or
    the list that the caller gave."""
    for step in _plan(connection, STATEMENTS[name]):
        scanned = step.startswith("SCAN") and step not in ("SCAN json_each VIRTUAL TABLE INDEX 1:", "SCAN (subquery-1)")
        assert not scanned, step
        assert "TEMP B-TREE" not in step
