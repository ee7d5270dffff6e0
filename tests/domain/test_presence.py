"""A person is there as long as one of that person's devices is."""

from hypothesis import given
from hypothesis import strategies as st

from tertulia.domain.presence import Lease, Presence, live, presence_of

LEASES = st.dictionaries(
    st.text("abc", min_size=1, max_size=2),
    st.builds(Lease, st.sampled_from(Presence), st.integers(0, 20).map(float)),
    max_size=6,
)


@given(LEASES, st.integers(0, 20).map(float))
def test_presence_is_the_best_of_the_live_leases(leases: dict[str, Lease], now: float) -> None:
    """Online before away before offline; a lease counts until it runs out and not at that moment."""
    statuses = [lease.status for lease in leases.values() if lease.until > now]
    best = next((s for s in (Presence.ONLINE, Presence.AWAY) if s in statuses), Presence.OFFLINE)
    assert presence_of(leases.values(), now) is best
    assert presence_of(live(leases, now).values(), float("-inf")) is best


def test_closing_one_of_two_tabs_shows_nobody_offline() -> None:
    """One live lease is enough."""
    leases = {"one": Lease(Presence.ONLINE, 10.0), "two": Lease(Presence.ONLINE, 20.0)}
    assert presence_of(leases.values(), 15.0) is Presence.ONLINE
    assert live(leases, 15.0) == {"two": leases["two"]}
    assert presence_of(leases.values(), 20.0) is Presence.OFFLINE
