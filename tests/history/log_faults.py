"""Planted faults of the log and of answers: lost, doubled, reordered, changed, invented.

Each takes a correct history and breaks one promise in one place, or returns None where it can't there. A fault is
planted only where an observer could know of it: a message that nobody was ever told of may be missing.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace
from tests.history.events import Change, Event, History, Outcome, Push, ReadLog, ReadMessages, Send
from tests.history.model import CONVERSATION
from tests.history.scene import Scene
from tests.history.truth import SAID, Truth


def lost(scene: Scene) -> History | None:
    """The end of the log is gone, with an acknowledged message in it, as after a write that was not safe."""
    send = scene.one(s for s in scene.all(Send) if s.outcome is Outcome.DONE)
    return scene.with_log(scene.log[: send.message["seq"] - 1]) if send else None


def change_lost(scene: Scene) -> History | None:
    """An acknowledged edit, deletion or membership is not in the log."""
    changes = [c for c in scene.all(Change) if c.outcome is Outcome.DONE]
    change = scene.one(changes)
    if change is None or sum(dict(c.entry) == dict(change.entry) for c in changes) > 1:
        return None
    kept = [e for e in scene.log if any(e.get(n) != v for n, v in change.entry.items() if n not in SAID)]
    return scene.with_log(kept)


def doubled(scene: Scene) -> History | None:
    """A retry made a second entry."""
    entry = scene.one(e for e in scene.log if e["kind"] == "message")
    if entry is None:
        return None
    last = scene.log[-1]
    number = sum(e["kind"] == "message" for e in scene.log) + 1
    again = {**entry, "seq": last["seq"] + 1, "timestamp": last["timestamp"] + 1, "number": number}
    return scene.with_log([*scene.log, again])


def new_twice(scene: Scene) -> History | None:
    """A retry was answered as if it had made a new message."""
    created = {s.id for s in scene.all(Send) if s.outcome is Outcome.DONE}
    send = scene.one(s for s in scene.all(Send) if s.outcome is Outcome.REPEATED and s.id in created)
    return scene.instead(send, replace(send, outcome=Outcome.DONE)) if send else None


def answered_differently(scene: Scene) -> History | None:
    """A retry was answered with another place than the first answer."""
    answered = [s for s in scene.all(Send) if s.outcome in (Outcome.DONE, Outcome.REPEATED)]
    send = scene.one(s for s in answered if sum(o.id == s.id for o in answered) > 1)
    if send is None:
        return None
    return scene.instead(send, replace(send, message={**send.message, "timestamp": send.message["timestamp"] + 1}))


def reordered(scene: Scene) -> History | None:
    """Two messages changed places for everybody, although the first was acknowledged before the second was sent."""
    about = {e.get("target") for e in scene.log}
    plain = [e for e in scene.log if e["kind"] == "message" and e["timestamp"] not in about]
    pairs = [(a, b) for a in plain for b in plain if a["seq"] < b["seq"] and _known_before(scene.truth, a, b)]
    pair = scene.one(pairs)
    if pair is None:
        return None
    swap = {pair[0]["seq"]: pair[1], pair[1]["seq"]: pair[0]}

    return History(
        events=[_swapped(e, swap) for e in scene.history.events],
        logs={CONVERSATION: [_body(e, swap) for e in scene.log]},
    )


Swap = Mapping[int, Mapping[str, Any]]
"""By seq, the message that stands there instead."""


def _swapped(event: Event, swap: Swap) -> Event:
    match event:
        case Send():
            return _placed(event, swap)
        case Push():
            return replace(event, entry=_body(event.entry, swap))
        case ReadLog():
            return replace(event, entries=tuple(_body(e, swap) for e in event.entries))
        case ReadMessages():
            return replace(event, messages=tuple(_body(m, swap) for m in event.messages))
        case _:
            return event


def _body(entry: Mapping[str, Any], swap: Swap) -> Mapping[str, Any]:
    other = swap.get(entry["seq"])
    if other is None or entry.get("kind") == "hidden":
        return entry
    return {**entry, "author": other["author"], "id": other["id"], "text": other["text"]}


def _placed(send: Send, swap: Swap) -> Send:
    one, two = sorted(swap)
    places = {(swap[one]["author"], swap[one]["id"]): swap[two], (swap[two]["author"], swap[two]["id"]): swap[one]}
    there = places.get((send.username, send.id))
    if there is None or not send.message:
        return send
    return replace(send, message={**send.message, **{name: there[name] for name in ("seq", "timestamp", "number")}})


def _known_before(truth: Truth, first: dict[str, Any], second: dict[str, Any]) -> bool:
    return bool(truth.known(truth.began[second["seq"]]) >= first["seq"])


def reordered_for_one(scene: Scene) -> History | None:
    """One reader is shown two messages in the other order."""
    places = []
    for read in scene.all(ReadLog):
        messages = [n for n, e in enumerate(read.entries) if e["kind"] == "message"]
        if len(messages) > 1:
            places.append((read, messages[0], messages[1]))
    place = scene.one(places)
    if place is None:
        return None
    read, one, two = place
    entries = list(read.entries)
    stamps = [{name: entries[n][name] for name in ("seq", "timestamp", "number")} for n in (one, two)]
    entries[one], entries[two] = {**entries[two], **stamps[0]}, {**entries[one], **stamps[1]}
    return scene.instead(read, replace(read, entries=tuple(entries)))


def timestamp_stands(scene: Scene) -> History | None:
    """A clock that jumped back decided a timestamp."""
    place = scene.one(range(1, len(scene.log)))
    if place is None:
        return None
    scene.log[place]["timestamp"] = scene.log[place - 1]["timestamp"]
    return scene.with_log(scene.log)


def seq_skips(scene: Scene) -> History | None:
    """The log skips a seq."""
    place = scene.one(range(1, len(scene.log)))
    if place is None:
        return None
    return scene.with_log([{**e, "seq": e["seq"] + (n >= place)} for n, e in enumerate(scene.log)])


def content_changed_in_log(scene: Scene) -> History | None:
    """A message stands in the log with other words than were sent."""
    done = {s.id for s in scene.all(Send) if s.outcome is Outcome.DONE}
    entry = scene.one(e for e in scene.log if e.get("id") in done and not e.get("erased"))
    if entry is None:
        return None
    entry["text"] += "!"
    return scene.with_log(scene.log)


def content_changed_for_one(scene: Scene) -> History | None:
    """One reader is pushed other words than the log has."""
    push = scene.one(p for p in scene.all(Push) if p.entry["kind"] == "message" and not p.entry.get("erased"))
    return scene.instead(push, replace(push, entry={**push.entry, "text": "other words"})) if push else None


def deleted_shown(scene: Scene) -> History | None:
    """A message is shown with its words after its deletion was known."""
    places = [
        (read, n)
        for read in scene.all(ReadMessages)
        for n, message in enumerate(read.messages)
        if message.get("deleted") and scene.truth.deleted_at[message["timestamp"]] <= scene.truth.known(read.began)
    ]
    place = scene.one(places)
    if place is None:
        return None
    read, n = place
    shown = {**read.messages[n], "deleted": 0, "text": "the words that were deleted"}
    return scene.instead(read, replace(read, messages=(*read.messages[:n], shown, *read.messages[n + 1 :])))


def edit_forgotten(scene: Scene) -> History | None:
    """A message is shown with the words from before an edit that was known."""
    places = [
        (read, n, scene.truth.texts[message["timestamp"]][0][1])
        for read in scene.all(ReadMessages)
        for n, message in enumerate(read.messages)
        if 0 < _edit(scene.truth, message) <= scene.truth.known(read.began) and not message.get("deleted")
    ]
    place = scene.one(places)
    if place is None or scene.truth.deleted_at.get(place[0].messages[place[1]]["timestamp"]):
        return None
    read, n, old = place
    shown = {**read.messages[n], "text": old}
    return scene.instead(read, replace(read, messages=(*read.messages[:n], shown, *read.messages[n + 1 :])))


def _edit(truth: Truth, message: Any) -> int:
    """The seq of the message's first edit, or 0."""
    versions = truth.texts[message["timestamp"]]
    return versions[1][0] if len(versions) > 1 else 0


def invented(scene: Scene) -> History | None:
    """The log holds a message that nobody sent."""
    last = scene.log[-1]
    number = sum(e["kind"] == "message" for e in scene.log) + 1
    made = {"kind": "message", "author": "ben", "id": "never-sent", "text": "boo", "number": number}
    return scene.with_log([*scene.log, {**made, "seq": last["seq"] + 1, "timestamp": last["timestamp"] + 1}])


def refused_and_done(scene: Scene) -> History | None:
    """A send was refused, each time, and is in the log nevertheless."""
    entry = scene.one(e for e in scene.log if e["kind"] == "message")
    if entry is None:
        return None
    events = [
        replace(e, outcome=Outcome.REFUSED, message={}) if isinstance(e, Send) and e.id == entry["id"] else e
        for e in scene.history.events
    ]
    return History(events=events, logs=scene.history.logs)


def shown_too_early(scene: Scene) -> History | None:
    """Somebody was pushed a message before anybody had asked for it."""
    push = scene.one(p for p in scene.all(Push) if scene.truth.began[p.entry["seq"]] > 1)
    return scene.instead(push, replace(push, at=scene.truth.began[push.entry["seq"]] - 1)) if push else None
