"""The report's section 4, step by step: everything deleted; 10 users; 5 conversations, 15 more; 5 messages, 15 more."""

import time
from collections.abc import Awaitable, Callable
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


class _Planned(Struct, frozen=True):
    """A step: its name, what is done, and how many things that adds."""

    name: str
    work: Callable[[], Awaitable[object]]
    added: int


async def run(maker: Maker, results: Results, samples: int, progress: Progress) -> None:
    """All of it, in a home that is made for it and removed; nothing where it is in the results already."""
    if PART in results.done():
        return
    await maker.remove(PART)
    place = await maker.open(PART)
    found: list[Step] = []
    try:
        for number, step in enumerate(_steps(place, progress)):
            used = await place.use(step.work)
            found += [_table(place, step, used, table, samples) for table in place.tables]
            progress("The report's steps", number + 1, len(STEPS))
    finally:
        await place.close()
        await maker.remove(PART)
    results.append(*found, Done(part=PART))


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


def _table(place: Place, step: _Planned, used: Used, table: str, samples: int) -> Step:
    partition = f"@{USERS[0]}" if table == "Chat-Index" else FIRST
    for _ in range(_WARM):
        place.query(table, partition, LIMIT)
        place.scan(table)
    size, units = place.size(table), used.units.get(table)
    return Step(
        step=step.name,
        table=table,
        query=[_timed(lambda: place.query(table, partition, LIMIT)) for _ in range(samples)],
        scan=[_timed(lambda: place.scan(table)) for _ in range(samples)],
        found=place.query(table, partition, LIMIT),
        read_query=place.read_by_query(table, partition, LIMIT),
        read_scan=place.read_by_scan(table),
        reads_in=place.reads_in,
        written=None if place.reads_in == "rows" else (units.written if units else 0),
        pages=used.pages,
        added=step.added,
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
