"""Who may do what: a higher role may do all that a lower one may."""

import pytest

from tertulia.domain.entries import ConversationKind
from tertulia.domain.members import Role
from tertulia.domain.permissions import Action, may, removal_of

GROUP, DIRECT = ConversationKind.GROUP, ConversationKind.DIRECT


@pytest.mark.parametrize("action", Action)
def test_a_higher_role_may_do_all_that_a_lower_one_may(action: Action) -> None:
    """In a group: what a member may, an admin may; what an admin may, an owner may."""
    assert may(GROUP, Role.MEMBER, action) <= may(GROUP, Role.ADMIN, action) <= may(GROUP, Role.OWNER, action)


@pytest.mark.parametrize("action", Action)
def test_an_owner_may_do_everything_in_a_group(action: Action) -> None:
    """No action is out of everybody's reach."""
    assert may(GROUP, Role.OWNER, action)


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        (Role.MEMBER, {Action.READ, Action.SEND, Action.REACT, Action.EDIT_OWN, Action.DELETE_OWN, Action.LEAVE}),
        (Role.ADMIN, set(Action) - {Action.REMOVE_ADMIN, Action.CHANGE_ROLE}),
    ],
)
def test_members_and_admins_of_groups(role: Role, actions: set[Action]) -> None:
    """A member talks; an admin also sees to members, title, settings and others' messages."""
    assert {action for action in Action if may(GROUP, role, action)} == actions


@pytest.mark.parametrize("role", Role)
def test_in_a_direct_conversation_nobody_has_more_rights(role: Role) -> None:
    """Both talk and change settings; nobody removes, leaves, or deletes what the other said."""
    assert {action for action in Action if may(DIRECT, role, action)} == {
        Action.READ,
        Action.SEND,
        Action.REACT,
        Action.EDIT_OWN,
        Action.DELETE_OWN,
        Action.CHANGE_SETTINGS,
    }


def test_removing_an_admin_or_owner_takes_more_than_removing_a_member() -> None:
    """Admins remove members; only owners remove admins and owners."""
    assert removal_of(Role.MEMBER) is Action.REMOVE_MEMBER
    assert removal_of(Role.ADMIN) is removal_of(Role.OWNER) is Action.REMOVE_ADMIN
