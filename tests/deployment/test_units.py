"""What each operation of the serverless home uses of AWS is what docs/costs.md says, to the unit."""

import asyncio
from pathlib import Path

import pytest
from tests.deployment.scene import COUNTED, SIZES, fixed_and_each, measure
from tests.emulators.emulators import Emulator

from tertulia.deployment.cost import ACTIONS, operations
from tertulia.deployment.cost_page import page
from tertulia.deployment.resources import read_table

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def measured(ministack: Emulator) -> dict[int, dict[str, dict[str, float]]]:
    """What each operation used, in a group of two and in one of ten."""
    return {members: asyncio.run(measure(ministack, members)) for members in SIZES}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_operation_uses_what_the_table_says(measured: dict[int, dict[str, dict[str, float]]]) -> None:
    """Write and read units, pushes, calls of Cognito and S3: none changes unnoticed, and none is left out.

    Where this fails because of a change that was meant: python -m tests.deployment.scene, then make docs.
    """
    small, large = (measured[members] for members in SIZES)
    found = {name: fixed_and_each(small[name], large[name]) for name in small}
    assert found == read_table("units.json")["operations"]


@pytest.mark.slow
def test_a_send_is_at_most_seven_write_units(measured: dict[int, dict[str, dict[str, float]]]) -> None:
    """Six for the message itself, whatever the group's size, and one for saying that it was pushed."""
    for used in measured.values():
        assert used["send"]["write_units"] == used["send_message"]["write_units"] == 7


@pytest.mark.slow
def test_each_member_gets_one_push_of_a_message(measured: dict[int, dict[str, dict[str, float]]]) -> None:
    """Delivery is what costs most, so nobody is told twice; the stream pushes nothing that was pushed."""
    for members, used in measured.items():
        assert used["send"]["posts"] == members
        assert used["stream"]["posts"] == 0


@pytest.mark.slow
def test_reading_does_not_write(measured: dict[int, dict[str, dict[str, float]]]) -> None:
    """What only looks costs reads, whatever the group's size."""
    names = ("list_conversations", "get_conversation", "list_members", "list_messages", "read_log", "search_messages")
    assert all(
        measured[members][name]["write_units"] == 0 for members in SIZES for name in (*names, "list_versions", "get_me")
    )


def test_every_action_is_in_the_table() -> None:
    """So that none costs what nobody has stated."""
    assert set(ACTIONS) | {"connect", "disconnect", "stream"} <= set(operations())


def test_the_table_holds_numbers_that_are_counted() -> None:
    """A misspelt one would be nothing."""
    known = {*COUNTED, *(f"{name}_each" for name in COUNTED)}
    assert {key for row in read_table("units.json")["operations"].values() for key in row} <= known


def test_the_page_of_costs_is_written_from_the_tables() -> None:
    """docs/costs.md says what the tables say; after a change: make docs."""
    assert (ROOT / "docs" / "costs.md").read_text() == page()
