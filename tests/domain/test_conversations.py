"""The head of a conversation always says what its log says."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.domain import conversations
from tertulia.domain.conversations import Conversation, direct_id, group_id, next_stamp
from tertulia.domain.entries import (
    ConversationCreated,
    ConversationKind,
    Entry,
    History,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageSent,
    RoleChanged,
    SettingsChanged,
    TitleChanged,
)
from tertulia.domain.members import MemberRole, Role

PEOPLE = ["ana", "ben", "cleo", "dan"]
CREATED = ConversationCreated(
    seq=1,
    timestamp=10,
    author="ana",
    type=ConversationKind.GROUP,
    members=(MemberRole("ana", Role.OWNER), MemberRole("ben")),
    title="First",
)


@dataclass
class Recount:
    """The head, and what a recount of the same log says."""

    head: Conversation = field(default_factory=lambda: conversations.begin("g", CREATED))
    roles: dict[str, Role] = field(default_factory=lambda: {"ana": Role.OWNER, "ben": Role.MEMBER})
    messages: int = 0
    stamps: list[tuple[int, int]] = field(default_factory=lambda: [(1, 10)])

    def take(self, kind: str, who: str, role: Role, now: int) -> None:
        entry = self._entry(kind, who, role, now)
        if entry is None:
            return
        self.head = conversations.apply(self.head, entry, role_before=self.roles.get(who))
        self.stamps.append((entry.seq, entry.timestamp))
        match entry:
            case MemberAdded():
                self.roles[who] = role
            case MemberRemoved():
                del self.roles[who]
            case RoleChanged():
                self.roles[who] = role
            case MessageSent():
                self.messages += 1

    def _entry(self, kind: str, who: str, role: Role, now: int) -> Entry | None:
        stamp = next_stamp(self.head, now)
        seq, timestamp = stamp.seq, stamp.timestamp
        if kind == "message":
            return MessageSent(
                seq=seq, timestamp=timestamp, author=who, id=str(seq), number=self.head.messages + 1, text="x"
            )
        if kind == "add" and who not in self.roles:
            return MemberAdded(seq=seq, timestamp=timestamp, author="ana", username=who, role=role)
        if kind == "remove" and who in self.roles:
            return MemberRemoved(seq=seq, timestamp=timestamp, author="ana", username=who)
        if kind == "role" and who in self.roles and self.roles[who] is not role:
            return RoleChanged(seq=seq, timestamp=timestamp, author="ana", username=who, role=role)
        if kind == "delete":
            return MessageDeleted(seq=seq, timestamp=timestamp, author=who, target=5)
        return None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["message", "add", "remove", "role", "delete"]),
        st.sampled_from(PEOPLE),
        st.sampled_from(list(Role)),
        st.integers(-1000, 1000),
    ),
    max_size=30,
)


@given(STEPS)
def test_the_head_equals_a_recount(steps: list[tuple[str, str, Role, int]]) -> None:
    """After any valid log, members, owners and messages of the head are what counting the log gives."""
    recount = Recount()
    for step in steps:
        recount.take(*step)
        head = recount.head
        assert head.members == len(recount.roles)
        assert head.owners == sum(role is Role.OWNER for role in recount.roles.values())
        assert head.messages == recount.messages
        assert (head.seq, head.timestamp) == recount.stamps[-1]


@given(STEPS)
def test_order_needs_no_clock(steps: list[tuple[str, str, Role, int]]) -> None:
    """Under a clock that stands or jumps, seq has no gap and the timestamp strictly increases."""
    recount = Recount()
    for step in steps:
        recount.take(*step)
    seqs, timestamps = zip(*recount.stamps, strict=True)
    assert list(seqs) == list(range(1, len(seqs) + 1))
    assert all(earlier < later for earlier, later in pairwise(timestamps))


@given(st.integers(0, 2**53), st.integers(0, 2**53))
def test_a_stamp_is_the_time_where_that_is_later(timestamp: int, now: int) -> None:
    """A clock that goes right decides the timestamp; one that doesn't is overruled by one microsecond."""
    stamp = next_stamp(Conversation(id="g", kind=ConversationKind.GROUP, created=1, seq=4, timestamp=timestamp), now)
    assert stamp.seq == 5
    assert stamp.timestamp == (now if now > timestamp else timestamp + 1)


def test_a_conversation_begins_with_its_first_entry() -> None:
    """The head after the first entry has its members, owners, title, and no messages."""
    assert conversations.begin("g", CREATED) == Conversation(
        id="g",
        kind=ConversationKind.GROUP,
        created=10,
        seq=1,
        timestamp=10,
        members=2,
        owners=1,
        title="First",
    )


def test_a_title_is_that_of_the_last_change() -> None:
    """A change of title changes the title alone."""
    head = conversations.begin("g", CREATED)
    after = conversations.apply(head, TitleChanged(seq=2, timestamp=11, author="ana", title="Second"))
    assert (after.title, after.members, after.live_typing) == ("Second", 2, False)


@pytest.mark.parametrize("live_typing", [True, False])
def test_settings_that_are_absent_stay(live_typing: bool) -> None:
    """A change of one setting leaves the other as it was."""
    head = conversations.begin("g", CREATED)
    assert not head.open_history
    opened = conversations.apply(head, SettingsChanged(seq=2, timestamp=11, author="ana", history=History.ALL))
    assert opened.open_history
    assert not opened.live_typing
    after = conversations.apply(opened, SettingsChanged(seq=3, timestamp=12, author="ana", live_typing=live_typing))
    assert after.open_history
    assert after.live_typing is live_typing


@given(st.text(max_size=8), st.text(max_size=8))
def test_a_direct_conversation_has_one_id(one: str, other: str) -> None:
    """Whoever begins it, the direct conversation of two people is the same."""
    assert direct_id(one, other) == direct_id(other, one)


def test_different_conversations_have_different_ids() -> None:
    """Ids depend on every person and request, and on where one name ends and the next begins."""
    ids = [
        direct_id("ana", "ben"),
        direct_id("an", "aben"),
        direct_id("ana", "cleo"),
        group_id("ana", "ben"),
        group_id("an", "aben"),
        group_id("ben", "ana"),
        group_id("ana", "other"),
    ]
    assert len(set(ids)) == len(ids)


def test_ids_do_not_change_between_releases() -> None:
    """Ids are stored for ever and made anew from names, so how they are made can't change."""
    assert direct_id("ana", "ben") == "d_ydjmob3actx4tjdnjrmoz54e6i"
    assert group_id("ana", "one") == "g_oiyhj5mpwmgv3bfmjihrjbrkdx"
