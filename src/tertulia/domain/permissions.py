"""Who may do what in a conversation. One table; everything else asks it."""

from enum import StrEnum
from typing import Final

from tertulia.domain.entries import ConversationKind
from tertulia.domain.members import Role


class Action(StrEnum):
    READ = "read"
    SEND = "send"
    REACT = "react"
    EDIT_OWN = "edit_own"
    DELETE_OWN = "delete_own"
    DELETE_OTHERS = "delete_others"
    CHANGE_TITLE = "change_title"
    CHANGE_SETTINGS = "change_settings"
    ADD_MEMBER = "add_member"
    REMOVE_MEMBER = "remove_member"
    REMOVE_ADMIN = "remove_admin"
    CHANGE_ROLE = "change_role"
    LEAVE = "leave"


_EVERYONE: Final = frozenset({Action.READ, Action.SEND, Action.REACT, Action.EDIT_OWN, Action.DELETE_OWN})
_MEMBER: Final = _EVERYONE | {Action.LEAVE}
_ADMIN: Final = _MEMBER | {
    Action.DELETE_OTHERS,
    Action.CHANGE_TITLE,
    Action.CHANGE_SETTINGS,
    Action.ADD_MEMBER,
    Action.REMOVE_MEMBER,
}
_OWNER: Final = _ADMIN | {Action.REMOVE_ADMIN, Action.CHANGE_ROLE}

_GROUP: Final = {Role.MEMBER: _MEMBER, Role.ADMIN: _ADMIN, Role.OWNER: _OWNER}
_DIRECT: Final = _EVERYONE | {Action.CHANGE_SETTINGS}


def may(kind: ConversationKind, role: Role, action: Action) -> bool:
    """Whether a member with `role` may do `action`. Who is not an active member may do nothing."""
    if kind is ConversationKind.DIRECT:
        return action in _DIRECT
    return action in _GROUP[role]


def removal_of(role: Role) -> Action:
    """What somebody must be allowed to do in order to remove a member of that role."""
    return Action.REMOVE_MEMBER if role is Role.MEMBER else Action.REMOVE_ADMIN
