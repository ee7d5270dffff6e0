"""The history checker itself: it accepts what keeps the contract, and names the rule that a planted fault breaks."""

from functools import cache
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.history.checker import assert_held, check
from tests.history.events import Connect, Disconnect, History, Overview, Push, ReadLog, ReadMessages, Send
from tests.history.faults import FAULTS, Fault
from tests.history.rules import Rule
from tests.history.scene import Scene
from tests.history.simulated import simulate

SEEDS = range(200)
ENOUGH = 20
"""Histories in which each fault is planted, where so many of the seeds have a place for it."""
history_of = cache(simulate)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32), steps=st.integers(0, 400))
def test_accepts_every_history_that_keeps_the_contract(seed: int, steps: int) -> None:
    """Concurrency, lost answers, retries, reconnections, removals and jumping clocks alone are no violation."""
    assert check(simulate(seed, steps)) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.plant.__name__)
def test_names_the_rule_that_a_planted_fault_breaks(fault: Fault) -> None:
    """Wherever a fault is planted into a correct history, the checker finds it under the name of its rule."""
    planted = 0
    for seed in SEEDS:
        broken = fault.plant(Scene(history_of(seed), Random(seed)))
        if broken is None:
            continue
        planted += 1
        assert fault.rule in {violation.rule for violation in check(broken)}, f"missed in the history of seed {seed}"
        if planted == ENOUGH:
            break
    assert planted >= 3, "the simulated histories hardly have a place for this fault"


def test_every_rule_has_a_planted_fault() -> None:
    """No rule stands unproved: each is broken by some fault."""
    assert {fault.rule for fault in FAULTS} == set(Rule)


def test_planting_leaves_the_original_alone() -> None:
    """A fault is planted into a copy, so that one history serves many faults."""
    history = simulate(7)
    before = msgspec.json.encode(history)
    for fault in FAULTS:
        fault.plant(Scene(history, Random(1)))
    assert msgspec.json.encode(history) == before


def test_simulated_histories_hold_what_there_is_to_check() -> None:
    """The accepted histories are not empty: every kind of observation is in them, retries and hidden entries too."""
    events = [event for seed in SEEDS for event in history_of(seed).events]
    kinds = {type(event) for event in events}
    assert {Send, Push, ReadLog, ReadMessages, Overview, Connect, Disconnect} <= kinds
    assert {e.outcome.value for e in events if isinstance(e, Send)} == {"done", "repeated", "refused", "unknown"}
    assert any(e.entry["kind"] == "hidden" for e in events if isinstance(e, Push))


def test_a_history_survives_being_written_down() -> None:
    """A history that failed can be kept as JSON and checked again."""
    history = simulate(3)
    again = msgspec.json.decode(msgspec.json.encode(history), type=History)
    assert again == history
    assert_held(again)


def test_a_broken_contract_fails_with_the_name_of_the_rule() -> None:
    """`assert_held` says which rule was broken, where, by whom."""
    history = simulate(3)
    view = next(event for event in history.events if isinstance(event, Overview))
    wrong = msgspec.structs.replace(view, unread=view.unread + 1)
    history.events[history.events.index(view)] = wrong
    with pytest.raises(AssertionError, match=f"unread: {view.username} had {view.unread + 1} unread"):
        assert_held(history)
