"""What clients did and saw: the vocabulary of a recorded history.

Everything that one run of clients recorded goes into one `History`. Moments (`at`, `began`, `ended`) are ticks of the
recorder: one counter for the whole run, so what ended before something else began is known to come first. Entries and
messages stand as they came over the wire.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

Wire = Mapping[str, Any]
"""A JSON object as it came."""


class Outcome(StrEnum):
    """How a request ended for its client. UNKNOWN: no answer came; it may take effect at any later time, or never."""

    DONE = "done"
    REPEATED = "repeated"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Send(Struct, frozen=True, kw_only=True, tag=True):
    """One attempt to send a message. DONE: 201; REPEATED: 200; `message` is the answer."""

    began: int
    ended: int
    username: str
    conversation: str
    id: str
    text: str
    outcome: Outcome
    message: Wire = field(default_factory=dict)


class Change(Struct, frozen=True, kw_only=True, tag=True):
    """One attempt at any other append. `entry` holds the fields (with `kind`) that the entry must have."""

    began: int
    ended: int
    username: str
    conversation: str
    outcome: Outcome
    entry: Wire


class Connect(Struct, frozen=True, kw_only=True, tag=True):
    """A connection is open: what is committed from now on must be pushed to it."""

    at: int
    connection: str
    device: str
    username: str


class Disconnect(Struct, frozen=True, kw_only=True, tag=True):
    at: int
    connection: str


class Push(Struct, frozen=True, kw_only=True, tag=True):
    """An entry arrived over a connection without being asked for."""

    at: int
    connection: str
    device: str
    username: str
    conversation: str
    entry: Wire


class ReadLog(Struct, frozen=True, kw_only=True, tag=True):
    """A page of the log: what comes after `after`, complete up to `through`."""

    began: int
    ended: int
    device: str
    username: str
    conversation: str
    after: int
    through: int
    entries: tuple[Wire, ...]


class ReadMessages(Struct, frozen=True, kw_only=True, tag=True):
    """Messages as a person sees them. `page`: a run without holes, ascending; else single ones, as of a search."""

    began: int
    ended: int
    username: str
    conversation: str
    messages: tuple[Wire, ...]
    page: bool = True


class Overview(Struct, frozen=True, kw_only=True, tag=True):
    """A conversation as its reader sees it: where the log stands, and the reader's own cursor and unread count.

    `head_messages` is -1 where the answer names no head, as that of a cursor's move.
    """

    began: int
    ended: int
    username: str
    conversation: str
    unread: int
    read: int
    head_messages: int = -1
    head_seq: int = -1


class MoveCursor(Struct, frozen=True, kw_only=True, tag=True):
    """One attempt to move the reader's cursor to the last message at or before `timestamp`."""

    began: int
    ended: int
    username: str
    conversation: str
    timestamp: int
    outcome: Outcome


class Holds(Struct, frozen=True, kw_only=True, tag=True):
    """A device says that it holds all that its person may read of the log, from the start up to `through`."""

    at: int
    device: str
    username: str
    conversation: str
    through: int


class Quiet(Struct, frozen=True, kw_only=True, tag=True):
    """Nothing more is sent, and every push had the time to arrive."""

    at: int


Event = Send | Change | Connect | Disconnect | Push | ReadLog | ReadMessages | Overview | MoveCursor | Holds | Quiet


class History(Struct, kw_only=True):
    """A whole run. `logs` holds every conversation's whole log, as a founding member read it after the end."""

    events: list[Event]
    logs: dict[str, list[Wire]]


class Recorder:
    """Collects events of concurrent clients of one event loop, and hands out moments."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._now = 0

    def tick(self) -> int:
        self._now += 1
        return self._now

    def add(self, event: Event) -> None:
        self.events.append(event)

    def history(self, logs: dict[str, list[Wire]]) -> History:
        return History(events=list(self.events), logs=logs)
