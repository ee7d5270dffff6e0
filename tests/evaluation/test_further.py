"""The larger sizes: what is measured, that a run can be stopped and gone on with, and that capacity is constant."""

import asyncio
from pathlib import Path

import pytest
from tests.emulators.emulators import Emulator
from tests.evaluation.runs import on_emulator, plan, quiet, run

from tertulia.adapters.dynamodb.search import SEARCH_UNITS
from tertulia.evaluation import further, running
from tertulia.evaluation.filling import NEEDLE, NEEDLES, Drawn, records, text_of
from tertulia.evaluation.further import SERIES
from tertulia.evaluation.further_page import constant
from tertulia.evaluation.places import UnavailableHomeError
from tertulia.evaluation.results import Begun, Results, read
from tertulia.evaluation.sqlite_place import SqliteMaker
from tertulia.homes.offline import check_home
from tertulia.ports.portable import PortableEntry

MESSAGES = SERIES[0]
LOG_OPERATIONS = {
    "append",
    "last page",
    "page in the middle",
    "catching up by 100",
    "list of conversations",
    "unread",
    "search",
}


def test_sizes_are_those_of_the_issue() -> None:
    """10^2 to 10^6 messages and 10^7 with --large; 10 to 10^5 conversations; 10 to 10^4 users and members."""
    most = 10**7
    assert MESSAGES.sizes(most) == [10**n for n in range(2, 7)]
    assert MESSAGES.sizes(most, large=True)[-1] == 10**7
    assert [series.sizes(most)[-1] for series in SERIES[1:]] == [10**5, 10**4, 10**4]
    assert [series.sizes(most, large=True)[-1] for series in SERIES[1:]] == [10**5, 10**4, 10**4]
    assert MESSAGES.sizes(1000) == [100, 1000]


@pytest.mark.parametrize("messages", [100, 1000, 10_000])
def test_what_is_searched_for_is_as_often_in_each_size(messages: int) -> None:
    found = [number for number in range(1, messages + 1) if NEEDLE in text_of(number, messages)]
    assert len(found) == NEEDLES
    assert len({len(text_of(number, messages)) for number in range(1, messages + 1)}) == 1


@pytest.mark.parametrize(("members", "messages"), [(2, 0), (2, 1), (2, 300), (40, 7)])
async def test_a_home_that_was_filled_is_in_order(members: int, messages: int, tmp_path: Path) -> None:
    """What is made up is what appending would have made: `tertulia check` finds nothing wrong with it."""
    drawn = Drawn(name="g", members=[f"p{n}" for n in range(members)], messages=messages, began=further.BEGAN)
    assert sum(isinstance(record, PortableEntry) for record in records(drawn)) == drawn.entries
    place = await SqliteMaker(tmp_path).open("x")
    try:
        await place.fill(iter([drawn]), drawn.entries, quiet)
        found = await place.store.member("g", "p0")
        assert found is not None
        assert found[0].messages == messages
    finally:
        await place.close()
    checked = check_home(tmp_path / "x", quiet)
    assert checked.problems == []
    assert checked.entries == drawn.entries


@pytest.mark.slow
async def test_a_run_measures_each_operation_at_each_size(tmp_path: Path) -> None:
    """As often as asked, and nothing stays but results."""
    results = await run(SqliteMaker(tmp_path / "homes"), tmp_path, plan(further=True, largest=100, rounds=3))
    for series in SERIES:
        samples = results.samples(series.name)
        assert series.accounts or set(samples) == LOG_OPERATIONS
        for by_size in samples.values():
            assert {size: len(each) for size, each in by_size.items()} == dict.fromkeys(series.sizes(100), 3)
    assert [path.name for path in tmp_path.iterdir()] == ["results.jsonl"]
    assert list(read(results.path)) == results.records
    assert {row["operation"] for row in running.outcome(results)["further"]} >= LOG_OPERATIONS


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["entries", "rounds"])
async def test_a_run_that_is_stopped_goes_on(stage: str, tmp_path: Path) -> None:
    """Stopped while it fills or measures, it does the rest later and nothing twice."""
    maker, asked = SqliteMaker(tmp_path / "homes"), plan(rounds=45)
    results = running.begin(maker, tmp_path, asked)
    seen: list[int] = []

    def stop(what: str, done: int, _total: int) -> None:
        if what.endswith(stage) and done > 22 * (stage == "rounds"):
            seen.append(done)
            loop.call_soon_threadsafe(task.cancel)

    loop = asyncio.get_running_loop()
    task = loop.create_task(further.run(maker, results, MESSAGES, [100, 1000], stop))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen
    assert (tmp_path / "homes" / "messages-100").is_dir()
    again = running.begin(maker, tmp_path, asked)
    done = {size: len(each) for by_size in again.samples("messages").values() for size, each in by_size.items()}
    assert done == ({} if stage == "entries" else {100: 20, 1000: 20})
    await further.run(maker, again, MESSAGES, [100, 1000], quiet)
    for by_size in again.samples("messages").values():
        assert {size: len(each) for size, each in by_size.items()} == {100: 45, 1000: 45}
    assert not (tmp_path / "homes").exists()


async def test_what_a_stopped_run_left_can_be_removed(tmp_path: Path) -> None:
    maker = SqliteMaker(tmp_path / "homes")
    results = running.begin(maker, tmp_path, plan(further=True))
    place = await maker.open("messages-100")
    await place.close()
    await running.discard(maker, results)
    assert [path.name for path in tmp_path.iterdir()] == ["results.jsonl"]


async def test_what_somebody_else_made_is_never_touched(tmp_path: Path) -> None:
    """A folder without the mark of the evaluation is neither used nor removed."""
    theirs = tmp_path / "homes" / "report"
    theirs.mkdir(parents=True)
    (theirs / "chat.db").write_text("precious")
    maker = SqliteMaker(tmp_path / "homes")
    await maker.remove("report")
    with pytest.raises(UnavailableHomeError):
        await maker.open("report")
    assert (theirs / "chat.db").read_text() == "precious"


async def test_results_of_another_home_are_not_gone_on_with(tmp_path: Path) -> None:
    maker = SqliteMaker(tmp_path / "homes")
    results = Results(tmp_path / "results.jsonl")
    begun = running.begin(maker, tmp_path / "other", plan()).begun
    results.append(Begun(**{**{f: getattr(begun, f) for f in begun.__struct_fields__}, "home": "dynamodb"}))
    with pytest.raises(UnavailableHomeError, match="another home"):
        running.begin(maker, tmp_path, plan())


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    """A crash while writing costs the last line and nothing else; garbage elsewhere is said."""
    maker = SqliteMaker(tmp_path / "homes")
    results = running.begin(maker, tmp_path, plan())
    with results.path.open("ab") as file:
        file.write(b'{"record":"sam')
    assert list(read(results.path)) == results.records
    results.path.write_bytes(b"nonsense\n")
    with pytest.raises(UnavailableHomeError, match="line 1"):
        list(read(results.path))


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_capacity_is_exactly_constant_on_dynamodb(ministack: Emulator, tmp_path: Path) -> None:
    """To the unit: what an operation costs doesn't depend on how long the history is. Search is the exception, bounded
    by SEARCH_UNITS: decision 0011 says why."""
    with on_emulator(ministack) as maker:
        results = running.begin(maker, tmp_path, plan(rounds=2))
        await further.run(maker, results, MESSAGES, [300, 1000], quiet)
    units = results.units("messages")
    assert set(units) == LOG_OPERATIONS
    assert [name for name, by_size in units.items() if not constant(by_size)] == ["search"]
    assert all(used.read[0] < SEARCH_UNITS for used in units["search"].values())
    assert all(sum(used.written) == 64 * 6 + 2 for used in units["append"].values())
    assert ministack.tables("tertulia-evaluate-messages") == set()
