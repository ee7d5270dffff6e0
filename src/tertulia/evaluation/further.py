"""Where the report didn't go: the same operations at sizes from tens to millions.

Homes of every size stand side by side and are measured in turns, so that whatever else the machine does falls on all of
them alike. What is measured is the store, the search and the accounts, without the network and HTTP.
"""

import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

from msgspec import Struct

from tertulia.domain import limits
from tertulia.domain.members import Member
from tertulia.evaluation.filling import NEEDLE, STEP, Drawn, name_of, text_of
from tertulia.evaluation.places import Maker, Place, Progress, Used
from tertulia.evaluation.report_steps import append
from tertulia.evaluation.results import Done, Filled, Results, Samples, Skipped, UnitsUsed
from tertulia.ports.search import Search, SearchQuery
from tertulia.ports.store import Store

BEGAN: Final = 1_700_000_000_000_000
"""When the made-up conversations began, in microseconds: always the same, so that filling can be repeated."""
CATCH_UP: Final = 100
LISTED: Final = 5
"""Conversations of a page of the list, and messages of one of a search: no more than half of what the smallest size
has."""
_ALIGNED: Final = 64
"""Catching up begins at a multiple of this, so that it is the same work at each size: see decision 0010, `seq#`."""
_TURNS: Final = 20
"""Rounds after which the samples are written down."""
UNITS_ROUNDS: Final = 64
"""Operations whose use is counted: as many as there are entries from one `seq#` to the next."""
_MEMBERS: Final = ("p1", "p2")
_SAID: Final = 200
"""Messages of the conversation whose number of members varies."""

Work = Callable[[], Awaitable[object]]


class Series(Struct, frozen=True):
    """One thing that grows. `unit` is what its sizes count, `smallest` and `largest` are powers of ten."""

    name: str
    title: str
    unit: str
    smallest: int
    largest: int
    accounts: bool = False

    def sizes(self, most: int, *, large: bool = False) -> list[int]:
        """Each power of ten, up to `most`; ten times as many messages where it is `large`."""
        end = self.largest * (10 if large and self.name == "messages" else 1)
        powers = (10**power for power in range(1, 9))
        return [size for size in powers if self.smallest <= size <= min(end, most)]


SERIES: Final = (
    Series("messages", "Messages of one conversation", "messages", 100, 1_000_000),
    Series("conversations", "Conversations of one person", "conversations", 10, 100_000),
    Series("users", "Users", "users", 10, 10_000, accounts=True),
    Series("members", "Members of one conversation", "members", 100, 10_000),
)


async def run(maker: Maker, results: Results, series: Series, sizes: Sequence[int], progress: Progress) -> None:
    """One series; what the results have already is not done again. Its homes are removed when it is done; where it is
    stopped before, they stay, so that it can be gone on with."""
    if series.name in results.done():
        return
    async with _opened(maker, series, sizes) as places:
        if series.accounts and any(place.accounts is None for place in places.values()):
            results.append(Skipped(series=series.name, reason="This home has no accounts of its own."))
        else:
            for size, place in places.items():
                await _fill(place, results, series, size, progress)
            await _measure(places, results, series, progress)
            await _count(places, results, series, progress)
    for size in sizes:
        await maker.remove(_name(series, size))
    results.append(Done(part=series.name))


async def discard(maker: Maker, sizes: Callable[[Series], Sequence[int]]) -> None:
    """Removes what a run that was stopped has left."""
    for series in SERIES:
        for size in sizes(series):
            await maker.remove(_name(series, size))


def _name(series: Series, size: int) -> str:
    return f"{series.name}-{size}"


@asynccontextmanager
async def _opened(maker: Maker, series: Series, sizes: Sequence[int]) -> AsyncIterator[dict[int, Place]]:
    places: dict[int, Place] = {}
    try:
        for size in sizes:
            places[size] = await maker.open(_name(series, size))
        yield places
    finally:
        for place in places.values():
            await place.close()


async def _fill(place: Place, results: Results, series: Series, size: int, progress: Progress) -> None:
    def tell(what: str, done: int, total: int) -> None:
        progress(f"{series.title}, {size:,}: {what.lower()}", done, total)

    new = _name(series, size) not in results.filled()
    if series.accounts and new:
        await place.add_users([f"p{number}" for number in range(1, size + 1)], tell)
    if not series.accounts:
        total = sum(each.entries for each in drawn(series, size))
        if new:
            await place.fill(drawn(series, size), total, tell)
        # A conversation of one message waits for more before DynamoDB's index has it: see decision 0011.
        await place.settle([each.name for each in drawn(series, size) if each.messages > 1], total, tell)
    if new:
        results.append(Filled(name=_name(series, size)))


def drawn(series: Series, size: int) -> Iterator[Drawn]:
    """What a home of that size has."""
    match series.name:
        case "messages":
            yield Drawn(name="g_0", members=_MEMBERS, messages=size, began=BEGAN)
        case "members":
            # Those that a list shows are the same ones at each size.
            members = [*_MEMBERS, *(f"p{number:05}" for number in range(3, size + 1))]
            yield Drawn(name="g_0", members=members, messages=_SAID, began=BEGAN)
        case _:
            for number in range(size):
                # Ids that are in their order, and messages that are too.
                name, began = f"g_{number:07}", BEGAN + number * 10 * STEP
                yield Drawn(name=name, members=_MEMBERS, messages=1, began=began)


async def _measure(places: dict[int, Place], results: Results, series: Series, progress: Progress) -> None:
    """In turns: one round is each operation once at each size."""
    rounds = results.begun.rounds
    known = results.samples(series.name)
    done = min((len(samples) for by_size in known.values() for samples in by_size.values()), default=0)
    work = {size: await _operations(series, size, place, place.store, place.search) for size, place in places.items()}
    for operations in work.values():
        for call in operations.values():
            for _ in range(3):
                await call()
    while done < rounds:
        turns = min(_TURNS, rounds - done)
        taken: dict[tuple[str, int], list[float]] = {}
        for turn in range(turns):
            for size, name in _shuffled(work, done + turn):
                call = work[size][name]
                began = time.perf_counter()
                await call()
                taken.setdefault((name, size), []).append(time.perf_counter() - began)
            progress(f"{series.title}: rounds", done + turn + 1, rounds)
        done += turns
        results.append(
            *(Samples(series=series.name, operation=o, size=s, seconds=each) for (o, s), each in taken.items())
        )


def _shuffled(work: dict[int, dict[str, Work]], turn: int) -> list[tuple[int, str]]:
    """Each size and operation once, in an order of each turn's own: what comes before leaves its traces in caches and
    threads, and must not be the same each time."""
    order = [(size, name) for size, operations in work.items() for name in operations]
    random.Random(turn).shuffle(order)  # noqa: S311 - an order, not a secret
    return order


async def _count(places: dict[int, Place], results: Results, series: Series, progress: Progress) -> None:
    """What each operation uses, apart from the timing, so that counting costs no time."""
    if series.accounts:
        return
    for number, (size, place) in enumerate(places.items(), start=1):
        operations = await _operations(series, size, place, *place.metered)
        for name, call in operations.items():
            used = [await place.use(call) for _ in range(UNITS_ROUNDS if name == "append" else 1)]
            results.append(_used(series, name, size, used))
        progress(f"{series.title}: use", number, len(places))


def _used(series: Series, operation: str, size: int, used: Sequence[Used]) -> UnitsUsed:
    return UnitsUsed(
        series=series.name,
        operation=operation,
        size=size,
        read=[sum(units.read for units in each.units.values()) for each in used],
        written=[sum(units.written for units in each.units.values()) for each in used],
        pages=[each.pages for each in used if each.pages is not None],
    )


async def _operations(series: Series, size: int, place: Place, store: Store, search: Search) -> dict[str, Work]:
    """What is measured of a home of that size, by name."""
    if series.accounts:
        return _account_operations(place, size)
    some = _middle(series, size)
    found = await store.member(some.name, "p2")
    assert found is not None, "the home was filled"  # noqa: S101
    operations = _log_operations(store, some, found[1])

    async def look_for() -> object:
        return await search.search("p2", SearchQuery(terms=(NEEDLE,)), limit=LISTED)

    return {**operations, "search": look_for}


def _middle(series: Series, size: int) -> Drawn:
    """The conversation that is asked for: one in the middle, where there are several."""
    if series.name != "conversations":
        return next(drawn(series, size))
    number = size // 2
    return Drawn(name=f"g_{number:07}", members=_MEMBERS, messages=1, began=BEGAN + number * 10 * STEP)


def _log_operations(store: Store, some: Drawn, reader: Member) -> dict[str, Work]:
    middle = some.began + (some.entries - some.messages // 2) * STEP
    after = max(0, some.entries - CATCH_UP) // _ALIGNED * _ALIGNED
    page = limits.PAGE_DEFAULT
    before_it = some.name[:-1] if some.name != "g_0" else ""

    async def say() -> object:
        await append(store, some.name, "p1", uuid4().hex, text_of(1, 1_000))
        return None

    async def list_conversations() -> object:
        return await store.memberships("p2", after=before_it, limit=LISTED, members=limits.MEMBERS_IN_LIST)

    async def count_unread() -> object:
        return await store.membership(some.name, "p2")

    return {
        "append": say,
        "last page": lambda: store.messages(some.name, reader, limit=page),
        "page in the middle": lambda: store.messages(some.name, reader, before=middle, limit=page),
        "catching up by 100": lambda: store.log(some.name, reader, after=after, limit=CATCH_UP),
        "list of conversations": list_conversations,
        "unread": count_unread,
    }


def _account_operations(place: Place, size: int) -> dict[str, Work]:
    accounts = place.accounts
    assert accounts is not None, "series of accounts are for homes that have them"  # noqa: S101
    return {
        "directory, two letters": lambda: accounts.directory("pe", limit=5),
        "directory, a name": lambda: accounts.directory(name_of(f"p{size // 2}"), limit=5),
        "one user": lambda: accounts.user(f"p{size // 2}"),
        "ten users": lambda: accounts.users([f"p{number}" for number in range(1, 11)]),
    }
