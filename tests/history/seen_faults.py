"""Planted faults of what people are shown: leaks, gaps, missing pushes, wrong counts and cursors. See `log_faults`."""

from msgspec.structs import replace
from tests.history.events import (
    Connect,
    Disconnect,
    History,
    Holds,
    MoveCursor,
    Overview,
    Push,
    ReadLog,
    ReadMessages,
    Send,
)
from tests.history.scene import Scene


def leaked_by_push(scene: Scene) -> History | None:
    """An entry is pushed to somebody who was no member when it was committed."""
    truth = scene.truth
    places = [
        (push, seq)
        for push in scene.all(Push)
        for seq in range(1, truth.last + 1)
        if not truth.in_membership(push.username, seq) and not truth.open and seq <= truth.possible(push.at)
    ]
    place = scene.one(places)
    return scene.instead(place[0], replace(place[0], entry=scene.log[place[1] - 1])) if place else None


def leaked_by_history(scene: Scene) -> History | None:
    """A page of the log holds an entry from before its reader joined, or between two memberships."""
    truth = scene.truth
    places = [
        (read, seq)
        for read in scene.all(ReadLog)
        for seq in range(read.after + 1, read.through + 1)
        if not truth.in_membership(read.username, seq) and not truth.open
    ]
    place = scene.one(places)
    if place is None:
        return None
    read, seq = place
    entries = sorted([*read.entries, scene.log[seq - 1]], key=lambda entry: entry["seq"])
    return scene.instead(read, replace(read, entries=tuple(entries)))


def leaked_about_a_message(scene: Scene) -> History | None:
    """An entry about a message that the reader may not read is shown instead of being hidden."""
    push = scene.one(p for p in scene.all(Push) if p.entry["kind"] == "hidden" and not scene.truth.open)
    return scene.instead(push, replace(push, entry=scene.log[push.entry["seq"] - 1])) if push else None


def leaked_by_messages(scene: Scene) -> History | None:
    """A page of messages, or a search, holds a message that its reader may not read."""
    truth = scene.truth
    places = [
        (read, message)
        for read in scene.all(ReadMessages)
        for message in truth.message_at.values()
        if not truth.in_membership(read.username, message["seq"]) and not truth.open
    ]
    place = scene.one(places)
    return scene.instead(place[0], replace(place[0], messages=(place[1],), page=False)) if place else None


def gap_in_page(scene: Scene) -> History | None:
    """A page of the log leaves out an entry and says that it is complete."""
    places = [
        (read, n)
        for read in scene.all(ReadLog)
        for n, entry in enumerate(read.entries)
        if scene.truth.must_see(read.username, entry["seq"])
    ]
    place = scene.one(places)
    if place is None:
        return None
    read, n = place
    return scene.instead(read, replace(read, entries=read.entries[:n] + read.entries[n + 1 :]))


def gap_unnoticed(scene: Scene) -> History | None:
    """A push got lost, and the client went on as if it held all of the log."""
    ends = {h.device: h for h in scene.all(Holds)}
    places = [
        push
        for push in scene.all(Push)
        if push.device in ends
        and push.entry["seq"] <= ends[push.device].through
        and scene.truth.must_see(push.username, push.entry["seq"])
        and scene.seen_by(push.device)[push.entry["seq"]] == 1
    ]
    push = scene.one(places)
    return scene.without(push) if push else None


def withheld(scene: Scene) -> History | None:
    """An entry is hidden from somebody who may read it."""
    places = [
        (read, n)
        for read in scene.all(ReadLog)
        for n, entry in enumerate(read.entries)
        if entry["kind"] == "edited" and scene.truth.must_see(read.username, entry["seq"])
    ]
    place = scene.one(places)
    if place is None:
        return None
    read, n = place
    hidden = {"kind": "hidden", "seq": read.entries[n]["seq"], "timestamp": read.entries[n]["timestamp"]}
    return scene.instead(read, replace(read, entries=(*read.entries[:n], hidden, *read.entries[n + 1 :])))


def stale_end(scene: Scene) -> History | None:
    """A reader is told that nothing follows, although more was already acknowledged."""
    read = scene.one(r for r in scene.all(ReadLog) if r.through > r.after and scene.truth.known(r.began) > r.after)
    return scene.instead(read, replace(read, entries=(), through=read.after)) if read else None


def hole_in_messages(scene: Scene) -> History | None:
    """A page of messages leaves one out in the middle."""
    places = [
        read
        for read in scene.all(ReadMessages)
        if len(read.messages) > 2 and scene.truth.in_membership(read.username, read.messages[1]["seq"])
    ]
    read = scene.one(places)
    if read is None:
        return None
    return scene.instead(read, replace(read, messages=(read.messages[0], *read.messages[2:])))


def not_pushed(scene: Scene) -> History | None:
    """A member stayed connected and was not pushed an entry."""
    opened = {c.connection: c.at for c in scene.all(Connect)}
    closed = {d.connection for d in scene.all(Disconnect)}
    places = [
        push
        for push in scene.all(Push)
        if push.connection not in closed
        and opened[push.connection] < scene.truth.began[push.entry["seq"]]
        and scene.truth.in_membership(push.username, push.entry["seq"])
    ]
    push = scene.one(places)
    return scene.without(push) if push else None


def wrong_unread(scene: Scene) -> History | None:
    """An unread count is off by one."""
    view = scene.one(scene.all(Overview))
    return scene.instead(view, replace(view, unread=view.unread + 1)) if view else None


def drifted_unread(scene: Scene) -> History | None:
    """The head's count of messages drifted, and the unread count with it."""
    view = scene.one(scene.all(Overview))
    if view is None:
        return None
    return scene.instead(view, replace(view, unread=view.unread + 1, head_messages=view.head_messages + 1))


def cursor_back(scene: Scene) -> History | None:
    """A reader's cursor stands behind where it stood before."""
    views = scene.all(Overview)
    pairs = [
        (late, early)
        for early in views
        for late in views
        if early.username == late.username and early.ended < late.began and early.read > 0
    ]
    pair = scene.one(pairs)
    if pair is None:
        return None
    late, early = pair
    back = replace(late, read=early.read - 1, unread=late.head_messages - early.read + 1)
    return scene.instead(late, back)


def cursor_by_itself(scene: Scene) -> History | None:
    """A reader's cursor moved without being asked to."""
    views = (v for v in scene.all(Overview) if v.unread > 0)
    view = scene.one(v for v in views if not _may_be_at(scene, v))
    return scene.instead(view, replace(view, read=view.head_messages, unread=0)) if view else None


def _may_be_at(scene: Scene, view: Overview) -> bool:
    """Whether the reader had asked for anything beyond where the cursor is."""
    moves = any(m.username == view.username and m.began < view.ended for m in scene.all(MoveCursor))
    sends = any(s.username == view.username and s.began < view.ended for s in scene.all(Send))
    joins = any(e["kind"] == "member_added" and e["username"] == view.username for e in scene.log)
    return moves or sends or joins
