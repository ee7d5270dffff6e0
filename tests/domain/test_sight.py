"""Who may see what of an entry, and who is told that a membership began or ended."""

from tertulia.domain.entries import (
    ConversationCreated,
    ConversationKind,
    MemberAdded,
    MemberRemoved,
    MessageEdited,
    MessageSent,
    TitleChanged,
)
from tertulia.domain.events import ConversationChanged, Membership
from tertulia.domain.members import Member, MemberRole, Period
from tertulia.domain.sight import Sight, ends_membership, memberships_changed, sight

LATE = Member(username="bea", periods=(Period(50),))
GONE = Member(username="caio", active=False, periods=(Period(10, 60),))


def edit(timestamp: int, target: int) -> MessageEdited:
    return MessageEdited(seq=1, timestamp=timestamp, author="ana", target=target, text="t")


def test_an_entry_is_seen_by_who_was_a_member_when_it_was_committed() -> None:
    """Whole where nothing older is concerned; nothing before joining and after leaving."""
    title = TitleChanged(seq=1, timestamp=55, author="ana", title="t")
    assert [sight(member, title, open_history=False) for member in (LATE, GONE)] == [Sight.WHOLE, Sight.WHOLE]
    later = TitleChanged(seq=2, timestamp=61, author="ana", title="t")
    assert [sight(member, later, open_history=False) for member in (LATE, GONE)] == [Sight.WHOLE, Sight.NOTHING]
    earlier = MessageSent(seq=1, timestamp=49, author="ana", id="i", number=1)
    assert [sight(member, earlier, open_history=False) for member in (LATE, GONE)] == [Sight.NOTHING, Sight.WHOLE]


def test_an_entry_about_what_a_member_may_not_read_is_hidden() -> None:
    """Unless the history is open, which it is for active members alone."""
    about_old, about_new = edit(55, 20), edit(56, 55)
    assert sight(LATE, about_old, open_history=False) is Sight.HIDDEN
    assert sight(LATE, about_new, open_history=False) is Sight.WHOLE
    assert sight(LATE, about_old, open_history=True) is Sight.WHOLE
    assert sight(GONE, edit(61, 20), open_history=True) is Sight.NOTHING


def test_who_joins_and_leaves_is_told() -> None:
    """Everybody of a new conversation, whoever is added or removed, and nobody by other entries; leaving comes last."""
    created = ConversationCreated(
        seq=1, timestamp=1, author="ana", type=ConversationKind.GROUP, members=(MemberRole("ana"), MemberRole("bea"))
    )
    joined, left = ConversationChanged("c", Membership.JOINED), ConversationChanged("c", Membership.LEFT)
    assert memberships_changed("c", created) == [("ana", joined), ("bea", joined)]
    added = MemberAdded(seq=2, timestamp=2, author="ana", username="caio")
    removed = MemberRemoved(seq=3, timestamp=3, author="ana", username="caio")
    assert memberships_changed("c", added) == [("caio", joined)]
    assert memberships_changed("c", removed) == [("caio", left)]
    assert memberships_changed("c", edit(5, 4)) == []
    assert [ends_membership(entry) for entry in (created, added, removed)] == [False, False, True]
