"""Drafts: for all devices of one person, and for nobody else."""

import pytest
from tests.services.refused import refused
from tests.services.world import World, who

from tertulia.domain import limits
from tertulia.domain.drafts import DraftFile, KeptDraft
from tertulia.domain.events import KeptDraftEvent
from tertulia.domain.members import Role


def draft(conversation: str, text: str = "half a sent", **more: object) -> KeptDraft:
    return KeptDraft(conversation=conversation, timestamp=0, text=text, **more)  # type: ignore[arg-type]


async def test_a_draft_is_there_for_its_person_alone(world: World, group: str) -> None:
    """With its answer and files; the person's devices are told that it changed, and not what it says."""
    kept = draft(group, reply_to=5, attachments=(DraftFile(media="m", voice=True, peaks=(1, 2)),))
    stamp = await world.chat.drafts.keep(who("ben"), kept)
    assert stamp == world.clock.now()
    (found,) = await world.chat.drafts.list(who("ben"))
    assert (found.text, found.reply_to, found.attachments, found.timestamp) == (
        kept.text,
        5,
        kept.attachments,
        stamp,
    )
    assert world.broadcast.told == [("ben", KeptDraftEvent(group, stamp), None)]
    assert await world.chat.drafts.list(who("ana")) == []


async def test_the_last_one_holds_and_an_empty_one_is_none(world: World, group: str) -> None:
    """Clearing what isn't there tells nobody."""
    await world.chat.drafts.keep(who("ben"), draft(group))
    world.clock.advance(1)
    await world.chat.drafts.keep(who("ben"), draft(group, "another"))
    assert [each.text for each in await world.chat.drafts.list(who("ben"))] == ["another"]
    for _ in range(2):
        await world.chat.drafts.keep(who("ben"), draft(group, "", reply_to=5))
    assert await world.chat.drafts.list(who("ben")) == []
    assert len(world.told(KeptDraftEvent)) == 3


async def test_a_draft_ends_by_itself(world: World, group: str) -> None:
    """At the limit it is gone, and a moment before not."""
    await world.chat.drafts.keep(who("ben"), draft(group))
    world.clock.advance(limits.DRAFT_SECONDS - 1)
    assert await world.chat.drafts.list(who("ben"))
    world.clock.advance(1)
    assert await world.chat.drafts.list(who("ben")) == []


async def test_who_leaves_reaches_the_draft_no_more(world: World, group: str) -> None:
    """It isn't listed, nothing new is kept, and clearing it is still possible."""
    await world.chat.drafts.keep(who("dan"), draft(group))
    await world.chat.members.remove(who("ana"), group, "dan")
    assert await world.chat.drafts.list(who("dan")) == []
    with refused("conversation_not_found"):
        await world.chat.drafts.keep(who("dan"), draft(group, "more"))
    await world.chat.drafts.keep(who("dan"), draft(group, ""))
    await world.chat.members.put(who("ana"), group, "dan", Role.MEMBER)
    assert await world.chat.drafts.list(who("dan")) == []


@pytest.mark.parametrize("conversation", ["g_nowhere", ""])
async def test_there_are_no_drafts_elsewhere(world: World, group: str, conversation: str) -> None:
    """Nor for who was never there."""
    with refused("conversation_not_found"):
        await world.chat.drafts.keep(who("eve"), draft(conversation or group))
