"""The report's section 4, step by step: everything deleted; 10 users; 5 conversations, 15 more; 5 messages, 15 more."""

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Final

from msgspec import Struct

from tertulia.domain import messages
from tertulia.domain.entries import ConversationCreated, ConversationKind, Entry, MessageSent, Stamp
from tertulia.domain.members import MemberRole, Role
from tertulia.evaluation.filling import text_of
from tertulia.evaluation.places import Maker, Place, Progress, Used
from tertulia.evaluation.results import Done, Results, Step
from tertulia.ports.store import Append, Decision, Snapshot, Store

PART: Final = "report"
USERS: Final = tuple(f"p{number}" for number in range(1, 11))
MEMBERS: Final = 3
"""Of each conversation."""
LIMIT: Final = 5
"""Items of each query: the same question at each step, so that what changes is the table alone."""
FIRST: Final = "g_report_1"
"""The conversation that the queries ask for, and that gets the messages."""
_WARM: Final = 5
STEPS: Final = (
    "Everything deleted",
    "10 users",
    "5 conversations",
    "20 conversations",
    "5 messages",
    "20 messages",
)


HOMES: Final = tuple(f"{PART}-{number}" for number in range(len(STEPS)))
"""One for each step, in which it and those before it are taken."""


class _Planned(Struct, frozen=True):
    """A step: its name, what is done, and how many things that adds."""

    name: str
    work: Callable[[], Awaitable[object]]
    added: int


class _Taken(Struct, frozen=True):
    """A home after a step, and what the step used."""

    place: Place
    step: _Planned
    used: Used


async def run(maker: Maker, results: Results, samples: int, progress: Progress) -> None:
    """All of it, in homes that are made for it and removed; nothing where it is in the results already. The homes
    stand side by side and are asked in turns: a machine's speed drifts, and what is asked later would seem slower, or
    faster."""
    if PART in results.done():
        return
    await discard(maker)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(discard, maker)
        homes: list[_Taken] = []
        for number, name in enumerate(HOMES):
            place = await maker.open(name)
            stack.push_async_callback(place.close)
            *before, step = _steps(place, progress)[: number + 1]
            for earlier in before:
                await place.use(earlier.work)
            homes.append(_Taken(place, step, await place.use(step.work)))
        found = _measured(homes, samples, progress)
    results.append(*found, Done(part=PART))


async def discard(maker: Maker) -> None:
    """Removes the homes of a run, also of one that was stopped."""
    for name in HOMES:
        await maker.remove(name)


def _steps(place: Place, progress: Progress) -> list[_Planned]:
    store = place.metered[0]

    async def nothing() -> None:
        pass

    async def converse(first: int, last: int) -> None:
        for number in range(first, last + 1):
            await _begin(store, number)

    async def say(first: int, last: int) -> None:
        for number in range(first, last + 1):
            await append(store, FIRST, USERS[number % 2], f"m{number}", text_of(number, last + 1))

    return [
        _Planned(STEPS[0], nothing, 0),
        _Planned(STEPS[1], lambda: place.add_users(USERS, progress), len(USERS) if place.accounts else 0),
        _Planned(STEPS[2], lambda: converse(1, 5), 5),
        _Planned(STEPS[3], lambda: converse(6, 20), 15),
        _Planned(STEPS[4], lambda: say(1, 5), 5),
        _Planned(STEPS[5], lambda: say(6, 20), 15),
    ]


def _measured(homes: Sequence[_Taken], samples: int, progress: Progress) -> list[Step]:
    """Each table of each home, in an order of each turn's own."""
    asked = [(home, table) for home in homes for table in home.place.tables]
    queries: list[list[float]] = [[] for _ in asked]
    scans: list[list[float]] = [[] for _ in asked]
    for turn in range(-_WARM, samples):
        order = list(range(len(asked)))
        random.Random(turn).shuffle(order)  # noqa: S311 - an order, not a secret
        for number in order:
            home, table = asked[number]
            query, scan = _query(home.place, table), partial(home.place.scan, table)
            took = _timed(query), _timed(scan)
            if turn >= 0:
                queries[number].append(took[0])
                scans[number].append(took[1])
        progress("The report's steps", max(0, turn + 1), samples)
    return [_table(*asked[number], queries[number], scans[number]) for number in range(len(asked))]


def _query(place: Place, table: str) -> Callable[[], int]:
    return partial(place.query, table, _partition(table), LIMIT)


def _partition(table: str) -> str:
    return f"@{USERS[0]}" if table == "Chat-Index" else FIRST


def _table(home: _Taken, table: str, query: list[float], scan: list[float]) -> Step:
    place, units = home.place, home.used.units.get(table)
    size = place.size(table)
    return Step(
        step=home.step.name,
        table=table,
        query=query,
        scan=scan,
        found=_query(place, table)(),
        read_query=place.read_by_query(table, _partition(table), LIMIT),
        read_scan=place.read_by_scan(table),
        reads_in=place.reads_in,
        written=None if place.reads_in == "rows" else (units.written if units else 0),
        pages=home.used.pages,
        added=home.step.added,
        items=size.items,
        bytes=size.bytes,
    )


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


async def _begin(store: Store, number: int) -> None:
    members = [USERS[(number - 1 + place) % len(USERS)] for place in range(MEMBERS)]
    roles = tuple(MemberRole(name, Role.MEMBER if place else Role.OWNER) for place, name in enumerate(members))

    def decide(stamp: Stamp) -> Entry:
        return ConversationCreated(
            seq=stamp.seq, timestamp=stamp.timestamp, author=members[0], type=ConversationKind.GROUP, members=roles
        )

    await store.create(f"g_report_{number}", decide)


async def append(store: Store, name: str, author: str, client_id: str, text: str) -> None:
    """One message, as the service sends it."""

    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        number = snapshot.conversation.messages + 1
        entry = MessageSent(
            seq=stamp.seq, timestamp=stamp.timestamp, author=author, id=client_id, number=number, text=text
        )
        return Decision(entry, messages.digest(text, 0, ()))

    await store.append(Append(conversation=name, author=author, decide=decide, client_id=client_id))
