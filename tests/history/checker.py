"""Decides whether the contract held in a recorded history. No server, no clock: events and logs in, violations out."""

from collections.abc import Callable, Iterator
from typing import Final

from tests.history.cursor_rules import check_cursors, check_unread
from tests.history.events import History
from tests.history.log_rules import check_durable, check_invented, check_once, check_order
from tests.history.rules import Rule, Violation
from tests.history.seen_rules import check_content, check_gaps, check_private, check_pushed
from tests.history.truth import Truth, truths

Check = Callable[[Truth, History], Iterator[tuple[Rule, str]]]

CHECKS: Final[tuple[Check, ...]] = (
    check_order,
    check_once,
    check_durable,
    check_invented,
    check_content,
    check_private,
    check_gaps,
    check_pushed,
    check_unread,
    check_cursors,
)


def check(history: History, *, at_most: int = 50) -> list[Violation]:
    """The violations, at most so many of each check and conversation; none where the contract held."""
    found: list[Violation] = []
    for name, truth in truths(history).items():
        for one in CHECKS:
            for count, (rule, sentence) in enumerate(one(truth, history)):
                if count == at_most:
                    break
                found.append(Violation(rule, name, sentence))
    return found


def assert_held(history: History) -> None:
    """Fails with every violation by name."""
    violations = check(history)
    assert not violations, "The contract was broken:\n" + "\n".join(str(violation) for violation in violations)
