"""Reading a page and appending, in a conversation of 1,000 and in one of 1,000,000 messages, in turns within one run.

Both lie in one file and go through the store as the server uses it. The long one is filled by SQL beforehand, in the
rows
that appending would have made. `python -m bench.history --help`.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bench.served import created
from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.sqlite import schema
from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.domain.entries import MessageSent, Stamp
from tertulia.domain.members import Member
from tertulia.evaluation import statistics
from tertulia.ports.store import Append, Decision, Snapshot

TEXT = "Una tertulia es una reunión de personas que se juntan para conversar. " * 3
_FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
INSERT INTO "Chat-Messages"
    ("conversation", "timestamp", "seq", "number", "author", "client_id", "digest", "target", "entry")
SELECT ?1, ?3 + i, i + 1, i, 'ana', 'f' || i, randomblob(16), NULL,
    json_object('kind', 'message', 'seq', i + 1, 'timestamp', ?3 + i, 'author', 'ana', 'id', 'f' || i, 'number', i,
        'text', ?4)
FROM n
"""


async def fill(store: SqliteStore, path: Path, name: str, messages: int) -> None:
    """A conversation of so many messages."""
    head, _ = await store.create(name, created(["ana", "ben"]))
    connection = schema.connect(path)
    connection.execute("BEGIN")
    connection.execute(_FILL, (name, messages, head.timestamp, TEXT[:200]))
    connection.execute(
        'UPDATE "Chat-Conversations" SET "seq" = ?, "timestamp" = ?, "messages" = ? '
        'WHERE "conversation" = ? AND "username" = \'#\'',
        (messages + 1, head.timestamp + messages, messages, name),
    )
    connection.execute("COMMIT")
    connection.close()


async def append(store: SqliteStore, name: str, number: int) -> None:
    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        entry = MessageSent(
            seq=stamp.seq,
            timestamp=stamp.timestamp,
            author="ana",
            id=f"n{number}",
            number=snapshot.conversation.messages + 1,
            text=TEXT[:200],
        )
        return Decision(entry, b"0" * 16)

    await store.append(Append(conversation=name, author="ana", decide=decide, client_id=f"n{number}"))


async def _time(work: Callable[[], Awaitable[Any]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def measure(small: int, large: int, rounds: int, folder: Path) -> list[dict[str, Any]]:
    store = SqliteStore(folder / "chat.db", SystemClock())
    try:
        names = {"small": "g_small", "large": "g_large"}
        await fill(store, folder / "chat.db", "g_small", small)
        await fill(store, folder / "chat.db", "g_large", large)
        found = await store.member("g_large", "ana"), await store.member("g_small", "ana")
        assert found[0] is not None
        assert found[1] is not None
        readers: dict[str, Member] = {"large": found[0][1], "small": found[1][1]}
        heads = {"large": found[0][0], "small": found[1][0]}
        times: dict[tuple[str, str], list[float]] = {}
        for number in range(rounds):
            for size, name in names.items():
                head, reader = heads[size], readers[size]
                # A place in the history that is another each time, and for both the same fraction of it.
                place = head.created + (head.timestamp - head.created) * ((number * 37) % 100 + 1) // 101
                work: dict[str, Callable[[], Awaitable[Any]]] = {
                    "last page": lambda name=name, reader=reader: store.messages(name, reader, limit=50),
                    "page in the middle": lambda name=name, reader=reader, place=place: store.messages(
                        name, reader, before=place, limit=50
                    ),
                    "catching up by 100": lambda name=name, reader=reader, head=head: store.log(
                        name, reader, after=head.seq - 100, limit=100
                    ),
                    "append": lambda name=name, number=number: append(store, name, number),
                }
                for what, call in work.items():
                    times.setdefault((what, size), []).append(await _time(call))
    finally:
        await store.close()
    return [
        {
            "operation": what,
            "small_p50_us": statistics.median(times[what, "small"]) * 1e6,
            "large_p50_us": statistics.median(times[what, "large"]) * 1e6,
            "ratio": statistics.median(times[what, "large"]) / statistics.median(times[what, "small"]),
            "n": rounds,
            "samples": {str(size): times[what, name] for name, size in (("small", small), ("large", large))},
        }
        for what in ("last page", "page in the middle", "catching up by 100", "append")
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--small", type=int, default=1_000)
    options.add_argument("--large", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=500)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(measure(chosen.small, chosen.large, chosen.rounds, Path(folder))), indent=2))


if __name__ == "__main__":
    main()
