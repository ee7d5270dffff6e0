"""Search: full text, in every script, by part of a word too, only in what the searcher may read."""

import secrets

import pytest
from tests.conformance.homes import Home

CASES = {
    "whole word": ("the quick brown fox", "quick"),
    "part of a word": ("misunderstanding", "understand"),
    "beginning of a word": ("conversation", "conv"),
    "case": ("Hello World", "hello WORLD"),
    "accents left out": ("Crème brûlée à la carte", "creme brulee"),
    "accents given": ("creme brulee", "crème brûlée"),
    "Czech": ("Žluťoučký kůň", "zlutoucky"),
    "Cyrillic": ("Съешь ещё этих мягких булок", "булок"),
    "part of a Cyrillic word": ("Достопримечательность", "примечател"),
    "Greek": ("Καλημέρα κόσμε", "κόσμε"),
    "Arabic": ("نص حكيم له سر قاطع", "حكيم"),
    "Hebrew": ("שלום עולם", "עולם"),
    "Devanagari": ("मैं काँच खा सकता हूँ", "सकता"),
    "Thai": ("ฉันกินกระจกได้", "กระจก"),
    "Chinese": ("我能吞下玻璃而不伤身体", "玻璃"),
    "one Chinese character": ("我能吞下玻璃而不伤身体", "玻"),
    "Japanese": ("私はガラスを食べられます", "ガラス"),
    "Korean": ("나는 유리를 먹을 수 있어요", "유리"),
    "emoji": ("great news 🎉 everyone", "🎉"),
    "several words in any order": ("one two three four", "three one"),
    "phrase": ("she sells sea shells", '"sea shells"'),
    "number": ("call 555-1234 now", "1234"),
    "punctuation": ("see RFC-6455, section 7.4", "6455"),
}
NOT = {
    "words apart are no phrase": ("sea and shells", '"sea shells"'),
    "all words must be there": ("one two three", "one five"),
    "another word": ("the quick brown fox", "slow"),
    "quotes and operators are no syntax": ("plain words", 'NEAR( OR " AND *'),
}


@pytest.mark.parametrize(("text", "query"), CASES.values(), ids=CASES.keys())
async def test_a_text_is_found(home: Home, text: str, query: str) -> None:
    """The text is found at once, in every script, by words and by parts of words."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    message = await ana.send(group, text)
    assert await ben.search(query) == [{"conversation": group, "message": message}]


@pytest.mark.parametrize(("text", "query"), NOT.values(), ids=NOT.keys())
async def test_a_text_is_not_found(home: Home, text: str, query: str) -> None:
    """What doesn't match is not found."""
    ana = await home.register()
    group = await ana.group()
    await ana.send(group, text)
    assert await ana.search(query) == []


async def test_an_edited_message_is_found_by_the_new_text_only(home: Home) -> None:
    """After an edit the old words find nothing, the new ones the message; after a deletion nothing does."""
    ana = await home.register()
    group = await ana.group()
    message = await ana.send(group, "apples")
    await ana.edit(group, message, "oranges")
    assert await ana.found("apples") == []
    assert await ana.found("oranges") == ["oranges"]
    await ana.delete(group, message)
    assert await ana.search("oranges") == []


async def test_a_search_can_be_narrowed(home: Home) -> None:
    """By conversation, author, time, attachment and link, alone or with words."""
    ana, ben = await home.register_all("ana", "ben")
    group, other = await ana.group(ben), await ana.group(ben)
    first = await ana.send(group, "common one")
    await ben.send(group, "common two")
    third = await ana.send(other, "common three https://example.org/x")
    media = await ana.upload(b"x", "x.txt", "text/plain")
    await ana.send(group, "common four", attachments=[{"media": media}])
    found = ben.found
    assert await found("common") == ["common four", "common three https://example.org/x", "common two", "common one"]
    assert await found("common", conversation=other) == ["common three https://example.org/x"]
    assert await found("common", **{"from": ben.username}) == ["common two"]
    assert await found("common", before=first["timestamp"] + 1) == ["common one"]
    assert await found("common", after=third["timestamp"]) == ["common four"]
    assert await found("common", has="attachment") == ["common four"]
    assert await found("common", has="link") == ["common three https://example.org/x"]
    assert await found("", has="link") == ["common three https://example.org/x"]
    assert await found("", conversation=group, **{"from": ben.username}) == ["common two"]


async def test_pages_of_results_are_full_and_whole(home: Home) -> None:
    """Pages, put together, are every result once, newest first, also where unreadable ones lie between."""
    ana, ben = await home.register_all("ana", "ben")
    mine, theirs = await ana.group(ben), await ana.group()
    for number in range(12):
        await ana.send(mine, f"needle {number}")
        await ana.send(theirs, f"needle secret {number}")
    texts: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        params = {"query": "needle", "limit": 5, "cursor": cursor}
        page = await ben.call("GET", "/api/search", params=params)
        assert len(page["results"]) == 5 or page["cursor"] is None
        texts += [result["message"]["text"] for result in page["results"]]
        cursor = page["cursor"]
    assert texts == [f"needle {number}" for number in range(11, -1, -1)]


async def test_others_words_change_nothing(home: Home) -> None:
    """What the searcher may not read is neither found nor has it any influence on the answer."""
    ana, eve = await home.register_all("ana", "eve")
    secret = secrets.token_hex(6)
    group = await ana.group()
    await ana.send(group, f"word {secret}")
    before = await eve.call("GET", "/api/search", params={"query": secret})
    assert before == {"results": [], "cursor": None}
    await eve.refused("conversation_not_found", "GET", "/api/search", params={"query": "x", "conversation": group})
    await eve.refused("conversation_not_found", "GET", "/api/search", params={"query": "x", "conversation": "g_none"})


@pytest.mark.parametrize(
    "params",
    [{}, {"query": "   "}, {"query": "x", "cursor": "nonsense"}, {"query": "x", "has": "feathers"}],
    ids=["nothing", "blank", "wrong cursor", "wrong has"],
)
async def test_a_search_for_nothing_is_refused(home: Home, params: dict[str, str]) -> None:
    """A search says what for; a cursor is one that a page gave."""
    ana = await home.register()
    await ana.refused("invalid_request", "GET", "/api/search", params=params)
