"""A member reads what was committed while being one."""

from hypothesis import given
from hypothesis import strategies as st

from tertulia.domain import limits, members
from tertulia.domain.members import Cursor, Member, Period, Role


def member_after(joins: list[tuple[int, int | None]]) -> Member:
    member: Member | None = None
    for first, last in joins:
        member = members.join(member, "ana", Role.MEMBER, first, 0)
        if last is not None:
            member = members.leave(member, last)
    assert member is not None
    return member


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[int, int | None]]:
    """Periods of membership, in order and apart; the last one may still go on."""
    points = sorted(draw(st.sets(st.integers(0, 200), min_size=1, max_size=20)))
    pairs: list[tuple[int, int | None]] = [
        (points[index], points[index + 1] if index + 1 < len(points) else None) for index in range(0, len(points), 2)
    ]
    return pairs


@given(histories(), st.integers(-1, 201))
def test_a_member_sees_what_happened_during_a_membership(joins: list[tuple[int, int | None]], moment: int) -> None:
    """Whatever the joins and leaves, a moment is readable when it lies within one of them, ends included."""
    expected = any(first <= moment and (last is None or moment <= last) for first, last in joins)
    assert member_after(joins).sees(moment) is expected


@given(histories(), st.integers(-1, 201))
def test_open_history_is_for_active_members(joins: list[tuple[int, int | None]], moment: int) -> None:
    """An open history shows everything to who is a member, and nothing more to who no longer is."""
    member = member_after(joins)
    assert member.sees(moment, open_history=True) is (member.active or member.sees(moment))


@given(histories())
def test_who_left_is_inactive_and_has_no_role(joins: list[tuple[int, int | None]]) -> None:
    """The row says whether the last membership goes on."""
    assert member_after(joins).active is (joins[-1][1] is None)


def test_joining_leaves_nothing_unread() -> None:
    """Who joins has read everything there is; who returns too."""
    first = members.join(None, "ana", Role.ADMIN, 50, 4)
    assert first == Member(username="ana", role=Role.ADMIN, read=Cursor(50, 4), periods=(Period(50),))
    again = members.join(members.leave(first, 60), "ana", Role.MEMBER, 70, 9)
    assert again.read == Cursor(70, 9)
    assert again.periods == (Period(50, 60), Period(70))


def test_leaving_takes_the_role() -> None:
    """An owner who leaves and is added again is what the addition says."""
    left = members.leave(members.join(None, "ana", Role.OWNER, 50, 0), 60)
    assert (left.active, left.role) == (False, Role.MEMBER)


def test_periods_are_bounded_and_the_oldest_go_first() -> None:
    """Of more memberships than the limit the latest are remembered, exactly that many."""
    most = limits.MEMBERSHIP_PERIODS_MAX
    at = member_after([(10 * n, 10 * n + 5) for n in range(1, most + 1)])
    assert len(at.periods) == most
    assert at.sees(10)
    past = member_after([(10 * n, 10 * n + 5) for n in range(1, most + 2)])
    assert len(past.periods) == most
    assert not past.sees(10)
    assert past.sees(20)
    assert past.sees(10 * (most + 1))
