"""Searching: what is typed becomes a query, and pages hold every result once."""

import pytest
from tests.services.refused import refused
from tests.services.world import World, who

from tertulia.adapters.memory.rates import Unlimited
from tertulia.adapters.memory.search import MemorySearch
from tertulia.adapters.memory.store import MemoryStore
from tertulia.domain import limits
from tertulia.ports.search import Findings, SearchQuery
from tertulia.services.search import MessageSearch, parse_query


@pytest.mark.parametrize(
    ("text", "terms", "phrases"),
    [
        ("", (), ()),
        ("  ", (), ()),
        ("one two", ("one", "two"), ()),
        ('one "two three" four', ("one", "four"), ("two three",)),
        ('"" " "', (), ()),
        ('one "open tw', ("one",), ("open tw",)),
        ('12"x', ("12",), ("x",)),
        ("one “two three” „four five“", ("one",), ("two three", "four five")),
        ("你好 мир", ("你好", "мир"), ()),
    ],
)
def test_what_is_typed(text: str, terms: tuple[str, ...], phrases: tuple[str, ...]) -> None:
    """Words are terms, what stands in quotation marks is a phrase."""
    assert parse_query(text) == (terms, phrases)


def test_a_query_is_bounded() -> None:
    """In characters and in words: at the limit it is taken, one past it is not."""
    assert parse_query("x" * limits.SEARCH_QUERY_MAX)
    with refused("invalid_request"):
        parse_query("x" * (limits.SEARCH_QUERY_MAX + 1))
    words = " ".join("x" * limits.SEARCH_TERMS_MAX)
    assert len(parse_query(words)[0]) == limits.SEARCH_TERMS_MAX
    with refused("invalid_request"):
        parse_query(words + ' "y"')


@pytest.mark.parametrize("query", [SearchQuery(), SearchQuery(conversation="g")])
async def test_a_search_is_for_something(world: World, query: SearchQuery) -> None:
    """A conversation alone is no question."""
    with refused("invalid_request"):
        await world.chat.search.search(who("ana"), query, cursor="", limit=10)


async def test_pages_hold_every_result_once_and_the_newest_first(world: World, group: str) -> None:
    """Whatever the size of a page, also over several conversations."""
    direct = await world.direct("ana", "ben")
    sent = [await world.say("ana", (group, direct)[n % 2], f"word {n}") for n in range(7)]
    for limit in (1, 3, 7, 8):
        found: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page, cursor = await world.chat.search.search(
                who("ben"), SearchQuery(terms=("word",)), cursor=cursor, limit=limit
            )
            found += [each.message.text for each in page]
        assert sorted(found) == sorted(message.text for message in sent)
        assert len(found) == 7


class Tired(MemorySearch):
    """Looks at one message in a call, whoever may read it: a search whose bound is as tight as can be."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self._places = store

    async def search(
        self, reader: str, query: SearchQuery, *, before: tuple[int, str] | None = None, limit: int
    ) -> Findings:
        everything = sorted((stamp, name) for name, log in self._places.logs.items() for stamp in log.timestamps())
        left = [place for place in everything if before is None or place < before]
        if not left:
            return Findings([])
        found = (await super().search(reader, query, before=before, limit=1)).found
        here = [each for each in found if (each.message.timestamp, each.conversation) == left[-1]]
        return Findings(here, left[-1])


async def test_a_short_page_has_a_cursor_to_go_on_by(world: World, group: str) -> None:
    """Who goes on until there is none has everything once, however little each page has."""
    sent = [await world.say("ana", group, f"{'word' if n % 3 == 0 else 'other'} {n}") for n in range(7)]
    search = MessageSearch(world.store, Tired(world.store), Unlimited())
    found: list[str] = []
    pages, cursor = 0, ""
    while True:
        page, after = await search.search(who("ben"), SearchQuery(terms=("word",)), cursor=cursor, limit=5)
        found += [each.message.text for each in page]
        pages += 1
        if after is None:
            break
        cursor = after
    assert found == [message.text for message in reversed(sent) if message.text.startswith("word")]
    assert pages > len(sent)


async def test_a_conversation_that_is_not_ones_own_is_not_searched(world: World, group: str) -> None:
    """The answer is that of a conversation that doesn't exist."""
    await world.say("ana", group, "secret")
    for conversation in (group, "g_unknown"):
        with refused("conversation_not_found"):
            await world.chat.search.search(
                who("eve"), SearchQuery(terms=("secret",), conversation=conversation), cursor="", limit=10
            )
    assert await world.chat.search.search(who("eve"), SearchQuery(terms=("secret",)), cursor="", limit=10) == ([], None)


@pytest.mark.parametrize("cursor", ["x", "12", "-1.g", "1" * 17 + ".g", "٣.g"])
async def test_a_cursor_comes_from_an_earlier_page(world: World, cursor: str) -> None:
    """Anything else is refused."""
    with refused("invalid_request"):
        await world.chat.search.search(who("ana"), SearchQuery(terms=("x",)), cursor=cursor, limit=10)
