"""Beginning conversations once, listing them, changing them."""

import pytest
from tests.services.refused import refused
from tests.services.world import World, who

from tertulia.domain import limits
from tertulia.domain.entries import ConversationKind, History, SettingsChanged, TitleChanged
from tertulia.domain.members import Role

DIRECT, GROUP = ConversationKind.DIRECT, ConversationKind.GROUP


class TestDirect:
    async def test_two_people_have_one(self, world: World) -> None:
        """Whoever asks, however often: the same conversation, begun once."""
        chat = world.chat.conversations
        first, created = await chat.create(who("ana"), DIRECT, ["ben"], "", None)
        again, created_again = await chat.create(who("ben"), DIRECT, ["ana"], "", "another-id")
        assert (created, created_again) == (True, False)
        assert first.conversation == again.conversation
        assert first.conversation.members == 2
        assert first.member.role is Role.MEMBER

    @pytest.mark.parametrize(
        ("members", "title"), [([], ""), (["ana"], ""), (["ben", "cleo"], ""), (["ben"], "A title")], ids=str
    )
    async def test_it_has_one_other_member_and_no_title(self, world: World, members: list[str], title: str) -> None:
        """Naming oneself or a person twice makes no further member."""
        with refused("invalid_request"):
            await world.chat.conversations.create(who("ana"), DIRECT, members, title, None)
        made, _ = await world.chat.conversations.create(who("ana"), DIRECT, ["ben", "ana", "ben"], "", None)
        assert made.conversation.members == 2

    async def test_it_has_no_title_and_no_history_setting_to_change(self, world: World) -> None:
        """Refused to its members, and nothing of the request is done; strangers don't learn of it."""
        direct = await world.direct("ana", "ben")
        update = world.chat.conversations.update
        with refused("direct_conversation"):
            await update(who("ana"), direct, title="A title", live_typing=True)
        with refused("direct_conversation"):
            await update(who("ana"), direct, history=History.ALL, live_typing=True)
        assert len(world.entries(direct)) == 1
        with refused("conversation_not_found"):
            await update(who("eve"), direct, title="A title")

    async def test_either_side_switches_live_typing(self, world: World) -> None:
        """It is the one setting of a direct conversation."""
        direct = await world.direct("ana", "ben")
        assert (await world.chat.conversations.update(who("ben"), direct, live_typing=True)).conversation.live_typing


class TestGroups:
    async def test_who_begins_a_group_owns_it(self, world: World) -> None:
        """The others are members; each person stands once; blanks around the title go."""
        made, created = await world.chat.conversations.create(
            who("ana"), GROUP, ["ben", "ana", "cleo", "ben"], "  A title ", None
        )
        assert created
        assert made.conversation.title == "A title"
        assert {m.username: m.role for m in made.members} == {
            "ana": Role.OWNER,
            "ben": Role.MEMBER,
            "cleo": Role.MEMBER,
        }
        assert (made.conversation.members, made.conversation.owners) == (3, 1)

    async def test_a_request_makes_one_group(self, world: World) -> None:
        """A retry under the same id answers with the same group; other ids and other people's make others."""
        create = world.chat.conversations.create
        first, _ = await create(who("ana"), GROUP, ["ben"], "One", "id-1")
        again, created = await create(who("ana"), GROUP, ["ben"], "One", "id-1")
        assert (again.conversation.id, created) == (first.conversation.id, False)
        others = [
            await create(who("ana"), GROUP, ["ben"], "One", "id-2"),
            await create(who("ben"), GROUP, ["ana"], "One", "id-1"),
            await create(who("ana"), GROUP, ["ben"], "One", None),
            await create(who("ana"), GROUP, ["ben"], "One", None),
        ]
        assert len({first.conversation.id, *(made.conversation.id for made, _ in others)}) == 5
        assert all(created for _, created in others)

    async def test_a_retry_after_leaving_answers_as_for_a_stranger(self, world: World) -> None:
        """Who left the group that the request made is told nothing of it."""
        create = world.chat.conversations.create
        made, _ = await create(who("ana"), GROUP, ["ben"], "One", "id-1")
        await world.chat.members.put(who("ana"), made.conversation.id, "ben", Role.OWNER)
        await world.chat.members.remove(who("ana"), made.conversation.id, "ana")
        with refused("conversation_not_found"):
            await create(who("ana"), GROUP, ["ben"], "One", "id-1")

    async def test_members_exist_and_are_not_disabled(self, world: World) -> None:
        """The answer names who can't be a member, and no group is made."""
        await world.accounts.set_disabled("dan", True)
        for name in ("nobody", "dan"):
            with refused("user_not_found") as error:
                await world.chat.conversations.create(who("ana"), GROUP, ["ben", name], "", None)
            assert error.value.details == {"username": name}
        assert world.store.logs == {}

    async def test_a_group_begins_with_a_bounded_number(self, world: World) -> None:
        """So many others, and not one more."""
        others = [f"p{n}" for n in range(limits.GROUP_CREATE_MEMBERS_MAX + 1)]
        await world.people(*others)
        with refused("group_full"):
            await world.chat.conversations.create(who("ana"), GROUP, others, "", None)
        made, _ = await world.chat.conversations.create(who("ana"), GROUP, others[1:], "", None)
        assert made.conversation.members == limits.GROUP_CREATE_MEMBERS_MAX + 1

    async def test_a_title_is_a_short_line(self, world: World) -> None:
        """At the limit it is taken, one past it is not, when a group begins and when it is changed."""
        create, update = world.chat.conversations.create, world.chat.conversations.update
        long = "x" * limits.TITLE_MAX
        made, _ = await create(who("ana"), GROUP, [], long, None)
        for title in (long + "x", "two\nlines"):
            with refused("invalid_request"):
                await create(who("ana"), GROUP, [], title, None)
            with refused("invalid_request"):
                await update(who("ana"), made.conversation.id, title=title)
        assert (await update(who("ana"), made.conversation.id, title=long)).conversation.title == long

    @pytest.mark.parametrize("request_id", ["a b", "x" * (limits.CLIENT_ID_MAX + 1)])
    async def test_a_requests_id_has_the_form_of_one(self, world: World, request_id: str) -> None:
        """It is checked as a message's id is."""
        with refused("invalid_request"):
            await world.chat.conversations.create(who("ana"), GROUP, [], "", request_id)


class TestChanging:
    @pytest.mark.parametrize("admin", ["ana", "cleo"])
    async def test_admins_and_owners_change_title_and_settings(self, world: World, group: str, admin: str) -> None:
        """What is given changes, each by an entry."""
        after = await world.chat.conversations.update(
            who(admin), group, title="New", live_typing=True, history=History.ALL
        )
        head = after.conversation
        assert (head.title, head.live_typing, head.history) == ("New", True, History.ALL)
        assert [type(entry) for entry in world.entries(group)[-2:]] == [TitleChanged, SettingsChanged]

    async def test_members_change_nothing(self, world: World, group: str) -> None:
        """Not the title, not the settings."""
        length = len(world.entries(group))
        with refused("forbidden"):
            await world.chat.conversations.update(who("ben"), group, title="New")
        with refused("forbidden"):
            await world.chat.conversations.update(who("ben"), group, live_typing=True)
        assert len(world.entries(group)) == length

    async def test_strangers_learn_nothing(self, world: World, group: str) -> None:
        """Neither by reading nor by changing."""
        for identity in (who("eve"), who("nobody", admin=True)):
            with refused("conversation_not_found"):
                await world.chat.conversations.get(identity, group)
            with refused("conversation_not_found"):
                await world.chat.conversations.update(identity, group, title="New")

    async def test_what_is_so_already_makes_no_entry(self, world: World, group: str) -> None:
        """A retry of a change has no second effect, and a change of one setting doesn't name the other."""
        update = world.chat.conversations.update
        await update(who("ana"), group, title="New", live_typing=True)
        length = len(world.entries(group))
        await update(who("ana"), group, title="New", live_typing=True, history=History.JOINED)
        assert len(world.entries(group)) == length
        await update(who("ana"), group, live_typing=True, history=History.ALL)
        assert world.entries(group)[-1] == SettingsChanged(
            seq=length + 1, timestamp=world.entries(group)[-1].timestamp, author="ana", history=History.ALL
        )

    async def test_nothing_asked_for_changes_nothing(self, world: World, group: str) -> None:
        """An empty change answers with the conversation."""
        length = len(world.entries(group))
        assert (await world.chat.conversations.update(who("ben"), group)).conversation.id == group
        assert len(world.entries(group)) == length


class TestListing:
    async def test_pages_hold_all_conversations_once(self, world: World, group: str) -> None:
        """Whatever the size of a page, following the cursors gives every conversation of the caller, by id."""
        ids = {group, await world.direct("ana", "ben"), await world.direct("ana", "dan"), await world.group("ana")}
        await world.direct("ben", "dan")
        for limit in (1, 2, 3, 4, 5):
            found: list[str] = []
            cursor: str | None = ""
            while cursor is not None:
                page, cursor = await world.chat.conversations.list(who("ana"), after=cursor, limit=limit)
                assert len(page) == limit or cursor is None
                found += [each.conversation.id for each in page]
            assert found == sorted(ids)

    async def test_who_left_no_longer_has_it(self, world: World, group: str) -> None:
        """The list holds conversations of which one is a member now."""
        await world.chat.members.remove(who("ben"), group, "ben")
        assert await world.chat.conversations.list(who("ben"), after="", limit=10) == ([], None)

    async def test_a_long_list_of_members_is_cut(self, world: World) -> None:
        """A conversation shows its first members, and how many there are."""
        others = [f"p{n:02}" for n in range(limits.MEMBERS_IN_LIST)]
        await world.people(*others)
        group = await world.group("ana", *others)
        shown = await world.chat.conversations.get(who("ana"), group)
        assert [m.username for m in shown.members] == ["ana", *others][: limits.MEMBERS_IN_LIST]
        assert shown.conversation.members == limits.MEMBERS_IN_LIST + 1
