"""What a conversation's whole log says, indexed so that observations can be held against it.

Who may read what is derived here from the log alone, by position (seq), apart from how the product does it.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from tests.history.events import (
    Change,
    Event,
    History,
    Overview,
    Push,
    ReadLog,
    ReadMessages,
    Send,
    Wire,
)

NEVER = 1 << 62
SAID = ("text", "mentions", "attachments", "reply_to", "live_until", "erased")
"""Fields of an entry that a deletion takes away."""

Span = tuple[int, int]
"""From a seq to another; what the ends mean stands with each use."""


def without_words(entry: Wire) -> dict[str, object]:
    """The entry without what a deletion erases."""
    return {name: value for name, value in entry.items() if name not in SAID}


class Truth:
    """One conversation: its log, its members over time, and bounds on when each entry can have been committed."""

    def __init__(self, conversation: str, log: Sequence[Wire], events: Iterable[Event]) -> None:
        self.conversation = conversation
        self.log = list(log)
        self.at = {entry["seq"]: entry for entry in log}
        self.last = max(self.at, default=0)
        self.sends: dict[tuple[str, str], list[Send]] = defaultdict(list)
        self.changes: list[Change] = []
        self.found: dict[tuple[str, str], list[Wire]] = defaultdict(list)
        self.message_at: dict[int, Wire] = {}
        self.deleted_at: dict[int, int] = {}
        self.texts: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self.readable: dict[str, list[Span]] = defaultdict(list)
        self.open: list[Span] = []
        self._index_log()
        self._index_events([event for event in events if getattr(event, "conversation", None) == conversation])

    # The log

    def _index_log(self) -> None:
        self.numbers = [0] * (self.last + 1)
        self._timestamps = [entry["timestamp"] for entry in self.log]
        messages = 0
        for seq in range(1, self.last + 1):
            entry = self.at.get(seq, {})
            messages += entry.get("kind") == "message"
            self.numbers[seq] = messages
            self._index_message(entry, seq)
            self._index_members(entry, seq)

    def _index_message(self, entry: Wire, seq: int) -> None:
        kind = entry.get("kind")
        if kind == "message":
            self.found[entry["author"], entry["id"]].append(entry)
            self.message_at[entry["timestamp"]] = entry
            self.texts[entry["timestamp"]].append((seq, entry.get("text", "")))
        elif kind == "edited":
            self.texts[entry["target"]].append((seq, entry.get("text", "")))
        elif kind == "deleted":
            self.deleted_at.setdefault(entry["target"], seq)

    def _index_members(self, entry: Wire, seq: int) -> None:
        kind = entry.get("kind")
        if kind == "created":
            for member in entry["members"]:
                self.readable[member["username"]].append((seq, NEVER))
        elif kind == "member_added":
            self.readable[entry["username"]].append((seq, NEVER))
        elif kind == "member_removed" and self.readable[entry["username"]]:
            spans = self.readable[entry["username"]]
            spans[-1] = (spans[-1][0], seq)
        elif kind == "settings_changed" and "history" in entry:
            is_open = bool(self.open) and self.open[-1][1] == NEVER
            if entry["history"] == "all" and not is_open:
                self.open.append((seq, NEVER))
            elif entry["history"] == "joined" and is_open:
                self.open[-1] = (self.open[-1][0], seq)

    # When each entry can have been committed

    def _index_events(self, events: Sequence[Event]) -> None:
        seen: list[tuple[int, int]] = []
        for event in events:
            match event:
                case Send():
                    self.sends[event.username, event.id].append(event)
                    if event.message:
                        seen.append((event.ended, event.message.get("seq", 0)))
                case Change():
                    self.changes.append(event)
                case Push():
                    seen.append((event.at, event.entry.get("seq", 0)))
                case ReadLog():
                    seen.append((event.ended, event.through))
                case ReadMessages():
                    seen.extend((event.ended, message.get("seq", 0)) for message in event.messages)
                case Overview():
                    seen.append((event.ended, event.head_seq))
                case _:
                    pass
        self._known_at, self._known = _running_max(seen)
        self._index_beginnings()

    def _index_beginnings(self) -> None:
        """`began[seq]`: no request that can have made the entry began earlier. 0 where none is on record."""
        by_kind: dict[tuple[str, object], list[Change]] = defaultdict(list)
        for change in self.changes:
            by_kind[change.username, change.entry["kind"]].append(change)
        self.began = [0] * (self.last + 1)
        self._possible = [0] * (self.last + 1)
        for seq in range(1, self.last + 1):
            entry = self.at.get(seq, {})
            if entry.get("kind") == "message":
                causes = [send.began for send in self.sends.get((entry["author"], entry["id"]), ())]
            else:
                candidates = by_kind.get((str(entry.get("author")), entry.get("kind")), ())
                causes = [change.began for change in candidates if fits(change, entry)]
            self.began[seq] = min(causes, default=0)
            self._possible[seq] = max(self._possible[seq - 1], self.began[seq])

    def known(self, moment: int) -> int:
        """The highest seq that some client had been told of before `moment`."""
        place = bisect_left(self._known_at, moment)
        return min(self.last, self._known[place - 1]) if place else 0

    def possible(self, moment: int) -> int:
        """The highest seq that can have been committed before `moment`: all entries up to it had been asked for."""
        return bisect_right(self._possible, moment) - 1

    # Who may read what

    def in_membership(self, username: str, seq: int) -> bool:
        """Whether the entry was committed while `username` was a member, its first and last one included."""
        return any(first <= seq <= last for first, last in self.readable.get(username, ()))

    def was_active(self, username: str, low: int, high: int) -> bool:
        """Whether `username` was a member in any state from `low` to `high`."""
        return any(first <= high and low < last for first, last in self.readable.get(username, ()))

    def saw_open_history(self, username: str, low: int, high: int) -> bool:
        """Whether `username` was a member while the earlier history was open, in any state from `low` to `high`."""
        for first, last in self.readable.get(username, ()):
            for on, off in self.open:
                start, end = max(first, on), min(last, off)
                if start < end and start <= high and low < end:
                    return True
        return False

    def must_see(self, username: str, seq: int) -> bool:
        """Whether a member who catches up has to be given the entry itself, not only its place."""
        entry = self.at.get(seq)
        if entry is None or not self.in_membership(username, seq):
            return False
        target = self.message_at.get(entry.get("target", 0))
        return target is None or self.in_membership(username, target["seq"])

    def number(self, seq: int) -> int:
        """How many messages there were when the entry was committed."""
        return self.numbers[max(0, min(seq, self.last))]

    def seq_at(self, timestamp: int) -> int:
        """The seq of the last entry at or before `timestamp`."""
        return bisect_right(self._timestamps, timestamp)


def fits(change: Change, entry: Wire) -> bool:
    """Whether the request can have made the entry. What a deletion erased is not compared."""
    if entry.get("author") != change.username or entry.get("kind") != change.entry["kind"]:
        return False
    skip = SAID if entry.get("erased") else ()
    return all(entry.get(name) == value for name, value in change.entry.items() if name not in skip)


def truths(history: History) -> dict[str, Truth]:
    return {name: Truth(name, log, history.events) for name, log in history.logs.items()}


def _running_max(points: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    points.sort()
    moments: list[int] = []
    values: list[int] = []
    highest = 0
    for moment, value in points:
        highest = max(highest, value)
        moments.append(moment)
        values.append(highest)
    return moments, values
