"""Messages of the last minute and hour."""

from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.recent import HOUR, RecentMessages
from tertulia.domain.entries import MessageDeleted, MessageSent
from tertulia.ports.store import Committed

SENT = Committed("g", MessageSent(seq=1, timestamp=1, author="ana", id="a", number=1, text="x"))
DELETED = Committed("g", MessageDeleted(seq=2, timestamp=2, author="ana", target=1))


def test_messages_leave_the_count_when_their_time_is_over() -> None:
    """Each counts for as long as was asked for, and nothing but messages does."""
    clock = SetClock()
    recent = RecentMessages(clock)
    recent.committed([SENT, DELETED, SENT])
    recent.committed([SENT])
    recent.committed([DELETED])
    clock.advance(59)
    recent.committed([SENT])
    assert (recent.within(60), recent.within(HOUR)) == (4, 4)
    clock.advance(1)
    assert (recent.within(60), recent.within(HOUR)) == (1, 4)
    clock.advance(HOUR)
    assert (recent.within(60), recent.within(HOUR)) == (0, 0)


def test_no_more_than_an_hour_is_held() -> None:
    """However long the process runs."""
    clock = SetClock()
    recent = RecentMessages(clock)
    for _ in range(HOUR + 100):
        clock.advance(1)
        recent.committed([SENT])
    assert recent.within(10 * HOUR) == HOUR
