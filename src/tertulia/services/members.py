"""Members of groups: adding, removing, leaving, roles, handing over."""

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from tertulia.domain import limits
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import ConversationKind, MemberAdded, MemberRemoved, RoleChanged, Stamp
from tertulia.domain.errors import ConflictError, ForbiddenError, NotFoundError
from tertulia.domain.members import Member, Role
from tertulia.domain.permissions import Action, may, removal_of
from tertulia.ports.accounts import Accounts, Identity
from tertulia.ports.rates import Rate
from tertulia.ports.store import Append, Decide, Decision, Snapshot, Store
from tertulia.services import access, limiting


class Members:
    def __init__(self, store: Store, accounts: Accounts, rate: Rate) -> None:
        self._store = store
        self._accounts = accounts
        self._rate = rate

    async def list(
        self, identity: Identity, conversation: str, *, after: str, limit: int
    ) -> tuple[list[Member], str | None]:
        """A page of the members by username, and where the next page begins. Raises `conversation_not_found`."""

        async def read(_: Conversation, __: Member) -> Sequence[Member]:
            return await self._store.members(conversation, after=after, limit=limit + 1)

        found = await access.read_as_member(self._store, conversation, identity.username, read)
        page = list(found[:limit])
        return page, page[-1].username if len(found) > limit else None

    async def put(
        self, identity: Identity, conversation: str, username: str, role: Role | UnsetType
    ) -> tuple[Member, bool]:
        """The member after it, and whether the person was added. Raises `user_not_found`, `forbidden`, `group_full`,
        `last_owner`, `direct_conversation`."""
        limiting.take(self._rate, identity.username)
        await access.member_of(self._store, conversation, identity.username)
        user = await self._accounts.user(username)
        exists = user is not None and not user.disabled
        outcome = await self._store.append(
            Append(
                conversation=conversation,
                author=identity.username,
                subject=username,
                decide=_put(identity.username, username, role, exists=exists),
            )
        )
        found = await self._store.member(conversation, username)
        if found is None:
            raise NotFoundError("conversation_not_found")
        return found[1], isinstance(outcome.entry, MemberAdded)

    async def remove(self, identity: Identity, conversation: str, username: str) -> None:
        """Removes somebody, or leaves. Raises `member_not_found`, `forbidden`, `last_owner`, `direct_conversation`."""
        limiting.take(self._rate, identity.username)
        await self._store.append(
            Append(
                conversation=conversation,
                author=identity.username,
                subject=username,
                decide=_remove(identity.username, username),
            )
        )


def _put(caller_name: str, username: str, role: Role | UnsetType, *, exists: bool) -> Decide:
    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        caller = access.caller_of(snapshot, Action.READ)
        head = _group(snapshot)
        subject = snapshot.subject
        if subject is not None and subject.active:
            if role is UNSET or role is subject.role:
                return Decision(None)
            _require(may(head.kind, caller.role, Action.CHANGE_ROLE))
            _keep_an_owner(head, subject, becomes=role)
            return Decision(
                RoleChanged(seq=stamp.seq, timestamp=stamp.timestamp, author=caller_name, username=username, role=role)
            )
        wanted = Role.MEMBER if role is UNSET else role
        _require(may(head.kind, caller.role, Action.ADD_MEMBER))
        _require(wanted is Role.MEMBER or may(head.kind, caller.role, Action.CHANGE_ROLE))
        if not exists:
            raise NotFoundError("user_not_found", username=username)
        if head.members >= limits.GROUP_MEMBERS_MAX:
            raise ConflictError("group_full", maximum=limits.GROUP_MEMBERS_MAX)
        return Decision(
            MemberAdded(seq=stamp.seq, timestamp=stamp.timestamp, author=caller_name, username=username, role=wanted)
        )

    return decide


def _remove(caller_name: str, username: str) -> Decide:
    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        caller = access.caller_of(snapshot, Action.READ)
        head = _group(snapshot)
        subject = snapshot.subject
        if subject is None or not subject.active:
            raise NotFoundError("member_not_found")
        if username != caller_name:
            _require(may(head.kind, caller.role, removal_of(subject.role)))
        if head.members > 1:
            _keep_an_owner(head, subject, becomes=None)
        return Decision(MemberRemoved(seq=stamp.seq, timestamp=stamp.timestamp, author=caller_name, username=username))

    return decide


def _group(snapshot: Snapshot) -> Conversation:
    if snapshot.conversation.kind is ConversationKind.DIRECT:
        raise ConflictError("direct_conversation")
    return snapshot.conversation


def _keep_an_owner(head: Conversation, subject: Member, *, becomes: Role | None) -> None:
    if subject.role is Role.OWNER and becomes is not Role.OWNER and head.owners <= 1:
        raise ConflictError("last_owner")


def _require(allowed: bool) -> None:
    if not allowed:
        raise ForbiddenError("forbidden")
