"""The feed: whatever is pushed, lost, doubled or late, an application gets each entry once and in order."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.api.responses import ConversationView, Head, Log, MemberView
from tertulia.client.feed import EARLY_MAX, Feed, ListAll, LiveEvent, Locate, ReadPage, Start
from tertulia.domain.entries import (
    ConversationCreated,
    ConversationKind,
    History,
    MemberAdded,
    MemberRemoved,
    MessageSent,
    VisibleEntry,
)
from tertulia.domain.events import ConversationChanged, EntryEvent, Membership, ReadEvent, TypingEvent
from tertulia.domain.members import Cursor, MemberRole, Role

ME = "ana"


class Server:
    """A conversation's log as one reader sees it, and the answers to a feed's jobs."""

    def __init__(self, conversation: str = "g", *, read: int = 0) -> None:
        self.conversation = conversation
        self.entries: list[VisibleEntry] = []
        self.member = True
        self.read = Cursor(read * 10, max(0, read - 1))
        members = (MemberRole(ME, Role.OWNER), MemberRole("ben"))
        self.add(ConversationCreated(seq=1, timestamp=10, author=ME, type=ConversationKind.GROUP, members=members))

    def add(self, entry: VisibleEntry) -> EntryEvent:
        self.entries.append(entry)
        return EntryEvent(self.conversation, entry)

    def say(self, text: str = "hi") -> EntryEvent:
        seq = len(self.entries) + 1
        return self.add(MessageSent(seq=seq, timestamp=seq * 10, author="ben", id=f"m{seq}", number=seq - 1, text=text))

    @property
    def head(self) -> Head:
        return Head(seq=len(self.entries), timestamp=len(self.entries) * 10, messages=len(self.entries) - 1)

    def view(self) -> ConversationView:
        return ConversationView(
            id=self.conversation,
            kind=ConversationKind.GROUP,
            title="",
            live_typing=False,
            history=History.JOINED,
            created=10,
            head=self.head,
            last_message=None,
            members=[MemberView(username=ME, role=Role.OWNER, read=self.read)],
            member_count=2,
            role=Role.OWNER,
            read=self.read,
            unread=self.head.messages - self.read.number,
            since=10,
        )

    def page(self, job: ReadPage, limit: int) -> Log:
        through = min(len(self.entries), job.after + min(limit, job.limit))
        return Log(entries=self.entries[job.after : through], through=through, head=self.head)


def answer(feed: Feed, server: Server, limit: int = 500) -> bool:
    """Does the feed's next job; says whether there was one."""
    match feed.job():
        case None:
            return False
        case ListAll():
            feed.listed([server.view()] if server.member else [])
        case Locate():
            unread = server.view().unread
            feed.located(server.view(), len(server.entries) - unread + 1 if unread else None)
        case ReadPage() as job:
            feed.logged(job, server.page(job, limit))
    return True


def drain(feed: Feed, server: Server, limit: int = 500) -> list[LiveEvent]:
    """Everything that the feed gives when all its jobs are done."""
    events: list[LiveEvent] = []
    for _ in range(10_000):
        busy = answer(feed, server, limit)
        while (event := feed.take()) is not None:
            events.append(event)
            busy = True
        if not busy:
            return events
    pytest.fail("the feed never comes to rest")


def seqs(events: list[LiveEvent]) -> list[int]:
    return [event.entry.seq for event in events if isinstance(event, EntryEvent)]


def started(server: Server, start: Start = Start.NOW, cursors: dict[str, int] | None = None, room: int = 50) -> Feed:
    feed = Feed(ME, cursors or {}, start, queue_max=room)
    feed.missed()
    return feed


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 20), st.integers(1, 7))
def test_every_entry_is_given_once_in_order_whatever_happens_to_the_pushes(seed: int, room: int, limit: int) -> None:
    """Pushes that are lost, doubled, late or cut off by reconnections change nothing in what the application gets."""
    rng = random.Random(seed)
    server = Server()
    feed = started(server, room=room)
    while not feed.synchronised:
        answer(feed, server)
    under_way: list[EntryEvent] = []
    got: list[LiveEvent] = []
    for _ in range(120):
        match rng.choice(["say", "say", "push", "push", "push", "job", "take", "take", "cut"]):
            case "say":
                under_way.append(server.say())
                if rng.random() < 0.2:
                    under_way.append(under_way[-1])
            case "push" if under_way:
                event = under_way.pop(rng.randrange(len(under_way)) if rng.random() < 0.3 else 0)
                if rng.random() < 0.8:
                    feed.pushed(event)
            case "job":
                answer(feed, server, limit)
            case "take":
                got += [taken] if (taken := feed.take()) else []
            case "cut":
                under_way.clear()
                feed.missed()
    feed.missed()
    got += drain(feed, server, limit)
    assert seqs(got) == list(range(2, len(server.entries) + 1))


@given(st.integers(0, 2**32))
def test_a_later_stream_goes_on_where_an_earlier_one_stopped(seed: int) -> None:
    """The cursors of a stream that ends anywhere, given to the next, leave no gap and no repetition between them."""
    rng = random.Random(seed)
    server = Server()
    cursors: dict[str, int] = {}
    got: list[int] = []
    for turn in range(5):
        feed = started(server, Start.ALL, cursors)
        for _ in range(rng.randrange(20)):
            event = server.say()
            if turn % 2:
                feed.pushed(event)
        while answer(feed, server):
            pass
        for _ in range(rng.randrange(30)):
            if isinstance(taken := feed.take(), EntryEvent):
                got.append(taken.entry.seq)
        cursors = feed.cursors or cursors
    got += seqs(drain(started(server, Start.ALL, cursors), server))
    assert got == list(range(1, len(server.entries) + 1))


@pytest.mark.parametrize(("start", "first"), [(Start.ALL, 1), (Start.UNREAD, 5), (Start.NOW, 8)])
def test_a_stream_begins_where_it_is_told_to(start: Start, first: int) -> None:
    """Without a cursor a conversation begins at its first entry, at the first unread message, or now."""
    server = Server(read=4)
    for _ in range(6):
        server.say()
    feed = started(server, start)
    events = drain(feed, server)
    feed.pushed(server.say())
    events += drain(feed, server)
    assert seqs(events) == list(range(first, 9))


def test_what_is_committed_between_connecting_and_listing_is_given_where_the_list_has_it_not() -> None:
    """The first list and the pushes leave no window between them."""
    server = Server()
    feed = started(server)
    job = feed.job()
    assert isinstance(job, ListAll)
    answered = [server.view()]
    feed.pushed(server.say())
    feed.listed(answered)
    assert seqs(drain(feed, server)) == [2]


def test_a_conversation_begins_with_the_entry_of_joining_it() -> None:
    """Who is added while the stream runs gets the addition and all that comes after it, and nothing from before."""
    server, other = Server(), Server("h")
    feed = started(server)
    assert drain(feed, server) == []
    for _ in range(3):
        other.say()
    feed.pushed(other.add(MemberAdded(seq=5, timestamp=50, author="ben", username=ME)))
    feed.pushed(other.say())
    assert seqs(drain(feed, other)) == [5, 6]


def test_a_membership_that_began_unheard_is_found_by_the_list() -> None:
    """Who was added during an absence is told of it, and gets what was committed since, and nothing from before."""
    server, other = Server(), Server("h", read=4)
    feed = started(server)
    drain(feed, server)
    for _ in range(6):
        other.say()
    feed.missed()
    assert isinstance(feed.job(), ListAll)
    feed.listed([server.view(), other.view()])
    events = drain(feed, other)
    assert ConversationChanged("h", Membership.JOINED) in events
    assert seqs(events) == [4, 5, 6, 7]


def test_a_membership_that_ended_unheard_is_found_by_the_list() -> None:
    """Who was removed during an absence is told of it once."""
    server = Server()
    feed = started(server)
    drain(feed, server)
    server.member = False
    feed.missed()
    assert drain(feed, server) == [ConversationChanged("g", Membership.LEFT)]
    feed.missed()
    assert drain(feed, server) == []


def test_the_entry_of_ones_own_removal_is_the_last_that_is_given() -> None:
    """It is given also where the news of it comes first, and nothing is asked of the server afterwards."""
    server = Server()
    feed = started(server)
    drain(feed, server)
    feed.happened(ConversationChanged("g", Membership.LEFT))
    feed.pushed(server.add(MemberRemoved(seq=2, timestamp=20, author="ben", username=ME)))
    server.member = False
    assert seqs(drain(feed, server)) == [2]


def test_a_conversation_that_answers_not_found_is_left_alone() -> None:
    """A hole in a conversation that this person may no longer read is asked for once, and the person is told."""
    server = Server()
    feed = started(server)
    drain(feed, server)
    server.say()
    feed.pushed(server.say())
    job = feed.job()
    assert isinstance(job, ReadPage)
    feed.gone("g")
    assert feed.job() is None
    assert feed.take() == ConversationChanged("g", Membership.LEFT)


def test_what_waits_for_the_application_is_bounded() -> None:
    """An application that reads nothing costs a bounded amount, and gets everything once it reads."""
    server = Server()
    feed = started(server, room=10)
    while answer(feed, server):
        pass
    for _ in range(EARLY_MAX * 3):
        feed.pushed(server.say())
        feed.happened(TypingEvent("g", "ben"))
        answer(feed, server)
    assert feed.waiting <= 20
    assert len(feed._early) <= EARLY_MAX
    assert seqs(drain(feed, server)) == list(range(2, len(server.entries) + 1))


def test_a_read_cursor_that_moved_unheard_is_told_afterwards() -> None:
    """A cursor that moved on another device during an absence is an event; one that did not is none."""
    server = Server()
    feed = started(server)
    server.say()
    drain(feed, server)
    server.read = Cursor(20, 1)
    feed.missed()
    assert drain(feed, server) == [ReadEvent("g", ME, Cursor(20, 1))]
    feed.missed()
    assert drain(feed, server) == []


def test_a_read_cursor_for_which_there_was_no_room_is_told_later() -> None:
    """What can be asked for again is never lost for want of room."""
    server = Server()
    feed = started(server, room=4)
    drain(feed, server)
    for _ in range(4):
        feed.pushed(server.say())
    server.read = Cursor(50, 4)
    feed.happened(ReadEvent("g", ME, Cursor(50, 4)))
    assert ReadEvent("g", ME, Cursor(50, 4)) in drain(feed, server)


def test_a_server_that_was_set_back_is_noticed() -> None:
    """A cursor beyond the end of the log, as after a restored backup, does not swallow what is committed now."""
    server = Server()
    feed = started(server, cursors={"g": 100})
    drain(feed, server)
    feed.pushed(server.say())
    assert seqs(drain(feed, server)) == [2]


def test_a_job_that_failed_is_given_out_again() -> None:
    """A request that failed leaves nothing undone for good."""
    server = Server()
    feed = started(server, Start.ALL)
    job = feed.job()
    assert isinstance(job, ListAll)
    feed.failed(job)
    assert isinstance(feed.job(), ListAll)
    feed.listed([server.view()])
    page = feed.job()
    assert isinstance(page, ReadPage)
    feed.failed(page)
    assert feed.job() == page
