"""What each operation of the store costs in DynamoDB: known, and flat. `units.json` is the table."""

import json
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.dynamodb.long_logs import write_messages
from tests.adapters.dynamodb.metering import Meter
from tests.contracts import store_adapters as do
from tests.emulators.emulators import Emulator
from tests.emulators.tables import dynamodb_client

from tertulia.adapters.dynamodb import items
from tertulia.adapters.dynamodb.attributes import attributes
from tertulia.adapters.dynamodb.items import Head, Recent
from tertulia.adapters.dynamodb.sizes import item_bytes
from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.adapters.memory.clock import SetClock
from tertulia.domain import limits
from tertulia.domain.conversations import Conversation, direct_id
from tertulia.domain.entries import ConversationKind
from tertulia.domain.limits import GROUP_CREATE_MEMBERS_MAX
from tertulia.domain.members import Role

pytestmark = pytest.mark.slow

EXPECTED: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "units.json").read_text())
TEXT = "x" * 500
ID = "0190b8f0-9f0a-7c3e-8d53-5d1f6f6b2a{:02}"
OTHERS = [f"user{n:02}" for n in range(GROUP_CREATE_MEMBERS_MAX)]


class Bench:
    """A store, and what was measured on it."""

    def __init__(self, store: DynamoStore, meter: Meter) -> None:
        self.store = store
        self.found: dict[str, Any] = {}
        self._meter = meter

    async def measure(self, name: str, operation: Awaitable[Any]) -> Any:
        self._meter.reset()
        answer = await operation
        self.found[name] = self._meter.cost()
        return answer

    def check(self, group: str) -> None:
        """The table has what was measured, and nothing else."""
        assert self.found == EXPECTED[group]


@pytest.fixture
async def bench(ministack: Emulator) -> AsyncIterator[Bench]:
    meter = Meter(dynamodb_client(ministack))
    async with do.on_tables(ministack, SetClock(), meter) as store:
        yield Bench(store, meter)


@pytest.mark.parametrize("history", [10, 100, 1000])
async def test_what_is_done_in_a_conversation_costs_the_same_at_any_length(bench: Bench, history: int) -> None:
    """At 10, 100 and 1,000 messages."""
    store, measure = bench.store, bench.measure
    await do.begin(store, "ben", "carla")
    await write_messages(store, history)
    first = await measure("send 500 bytes", do.send(store, "ana", TEXT, ID.format(1)))
    stamp = do.timestamp(first)
    await measure("send again", do.send(store, "ana", TEXT, ID.format(1)))
    await measure("reply", do.send(store, "ben", TEXT, ID.format(2), reply_to=stamp))
    await measure("edit", do.edit(store, "ana", stamp, TEXT))
    await measure("react", do.react(store, "ben", stamp, "👍"))
    ana = await do.reader(store, "ana")
    await measure("versions of a message", store.versions(do.GROUP, ana, stamp, limit=50))
    await measure("delete", do.delete(store, "ana", stamp))
    await measure("title", do.title(store, "T"))
    await measure("add a member", do.add(store, "dora"))
    await measure("change a role", do.change_role(store, "dora", Role.ADMIN))
    await measure("remove a member", do.remove(store, "dora"))
    latest = do.timestamp(await do.send(store, "ana", TEXT, ID.format(3)))
    older = latest - 2
    await measure("move a cursor to an older message", store.move_cursor(do.GROUP, "carla", older))
    await measure("move a cursor to the end", store.move_cursor(do.GROUP, "carla", latest))
    await measure("move a cursor nowhere", store.move_cursor(do.GROUP, "carla", older))
    carla = (await measure("member", store.member(do.GROUP, "carla")))[1]
    await measure("membership", store.membership(do.GROUP, "carla", members=limits.MEMBERS_IN_LIST))
    await measure("audience of three", store.audience(do.GROUP))
    await measure("message", store.message(do.GROUP, carla, latest))
    await measure("page of 5", store.messages(do.GROUP, carla, limit=5))
    thread = await measure("thread of 2", store.messages(do.GROUP, carla, thread=stamp, limit=limits.PAGE_DEFAULT))
    assert len(thread) == 2
    head, _ = await store.member(do.GROUP, "ana") or pytest.fail("no head")
    await measure("log, nothing new", store.log(do.GROUP, carla, after=head.seq, limit=limits.LOG_PAGE_MAX))
    bench.check("conversation")


@pytest.mark.parametrize("history", [136, 1032])
async def test_pages_cost_the_same_at_any_length(bench: Bench, history: int) -> None:
    """A page of 50 short messages is one query, and catching up reads 63 entries too many at the most."""
    store, measure = bench.store, bench.measure
    await do.begin(store, "ben")
    await write_messages(store, history)
    ben = await do.reader(store, "ben")
    last = await measure("page of 50", store.messages(do.GROUP, ben, limit=50))
    before = last[0].timestamp
    assert len(await measure("page of 50, older", store.messages(do.GROUP, ben, before=before, limit=50))) == 50
    worst = (history + 1) // 64 * 64 - 1
    found, _ = await measure("log of 10", store.log(do.GROUP, ben, after=worst, limit=limits.LOG_PAGE_MAX))
    assert len(found) == 10
    assert len((await measure("log, 10 of many", store.log(do.GROUP, ben, after=5, limit=10)))[0]) == 10
    bench.check("pages")


async def test_a_milestone_costs_two_more(bench: Bench) -> None:
    """Every 64th entry."""
    await do.begin(bench.store)
    await write_messages(bench.store, 62)
    await bench.measure("send 500 bytes, the 64th", do.send(bench.store, "ana", TEXT, ID.format(1)))
    bench.check("milestone")


async def test_turns_cost_two_more_where_many_take_them(bench: Bench) -> None:
    """Up to seven people take turns for nothing; beyond, the row of whoever falls out of the head is written."""
    people = ["ana", *OTHERS[:7]]
    await do.begin(bench.store, *people[1:])
    for turn in range(2):
        for username in people[:7]:
            await do.send(bench.store, username, TEXT, ID.format(turn))
    await bench.measure("send, seven take turns", do.send(bench.store, people[0], TEXT, ID.format(2)))
    for username in people:
        await do.send(bench.store, username, TEXT, ID.format(3))
    await bench.measure("send, eight take turns", do.send(bench.store, people[0], TEXT, ID.format(4)))
    await bench.measure("send, the eighth is silent", do.send(bench.store, people[0], TEXT, ID.format(5)))
    bench.check("turns")


async def test_what_beginning_a_conversation_costs(bench: Bench) -> None:
    """By the number of its members."""
    store, measure = bench.store, bench.measure
    await measure("begin with two", do.begin(store, "ben", name=direct_id("ana", "ben")))
    await measure("begin again", do.begin(store, "ben", name=direct_id("ana", "ben")))
    await measure("begin with ten", do.begin(store, *OTHERS[:9], name="g_ten"))
    await measure("begin with ninety-one", do.begin(store, *OTHERS, name="g_many"))
    await measure("audience of ninety-one", store.audience("g_many"))
    await measure("members, a page of 200", store.members("g_many", limit=200))
    bench.check("beginning")


async def test_what_a_list_of_conversations_costs(bench: Bench) -> None:
    """One query of one's own list, then one for each conversation, whatever else there is."""
    store = bench.store
    for n in range(25):
        await do.begin(store, OTHERS[n], name=direct_id("ana", OTHERS[n]))
        await do.send(store, OTHERS[n], "x" * 200, "1", name=direct_id("ana", OTHERS[n]))
    await bench.measure("list of 20", store.memberships("ana", limit=20, members=limits.MEMBERS_IN_LIST))
    await bench.measure("list of 20, no members", store.memberships("ana", limit=20))
    await bench.measure("sharing with 20", store.sharing("ana", OTHERS[:20]))
    bench.check("lists")


async def test_what_a_deletion_of_many_edits_costs(bench: Bench) -> None:
    """Two for each edit."""
    await do.begin(bench.store)
    stamp = do.timestamp(await do.send(bench.store, "ana", TEXT, "1"))
    for n in range(10):
        await do.edit(bench.store, "ana", stamp, f"{n}")
    await bench.measure("delete, ten edits", do.delete(bench.store, "ana", stamp))
    bench.check("deletion")


def test_a_head_is_one_unit() -> None:
    """With eight recent authors of the longest names, and the longest title of ASCII, it is no larger than 1 KB."""
    recent = tuple(Recent(f"{n:0{limits.USERNAME_MAX}}", limits.TIMESTAMP_MAX, 10**7) for n in range(items.RECENT))
    conversation = Conversation(
        id=direct_id("a", "b"),
        kind=ConversationKind.DIRECT,
        created=limits.TIMESTAMP_MAX,
        seq=10**7,
        timestamp=limits.TIMESTAMP_MAX,
        messages=10**7,
        members=limits.GROUP_MEMBERS_MAX,
        owners=limits.GROUP_MEMBERS_MAX,
        title="x" * limits.TITLE_MAX,
    )
    head = items.head_item(Head(conversation, limits.TIMESTAMP_MAX, recent))
    size = item_bytes(attributes({**head, "conversation": conversation.id, "username": "#"}))
    assert size <= 1024 - 2 * limits.TITLE_MAX, "and twice the title's letters more are left for other scripts"


def test_the_table_has_no_more_groups_than_are_measured() -> None:
    """Both ways: each group of the table is checked by a test here."""
    checked = set(Path(__file__).read_text().split('bench.check("')[1:])
    assert {part.partition('"')[0] for part in checked if part[0].isalpha()} == set(EXPECTED)
