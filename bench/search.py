"""Search: what the index costs the append, how far it lags, how large it is, and what searches take.

Messages of some 200 characters, of invented words in Zipf's proportions and every tenth in Chinese characters, are
appended in 100 conversations, without a search index, with it, and by a third way that was not taken: the full-text
tables in the same transaction. `python -m bench.search --messages 50000`.
"""

import argparse
import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.sqlite import schema, search_index
from tertulia.adapters.sqlite.search import SqliteSearch
from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.domain.entries import ConversationCreated, ConversationKind, Entry, MessageSent, Stamp
from tertulia.domain.members import MemberRole, Role
from tertulia.evaluation import statistics
from tertulia.ports.search import SearchQuery
from tertulia.ports.store import Append, Decision, Snapshot

CONVERSATIONS = 100
IN_FLIGHT = 64
QUERIES = {
    "a word that is rare": SearchQuery(terms=("needle",)),
    "a word that is common": SearchQuery(terms=("word1x",)),
    "part of a word": SearchQuery(terms=("ord7x",)),
    "what nobody said": SearchQuery(terms=("xylophone",)),
    "two letters": SearchQuery(terms=("ne",)),
    "one Chinese character": SearchQuery(terms=("好",)),
    "two Chinese characters": SearchQuery(terms=("你好",)),
    "a phrase": SearchQuery(phrases=("word1x word2x",)),
    "a word in one conversation": SearchQuery(terms=("word1x",), conversation="g_7"),
    "by one author, with a link": SearchQuery(author="ana", has_link=True),
}


def texts(count: int) -> list[str]:
    drawn = random.Random(1)
    words = [f"word{number}x" for number in range(8000)]
    weights = [1 / (number + 3) for number in range(8000)]
    ideographs = [chr(0x4E00 + number) for number in range(3000)] + ["你", "好"] * 20
    made = []
    for number in range(count):
        if number % 10 == 9:
            text = "".join(drawn.choices(ideographs, k=100))
        else:
            text = " ".join(drawn.choices(words, weights, k=25))
        made.append(text + (" needle" if number % 5000 == 0 else "") + (" http://x.org" if number % 997 == 0 else ""))
    return made


def _created(stamp: Stamp) -> Entry:
    members = (MemberRole("ana", Role.OWNER), MemberRole("ben"))
    return ConversationCreated(
        seq=stamp.seq, timestamp=stamp.timestamp, author="ana", type=ConversationKind.GROUP, members=members
    )


def _request(number: int, text: str) -> Append:
    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        return Decision(
            MessageSent(
                seq=stamp.seq,
                timestamp=stamp.timestamp,
                author="ana",
                id=f"m{number}",
                number=snapshot.conversation.messages + 1,
                text=text,
            )
        )

    return Append(conversation=f"g_{number % CONVERSATIONS}", author="ana", decide=decide, client_id=f"m{number}")


async def append_all(store: SqliteStore, said: Sequence[str]) -> float:
    """Appends all, 64 at a time; the seconds that it took."""
    for number in range(CONVERSATIONS):
        await store.create(f"g_{number}", _created)
    pending = iter(enumerate(said))

    async def sender() -> None:
        for number, text in pending:
            await store.append(_request(number, text))

    began = time.perf_counter()
    await asyncio.gather(*(sender() for _ in range(IN_FLIGHT)))
    return time.perf_counter() - began


async def without_index(folder: Path, said: Sequence[str]) -> float:
    store = SqliteStore(folder / "without.db", SystemClock())
    try:
        return await append_all(store, said)
    finally:
        await store.close()


async def with_index(folder: Path, said: Sequence[str]) -> dict[str, float]:
    store = SqliteStore(folder / "with.db", SystemClock())
    search = SqliteSearch(store)
    figures: dict[str, float] = {}
    try:
        seconds = await append_all(store, said)
        figures["appends a second, index beside the log"] = len(said) / seconds
        began = time.perf_counter()
        await search.settle()
        figures["seconds until the index has them all"] = time.perf_counter() - began
        size = search_index.path_beside(store.path).stat().st_size
        figures["bytes of index a message"] = size / len(said)
        for name, query in QUERIES.items():
            figures[f"{name}, ms"] = await _time(lambda query=query: search.search("ben", query, limit=51))  # type: ignore[misc]
    finally:
        await search.close()
        await store.close()
    return figures


async def _time(call: Callable[[], object]) -> float:
    """The median of eleven calls, in milliseconds."""
    taken = []
    for _ in range(11):
        began = time.perf_counter()
        await call()  # type: ignore[misc]
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def in_the_transaction(folder: Path, said: Sequence[str], batch: int) -> float:
    """Microseconds that the full-text tables would add to each message of a commit of `batch`."""
    connection = schema.connect(folder / f"inside{batch}.db")
    connection.execute("PRAGMA synchronous = OFF")
    for table, tokenize in (("grams", "trigram case_sensitive 1"), ("words", "unicode61 remove_diacritics 2")):
        options = f"content='', detail=none, columnsize=0, tokenize='{tokenize}'"
        connection.execute(f"CREATE VIRTUAL TABLE {table} USING fts5(text, {options})")
    began = time.perf_counter()
    for start in range(0, len(said), batch):
        connection.execute("BEGIN")
        for number, text in enumerate(said[start : start + batch], start=start + 1):
            connection.execute("INSERT INTO grams (rowid, text) VALUES (?, ?)", (number, text))
            connection.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (number, text))
        connection.execute("COMMIT")
    taken = time.perf_counter() - began
    connection.close()
    return taken / len(said) * 1e6


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--messages", type=int, default=50_000)
    said = texts(arguments.parse_args().messages)
    print(f"SQLite {sqlite3.sqlite_version}, {len(said)} messages")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{'appends a second, no index':45}{len(said) / asyncio.run(without_index(folder, said)):12.0f}")
        for figure, value in asyncio.run(with_index(folder, said)).items():
            print(f"{figure:45}{value:12.1f}")
        for batch in (1, 8, 64):
            part = said[: 500 * batch][:8000]
            print(f"{f'us a message inside commits of {batch}':45}{in_the_transaction(folder, part, batch):12.0f}")


if __name__ == "__main__":
    main()
