"""Pages of messages, and the log after a cursor."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from tests.services.refused import refused
from tests.services.world import World, who

from tertulia.domain.entries import Hidden, MemberAdded, MessageEdited, MessageSent
from tertulia.domain.messages import Message


@pytest.mark.parametrize("stranger", ["eve", "dan"])
async def test_strangers_and_removed_members_read_nothing(world: World, group: str, stranger: str) -> None:
    """Neither pages nor the log, whatever they have read before."""
    await world.chat.members.remove(who("ana"), group, "dan")
    with refused("conversation_not_found"):
        await world.chat.history.messages(who(stranger), group, limit=10)
    with refused("conversation_not_found"):
        await world.chat.history.log(who(stranger), group, after=0, limit=10)


@pytest.mark.parametrize("points", [{"before": 1, "after": 1}, {"after": 1, "around": 1}, {"before": 0, "around": 0}])
async def test_a_page_is_at_one_point(world: World, group: str, points: dict[str, int]) -> None:
    """Before, after or around, and not two of them."""
    with refused("invalid_request"):
        await world.chat.history.messages(who("ana"), group, limit=10, **points)


async def written(count: int, leaves: int, returns: int) -> tuple[World, str, list[Message], list[Message]]:
    """A group in which Ana sent messages, and Ben was away for some; all of them, and those that Ben may read."""
    world = World()
    await world.people("ana", "ben")
    group = await world.group("ana", "ben")
    member = world.store.logs[group].members
    sent, seen = [], []
    for index in range(count):
        if index == leaves:
            await world.chat.members.remove(who("ana"), group, "ben")
        if index == returns:
            await world.chat.members.put(who("ana"), group, "ben", UNSET)
        sent.append(await world.say("ana", group, str(index)))
        seen += sent[-1:] if member["ben"].active else []
    await world.chat.members.put(who("ana"), group, "ben", UNSET)
    return world, group, sent, seen


async def compare(count: int, absent: tuple[int, int], side: str, point: int, limit: int) -> None:
    """One page, and what cutting a list by hand gives."""
    world, group, sent, seen = await written(count, *absent)
    # On, before and after messages, and beyond both ends.
    at = 1 + point if not sent else sent[0].timestamp - 1 + point
    page = await world.chat.history.messages(who("ben"), group, limit=limit, **({side: at} if side else {}))
    earlier = [m for m in seen if m.timestamp < at + (side == "around")]
    later = [m for m in seen if m.timestamp > at]
    match side:
        case "before":
            expected = earlier[-limit:]
        case "after":
            expected = later[:limit]
        case "around":
            # Of all windows of a full page: half of it after the point, as far as there is so much; then the nearest.
            size, half = min(limit, len(seen)), limit // 2
            windows = [seen[start : start + size] for start in range(len(seen) - size + 1)]
            expected = min(
                windows,
                key=lambda window: (
                    abs(sum(m.timestamp > at for m in window) - half),
                    sum(abs(m.timestamp - at) for m in window),
                ),
            )
        case _:
            expected = seen[-limit:]
    assert [m.text for m in page.messages] == [m.text for m in expected]
    if expected:
        assert page.more_before is (expected[0] is not seen[0])
        assert page.more_after is (expected[-1] is not seen[-1])
    else:
        # Nothing on this side of the point: all there is lies on the other.
        assert page.more_before is (side == "after" and bool(seen))
        assert page.more_after is (side == "before" and bool(seen))
    assert page.conversation.messages == count


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 14),
    st.tuples(st.integers(0, 15), st.integers(0, 15)),
    st.sampled_from(["", "before", "after", "around"]),
    st.integers(0, 18),
    st.integers(1, 8),
)
def test_pages_are_what_cutting_a_list_gives(
    count: int, absent: tuple[int, int], side: str, point: int, limit: int
) -> None:
    """Full pages of what the reader may see, ascending, and whether there is more on either side."""
    asyncio.run(compare(count, absent, side, point, limit))


async def test_a_page_has_edits_and_reactions_applied(world: World, group: str) -> None:
    """History shows messages as they are now."""
    said = await world.say("ana", group)
    await world.chat.messages.edit(who("ana"), group, said.timestamp, "edited")
    after = await world.chat.messages.react(who("ben"), group, said.timestamp, "👍")
    page = await world.chat.history.messages(who("dan"), group, limit=10)
    assert page.messages == [after]


async def test_the_log_is_read_in_portions_without_a_gap(world: World, group: str) -> None:
    """Following `through` gives every entry once, whatever the size of a portion."""
    for index in range(7):
        await world.say("ana", group, str(index))
    for limit in (1, 2, 5, 100):
        found: list[int] = []
        after = 0
        while True:
            page = await world.chat.history.log(who("ben"), group, after=after, limit=limit)
            found += [entry.seq for entry in page.entries]
            if page.through == after:
                break
            after = page.through
        assert found == list(range(1, 10))
        assert after == page.conversation.seq


async def test_the_log_of_an_absence_is_not_for_who_was_absent(world: World, group: str) -> None:
    """Who left and returned gets the own leave and return, nothing between, and the answer is complete all the same."""
    await world.say("ana", group, "one")
    await world.chat.members.remove(who("ana"), group, "ben")
    await world.say("ana", group, "secret")
    await world.chat.members.put(who("ana"), group, "ben", UNSET)
    page = await world.chat.history.log(who("ben"), group, after=0, limit=100)
    assert [entry.seq for entry in page.entries] == [1, 2, 3, 4, 6]
    assert isinstance(page.entries[-1], MemberAdded)
    assert page.through == page.conversation.seq == 6
    assert "secret" not in repr(page)


async def test_an_entry_about_an_invisible_message_is_hidden(world: World, group: str) -> None:
    """Its place is there, what it says is not; who sees the message sees the entry."""
    said = await world.say("ana", group, "before")
    await world.chat.members.put(who("ana"), group, "eve", UNSET)
    await world.chat.messages.edit(who("ana"), group, said.timestamp, "secret")
    new = await world.chat.history.log(who("eve"), group, after=0, limit=100)
    old = await world.chat.history.log(who("ben"), group, after=0, limit=100)
    assert [type(entry) for entry in new.entries] == [MemberAdded, Hidden]
    assert isinstance(old.entries[-1], MessageEdited)
    assert any(isinstance(entry, MessageSent) for entry in old.entries)


async def test_versions_are_of_messages_that_one_may_read_and_that_are_there(world: World, group: str) -> None:
    """Who was no member when a message was sent learns nothing of it, and of what is deleted no word is left."""
    history, messages = world.chat.history, world.chat.messages
    sent = await world.say("ana", group, "frist")
    await messages.edit(who("ana"), group, sent.timestamp, "first")
    page = await history.versions(who("ben"), group, sent.timestamp, before=None, limit=10)
    assert ([version.text for version in page.versions], page.cursor) == (["first", "frist"], None)
    await world.people("late")
    await world.chat.members.put(who("ana"), group, "late", UNSET)
    for caller, at in (("late", sent.timestamp), ("ben", sent.timestamp + 1)):
        with refused("message_not_found"):
            await history.versions(who(caller), group, at, before=None, limit=10)
    with refused("conversation_not_found"):
        await history.versions(who("eve"), group, sent.timestamp, before=None, limit=10)
    await messages.delete(who("ana"), group, sent.timestamp)
    with refused("message_deleted"):
        await history.versions(who("ben"), group, sent.timestamp, before=None, limit=10)
