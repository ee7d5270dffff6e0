"""Read cursors over the services: shared by devices, forward only, told to the members."""

import pytest
from msgspec import UNSET
from tests.services.refused import refused
from tests.services.world import World, who

from tertulia.domain.events import ReadEvent
from tertulia.domain.members import Cursor


async def test_a_cursor_moves_to_the_last_message_at_or_before_the_time(world: World, group: str) -> None:
    """The answer is where it stands and what is unread; the members are told."""
    sent = [await world.say("ana", group, str(n)) for n in range(3)]
    cursor, unread = await world.chat.receipts.move(who("ben"), group, sent[1].timestamp)
    assert (cursor, unread) == (Cursor(sent[1].timestamp, 2), 1)
    assert world.told(ReadEvent) == [(group, ReadEvent(group, "ben", cursor), None)]


async def test_a_cursor_never_moves_back(world: World, group: str) -> None:
    """A device that lags answers with where the person is, and nobody is told anything."""
    sent = [await world.say("ana", group, str(n)) for n in range(3)]
    ahead = await world.chat.receipts.move(who("ben"), group, sent[2].timestamp + 5)
    for timestamp in (sent[0].timestamp, sent[2].timestamp, 0):
        assert await world.chat.receipts.move(who("ben"), group, timestamp) == ahead
    assert ahead == (Cursor(sent[2].timestamp, 3), 0)
    assert len(world.told(ReadEvent)) == 1


async def test_what_is_read_privately_is_told_to_own_devices_alone(world: World, group: str) -> None:
    """What is then read openly is told to everybody, up to there."""
    sent = [await world.say("ana", group, str(n)) for n in range(3)]
    cursor, unread = await world.chat.receipts.move(who("ben"), group, sent[2].timestamp, private=True)
    assert (cursor.number, unread) == (3, 0)
    assert world.told(ReadEvent) == [("ben", ReadEvent(group, "ben", cursor), None)]
    assert await world.chat.receipts.move(who("ben"), group, sent[1].timestamp) == (cursor, 0)
    shown = ReadEvent(group, "ben", Cursor(sent[1].timestamp, 2))
    assert world.told(ReadEvent)[1:] == [(group, shown, None)]


async def test_before_the_first_message_nothing_moves(world: World, group: str) -> None:
    """Other entries are not messages, and are not unread."""
    cursor, unread = await world.chat.receipts.move(who("ben"), group, 2**53 - 1)
    assert (cursor.number, unread) == (0, 0)
    assert world.told(ReadEvent) == []


@pytest.mark.parametrize("stranger", ["eve", "dan"])
async def test_strangers_and_removed_members_move_nothing(world: World, group: str, stranger: str) -> None:
    """There is no such conversation for them."""
    await world.chat.members.remove(who("ana"), group, "dan")
    for conversation in (group, "g_unknown"):
        with refused("conversation_not_found"):
            await world.chat.receipts.move(who(stranger), conversation, 5)


async def test_unread_after_returning_counts_from_the_return(world: World, group: str) -> None:
    """What was sent while one was away is never unread."""
    await world.say("ana", group)
    await world.chat.members.remove(who("ana"), group, "ben")
    await world.say("ana", group)
    await world.chat.members.put(who("ana"), group, "ben", UNSET)
    await world.say("ana", group)
    assert (await world.chat.receipts.move(who("ben"), group, 0))[1] == 1
