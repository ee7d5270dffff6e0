"""The search index beside the log: what it costs, that it follows the log, and that it may be lost."""

import asyncio
import sqlite3
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path

import pytest
from tests.contracts.search_adapters import NEVER, Searched, opened_search
from tests.contracts.store_adapters import GROUP, begin, delete, edit, send, timestamp

from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.sqlite import finding, indexing, schema, search, search_index
from tertulia.domain.errors import UnavailableError
from tertulia.ports.search import SearchQuery


def opened(folder: Path, clock: SetClock, gather: float = NEVER) -> AbstractAsyncContextManager[Searched]:
    return opened_search("sqlite", folder, clock, gather=gather)


async def fill(searched: Searched, count: int, *, name: str = GROUP, start: int = 0) -> None:
    await asyncio.gather(
        *(send(searched.store, "ana", f"needle {number}", f"m{number}", name=name) for number in range(start, count))
    )


def rows_of(folder: Path, statement: str, *arguments: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{folder}/chat-search.db?mode=ro", uri=True)) as connection:
        return connection.execute(statement, arguments).fetchall()


async def test_a_search_looks_up_only_what_it_finds(tmp_path: Path) -> None:
    """Of somebody's conversations those are looked up in which there are candidates, however many there are."""
    looked_up: list[str] = []
    async with opened(tmp_path, SetClock()) as searched:
        for number in range(finding.TAGGED_MAX + 20):
            await begin(searched.store, "ben", name=f"g_{number}")
        await send(searched.store, "ana", "needle", "m", name="g_7")
        await searched.indexed()
        finder = finding.Finder(tmp_path / "chat.db", tmp_path / "chat-search.db")
        try:
            finder.find("ben", SearchQuery(), None, 1, NEVER * 1e9, [])
            log, _ = finder._connections()
            log.set_trace_callback(looked_up.append)
            found = finder.find("ben", SearchQuery(terms=("needle",)), None, 51, NEVER * 1e9, [])
        finally:
            finder.close()
    assert [each.conversation for each in found] == ["g_7"]
    assert len([text for text in looked_up if 'JOIN "Chat-Conversations"' in text]) == 1


async def test_what_a_search_looks_at_does_not_grow_with_what_others_said(tmp_path: Path) -> None:
    """The index names the conversation: what is said elsewhere is skipped without being read."""
    async with opened(tmp_path, SetClock()) as searched:
        await begin(searched.store, "ben")
        await send(searched.store, "ana", "needle of ours", "m")
        await begin(searched.store, name="g_other")
        await fill(searched, 500, name="g_other")
        await searched.indexed()
        number = rows_of(tmp_path, 'SELECT "id" FROM "conversations" WHERE "name" = ?', GROUP)[0][0]
        assert isinstance(number, int)
        tag = search_index.conversation_tag(number)
        found = rows_of(tmp_path, 'SELECT "rowid" FROM "grams" WHERE "grams" MATCH ?', f'"nee" AND "{tag}"')
        assert len(found) == 1
        assert await searched.find("ben", "needle") == ["needle of ours"]


@pytest.mark.parametrize("fault", ["gone", "garbage", "older version"])
async def test_an_index_that_is_lost_is_made_again_from_the_log(tmp_path: Path, fault: str) -> None:
    async with opened(tmp_path, SetClock()) as searched:
        await begin(searched.store, "ben")
        await fill(searched, 20)
        await searched.indexed()
    path = search_index.path_beside(tmp_path / "chat.db")
    if fault == "gone":
        path.unlink()
    elif fault == "garbage":
        path.write_bytes(b"this is no database, and long enough to look like one" * 100)
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 999")
    async with opened(tmp_path, SetClock()) as searched:
        await searched.indexed()
        assert len(rows_of(tmp_path, 'SELECT 1 FROM "messages"')) == 20
        assert await searched.find("ben", "needle", limit=1) == ["needle 19"]


async def test_an_older_log_in_the_place_of_the_newer_is_indexed_anew(tmp_path: Path) -> None:
    """After a restored backup the index has seen entries that are not in the log; none of them hides a new one."""
    clock = SetClock()
    async with opened(tmp_path, clock) as searched:
        await begin(searched.store, "ben")
        await fill(searched, 5)
    backup = (tmp_path / "chat.db").read_bytes()
    async with opened(tmp_path, clock) as searched:
        await fill(searched, 10, start=5)
        await searched.indexed()
    (tmp_path / "chat.db").write_bytes(backup)
    clock.advance(60)
    async with opened(tmp_path, clock) as searched:
        for number in range(5):
            await send(searched.store, "ana", f"haystack {number}", f"h{number}")
        await searched.indexed()
        assert await searched.find("ben", "needle") == [f"needle {number}" for number in (4, 3, 2, 1, 0)]
        assert len(await searched.find("ben", "haystack")) == 5


async def test_what_was_written_without_the_index_is_found(tmp_path: Path) -> None:
    """The index follows the log, not what it is told: entries of another process, or before a crash, are in it."""
    clock = SetClock()
    async with opened(tmp_path, clock) as searched:
        await begin(searched.store, "ben")
        await fill(searched, 5)
    async with opened(tmp_path, clock) as searched:
        assert len(await searched.find("ben", "needle")) == 5
        await searched.indexed()
        assert len(rows_of(tmp_path, 'SELECT 1 FROM "messages"')) == 5


async def test_a_search_does_not_do_without_an_index_that_lags_far_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond a bound it has the index take more entries and waits, so that no search reads much of the log."""
    monkeypatch.setattr(finding, "TAIL_MAX", 10)
    async with opened(tmp_path, SetClock()) as searched:
        await begin(searched.store, "ben")
        await fill(searched, 9)
        assert len(await searched.find("ben", "needle")) == 9
        assert rows_of(tmp_path, 'SELECT 1 FROM "messages"') == []
        await fill(searched, 60, start=9)
        assert len(await searched.find("ben", "needle", limit=100)) == 60
        assert len(rows_of(tmp_path, 'SELECT 1 FROM "messages"')) >= 50


async def test_a_search_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer says that it may be tried again; the next search is not disturbed."""
    async with opened(tmp_path, SetClock()) as searched:
        await begin(searched.store, "ben")
        await fill(searched, 50)
        await searched.indexed()
        monkeypatch.setattr(search, "SEARCH_SECONDS", 1e-9)
        with pytest.raises(UnavailableError) as refused:
            await searched.find("ben", "needle")
        assert refused.value.temporary
        monkeypatch.undo()
        assert len(await searched.find("ben", "needle")) == 50


async def test_the_index_keeps_nothing_of_a_deleted_message(tmp_path: Path) -> None:
    """Neither its text, nor any version of it, nor the postings that led to it."""
    async with opened(tmp_path, SetClock()) as searched:
        await begin(searched.store, "ben")
        sent = timestamp(await send(searched.store, "ana", "secret one 你", "m"))
        await searched.indexed()
        await edit(searched.store, "ana", sent, "secret two http://x.org")
        await searched.indexed()
        [(text,)] = rows_of(tmp_path, 'SELECT "text" FROM "messages"')
        assert text == "secret one 你\nsecret two http://x.org"
        await delete(searched.store, "ana", sent)
        await searched.indexed()
        assert rows_of(tmp_path, 'SELECT "text", "tags" FROM "messages"') == [("", "")]
        for table, words in (("grams", ["sec", "one", "two", "://"]), ("words", ["secret", "你", "org"])):
            for word in words:
                found = rows_of(tmp_path, f'SELECT "rowid" FROM "{table}" WHERE "{table}" MATCH ?', f'"{word}"')
                assert found == [], (table, word)


async def test_messages_of_one_microsecond_have_numbers_of_their_own(tmp_path: Path) -> None:
    """Also where their conversations would choose the same one, and when they are changed."""
    async with opened(tmp_path, SetClock()) as searched:
        await begin(searched.store, "ben")
        sent = timestamp(await send(searched.store, "ana", "needle", "m"))
        await searched.indexed()
    with closing(search_index.open_index(tmp_path / "chat-search.db")) as index:
        index.execute('UPDATE "messages" SET "conversation" = 1025')
        with closing(schema.connect(tmp_path / "chat.db", read_only=True)) as log:
            writer = search_index.IndexWriter(index, log)
            first = (sent << search_index.SLOT_BITS) | 1
            assert writer.row_of({}, sent, 1025) == first
            assert writer.row_of({}, sent, 1) == first + 1
            assert writer.row_of({first + 1: (7, "", "")}, sent, 1) == first + 2


@pytest.mark.parametrize("length", range(3, 30))
def test_the_trigrams_that_are_looked_for_have_every_character(length: int) -> None:
    """And there are no more of them than that takes: each costs a look into every part of the index."""
    text = "".join(chr(0x61 + number) for number in range(length))
    grams = finding._trigrams(text)
    assert all(gram in text and len(gram) == 3 for gram in grams)
    assert "".join(sorted({character for gram in grams for character in gram})) == text
    assert len(grams) == -(-length // 3)


def test_fewer_than_three_characters_have_no_trigram() -> None:
    assert finding._trigrams("ab") == finding._trigrams("") == []


@pytest.mark.parametrize("stopped", [False, True], ids=["at once", "stopped in between"])
async def test_what_many_steps_have_left_is_merged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped: bool
) -> None:
    """A search looks into each part of a full-text table, so there is one of what has been there for long, and few of
    what is new. It is done in small steps, between which new entries go first; and gone on with after a restart."""

    def parts(table: str) -> int:
        (found,) = rows_of(tmp_path, f'SELECT count(DISTINCT "segid") FROM "{table}_idx"')
        return int(str(found[0]))

    monkeypatch.setattr(search_index, "_MERGE_FROM", 10_000)
    async with opened(tmp_path, SetClock()) as searched:
        await begin(searched.store, "ben")
        for batch in range(3):
            await fill(searched, 20 * (batch + 1), start=20 * batch)
            await searched.indexed()
    assert parts("grams") == parts("words") == 3
    monkeypatch.setattr(search_index, "_MERGE_FROM", 10)
    monkeypatch.setattr(search_index, "_MERGE_PAGES", 1)
    if stopped:
        with (
            closing(search_index.open_index(tmp_path / "chat-search.db")) as index,
            closing(schema.connect(tmp_path / "chat.db", read_only=True)) as log,
        ):
            search_index.IndexWriter(index, log).merge_some()
    async with opened(tmp_path, SetClock()) as searched:
        await fill(searched, 65, start=60)
        await searched.indexed()
        assert parts("grams") in (1, 2)
        assert parts("words") in (1, 2)
        assert len(await searched.find("ben", "needle", limit=100)) == 65
    assert rows_of(tmp_path, 'SELECT "entries" >= 61 FROM "merged"') == [(1,)]


@pytest.mark.slow
async def test_many_writers_and_searches_at_once_agree(tmp_path: Path) -> None:
    """While the index follows at full speed, each search finds all that was committed before it began, once."""
    async with opened(tmp_path, SetClock(), gather=0.0) as searched:
        for name in ("g_0", "g_1", "g_2"):
            await begin(searched.store, "ben", name=name)

        async def write(name: str) -> None:
            for number in range(60):
                await send(searched.store, "ana", f"needle {name} {number}", f"m{number}", name=name)
                query = SearchQuery(terms=("needle",), conversation=name)
                assert len(await searched.ask("ben", query, limit=100)) == number + 1

        await asyncio.gather(*(write(name) for name in ("g_0", "g_1", "g_2")))
        assert len(set(await searched.find("ben", "needle", limit=1000))) == 180


async def test_a_fault_of_the_index_is_mended_by_trying_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be written when it was due is written later; meanwhile the log's end is searched without it."""
    step = search_index.IndexWriter.step
    faults = iter([sqlite3.OperationalError("disk I/O error"), KeyError("unexpected")])

    def failing(self: search_index.IndexWriter, names: Iterable[str], limit: int) -> list[str]:
        for fault in faults:
            raise fault
        return step(self, names, limit)

    monkeypatch.setattr(search_index.IndexWriter, "step", failing)
    monkeypatch.setattr(indexing, "_PAUSE_SECONDS", 0.01)
    async with opened(tmp_path, SetClock()) as searched:
        await begin(searched.store, "ben")
        await fill(searched, 5)
        assert len(await searched.find("ben", "needle")) == 5
        await searched.indexed()
        assert list(faults) == []
        assert len(rows_of(tmp_path, 'SELECT 1 FROM "messages"')) == 5
