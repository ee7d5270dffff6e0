"""Rules about what people were shown: content, privacy, no silent gap, pushes."""

from collections import defaultdict
from collections.abc import Iterator

from tests.history.events import Connect, Disconnect, Event, History, Holds, Push, Quiet, ReadLog, ReadMessages, Wire
from tests.history.rules import Rule
from tests.history.truth import Truth, without_words

Found = Iterator[tuple[Rule, str]]


def check_content(truth: Truth, history: History) -> Found:
    """Whoever is shown an entry is shown the one that the log has there, with its words unless they were deleted."""
    for event, entry, began in _entries(truth, history):
        there = truth.at.get(entry["seq"])
        where = f"seq {entry['seq']}, shown to {event.username}"
        if there is None:
            yield Rule.DURABLE, f"{where}, is not in the log"
            continue
        if entry["seq"] > truth.possible(_ended(event)):
            yield Rule.INVENTED, f"{where}, before anybody had asked for it"
        if entry["kind"] == "hidden":
            if dict(entry) != {"kind": "hidden", "seq": entry["seq"], "timestamp": there["timestamp"]}:
                yield Rule.CONTENT, f"{where}, is hidden and says more or other than its place"
        elif not _same(truth, entry, there, began):
            yield Rule.CONTENT, f"{where}, is not what the log has there"
    for read, message in _messages(truth, history):
        yield from _check_message(truth, read, message)


def _same(truth: Truth, shown: Wire, there: Wire, began: int) -> bool:
    if dict(shown) == dict(there):
        return True
    if not there.get("erased") or shown.get("erased") or without_words(shown) != without_words(there):
        return False
    deleted = truth.deleted_at.get(there.get("target", there["timestamp"]), truth.last + 1)
    return deleted > truth.known(began) and _words_were_sent(truth, shown)


def _words_were_sent(truth: Truth, shown: Wire) -> bool:
    """The words of an entry that was erased later: held against what the author asked for, where that is on record."""
    if shown["kind"] != "message":
        return True
    sends = truth.sends.get((shown["author"], shown["id"]), [])
    return not sends or any(send.text == shown.get("text", "") for send in sends)


def _check_message(truth: Truth, read: ReadMessages, message: Wire) -> Found:
    """A message as people see it is the log's, with the words of an edit that is neither too old nor to come."""
    where = f"message seq {message['seq']}, shown to {read.username}"
    there = truth.at.get(message["seq"])
    if there is None:
        yield Rule.DURABLE, f"{where}, is not in the log"
        return
    same = all(message.get(name) == there.get(name) for name in ("timestamp", "number", "author", "id"))
    if there["kind"] != "message" or not same:
        yield Rule.CONTENT, f"{where}, is not what the log has there"
        return
    low, high = truth.known(read.began), truth.possible(read.ended)
    if message["seq"] > high:
        yield Rule.INVENTED, f"{where}, before anybody had sent it"
    deleted = truth.deleted_at.get(message["timestamp"])
    if message.get("deleted"):
        if deleted is None or deleted > high or message.get("text"):
            yield Rule.CONTENT, f"{where}, as deleted, which it was not, or with words"
    elif deleted is not None and deleted <= low:
        yield Rule.CONTENT, f"{where}, although it was deleted before"
    elif deleted is None and message.get("text", "") not in _texts(truth, message["timestamp"], low, high):
        yield Rule.CONTENT, f"{where}, with words that it did not have at that time"


def _texts(truth: Truth, timestamp: int, low: int, high: int) -> set[str]:
    """What the message said in some state from `low` to `high`."""
    versions = truth.texts[timestamp]
    newest_known = max((seq for seq, _ in versions if seq <= low), default=0)
    return {text for seq, text in versions if newest_known <= seq <= high}


def check_private(truth: Truth, history: History) -> Found:
    """What anybody is shown lies in their own periods of membership, or in a history that was open to them."""
    for event, entry, began in _entries(truth, history):
        high = truth.possible(_ended(event))
        low = entry["seq"] if isinstance(event, Push) else truth.known(began)
        opened = truth.saw_open_history(event.username, low, high)
        if not opened and not truth.in_membership(event.username, entry["seq"]):
            yield Rule.PRIVATE, f"{event.username} was shown seq {entry['seq']}, committed while not a member"
        target = truth.message_at.get(entry.get("target", 0))
        if target and not opened and not truth.in_membership(event.username, target["seq"]):
            yield Rule.PRIVATE, f"{event.username} was shown seq {entry['seq']}, about a message not theirs to read"
        if isinstance(event, ReadLog) and not truth.was_active(event.username, low, high):
            yield Rule.PRIVATE, f"{event.username} read the log while not a member"
    for read, message in _messages(truth, history):
        low, high = truth.known(read.began), truth.possible(read.ended)
        if not truth.was_active(read.username, low, high):
            yield Rule.PRIVATE, f"{read.username} read messages while not a member"
        if not truth.in_membership(read.username, message["seq"]) and not truth.saw_open_history(
            read.username, low, high
        ):
            yield Rule.PRIVATE, f"{read.username} was shown message seq {message['seq']}, sent while not a member"


def check_gaps(truth: Truth, history: History) -> Found:
    """A page of the log, a page of messages, and the whole that a device claims to hold have no hole."""
    received: dict[str, set[int]] = defaultdict(set)
    for event in history.events:
        if getattr(event, "conversation", None) != truth.conversation:
            continue
        match event:
            case Push():
                received[event.device].update(_shown(truth, event.username, (event.entry,)))
            case ReadLog():
                received[event.device].update(_shown(truth, event.username, event.entries))
                yield from _check_page(truth, event)
            case ReadMessages() if event.page:
                yield from _check_run(truth, event)
            case Holds():
                missing = [s for s in range(1, event.through + 1) if truth.must_see(event.username, s)]
                missing = [seq for seq in missing if seq not in received[event.device]]
                if missing:
                    yield Rule.GAP, f"{event.device} holds the log up to {event.through} and never got {missing[:20]}"
            case _:
                pass


def _shown(truth: Truth, username: str, entries: tuple[Wire, ...]) -> set[int]:
    """The seqs of which the reader was given all that is theirs: a hidden entry counts only where no more is."""
    return {e["seq"] for e in entries if e["kind"] != "hidden" or not truth.must_see(username, e["seq"])}


def _check_page(truth: Truth, read: ReadLog) -> Found:
    seqs = [entry["seq"] for entry in read.entries]
    who = f"{read.device} read the log after {read.after}"
    if sorted(set(seqs)) != seqs or any(not read.after < seq <= read.through for seq in seqs):
        yield Rule.GAP, f"{who}: {seqs[:20]} are not in order, or not of this page"
    shown = _shown(truth, read.username, read.entries)
    missing = [
        seq
        for seq in range(read.after + 1, min(read.through, truth.last) + 1)
        if seq not in shown and truth.must_see(read.username, seq)
    ]
    if missing:
        yield Rule.GAP, f"{who} up to {read.through}, and {missing[:20]} are missing"
    known = truth.known(read.began)
    if read.through == read.after < known:
        yield Rule.GAP, f"{who}, was told that nothing follows, and seq {known} was already known"


def _check_run(truth: Truth, read: ReadMessages) -> Found:
    seqs = [message["seq"] for message in read.messages]
    if sorted(set(seqs)) != seqs:
        yield Rule.GAP, f"a page of messages of {read.username} is not ascending: {seqs[:20]}"
    if not seqs:
        return
    between = (entry["seq"] for entry in truth.message_at.values() if seqs[0] < entry["seq"] < seqs[-1])
    missing = [seq for seq in between if seq not in seqs and truth.in_membership(read.username, seq)]
    if missing:
        yield Rule.GAP, f"a page of messages of {read.username} leaves out {missing[:20]}"


def check_pushed(truth: Truth, history: History) -> Found:
    """A connection that stays open to the end gets every entry that was asked for after it opened."""
    quiet = next((event for event in history.events if isinstance(event, Quiet)), None)
    if quiet is None:
        return
    closed = {event.connection for event in history.events if isinstance(event, Disconnect) and event.at < quiet.at}
    got: dict[str, set[int]] = defaultdict(set)
    for event in history.events:
        if isinstance(event, Push) and event.conversation == truth.conversation and event.at < quiet.at:
            got[event.connection].add(event.entry["seq"])
    for event in history.events:
        if not isinstance(event, Connect) or event.connection in closed:
            continue
        owed = (seq for seq in range(1, truth.last + 1) if event.at < truth.began[seq])
        missing = [s for s in owed if truth.in_membership(event.username, s) and s not in got[event.connection]]
        if missing:
            yield Rule.PUSHED, f"{event.username} was connected ({event.connection}) and was not pushed {missing[:20]}"


def _ended(event: Event) -> int:
    return event.at if isinstance(event, Push) else event.ended if isinstance(event, ReadLog) else 0


def _entries(truth: Truth, history: History) -> Iterator[tuple[Push | ReadLog, Wire, int]]:
    """Every entry that somebody was shown, and when the request for it began: a push has none."""
    for event in history.events:
        if isinstance(event, Push) and event.conversation == truth.conversation:
            yield event, event.entry, 0
        elif isinstance(event, ReadLog) and event.conversation == truth.conversation:
            for entry in event.entries:
                yield event, entry, event.began


def _messages(truth: Truth, history: History) -> Iterator[tuple[ReadMessages, Wire]]:
    for event in history.events:
        if isinstance(event, ReadMessages) and event.conversation == truth.conversation:
            for message in event.messages:
                yield event, message
