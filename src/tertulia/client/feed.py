"""The order in which an application gets what happens: each entry once, in its log's order, without a gap.

Pure: it is told what the server pushed and answered, and says what to ask next and what to give to the application.
What is pushed may be lost, doubled or out of order; the log is the truth. Memory is bounded: what does not fit is left
out here and read from the log when there is room again.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from tertulia.api.responses import ConversationView, Log
from tertulia.domain import limits
from tertulia.domain.entries import ConversationCreated, MemberAdded, MemberRemoved, MessageSent, VisibleEntry
from tertulia.domain.events import (
    ConversationChanged,
    DraftEvent,
    EntryEvent,
    HeadEvent,
    KeptDraftEvent,
    LocationEvent,
    Membership,
    PresenceEvent,
    ReadEvent,
    ReceiptsEvent,
    StatusEvent,
    TypingEvent,
)

LiveEvent = (
    EntryEvent
    | ReadEvent
    | TypingEvent
    | DraftEvent
    | KeptDraftEvent
    | LocationEvent
    | ConversationChanged
    | PresenceEvent
    | StatusEvent
    | ReceiptsEvent
)
"""What an application gets."""
Pushed = LiveEvent | HeadEvent
"""What the server pushes."""

QUEUE_MAX: Final = 1_000
"""Events that wait for the application. Pages of the log that were asked for before it filled up come on top."""
EARLY_MAX: Final = 256
"""Entries that wait for an earlier one, over all conversations."""


class Start(StrEnum):
    """Where to begin in a conversation for which the application has no cursor."""

    NOW = "now"
    """With what is committed from now on."""
    UNREAD = "unread"
    """With the first message that this person has not read."""
    ALL = "all"
    """With the first entry that this person may read."""


class ReadPage(Struct, frozen=True):
    """To do: read the log of `conversation` after `after`."""

    conversation: str
    after: int
    limit: int


class Locate(Struct, frozen=True):
    """To do: find out where to begin in `conversation`."""

    conversation: str


class ListAll(Struct, frozen=True):
    """To do: list the person's conversations, all pages."""


Job = ReadPage | Locate | ListAll


class _Place:
    """How far one conversation is. `seq`: all up to it was queued, None while it is not known where to begin.
    `taken`: all up to it was given to the application. `known`: the highest that was heard of. `floor`: what has an
    earlier timestamp is from before this person joined. `touched`: the round of listing in which it was heard of."""

    __slots__ = ("busy", "floor", "joined", "known", "left", "reads", "seq", "taken", "touched")

    def __init__(self, seq: int | None, *, joined: bool = False) -> None:
        self.seq = seq
        self.taken = seq
        self.known = 0
        self.floor = 0
        self.busy = False
        self.joined = joined
        self.left = False
        self.touched = 0
        self.reads: dict[str, int] = {}

    def begin_at(self, seq: int) -> None:
        self.seq = self.taken = seq


class Feed:
    """One application's stream. `me` is the person's username; `cursors` is what an earlier stream's `cursors` said."""

    def __init__(self, me: str, cursors: Mapping[str, int], start: Start, queue_max: int = QUEUE_MAX) -> None:
        self._me: Final = me
        self._start: Final = start
        self._queue_max: Final = queue_max
        self._queue: Final[deque[LiveEvent]] = deque()
        self._places: Final = {conversation: _Place(seq) for conversation, seq in cursors.items()}
        self._early: Final[dict[tuple[str, int], VisibleEntry]] = {}
        self._behind: Final[dict[str, None]] = {}
        self._stale = False
        self._listing = False
        self._round = 0
        self.synchronised = False
        """Whether the conversations were listed since the stream began."""

    @property
    def cursors(self) -> dict[str, int]:
        """For each conversation the `seq` up to which the application has everything."""
        return {conversation: place.taken for conversation, place in self._places.items() if place.taken is not None}

    # What the application does

    def take(self) -> LiveEvent | None:
        """The next event, if there is one."""
        if not self._queue:
            return None
        event = self._queue.popleft()
        if isinstance(event, EntryEvent):
            self._places[event.conversation].taken = event.entry.seq
        return event

    @property
    def waiting(self) -> int:
        return len(self._queue)

    # What the server says

    def missed(self) -> None:
        """Something may have been missed: what was pushed before the connection that is open now is lost."""
        self._stale = True

    def pushed(self, event: EntryEvent) -> None:
        """An entry was pushed."""
        place, entry = self._place(event.conversation), event.entry
        place.touched = self._round
        place.left = isinstance(entry, MemberRemoved) and entry.username == self._me
        place.known = max(place.known, entry.seq)
        if place.seq is None and self._begins_membership(entry):
            place.begin_at(entry.seq - 1)
        if place.seq is None or entry.seq > place.seq:
            self._remember(event.conversation, entry)
        self._advance(event.conversation, place)

    def happened(self, event: Pushed) -> None:
        """Something was pushed. Where there is no room, what can't be asked for again is lost."""
        if isinstance(event, EntryEvent):
            return self.pushed(event)
        if isinstance(event, HeadEvent):
            return self._heard_of(event)
        if isinstance(event, ConversationChanged):
            place = self._place(event.conversation)
            place.touched = self._round
            place.left = event.change is Membership.LEFT
            self._advance(event.conversation, place)
        if len(self._queue) < self._queue_max:
            if isinstance(event, ReadEvent):
                self._note_read(self._place(event.conversation), event.username, event.read.number)
            self._queue.append(event)
        elif isinstance(event, ReadEvent | ConversationChanged):
            self._stale = True
        return None

    def _heard_of(self, event: HeadEvent) -> None:
        """There is an entry that was not pushed: the log is asked for it."""
        place = self._place(event.conversation)
        place.known = max(place.known, event.seq)
        self._advance(event.conversation, place)

    # What to ask the server, and its answers

    def job(self) -> Job | None:
        """What to ask next. Each job is answered by one of the methods below, or by `failed`."""
        if len(self._queue) > self._queue_max // 2:
            return None
        if self._stale and not self._listing:
            self._stale, self._listing = False, True
            self._round += 1
            return ListAll()
        if not self.synchronised:
            return None
        while self._behind:
            conversation = next(iter(self._behind))
            del self._behind[conversation]
            place = self._places[conversation]
            if place.left or place.busy:
                continue
            if place.seq is None:
                place.busy = True
                return Locate(conversation)
            if place.known > place.seq:
                place.busy = True
                return ReadPage(conversation, place.seq, min(limits.LOG_PAGE_MAX, self._queue_max))
        return None

    def listed(self, views: Sequence[ConversationView]) -> None:
        """The answer to ListAll: every conversation of the person."""
        first, self.synchronised, self._listing = not self.synchronised, True, False
        for view in views:
            new = view.id not in self._places
            place = self._place(view.id)
            if place.left and place.touched == self._round:
                continue
            if new or place.left:
                place.joined = not first
                place.left = False
                if not first:
                    self._queue.append(ConversationChanged(view.id, Membership.JOINED))
            if first:
                self._begin(place, view)
            self._note_reads(place, view, silent=first or new)
            place.known = max(place.known, view.head.seq)
        here = {view.id for view in views}
        for conversation, place in self._places.items():
            if conversation not in here and not place.left and place.touched != self._round:
                place.left = True
                self._queue.append(ConversationChanged(conversation, Membership.LEFT))
            self._advance(conversation, place)

    def located(self, view: ConversationView, first_unread: int | None) -> None:
        """The answer to Locate. `first_unread` is the seq of the first unread message, None where there is none.

        Joining reads everything up to it, so what happened since a join is what is not before the read cursor. A long
        log is not read from its beginning for that: it begins with the first unread message.
        """
        place = self._place(view.id)
        place.busy = False
        if place.seq is None and place.joined and view.head.seq <= limits.LOG_PAGE_MAX:
            place.begin_at(0)
            place.floor = view.read.timestamp
        elif place.seq is None:
            place.begin_at(view.head.seq if first_unread is None else first_unread - 1)
        place.known = max(place.known, view.head.seq)
        self._advance(view.id, place)

    def logged(self, job: ReadPage, log: Log) -> bool:
        """The answer to ReadPage. Says whether it brought the conversation further, or is not needed to."""
        place = self._place(job.conversation)
        place.busy = False
        before = place.seq or 0
        for entry in log.entries:
            if entry.seq > (place.seq or 0):
                self._append(job.conversation, place, entry)
        place.seq = max(place.seq or 0, log.through)
        place.known = max(place.known, log.head.seq)
        self._advance(job.conversation, place)
        return place.seq > before or place.known <= place.seq

    def gone(self, conversation: str) -> None:
        """The server says that there is no such conversation among the person's."""
        place = self._place(conversation)
        place.busy = False
        if not place.left:
            place.left = True
            self._queue.append(ConversationChanged(conversation, Membership.LEFT))

    def failed(self, job: Job) -> None:
        """The job could not be done: it is to be done again."""
        if isinstance(job, ListAll):
            self._listing, self._stale = False, True
        else:
            self._places[job.conversation].busy = False
            self._behind[job.conversation] = None

    # Inside

    def _place(self, conversation: str) -> _Place:
        place = self._places.get(conversation)
        if place is None:
            place = self._places[conversation] = _Place(None, joined=self.synchronised)
        return place

    def _begins_membership(self, entry: VisibleEntry) -> bool:
        if isinstance(entry, ConversationCreated):
            return any(member.username == self._me for member in entry.members)
        return isinstance(entry, MemberAdded) and entry.username == self._me

    def _begin(self, place: _Place, view: ConversationView) -> None:
        """Where a conversation begins that was there when the stream began. One that must be asked for stays open."""
        if place.seq is not None:
            if place.seq > max(view.head.seq, place.known):
                place.begin_at(view.head.seq)  # the server was restored from an earlier copy
        elif self._start is Start.ALL:
            place.begin_at(0)
        elif self._start is Start.NOW or not view.unread:
            place.begin_at(view.head.seq)

    def _remember(self, conversation: str, entry: VisibleEntry) -> None:
        """Keeps an entry until its turn comes. Where there is no room the log has it still."""
        if len(self._early) >= EARLY_MAX:
            late = [key for key in self._early if key[1] <= (self._places[key[0]].seq or 0)]
            for key in late:
                del self._early[key]
        if len(self._early) < EARLY_MAX:
            self._early[conversation, entry.seq] = entry

    def _advance(self, conversation: str, place: _Place) -> None:
        """Queues what is next, and notes where the log must be asked."""
        while place.seq is not None and len(self._queue) < self._queue_max:
            entry = self._early.pop((conversation, place.seq + 1), None)
            if entry is None:
                break
            self._append(conversation, place, entry)
        if not (place.left or place.busy) and (place.seq is None or place.known > place.seq):
            self._behind[conversation] = None

    def _append(self, conversation: str, place: _Place, entry: VisibleEntry) -> None:
        place.seq = entry.seq
        if entry.timestamp < place.floor:
            return
        if isinstance(entry, MessageSent):
            self._note_read(place, entry.author, entry.number)
        self._queue.append(EntryEvent(conversation, entry))

    def _note_read(self, place: _Place, username: str, number: int) -> None:
        """Only of those whom the list of conversations shows: the others' cursors are not remembered."""
        if number > place.reads.get(username, number):
            place.reads[username] = number

    def _note_reads(self, place: _Place, view: ConversationView, *, silent: bool) -> None:
        """Read cursors that moved while nothing was heard."""
        for member in view.members:
            moved = member.read.number > place.reads.get(member.username, -1)
            if moved and not silent:
                self._queue.append(ReadEvent(view.id, member.username, member.read))
            if moved:
                place.reads[member.username] = member.read.number
