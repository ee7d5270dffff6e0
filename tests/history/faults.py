"""Every planted fault, and the rule that the checker must name for it."""

from dataclasses import dataclass
from typing import Final

from tests.history import log_faults, seen_faults
from tests.history.rules import Rule
from tests.history.scene import Plant


@dataclass(frozen=True)
class Fault:
    """A way to break a history, and the rule that the checker must name for it."""

    plant: Plant
    rule: Rule


FAULTS: Final = (
    Fault(log_faults.lost, Rule.DURABLE),
    Fault(log_faults.change_lost, Rule.DURABLE),
    Fault(log_faults.doubled, Rule.ONCE),
    Fault(log_faults.new_twice, Rule.ONCE),
    Fault(log_faults.answered_differently, Rule.ONCE),
    Fault(log_faults.reordered, Rule.ORDER),
    Fault(log_faults.reordered_for_one, Rule.CONTENT),
    Fault(log_faults.timestamp_stands, Rule.ORDER),
    Fault(log_faults.seq_skips, Rule.ORDER),
    Fault(log_faults.content_changed_in_log, Rule.CONTENT),
    Fault(log_faults.content_changed_for_one, Rule.CONTENT),
    Fault(log_faults.deleted_shown, Rule.CONTENT),
    Fault(log_faults.edit_forgotten, Rule.CONTENT),
    Fault(log_faults.invented, Rule.INVENTED),
    Fault(log_faults.refused_and_done, Rule.INVENTED),
    Fault(log_faults.shown_too_early, Rule.INVENTED),
    Fault(seen_faults.leaked_by_push, Rule.PRIVATE),
    Fault(seen_faults.leaked_by_history, Rule.PRIVATE),
    Fault(seen_faults.leaked_about_a_message, Rule.PRIVATE),
    Fault(seen_faults.leaked_by_messages, Rule.PRIVATE),
    Fault(seen_faults.gap_in_page, Rule.GAP),
    Fault(seen_faults.gap_unnoticed, Rule.GAP),
    Fault(seen_faults.withheld, Rule.GAP),
    Fault(seen_faults.stale_end, Rule.GAP),
    Fault(seen_faults.hole_in_messages, Rule.GAP),
    Fault(seen_faults.not_pushed, Rule.PUSHED),
    Fault(seen_faults.wrong_unread, Rule.UNREAD),
    Fault(seen_faults.drifted_unread, Rule.UNREAD),
    Fault(seen_faults.cursor_back, Rule.CURSOR),
    Fault(seen_faults.cursor_by_itself, Rule.CURSOR),
)
