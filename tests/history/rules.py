"""What can be broken: one name for each rule of the contract that a history can be held against."""

from enum import StrEnum

from msgspec import Struct


class Rule(StrEnum):
    DURABLE = "durable"
    """What was acknowledged, or shown to anybody, is in the log."""
    ONCE = "once"
    """One entry for each (author, client id), and every retry answers with it."""
    ORDER = "order"
    """Seq without gaps from 1, timestamps that strictly increase, and what was answered first comes first."""
    CONTENT = "content"
    """Everybody is shown the same entry at the same seq, as it was sent; what was deleted is not shown again."""
    INVENTED = "invented"
    """Nothing is in the log, or seen, that nobody had asked for."""
    GAP = "gap"
    """Who holds the log up to a place holds all that is theirs; what was acknowledged is found by the next read."""
    PUSHED = "pushed"
    """A connected member gets each entry that is committed, without asking."""
    PRIVATE = "private"
    """Nobody is shown an entry from outside their membership."""
    UNREAD = "unread"
    """Unread is the number of messages minus the cursor, at some moment while it was asked for."""
    CURSOR = "cursor"
    """A read cursor is where its reader moved it, and never goes back."""


class Violation(Struct, frozen=True):
    """One rule that did not hold, and where."""

    rule: Rule
    conversation: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.sentence} [{self.conversation}]"
