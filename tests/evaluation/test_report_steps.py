"""The report's own evaluation, on real homes, against numbers that are known beforehand."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.emulators.emulators import Emulator, template
from tests.emulators.tables import dynamodb_client
from tests.evaluation.runs import on_emulator, plan, quiet, run

from tertulia.adapters.dynamodb.sizes import item_bytes
from tertulia.deployment.resources import template_tables
from tertulia.evaluation.report_steps import LIMIT, MEMBERS, STEPS, USERS
from tertulia.evaluation.results import Results, Step
from tertulia.evaluation.sqlite_place import SqliteMaker
from tertulia.evaluation.steps_page import users_sentence, verdicts

CONVERSATIONS, MESSAGES = 20, 20
ITEMS_BEGUN = 2 + 2 * MEMBERS
"""Of one conversation: head, first entry, and for each member the row and the place in the own list."""


def by_step(results: Results, table: str) -> dict[str, Step]:
    found = {step.step: step for step in results.steps() if step.table == table}
    assert tuple(found) == STEPS
    return found


@pytest.fixture(scope="module")
def sqlite_run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("sqlite")
    return asyncio.run(run(SqliteMaker(folder / "homes"), folder, plan()))


@pytest.fixture(scope="module")
def dynamodb_run(ministack: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    with on_emulator(ministack) as maker:
        yield asyncio.run(run(maker, tmp_path_factory.mktemp("dynamodb"), plan()))


def test_sqlite_has_the_items_that_twenty_conversations_make(sqlite_run: Results) -> None:
    """A head and a row for each member; an entry for each beginning and each message."""
    conversations, messages = by_step(sqlite_run, "Chat-Conversations"), by_step(sqlite_run, "Chat-Messages")
    assert [step.items for step in conversations.values()] == [0, 0, *(n * (1 + MEMBERS) for n in (5, 20, 20, 20))]
    assert [step.items for step in messages.values()] == [0, 0, 5, 20, 25, 40]
    assert [step.read_scan for step in messages.values()] == [0, 0, 5, 20, 25, 40]
    assert [step.read_query for step in messages.values()] == [0, 0, 1, 1, LIMIT, LIMIT]
    assert [step.bytes > 0 for step in messages.values()] == [False, False, True, True, True, True]
    assert all(step.written is None for step in sqlite_run.steps())


def test_sqlite_says_how_much_it_wrote(sqlite_run: Results) -> None:
    """Pages of its log: none for users, some for each conversation and message."""
    pages = [step.pages for step in by_step(sqlite_run, "Chat-Messages").values()]
    assert pages[:2] == [0, 0]
    assert all(each is not None and each >= added for each, added in zip(pages[2:], (5, 15, 5, 15), strict=True))


@pytest.mark.slow
def test_dynamodb_has_the_items_that_twenty_conversations_make(dynamodb_run: Results) -> None:
    last = {table: by_step(dynamodb_run, table)[STEPS[-1]].items for table in ("Chat-Conversations", "Chat-Messages")}
    assert last == {"Chat-Conversations": CONVERSATIONS * (1 + MEMBERS), "Chat-Messages": MESSAGES}
    assert by_step(dynamodb_run, "Chat-Changes")[STEPS[-1]].items == CONVERSATIONS
    index = by_step(dynamodb_run, "Chat-Index")
    assert [step.items for step in index.values()] == [0, 0, 15, 60, 65, 80]
    assert by_step(dynamodb_run, "Chat-Search")[STEPS[-1]].items == 0


@pytest.mark.slow
def test_dynamodb_uses_the_units_that_are_known(dynamodb_run: Results) -> None:
    """Two for each item of a transaction: head, entry, rows and lists of a beginning; head, entry and client id of a
    message."""
    written: dict[str, list[float | None]] = {}
    for step in dynamodb_run.steps():
        written.setdefault(step.step, []).append(step.written)
    sums = [sum(each or 0 for each in written[name]) for name in STEPS]
    assert sums == [0, 0, 5 * 2 * ITEMS_BEGUN, 15 * 2 * ITEMS_BEGUN, 5 * 6, 15 * 6]
    messages = by_step(dynamodb_run, "Chat-Messages")
    assert [step.written for step in messages.values()] == [0, 0, 0, 0, 10, 30]
    assert {step.read_query for step in dynamodb_run.steps()} == {1}


@pytest.mark.slow
def test_dynamodb_has_the_bytes_that_its_rule_gives(ministack: Emulator, tmp_path: Path) -> None:
    """What is reported is what the items are, counted by somebody else."""
    table, seen = "Chat-Conversations", []

    async def look() -> None:
        with on_emulator(ministack) as maker:
            place = await maker.open("bytes")
            try:
                from tertulia.evaluation.report_steps import _steps

                for step in _steps(place, quiet)[:4]:
                    await place.use(step.work)
                items = dynamodb_client(ministack).scan(TableName=f"tertulia-evaluate-bytes-{table}")["Items"]
                seen.append((place.size(table).bytes, sum(map(item_bytes, items)), place.read_by_scan(table)))
            finally:
                await place.close()
                await maker.remove("bytes")

    asyncio.run(look())
    ((said, counted, units),) = seen
    assert said == counted > 0
    assert units == -(-counted // 4096)


@pytest.mark.slow
@pytest.mark.parametrize("home", ["sqlite_run", "dynamodb_run"])
def test_adding_users_changes_no_table(home: str, request: pytest.FixtureRequest) -> None:
    """As in the report: people are in the accounts."""
    results = request.getfixturevalue(home)
    for table in {step.table for step in results.steps()}:
        steps = by_step(results, table)
        assert (steps[STEPS[0]].items, steps[STEPS[0]].bytes) == (steps[STEPS[1]].items, steps[STEPS[1]].bytes)
        assert steps[STEPS[1]].added == len(USERS)
    assert "no table changed" in users_sentence(results.steps())


@pytest.mark.slow
def test_capacity_of_a_query_does_not_grow(dynamodb_run: Results) -> None:
    """The report's verdict, drawn by the rule, and exactly."""
    found = {row[0]: growth for row, growth in verdicts(dynamodb_run.steps())}
    for table in ("Chat-Conversations", "Chat-Messages"):
        assert found[f"`{table}`: units read by a query"].exact
    assert found["`Chat-Messages`: units written for each of the messages"].exact
    assert found["`Chat-Conversations`: units written for each of the conversations"].exact


@pytest.mark.slow
def test_the_dynamodb_run_leaves_nothing(dynamodb_run: Results, ministack: Emulator) -> None:
    """Its tables are gone, and its pool; others are untouched."""
    assert ministack.tables("tertulia-evaluate-report") == set()
    pools = ministack.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]
    assert [pool for pool in pools if pool["Name"].startswith("tertulia-evaluate-report")] == []
    assert dynamodb_run.steps()


def test_tables_are_made_as_the_template_says() -> None:
    """The lines that are read of it say what YAML says."""
    expected: dict[str, Any] = {}
    for resource in template()["Resources"].values():
        if resource["Type"] == "AWS::DynamoDB::Table":
            properties = resource["Properties"]
            name = properties["TableName"]["Fn::Sub"].removeprefix("${Prefix}")
            expected[name] = {key: properties[key] for key in ("AttributeDefinitions", "KeySchema")}
    assert {table.name: table.definition for table in template_tables()} == expected
