"""What every adapter of the port `Search` promises."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contracts.search_adapters import NEVER, Searched, opened_search, send_files, texts
from tests.contracts.store_adapters import (
    GROUP,
    add,
    begin,
    delete,
    edit,
    emulator_of,
    open_history,
    react,
    remove,
    send,
    timestamp,
)

from tertulia.adapters.memory.clock import SetClock
from tertulia.domain.entries import History
from tertulia.ports.search import SearchQuery


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


DYNAMODB = [
    pytest.param(f"dynamodb-{emulator}{state}", marks=pytest.mark.slow)
    for emulator, state in (("dynalite", ""), ("dynalite", ", not indexed yet"))
]
"""One emulator will do: there is nothing here that the store's own contract doesn't have."""


HERE = ["memory", "sqlite", "sqlite, not indexed yet"]
WHAT_MATCHES = pytest.mark.parametrize("searched", [*HERE, DYNAMODB[0]], indirect=True)
"""For tests of many words: whether one matches is decided by the domain, in each adapter's way to it once."""


@pytest.fixture(params=[*HERE, *DYNAMODB])
async def searched(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> AsyncIterator[Searched]:
    """Each adapter; the one on SQLite with what was sent in its index, and with nothing of it there."""
    adapter, _, lagging = request.param.partition(", ")
    emulator = emulator_of(adapter, request)
    async with opened_search(adapter, tmp_path, clock, gather=NEVER, emulator=emulator) as each:
        if lagging:
            each.indexed = _nothing  # type: ignore[method-assign]
        await begin(each.store, "ben")
        yield each


async def _nothing() -> None:
    """Leaves the index behind."""


async def _say(searched: Searched, *said: str, author: str = "ana", name: str = GROUP) -> list[int]:
    """Sends the texts; their timestamps."""
    sent = [
        timestamp(await send(searched.store, author, text, f"{name}-{author}-{number}-{len(text)}", name=name))
        for number, text in enumerate(said)
    ]
    await searched.indexed()
    return sent


@WHAT_MATCHES
@pytest.mark.parametrize(
    ("text", "found_by"),
    [
        ("The quick brown fox", ["quick", "QUICK", "uic", "fox", "the", "q", "fo", "T"]),
        ("Crème brûlée, à la carte", ["creme", "CRÈME", "brulee", "ûlé", "à", "a", "la", "rte"]),
        ("Ein Fußball im Straßenverkehr", ["fussball", "fuß", "STRASSE", "im", "i"]),
        ("Привет, мир! Ёлка", ["привет", "ПРИВ", "иве", "мир", "елка", "ё"]),
        ("Καλημέρα κόσμος", ["καλημερα", "ΚΌΣΜΟΣ", "ημέ", "κό"]),
        ("שלום עולם", ["שלום", "לום", "עו"]),
        ("مرحبا بالعالم", ["مرحبا", "حبا", "بال", "مر"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनि", "न"]),
        ("你好，世界。我们去吃饭", ["你", "好", "你好", "世界", "我们去", "吃饭", "饭", "去吃饭"]),
        ("東京タワーへ行きます", ["東", "京タ", "タワー", "ﾀﾜｰ", "行き", "へ"]),
        ("안녕하세요 세계", ["안녕", "하세요", "세계", "안", "요"]),
        ("สวัสดีชาวโลก", ["สวัสดี", "ชาว", "โลก", "ว"]),
        ("ship it 🎉👍🏽", ["🎉", "👍", "👍🏽", "🎉👍"]),
        ("ｆｕｌｌ　ｗｉｄｔｈ", ["full", "width", "ｆｕｌｌ"]),
        (
            "see issue #12 in c++ at https://example.org/a_b?c=1",
            ["#12", "c++", "c+", "#1", "example.org", "a_b?c", "12"],
        ),
        ("**bold** and `code` and [name](https://x.org)", ["bold", "code", "name"]),
        ("a\nsecond line", ["second", "line", "a"]),
        ("zero\u200bwidth and so\u00adft", ["zerowidth", "soft"]),
        ('O\'Neill said "100%"', ["o'neill", "neill", '"100', "100%", "00%"]),
    ],
)
async def test_a_message_is_found_in_every_script_by_part_of_a_word_too(
    searched: Searched, text: str, found_by: list[str]
) -> None:
    """Case, accents and width don't matter; one or two letters of an alphabet begin a word, others stand anywhere."""
    await _say(searched, text, "something else 其他 иное")
    for term in found_by:
        assert await searched.find("ben", term) == [text], term


@WHAT_MATCHES
@pytest.mark.parametrize(
    "term", ["zebra", "quickly", "ui", "ox", "wn", "你", "quick brown fix", "😀", "the quick brown foxes"]
)
async def test_what_is_not_said_is_not_found(searched: Searched, term: str) -> None:
    await _say(searched, "The quick brown fox", "好")
    assert await searched.find("ben", term) == []


@pytest.mark.parametrize("term", ["", " ", ".", "?!", "\u0301", '"', "*", "--"])
async def test_what_is_too_little_to_search_for_finds_nothing(searched: Searched, term: str) -> None:
    """One or two characters of punctuation stand in nearly every message."""
    await _say(searched, 'What?! "No" -- * . \u0301')
    assert await searched.find("ben", term) == []
    assert await searched.find("ben", term, "what") == ['What?! "No" -- * . \u0301']


@pytest.mark.parametrize(
    "term",
    [
        '"',
        'a"b',
        "' OR 1=1 --",
        "fox AND NOT",
        "fox*",
        "NEAR(fox)",
        "^fox",
        "text:fox",
        "(fox",
        "fox)",
        "%",
        "_",
        "\0\0\0",
    ],
)
async def test_signs_of_query_languages_mean_themselves(searched: Searched, term: str) -> None:
    await _say(searched, "The quick brown fox", f"said {term} indeed" if "\0" not in term else "said")
    assert "The quick brown fox" not in await searched.find("ben", term)


async def test_all_words_and_phrases_must_occur_in_any_order_but_a_phrase_in_its(searched: Searched) -> None:
    await _say(searched, "one two three", "three  TWO\none", "one three", "two onet hree")
    assert await searched.find("ben", "three", "one", "two") == ["three  TWO\none", "one two three"]
    assert await searched.ask("ben", SearchQuery(phrases=("two three",))) == ["one two three"]
    assert await searched.ask("ben", SearchQuery(phrases=("two one",))) == ["two onet hree", "three  TWO\none"]
    assert await searched.ask("ben", SearchQuery(terms=("two",), phrases=("O  Thr",))) == ["one two three"]


async def test_what_was_committed_is_found_at_once(searched: Searched) -> None:
    for number in range(20):
        await send(searched.store, "ana", f"needle number {number}", f"m{number}")
        assert (await searched.find("ben", "needle"))[0] == f"needle number {number}"


async def test_an_edited_message_is_found_by_its_new_text_only(searched: Searched) -> None:
    first, second = await _say(searched, "about lions", "about lynxes")
    await edit(searched.store, "ana", first, "about tigers")
    await searched.indexed()
    assert await searched.find("ben", "lions") == []
    assert await searched.find("ben", "tigers") == ["about tigers"]
    assert await searched.find("ben", "about") == ["about lynxes", "about tigers"]
    await edit(searched.store, "ana", first, "about lions")
    await edit(searched.store, "ana", second, "gone")
    await searched.indexed()
    assert await searched.find("ben", "lions") == ["about lions"]
    assert await searched.find("ben", "tigers") == await searched.find("ben", "lynx") == []


async def test_a_deleted_message_is_not_found_by_anything(searched: Searched) -> None:
    first, _ = await _say(searched, "a secret http://x.org", "no secret http://y.org")
    await edit(searched.store, "ana", first, "another secret http://x.org")
    await react(searched.store, "ben", first, "👍")
    await searched.indexed()
    await delete(searched.store, "ana", first)
    await searched.indexed()
    assert await searched.find("ben", "secret") == ["no secret http://y.org"]
    assert await searched.ask("ben", SearchQuery(author="ana", has_link=True)) == ["no secret http://y.org"]
    assert await searched.ask("ben", SearchQuery(author="ana")) == ["no secret http://y.org"]


async def test_only_active_members_find_anything(searched: Searched) -> None:
    """Who never was there, and who left, finds nothing; not even in the conversation that is named."""
    await _say(searched, "needle")
    await remove(searched.store, "ben")
    for who in ("ben", "stranger", "#", ""):
        assert await searched.find(who, "needle") == []
        assert await searched.ask(who, SearchQuery(terms=("needle",), conversation=GROUP)) == []
    assert await searched.find("ana", "needle") == ["needle"]


async def test_a_member_finds_what_was_said_while_being_one(searched: Searched) -> None:
    """Before joining and between two memberships nothing is found, unless the history is open."""
    await _say(searched, "needle 1")
    await add(searched.store, "carla")
    await send(searched.store, "ana", "needle 2", "b")
    await remove(searched.store, "carla")
    await send(searched.store, "ana", "needle 3", "c")
    await add(searched.store, "carla")
    await send(searched.store, "ana", "needle 4", "d")
    await searched.indexed()
    assert await searched.find("carla", "needle") == ["needle 4", "needle 2"]
    assert await searched.find("carla", "needle", limit=1) == ["needle 4"]
    await open_history(searched.store, History.ALL)
    assert await searched.find("carla", "needle") == ["needle 4", "needle 3", "needle 2", "needle 1"]
    await remove(searched.store, "carla")
    assert await searched.find("carla", "needle") == []


async def test_who_was_away_during_an_edit_finds_what_they_see(searched: Searched) -> None:
    """The text that somebody may not read has no influence on what that person finds."""
    await add(searched.store, "carla")
    [sent] = await _say(searched, "about lions")
    await remove(searched.store, "carla")
    await edit(searched.store, "ana", sent, "about tigers http://x.org")
    await add(searched.store, "carla")
    await searched.indexed()
    assert await searched.find("carla", "tigers") == []
    assert await searched.find("carla", "lions") == ["about lions"]
    assert await searched.ask("carla", SearchQuery(has_link=True)) == []
    assert await searched.find("ben", "tigers") == ["about tigers http://x.org"]
    assert await searched.find("ben", "lions") == []


async def test_each_filter_narrows(searched: Searched) -> None:
    times = await _say(searched, "needle one", "needle two", "needle three")
    await _say(searched, "needle of ben http://x.org", "needle mailto:a@b.org", author="ben")
    await send_files(searched.store, "ana", "needle with files", "report.pdf", "Müller.png")
    await searched.indexed()

    async def ask(**narrow: object) -> list[str]:
        return await searched.ask("ben", SearchQuery(**narrow))  # type: ignore[arg-type]

    assert await ask(terms=("needle",), author="ben") == ["needle mailto:a@b.org", "needle of ben http://x.org"]
    assert await ask(author="nobody") == []
    assert await ask(terms=("needle",), before=times[1]) == ["needle one"]
    assert (await ask(terms=("needle",), after=times[0]))[-2:] == ["needle three", "needle two"]
    assert await ask(after=times[0], before=times[2]) == ["needle two"]
    assert await ask(has_link=True) == ["needle of ben http://x.org"]
    assert await ask(has_attachment=True) == ["needle with files"]
    assert await ask(terms=("muller",)) == await ask(terms=("alt of report",)) == ["needle with files"]
    assert await ask(terms=("needle",), conversation="g_other") == []
    assert len(await ask(terms=("needle",), conversation=GROUP)) == 6


async def test_pages_are_full_newest_first_and_neither_repeat_nor_skip(searched: Searched, clock: SetClock) -> None:
    """Over many conversations, with what may not be read in between and times that are the same."""
    for name in ("g_b", "g_a", "g_c", "g_secret"):
        await begin(searched.store, *(() if name == "g_secret" else ("ben",)), name=name)
    for number in range(20):
        if number % 5 == 0:
            clock.advance(1)
        for name in ("g_a", "g_secret", "g_b", "g_c"):
            await send(searched.store, "ana", f"needle {name} {number}", f"{name}{number}", name=name)
    await searched.indexed()
    everything = (await searched.page("ben", SearchQuery(terms=("needle",)), None, 1000)).found
    keys = [(found.message.timestamp, found.conversation) for found in everything]
    assert len(keys) == 60
    assert keys == sorted(set(keys), reverse=True)
    assert len({stamp for stamp, _ in keys}) < len(keys)
    for size in (1, 7, 50):
        paged = list(everything[:0])
        place: tuple[int, str] | None = None
        while True:
            page = await searched.page("ben", SearchQuery(terms=("needle",)), place, size)
            paged += page.found
            place = page.through
            if place is None:
                break
            assert len(page.found) == size
        assert texts(paged) == texts(everything)


async def test_a_cursor_beyond_all_time_is_no_fault(searched: Searched) -> None:
    await _say(searched, "needle")
    assert await searched.find("ben", "needle", before=(10**16 - 1, "")) == ["needle"]
    assert await searched.find("ben", "needle", before=(0, "z")) == []


async def test_of_many_conversations_only_the_readers_are_searched(searched: Searched) -> None:
    """More conversations than the query of an index can name."""
    for number in range(70):
        await begin(searched.store, *(("ben",) if number else ()), name=f"g_{number}")
        await send(searched.store, "ana", f"needle {number}", "m", name=f"g_{number}")
    await searched.indexed()
    assert sorted(await searched.find("ben", "needle", limit=100)) == sorted(f"needle {n}" for n in range(1, 70))
    assert await searched.ask("ben", SearchQuery(before=1), limit=100) == []
    assert len(await searched.ask("ben", SearchQuery(after=1), limit=100)) == 69


LETTERS = st.sampled_from(
    ["a", "b", "ab", "é", "ß", "你", "好", "เ", "안", "🎉", " ", "\n", "-", "*", "+", "1", "ж", "'"]
)
TEXTS = st.lists(LETTERS, max_size=8).map("".join)


@pytest.mark.slow
@settings(deadline=None, derandomize=True, max_examples=40)
@given(said=st.lists(TEXTS, max_size=6), asked=st.lists(TEXTS, min_size=1, max_size=4))
async def test_the_index_finds_what_the_reference_finds(
    tmp_path_factory: pytest.TempPathFactory, said: list[str], asked: list[str]
) -> None:
    """Whatever was said and is asked for, the adapters agree, with the index and without."""
    clock = SetClock()
    async with (
        opened_search("memory", Path(), clock, gather=NEVER) as reference,
        opened_search("sqlite", tmp_path_factory.mktemp("index"), clock, gather=NEVER) as other,
    ):
        for each in (reference, other):
            await begin(each.store, "ben")
            for number, text in enumerate(said):
                await send(each.store, "ana", text, f"m{number}")
        for indexed in (False, True):
            if indexed:
                await other.indexed()
            for term in asked:
                assert await other.find("ben", term) == await reference.find("ben", term)
                query = SearchQuery(terms=tuple(asked))
                assert await other.ask("ben", query) == await reference.ask("ben", query)
