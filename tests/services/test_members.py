"""Members: who adds, removes, changes roles, leaves and hands over."""

import pytest
from msgspec import UNSET
from msgspec.structs import replace
from tests.services.refused import refused
from tests.services.world import World, who

from tertulia.domain import limits
from tertulia.domain.entries import MemberAdded, MemberRemoved, RoleChanged
from tertulia.domain.members import Role


def roles(world: World, group: str) -> dict[str, Role]:
    return {m.username: m.role for m in world.store.logs[group].members.values() if m.active}


class TestAdding:
    @pytest.mark.parametrize("admin", ["ana", "cleo"])
    async def test_admins_and_owners_add(self, world: World, group: str, admin: str) -> None:
        """The new member sees the group from the entry that added them on, and has nothing unread."""
        await world.say("ana", group)
        member, added = await world.chat.members.put(who(admin), group, "eve", UNSET)
        entry = world.entries(group)[-1]
        assert added
        assert isinstance(entry, MemberAdded)
        assert (member.role, member.read.number, member.periods[0].first) == (Role.MEMBER, 1, entry.timestamp)

    async def test_members_and_strangers_add_nobody(self, world: World, group: str) -> None:
        """A member may not; for a stranger there is no such group; whether the person exists isn't told."""
        for username in ("eve", "nobody"):
            with refused("forbidden"):
                await world.chat.members.put(who("ben"), group, username, UNSET)
            with refused("conversation_not_found"):
                await world.chat.members.put(who("eve"), group, username, UNSET)

    async def test_adding_again_changes_nothing(self, world: World, group: str) -> None:
        """A retry answers with the member, not added; any member may ask so."""
        length = len(world.entries(group))
        for role in (UNSET, Role.MEMBER):
            member, added = await world.chat.members.put(who("cleo"), group, "ben", role)
            assert (member.username, added) == ("ben", False)
        assert len(world.entries(group)) == length

    async def test_only_owners_add_admins_and_owners(self, world: World, group: str) -> None:
        """An admin can't give more than membership."""
        for role in (Role.ADMIN, Role.OWNER):
            with refused("forbidden"):
                await world.chat.members.put(who("cleo"), group, "eve", role)
        member, _ = await world.chat.members.put(who("ana"), group, "eve", Role.OWNER)
        assert member.role is Role.OWNER
        assert world.store.logs[group].head.owners == 2

    async def test_who_is_added_exists_and_is_not_disabled(self, world: World, group: str) -> None:
        """Unknown and disabled people are the same."""
        await world.accounts.set_disabled("eve", True)
        for username in ("nobody", "eve"):
            with refused("user_not_found") as error:
                await world.chat.members.put(who("ana"), group, username, UNSET)
            assert error.value.details == {"username": username}

    async def test_a_group_is_bounded(self, world: World, group: str) -> None:
        """The last place is taken, and one more is refused."""
        log = world.store.logs[group]
        log.head = replace(log.head, members=limits.GROUP_MEMBERS_MAX - 1)
        await world.chat.members.put(who("ana"), group, "eve", UNSET)
        await world.people("fay")
        with refused("group_full") as error:
            await world.chat.members.put(who("ana"), group, "fay", UNSET)
        assert error.value.details == {"maximum": limits.GROUP_MEMBERS_MAX}

    async def test_who_returns_is_a_new_member(self, world: World, group: str) -> None:
        """An admin who left and is added again is a member; what was missed stays unseen and is not unread."""
        await world.chat.members.remove(who("cleo"), group, "cleo")
        await world.say("ana", group)
        member, added = await world.chat.members.put(who("ana"), group, "cleo", UNSET)
        assert (added, member.role, member.read.number, len(member.periods)) == (True, Role.MEMBER, 1, 2)


class TestRoles:
    @pytest.mark.parametrize("other", ["cleo", "ben"])
    async def test_only_owners_change_roles(self, world: World, group: str, other: str) -> None:
        """Neither admins nor members do, not even their own."""
        for username in ("ben", "cleo", "ana"):
            role = Role.ADMIN if roles(world, group)[username] is Role.MEMBER else Role.MEMBER
            with refused("forbidden"):
                await world.chat.members.put(who(other), group, username, role)

    async def test_a_group_is_handed_over(self, world: World, group: str) -> None:
        """The owner makes another owner, then may step down."""
        member, added = await world.chat.members.put(who("ana"), group, "ben", Role.OWNER)
        assert (member.role, added) == (Role.OWNER, False)
        assert isinstance(world.entries(group)[-1], RoleChanged)
        await world.chat.members.put(who("ana"), group, "ana", Role.MEMBER)
        assert roles(world, group) == {
            "ana": Role.MEMBER,
            "ben": Role.OWNER,
            "cleo": Role.ADMIN,
            "dan": Role.MEMBER,
        }
        assert world.store.logs[group].head.owners == 1

    async def test_a_group_keeps_an_owner(self, world: World, group: str) -> None:
        """The last owner can neither step down nor leave while others are there."""
        for role in (Role.MEMBER, Role.ADMIN):
            with refused("last_owner"):
                await world.chat.members.put(who("ana"), group, "ana", role)
        with refused("last_owner"):
            await world.chat.members.remove(who("ana"), group, "ana")

    async def test_one_of_two_owners_may_go(self, world: World, group: str) -> None:
        """By leaving, or removed by the other."""
        await world.chat.members.put(who("ana"), group, "ben", Role.OWNER)
        await world.chat.members.remove(who("ben"), group, "ana")
        assert "ana" not in roles(world, group)
        assert world.store.logs[group].head.owners == 1
        with refused("last_owner"):
            await world.chat.members.remove(who("ben"), group, "ben")


class TestRemoving:
    @pytest.mark.parametrize(
        ("remover", "removed", "allowed"),
        [
            ("ana", "ben", True),
            ("ana", "cleo", True),
            ("cleo", "ben", True),
            ("cleo", "ana", False),
            ("ben", "dan", False),
            ("ben", "cleo", False),
            ("ben", "ana", False),
            ("ben", "ben", True),
            ("cleo", "cleo", True),
        ],
    )
    async def test_who_removes_whom(self, world: World, group: str, remover: str, removed: str, allowed: bool) -> None:
        """Admins remove members, owners anybody, everybody themselves."""
        if not allowed:
            with refused("forbidden"):
                await world.chat.members.remove(who(remover), group, removed)
            return
        await world.chat.members.remove(who(remover), group, removed)
        entry = world.entries(group)[-1]
        assert isinstance(entry, MemberRemoved)
        assert (entry.author, entry.username) == (remover, removed)
        assert removed not in roles(world, group)

    async def test_an_admin_removes_no_other_admin(self, world: World, group: str) -> None:
        """That takes an owner."""
        await world.chat.members.put(who("ana"), group, "dan", Role.ADMIN)
        with refused("forbidden"):
            await world.chat.members.remove(who("cleo"), group, "dan")

    async def test_who_is_not_there_can_not_be_removed(self, world: World, group: str) -> None:
        """Never a member, or no longer: a second removal has no effect."""
        await world.chat.members.remove(who("ana"), group, "ben")
        length = len(world.entries(group))
        for username in ("ben", "eve", "nobody"):
            with refused("member_not_found"):
                await world.chat.members.remove(who("ana"), group, username)
        with refused("conversation_not_found"):
            await world.chat.members.remove(who("ben"), group, "ben")
        with refused("conversation_not_found"):
            await world.chat.members.remove(who("eve"), group, "ben")
        assert len(world.entries(group)) == length

    async def test_the_last_one_may_leave(self, world: World) -> None:
        """A group whose owner is its only member can be left."""
        group = await world.group("ana")
        await world.chat.members.remove(who("ana"), group, "ana")
        head = world.store.logs[group].head
        assert (head.members, head.owners) == (0, 0)


class TestDirect:
    async def test_a_direct_conversation_keeps_its_two(self, world: World) -> None:
        """Nobody is added, removed or given a role, and nobody leaves."""
        direct = await world.direct("ana", "ben")
        members = world.chat.members
        for change in (
            members.put(who("ana"), direct, "eve", UNSET),
            members.put(who("ana"), direct, "ben", Role.ADMIN),
            members.remove(who("ana"), direct, "ben"),
            members.remove(who("ana"), direct, "ana"),
        ):
            with refused("direct_conversation"):
                await change
        with refused("conversation_not_found"):
            await members.remove(who("eve"), direct, "ben")


class TestListing:
    async def test_pages_hold_all_members_once(self, world: World, group: str) -> None:
        """By username, and only those who are members now."""
        await world.chat.members.remove(who("ana"), group, "dan")
        for limit in (1, 2, 3, 4):
            found: list[str] = []
            cursor: str | None = ""
            while cursor is not None:
                page, cursor = await world.chat.members.list(who("ben"), group, after=cursor, limit=limit)
                found += [member.username for member in page]
            assert found == ["ana", "ben", "cleo"]

    @pytest.mark.parametrize("stranger", ["eve", "dan"])
    async def test_strangers_see_no_members(self, world: World, group: str, stranger: str) -> None:
        """Nor does who was removed."""
        await world.chat.members.remove(who("ana"), group, "dan")
        with refused("conversation_not_found"):
            await world.chat.members.list(who(stranger), group, after="", limit=10)
