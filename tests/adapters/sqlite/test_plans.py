"""How SQLite answers each statement of the product: by an index, never by looking at every row."""

import ast
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tertulia.adapters.local_accounts import schema as accounts_schema
from tertulia.adapters.sqlite import finding, schema, search_index

ADAPTERS: Final = Path(schema.__file__).parents[1]
FOLDERS: Final = ("sqlite", "local_accounts")
SQL: Final = re.compile(r"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s")
WITHIN: Final = re.compile(
    r"SCAN \(?(subquery-\d+|json_each VIRTUAL TABLE INDEX 1:|sqlite_master|sqlite_schema)\)?|SCAN CONSTANT ROW"
)
"""A result that has a LIMIT or is of one message, the list that the caller gave, the few tables that there are."""
LOOKS_AT_ALL: Final = {
    ("checking.py", "_HEADS"): "`tertulia check` reads everything",
    ("checking.py", "_ORPHANS"): "`tertulia check` reads everything",
    ("checking.py", 'SELECT "conversation", "entry"'): "`tertulia check` reads everything",
    ("checking.py", "SELECT count(*)"): "`tertulia check` reads everything, and says of how much",
    ("moving.py", "_HEADS"): "an export reads everything",
    ("search_index.py", 'SELECT "conversation", "seq"'): "once after the start: what the index doesn't have",
    ("search_index.py", 'SELECT "name", "seq"'): "once after the start: what the index has",
    ("search_index.py", 'SELECT coalesce(sum("seq"), 0)'): "once after the start: how much the index has",
    ("search_index.py", 'SELECT "entries" FROM "merged"'): "a table of one row",
    ("search_index.py", 'UPDATE "merged"'): "a table of one row",
    (
        "database.py",
        "SELECT id, at, kind, username, sessions, reason FROM changes ORDER",
    ): "the last ones, in the order of the table's key, up to a LIMIT",
    ("invites.py", "DELETE FROM invites WHERE expires"): "when one is made; there are none but those that still hold",
    ("invites.py", "DELETE FROM invites WHERE first"): "when one is made; there are none but those that still hold",
    ("keyring.py", "DELETE FROM signing_keys"): "of keys there are three",
    ("keyring.py", "SELECT jwk"): "of keys there are three",
    ("library.py", 'SELECT "kind", "item" FROM "Chat-Library" ORDER'): "an export reads everything",
    ("books.py", "SELECT private, public FROM push_key"): "of these keys there is one",
    ("books.py", "SELECT username FROM notifications WHERE devices > 0"): "an index that holds who has a browser alone",
    ("transfer.py", "SELECT username, picture FROM users"): "`tertulia check` reads everything",
    ("people.py", "SELECT username FROM users WHERE admin = 1"): "an index that holds administrators alone",
}
"""Statements by their file and their name or beginning, and why each may look at every row."""
SORTS: Final = {
    ("finding.py", "TAIL"): "at most 2,000 entries that aren't in the index yet",
    ("people.py", "_BY_BEGINNING"): "the people whom four and more letters fit; see directory.py",
    ("checking.py", "_ORPHANS"): "`tertulia check` reads everything",
    ("drafts.py", "_KEPT"): "one person's drafts, of which there are a hundred at most",
    ("drafts.py", "_TOO_MANY"): "the same",
}


class Statement:
    """One statement: where it stands, its name if it has one, its text."""

    def __init__(self, file: str, name: str, text: str) -> None:
        self.file, self.name, self.text = file, name, " ".join(text.split())

    def __repr__(self) -> str:
        return f"{self.file}:{self.name or self.text[:60]}"

    def named_in(self, table: dict[tuple[str, str], str]) -> list[tuple[str, str]]:
        return [
            (file, words)
            for file, words in table
            if file == self.file and (words == self.name or self.text.startswith(words))
        ]


def statements() -> Iterator[Statement]:
    """Every string of the adapters that is SQL, and those that are put together."""
    for folder in FOLDERS:
        for path in sorted((ADAPTERS / folder).glob("*.py")):
            tree = ast.parse(path.read_text())
            names = {
                id(constant): target.id
                for node in ast.walk(tree)
                if isinstance(node, ast.AnnAssign) and isinstance(target := node.target, ast.Name) and node.value
                for constant in ast.walk(node.value)
            }
            for node in ast.walk(tree):
                text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
                if SQL.match(text) and "{" not in text and "documents" not in text:
                    yield Statement(path.name, names.get(id(node), ""), text)
    for table, text in finding.BY_INDEX.items():
        yield Statement("finding.py", f"BY_INDEX {table}", text)
    yield Statement("finding.py", "BY_TIME", finding.BY_TIME)
    for number, text in enumerate((*search_index._ADD, *search_index._REMOVE)):
        yield Statement("search_index.py", f"documents {number}", search_index._DOCUMENTS + text)


STATEMENTS: Final = list(statements())


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[sqlite3.Connection]]:
    """The log, its index, and the accounts."""
    folder = tmp_path_factory.mktemp("plans")
    log = schema.connect(folder / "chat.db")
    schema.migrate(log)
    index = search_index.open_index(folder / "chat-search.db")
    accounts = sqlite3.connect(folder / "accounts.db", isolation_level=None)
    accounts_schema.migrate(accounts)
    yield [log, index, accounts]
    for each in (log, index, accounts):
        each.close()


def plan(files: list[sqlite3.Connection], text: str) -> list[str]:
    """The steps, in the file that has the tables."""
    named = re.findall(r"(?<!:):([a-z]\w*)", text)
    highest = max((int(number) for number in re.findall(r"\?(\d)", text)), default=text.count("?"))
    arguments = dict.fromkeys(named, 1) if named else ('"abc"' if "MATCH" in text else "[]",) * highest
    for connection in files:
        try:
            return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", arguments)]
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
    raise AssertionError(f"no file has the tables of: {text}")


def test_all_statements_are_found() -> None:
    """The list is not empty by mistake, and no statement is hidden in a formatted string."""
    assert len(STATEMENTS) > 80
    for folder in FOLDERS:
        for path in (ADAPTERS / folder).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.JoinedStr):
                    first = node.values[0] if node.values else None
                    assert not (isinstance(first, ast.Constant) and SQL.match(str(first.value))), path


@pytest.mark.parametrize("statement", STATEMENTS, ids=repr)
def test_no_statement_looks_at_every_row(files: list[sqlite3.Connection], statement: Statement) -> None:
    """Every table is searched by a key and nothing is sorted in memory, but for what is named above with its reason;
    a full-text table is asked by its own index."""
    steps = plan(files, statement.text)
    scans = [step for step in steps if step.startswith("SCAN") and not WITHIN.fullmatch(step)]
    scans = [step for step in scans if not re.match(r"SCAN (grams|words) VIRTUAL TABLE INDEX \d+:\S*M", step)]
    assert bool(scans) is bool(statement.named_in(LOOKS_AT_ALL)), steps
    assert any("TEMP B-TREE" in step for step in steps) is bool(statement.named_in(SORTS)), steps


@pytest.mark.parametrize("entry", [*LOOKS_AT_ALL, *SORTS], ids=" ".join)
def test_exceptions_are_needed(entry: tuple[str, str]) -> None:
    """Who takes a statement away takes its exception away."""
    assert [statement for statement in STATEMENTS if entry in statement.named_in({entry: ""})]


def test_a_page_of_history_passes_over_nothing(files: list[sqlite3.Connection]) -> None:
    """Messages have an index of their own: what lies between them (people who come and go, reactions) is not read."""
    pages = [s for s in STATEMENTS if s.file == "reading.py" and s.name in ("_BEFORE", "_AFTER")]
    threads = [s for s in STATEMENTS if s.file == "reading.py" and s.name == "_IN_THREAD_BEFORE"]
    assert pages
    assert threads
    for statement, index in [(page, "timestamp") for page in pages] + [(page, "thread") for page in threads]:
        assert any(f"USING INDEX messages by {index}" in step for step in plan(files, statement.text))


def test_the_versions_of_a_message_pass_over_nothing_else(files: list[sqlite3.Connection]) -> None:
    """What is about other messages, in the time since then, is not read."""
    (statement,) = (s for s in STATEMENTS if s.file == "reading.py" and s.name == "_ABOUT_ONE")
    (step,) = plan(files, statement.text)
    assert step.endswith("USING INDEX entries by target (conversation=? AND target=? AND timestamp>? AND timestamp<?)")
