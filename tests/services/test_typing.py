"""Typing and live typing: told to the others, stored nowhere."""

import pytest
from tests.services.refused import refused
from tests.services.world import World, who

from tertulia.domain import limits
from tertulia.domain.events import DraftEvent, TypingEvent


async def test_the_others_are_told_who_types(world: World, group: str) -> None:
    """Everybody but the one who types; no entry is made."""
    length = len(world.entries(group))
    await world.chat.typing.typing(who("ben"), group)
    assert world.broadcast.told == [(group, TypingEvent(group, "ben"), "ben")]
    assert len(world.entries(group)) == length


async def test_the_others_are_told_in_which_thread(world: World, group: str) -> None:
    """By the message that it began with."""
    await world.chat.typing.typing(who("ben"), group, 17)
    assert world.broadcast.told == [(group, TypingEvent(group, "ben", 17), "ben")]


async def test_live_typing_is_off_until_it_is_switched_on(world: World, group: str) -> None:
    """A draft is shown where the conversation has it on, and nowhere else."""
    with refused("live_typing_off"):
        await world.chat.typing.draft(who("ben"), group, "hel", 1)
    assert world.broadcast.told == []
    await world.chat.conversations.update(who("ana"), group, live_typing=True)
    await world.chat.typing.draft(who("ben"), group, "hell", 2)
    assert world.broadcast.told == [(group, DraftEvent(group, "ben", "hell", 2), "ben")]


async def test_a_draft_may_be_empty_and_is_cut(world: World, group: str) -> None:
    """Empty says that the person stopped; of a long one the beginning is shown."""
    await world.chat.conversations.update(who("ana"), group, live_typing=True)
    for text in ("", "x" * limits.DRAFT_MAX, "x" * (limits.DRAFT_MAX + 1)):
        await world.chat.typing.draft(who("ben"), group, text, 1)
    shown = [event.text for _, event, _ in world.told(DraftEvent) if isinstance(event, DraftEvent)]
    assert [len(text) for text in shown] == [0, limits.DRAFT_MAX, limits.DRAFT_MAX]


async def test_a_draft_is_a_text(world: World, group: str) -> None:
    """Control characters are shown to nobody."""
    await world.chat.conversations.update(who("ana"), group, live_typing=True)
    with refused("invalid_request"):
        await world.chat.typing.draft(who("ben"), group, "a\x00", 1)


@pytest.mark.parametrize("stranger", ["eve", "dan"])
async def test_strangers_and_removed_members_tell_nobody(world: World, group: str, stranger: str) -> None:
    """Not that they type, and not what."""
    await world.chat.conversations.update(who("ana"), group, live_typing=True)
    await world.chat.members.remove(who("ana"), group, "dan")
    with refused("conversation_not_found"):
        await world.chat.typing.typing(who(stranger), group)
    with refused("conversation_not_found"):
        await world.chat.typing.draft(who(stranger), group, "x", 1)
    assert world.broadcast.told == []
