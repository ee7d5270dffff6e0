"""Rules about read cursors and unread counts."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.history.events import History, MoveCursor, Outcome, Overview, Wire
from tests.history.rules import Rule
from tests.history.truth import Truth

Found = Iterator[tuple[Rule, str]]


def check_unread(truth: Truth, history: History) -> Found:
    """Unread is the number of messages minus the cursor, for a number that there was while the answer was made."""
    for view in _views(truth, history):
        who = f"{view.username} had {view.unread} unread with the cursor at {view.read}"
        low, high = truth.known(view.began), truth.possible(view.ended)
        if view.head_messages < 0:
            if not truth.number(low) <= view.unread + view.read <= truth.number(high):
                yield Rule.UNREAD, f"{who}; there were {truth.number(low)} to {truth.number(high)} messages"
            continue
        if view.unread != max(0, view.head_messages - view.read):
            yield Rule.UNREAD, f"{who} of {view.head_messages} messages"
        if view.head_messages != truth.number(view.head_seq):
            yield Rule.UNREAD, f"{who}; at seq {view.head_seq} there were {truth.number(view.head_seq)} messages"
        if not low <= view.head_seq <= high:
            yield Rule.GAP, f"{view.username} was told of a head at {view.head_seq}, and it was at {low} to {high}"


def check_cursors(truth: Truth, history: History) -> Found:
    """A cursor is at least where it was known to be, and at most where its reader asked for it."""
    moves: dict[str, list[MoveCursor]] = defaultdict(list)
    views: dict[str, list[Overview]] = defaultdict(list)
    for event in history.events:
        if isinstance(event, MoveCursor) and event.conversation == truth.conversation:
            moves[event.username].append(event)
    for view in _views(truth, history):
        views[view.username].append(view)
    for username, seen in views.items():
        yield from _check_reader(truth, username, seen, moves[username])


def _check_reader(truth: Truth, username: str, views: list[Overview], moves: list[MoveCursor]) -> Found:
    own = [entry["seq"] for entry in truth.log if _moves_own(entry, username)]
    own_numbers = [truth.number(seq) for seq in own]
    by_end = sorted((view.ended, view.read) for view in views)
    for view in views:
        low, high = truth.known(view.began), truth.possible(view.ended)
        done = (m for m in moves if m.outcome is Outcome.DONE and m.ended < view.began)
        least = max(
            _highest(own_numbers, own, low),
            max((_number_at(truth, m.timestamp, truth.known(m.began)) for m in done), default=0),
            max((read for ended, read in by_end if ended < view.began), default=0),
        )
        asked = (m for m in moves if m.outcome is not Outcome.REFUSED and m.began < view.ended)
        most = max(
            _highest(own_numbers, own, high),
            max((_number_at(truth, m.timestamp, high) for m in asked), default=0),
        )
        if view.read < least:
            yield Rule.CURSOR, f"the cursor of {username} was at {least} and went back to {view.read}"
        if view.read > most:
            yield Rule.CURSOR, f"the cursor of {username} is at {view.read}, and nobody moved it beyond {most}"


def _moves_own(entry: Wire, username: str) -> bool:
    """Whether the entry puts that person's cursor at its place: an own message, or the own joining."""
    match entry["kind"]:
        case "message":
            return bool(entry["author"] == username)
        case "member_added":
            return bool(entry["username"] == username)
        case _:
            return False


def _highest(numbers: list[int], seqs: list[int], limit: int) -> int:
    place = bisect_left(seqs, limit + 1)
    return numbers[place - 1] if place else 0


def _number_at(truth: Truth, timestamp: int, limit: int) -> int:
    """The number of the last message at or before `timestamp`, among the entries up to seq `limit`."""
    return truth.number(min(limit, truth.seq_at(timestamp)))


def _views(truth: Truth, history: History) -> Iterable[Overview]:
    return (e for e in history.events if isinstance(e, Overview) and e.conversation == truth.conversation)
