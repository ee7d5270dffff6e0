"""Random clients of a simulated chat that keeps the contract: histories that the checker must accept.

Requests overlap, answers get lost, clocks jump, connections break, pushes come late: all from one seeded source,
without a server and without time.
"""

from collections.abc import Callable
from random import Random
from typing import Any

import msgspec
from tests.history.events import (
    Change,
    Connect,
    Disconnect,
    Event,
    History,
    Holds,
    MoveCursor,
    Outcome,
    Overview,
    Push,
    Quiet,
    ReadLog,
    ReadMessages,
    Recorder,
    Send,
)
from tests.history.model import CONVERSATION, FOUNDER, PEOPLE, Chat, RefusedError, wire

from tertulia.domain import receipts
from tertulia.domain.entries import Entry
from tertulia.domain.entries import History as Openness
from tertulia.domain.members import Cursor


class Request:
    """A request on its way: `commit` may run once, at any moment before `report` says how it ended for the client."""

    def __init__(self, commit: Callable[[], Any], report: Callable[[int, Outcome, Any], Event | None]) -> None:
        self._commit = commit
        self._report = report
        self.outcome = Outcome.UNKNOWN
        self.answer: Any = None
        self.waiting = True

    def commit(self) -> None:
        self.waiting = False
        try:
            self.answer = self._commit()
            self.outcome = Outcome.DONE
        except RefusedError:
            self.outcome = Outcome.REFUSED

    def report(self, ended: int, *, lost: bool) -> Event | None:
        if lost:
            return self._report(ended, Outcome.UNKNOWN, None)
        return self._report(ended, self.outcome, self.answer)


class Device:
    """One client of a person: an open connection with the pushes that are on their way, and a place in the log."""

    def __init__(self, name: str, username: str) -> None:
        self.name = name
        self.username = username
        self.connection = ""
        self.count = 0
        self.underway: list[dict[str, Any]] = []
        self.after = 0


class Clients:
    """Random clients of a `Chat`, and the recorder of what they do and see."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.chat = Chat(random)
        self.recorder = Recorder()
        self.underway: list[Request] = []
        self.late: list[Request] = []
        self.devices = [Device(f"{user}-{n}", user) for user in PEOPLE for n in range(2)]
        self.attempts: list[tuple[str, str, str]] = []
        self.texts = 0

    def run(self, steps: int) -> History:
        actions: list[tuple[Callable[[], None], int]] = [
            (self.begin_send, 12),
            (self.begin_retry, 4),
            (self.begin_change, 3),
            (self.begin_read, 8),
            (self.begin_move, 4),
            (self.commit_one, 30),
            (self.end_one, 30),
            (self.deliver_one, 25),
            (self.toggle_connection, 4),
        ]
        functions, weights = zip(*actions, strict=True)
        for _ in range(steps):
            self.random.choices(functions, weights)[0]()
        self.settle()
        return self.recorder.history({CONVERSATION: [wire(entry) for entry in self.chat.entries]})

    # Requests

    def begin(self, commit: Callable[[], Any], report: Callable[[int, Outcome, Any], Event | None]) -> None:
        self.underway.append(Request(commit, report))

    def begin_send(self) -> None:
        self.texts += 1
        attempt = (self.random.choice(PEOPLE), f"id-{self.texts}", f"text {self.texts}")
        self.attempts.append(attempt)
        self.send(*attempt)

    def begin_retry(self) -> None:
        if self.attempts:
            self.send(*self.random.choice(self.attempts))

    def send(self, username: str, client_id: str, text: str) -> None:
        began = self.recorder.tick()

        def report(ended: int, outcome: Outcome, answer: Any) -> Event:
            if outcome is Outcome.DONE:
                outcome = answer[0]
            return Send(
                began=began,
                ended=ended,
                username=username,
                conversation=CONVERSATION,
                id=client_id,
                text=text,
                outcome=outcome,
                message=answer[1] if answer else {},
            )

        self.begin(lambda: self.chat.send(username, client_id, text), report)

    def begin_change(self) -> None:
        self.texts += 1
        kind = self.random.choice(("edited", "deleted", "member_added", "member_removed", "settings_changed"))
        other = self.random.choice(PEOPLE[1:])
        target = self.random.choice(list(self.chat.messages.values()) or [None])
        author = FOUNDER
        fields: dict[str, Any] = {"kind": kind}
        if kind in ("edited", "deleted"):
            if target is None:
                return
            author = target.author
            fields["target"] = target.timestamp
        if kind == "edited":
            fields["text"] = f"edit {self.texts}"
        if kind in ("member_added", "member_removed"):
            fields["username"] = other
        if kind == "settings_changed":
            fields["history"] = self.random.choice(list(Openness)).value
        self.change(author, fields)

    def change(self, author: str, fields: dict[str, Any]) -> None:
        began = self.recorder.tick()

        def commit() -> None:
            self.chat.active(author)
            at = self.chat.stamp()
            self.check_change(fields)
            body = {**fields, "seq": at.seq, "timestamp": at.timestamp, "author": author}
            self.chat.append(msgspec.convert(body, Entry))

        def report(ended: int, outcome: Outcome, answer: Any) -> Event:
            return Change(
                began=began,
                ended=ended,
                username=author,
                conversation=CONVERSATION,
                outcome=outcome,
                entry=fields,
            )

        self.begin(commit, report)

    def check_change(self, fields: dict[str, Any]) -> None:
        person = self.chat.people.get(fields.get("username", ""))
        active = person is not None and person.active
        target = self.chat.messages.get(fields.get("target", 0))
        if (target and target.deleted) or (fields["kind"] == "member_added" and active):
            raise RefusedError
        if fields["kind"] == "member_removed" and not active:
            raise RefusedError

    def begin_read(self) -> None:
        device = self.random.choice(self.devices)
        kind = self.random.randrange(3)
        if kind == 0:
            self.read_log(device)
        elif kind == 1:
            self.read_messages(device.username)
        else:
            self.overview(device.username)

    def read_log(self, device: Device) -> None:
        began = self.recorder.tick()
        after = device.after

        def report(ended: int, outcome: Outcome, answer: Any) -> Event | None:
            if outcome is not Outcome.DONE:
                return None
            device.after = max(device.after, answer[1])
            return ReadLog(
                began=began,
                ended=ended,
                device=device.name,
                username=device.username,
                conversation=CONVERSATION,
                after=after,
                through=answer[1],
                entries=tuple(answer[0]),
            )

        limit = self.random.choice((3, 10, 500))
        self.begin(lambda: self.chat.log(device.username, after, limit), report)

    def read_messages(self, username: str) -> None:
        began = self.recorder.tick()

        def report(ended: int, outcome: Outcome, answer: Any) -> Event | None:
            if outcome is not Outcome.DONE:
                return None
            return ReadMessages(began=began, ended=ended, username=username, conversation=CONVERSATION, messages=answer)

        self.begin(lambda: self.chat.page(username, 5), report)

    def overview(self, username: str) -> None:
        began = self.recorder.tick()

        def commit() -> tuple[int, int, int]:
            member = self.chat.active(username)
            return self.chat.head.messages, self.chat.head.seq, member.read.number

        def report(ended: int, outcome: Outcome, answer: Any) -> Event | None:
            if outcome is not Outcome.DONE:
                return None
            total, seq, read = answer
            return Overview(
                began=began,
                ended=ended,
                username=username,
                conversation=CONVERSATION,
                unread=receipts.unread(total, Cursor(0, read)),
                read=read,
                head_messages=total,
                head_seq=seq,
            )

        self.begin(commit, report)

    def begin_move(self) -> None:
        username = self.random.choice(PEOPLE)
        began = self.recorder.tick()
        timestamp = self.random.choice(self.chat.entries).timestamp

        def report(ended: int, outcome: Outcome, answer: Any) -> Event:
            return MoveCursor(
                began=began,
                ended=ended,
                username=username,
                conversation=CONVERSATION,
                timestamp=timestamp,
                outcome=outcome,
            )

        self.begin(lambda: self.chat.move(username, timestamp), report)

    # The course of time

    def commit_one(self) -> None:
        waiting = [request for request in self.underway + self.late if request.waiting]
        if not waiting:
            return
        before = len(self.chat.entries)
        self.random.choice(waiting).commit()
        for entry in self.chat.entries[before:]:
            self.push(entry)

    def push(self, entry: Entry) -> None:
        for device in self.devices:
            member = self.chat.people.get(device.username)
            shown = self.chat.visible(member, entry) if member and device.connection else None
            if shown:
                device.underway.append(wire(shown))

    def end_one(self) -> None:
        if not self.underway:
            return
        request = self.random.choice(self.underway)
        lost = request.waiting or self.random.random() < 0.1
        if request.waiting and self.random.random() < 0.8:
            return
        self.underway.remove(request)
        if request.waiting and self.random.random() < 0.5:
            self.late.append(request)
        event = request.report(self.recorder.tick(), lost=lost)
        if event:
            self.recorder.add(event)

    def deliver_one(self) -> None:
        device = self.random.choice(self.devices)
        if device.underway:
            self.deliver(device)

    def deliver(self, device: Device) -> None:
        entry = device.underway.pop(0)
        if entry["seq"] == device.after + 1:
            device.after += 1
        self.recorder.add(
            Push(
                at=self.recorder.tick(),
                connection=device.connection,
                device=device.name,
                username=device.username,
                conversation=CONVERSATION,
                entry=entry,
            )
        )

    def toggle_connection(self) -> None:
        device = self.random.choice(self.devices)
        at = self.recorder.tick()
        if device.connection:
            self.recorder.add(Disconnect(at=at, connection=device.connection))
            device.connection = ""
            device.underway.clear()
            return
        device.count += 1
        device.connection = f"{device.name}#{device.count}"
        self.recorder.add(Connect(at=at, connection=device.connection, device=device.name, username=device.username))

    def settle(self) -> None:
        """Ends all requests, delivers all pushes, lets every device of a member catch up and say what it holds."""
        while self.underway:
            self.commit_one()
            self.end_one()
        for device in self.devices:
            while device.underway:
                self.deliver(device)
        self.recorder.add(Quiet(at=self.recorder.tick()))
        for device in self.devices:
            member = self.chat.people.get(device.username)
            if member and member.active:
                self.catch_up(device)
                self.overview(device.username)
        while self.underway:
            self.commit_one()
            self.end_one()

    def catch_up(self, device: Device) -> None:
        """Reads the log from where the device holds it without a hole, to its end."""
        while True:
            before = device.after
            self.read_log(device)
            request = self.underway.pop()
            request.commit()
            event = request.report(self.recorder.tick(), lost=False)
            if event:
                self.recorder.add(event)
            if device.after == before:
                break
        self.recorder.add(
            Holds(
                at=self.recorder.tick(),
                device=device.name,
                username=device.username,
                conversation=CONVERSATION,
                through=device.after,
            )
        )


def simulate(seed: int, steps: int = 250) -> History:
    """A correct history, the same for the same seed."""
    return Clients(Random(seed)).run(steps)
