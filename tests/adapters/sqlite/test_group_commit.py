"""The writer: what shares a commit, what fails alone, what waits for another process."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tertulia.adapters.sqlite import group_commit
from tertulia.adapters.sqlite.group_commit import GroupCommit, Written
from tertulia.domain.errors import ConflictError, UnavailableError
from tertulia.ports.store import Committed


class Scene:
    """A writer on a file with one table of numbers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY)")
        self.told: list[Sequence[Committed]] = []
        self.writer = GroupCommit(self.connection, self.told.append)

    def put(self, number: int) -> "asyncio.Future[int]":
        def job(connection: sqlite3.Connection) -> Written[int]:
            connection.execute("INSERT INTO numbers VALUES (?)", (number,))
            return Written(number)

        return self.writer.submit(job)

    def numbers(self) -> list[int]:
        """As another connection sees them: what is committed."""
        other = sqlite3.connect(self.path)
        try:
            return [number for (number,) in other.execute("SELECT n FROM numbers ORDER BY n")]
        finally:
            other.close()


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    made = Scene(tmp_path / "numbers.db")
    yield made
    await made.writer.close()
    made.connection.close()


async def test_what_comes_in_one_turn_shares_a_commit(scene: Scene) -> None:
    await asyncio.gather(*(scene.put(number) for number in range(50)))
    assert scene.writer.figures.commits == 1
    assert scene.writer.figures.largest_batch == 50
    assert scene.numbers() == list(range(50))


async def test_what_comes_during_a_commit_shares_the_next(scene: Scene) -> None:
    """And a transaction has a greatest size, so that the loop isn't kept for long."""
    results = await asyncio.gather(*(scene.put(number) for number in range(group_commit.BATCH_MAX * 2 + 1)))
    assert results == list(range(group_commit.BATCH_MAX * 2 + 1))
    assert scene.writer.figures.commits == 3
    assert scene.writer.figures.largest_batch == group_commit.BATCH_MAX


async def test_a_result_is_given_only_after_its_commit(scene: Scene) -> None:
    """Whoever has the answer finds it in the file."""
    for number in range(20):
        await scene.put(number)
        assert scene.numbers()[-1] == number


async def test_a_refusal_is_one_requests_own(scene: Scene) -> None:
    def refuse(_: sqlite3.Connection) -> Written[int]:
        raise ConflictError("last_owner")

    results = await asyncio.gather(scene.put(1), scene.writer.submit(refuse), scene.put(2), return_exceptions=True)
    assert results[0] == 1
    assert isinstance(results[1], ConflictError)
    assert scene.numbers() == [1, 2]
    assert scene.writer.figures.commits == 1


async def test_a_fault_of_the_database_is_one_requests_own(scene: Scene) -> None:
    """The transaction is rolled back, and the others of it run again without the one that failed."""
    await scene.put(1)
    results = await asyncio.gather(scene.put(2), scene.put(1), scene.put(3), return_exceptions=True)
    assert results[0] == 2
    assert results[2] == 3
    assert isinstance(results[1], UnavailableError)
    assert isinstance(results[1].__cause__, sqlite3.IntegrityError)
    assert scene.numbers() == [1, 2, 3]


async def test_a_commit_that_fails_gives_nobody_a_result(scene: Scene) -> None:
    """A deferred foreign key fails at COMMIT itself, as a full disk would: all of the batch is undone and said so."""
    scene.connection.execute("PRAGMA foreign_keys = ON")
    scene.connection.execute("CREATE TABLE children (n INTEGER REFERENCES numbers (n) DEFERRABLE INITIALLY DEFERRED)")

    def orphan(connection: sqlite3.Connection) -> Written[int]:
        connection.execute("INSERT INTO children VALUES (99)")
        return Written(99)

    results = await asyncio.gather(scene.put(1), scene.writer.submit(orphan), return_exceptions=True)
    assert all(isinstance(result, UnavailableError) for result in results)
    assert scene.numbers() == []
    assert scene.told == []
    assert await scene.put(2) == 2, "the next one is as good as any"


async def test_another_process_that_writes_is_waited_for(scene: Scene) -> None:
    """The loop goes on meanwhile."""
    other = sqlite3.connect(scene.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    future = scene.put(1)
    turns = 0
    while turns < 20:
        await asyncio.sleep(0.001)
        turns += 1
    assert not future.done()
    other.execute("COMMIT")
    other.close()
    assert await future == 1


async def test_another_process_that_never_ends_is_not_waited_for_for_ever(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some seconds the answer is that it can't be done now."""
    monkeypatch.setattr(group_commit, "_BUSY_TRIES", 3)
    other = sqlite3.connect(scene.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnavailableError):
        await scene.put(1)
    other.execute("COMMIT")
    other.close()
    assert await scene.put(2) == 2


async def test_a_full_queue_says_so(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing grows without a limit: whoever comes too many is told when to come again."""
    monkeypatch.setattr(group_commit, "PENDING_MAX", 3)
    futures = [scene.put(number) for number in range(3)]
    assert scene.writer.depth == 3
    with pytest.raises(UnavailableError) as refused:
        scene.put(3)
    assert refused.value.code == "overloaded"
    assert refused.value.retry_after
    assert await asyncio.gather(*futures) == [0, 1, 2]


async def test_closing_finishes_what_was_submitted_and_takes_no_more(scene: Scene) -> None:
    futures = [scene.put(number) for number in range(300)]
    await scene.writer.close()
    assert all(future.done() for future in futures)
    assert len(scene.numbers()) == 300
    with pytest.raises(UnavailableError) as refused:
        scene.put(301)
    assert refused.value.code == "shutting_down"


async def test_who_has_gone_is_not_waited_for(scene: Scene) -> None:
    """A request that was cancelled is committed all the same, and disturbs nobody."""
    one, other = scene.put(1), scene.put(2)
    one.cancel()
    assert await other == 2
    assert scene.numbers() == [1, 2]
