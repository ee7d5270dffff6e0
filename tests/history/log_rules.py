"""Rules about the log itself, and about what was asked of it and answered: order, once, durable, invented."""

from collections.abc import Iterator

from tests.history.events import Change, History, Outcome, Send, Wire
from tests.history.rules import Rule
from tests.history.truth import Truth, fits

Found = Iterator[tuple[Rule, str]]
ANSWERED = (Outcome.DONE, Outcome.REPEATED)


def check_order(truth: Truth, history: History) -> Found:
    """Seq is 1, 2, 3 ...; timestamps increase; messages are numbered; what was known before a request precedes it."""
    timestamp = 0
    number = 0
    for place, entry in enumerate(truth.log, start=1):
        if entry["seq"] != place:
            yield Rule.ORDER, f"entry {place} of the log has seq {entry['seq']}"
        if entry["timestamp"] <= timestamp:
            yield Rule.ORDER, f"timestamp {entry['timestamp']} of seq {entry['seq']} does not increase"
        timestamp = entry["timestamp"]
        if entry["kind"] == "message":
            number += 1
            if entry["number"] != number:
                yield Rule.ORDER, f"message {number} of the log has number {entry['number']}"
    if truth.log and truth.log[0]["kind"] != "created":
        yield Rule.ORDER, "the log does not begin with its creation"
    for seq in range(1, truth.last + 1):
        known = truth.known(truth.began[seq])
        if known >= seq:
            yield Rule.ORDER, f"seq {seq} was asked for when seq {known} was already known"


def check_once(truth: Truth, history: History) -> Found:
    """One entry for each (author, id); one answer of 201; all answers name the same entry."""
    for (author, client_id), entries in truth.found.items():
        if len(entries) > 1:
            seqs = [entry["seq"] for entry in entries]
            yield Rule.ONCE, f"message {client_id} of {author} is in the log more than once: {seqs}"
    for (author, client_id), sends in truth.sends.items():
        answers = [send for send in sends if send.outcome in ANSWERED]
        if sum(send.outcome is Outcome.DONE for send in answers) > 1:
            yield Rule.ONCE, f"message {client_id} of {author} was answered as new more than once"
        names = {tuple(send.message.get(field) for field in ("seq", "timestamp", "number", "id")) for send in answers}
        if len(names) > 1:
            yield Rule.ONCE, f"retries of message {client_id} of {author} were answered differently: {sorted(names)}"


def check_durable(truth: Truth, history: History) -> Found:
    """Whatever was acknowledged is in the log, at the place and with the words of the acknowledgement."""
    for (author, client_id), sends in truth.sends.items():
        for send in sends:
            if send.outcome not in ANSWERED:
                continue
            entry = truth.at.get(send.message.get("seq", 0))
            if not entry or (entry.get("author"), entry.get("id")) != (author, client_id):
                yield (
                    Rule.DURABLE,
                    f"message {client_id} of {author} was acknowledged and is not at its place in the log",
                )
            elif entry["timestamp"] != send.message["timestamp"]:
                yield Rule.DURABLE, f"message {client_id} of {author} was acknowledged with another timestamp"
            elif not entry.get("erased") and entry.get("text", "") != send.text:
                yield Rule.CONTENT, f"message {client_id} of {author} is in the log with other words than were sent"
    for change in truth.changes:
        if change.outcome is Outcome.DONE and not any(fits(change, entry) for entry in truth.log):
            yield Rule.DURABLE, f"{change.entry['kind']} by {change.username} was acknowledged and is not in the log"


def check_invented(truth: Truth, history: History) -> Found:
    """A message in the log was asked for, with these words, and not refused every time."""
    for (author, client_id), entries in truth.found.items():
        sends = truth.sends.get((author, client_id), [])
        for entry in entries:
            causes = [send for send in sends if _can_cause(send, entry)]
            if not causes:
                yield (
                    Rule.INVENTED,
                    f"nobody sent message {client_id} of {author} (seq {entry['seq']}) as it is in the log",
                )
            elif all(send.outcome is Outcome.REFUSED for send in causes):
                yield Rule.INVENTED, f"message {client_id} of {author} was refused and is in the log"
    for entry in truth.log:
        if entry["kind"] in ("message", "created") or not truth.changes:
            continue
        causes_of_change: list[Change] = [change for change in truth.changes if fits(change, entry)]
        if causes_of_change and all(change.outcome is Outcome.REFUSED for change in causes_of_change):
            yield Rule.INVENTED, f"{entry['kind']} (seq {entry['seq']}) was refused and is in the log"


def _can_cause(send: Send, entry: Wire) -> bool:
    return bool(entry.get("erased")) or entry.get("text", "") == send.text
