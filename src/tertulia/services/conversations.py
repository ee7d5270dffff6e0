"""Beginning conversations, listing them, changing their title and settings."""

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from tertulia.domain import limits
from tertulia.domain.conversations import direct_id, group_id
from tertulia.domain.entries import (
    ConversationCreated,
    ConversationKind,
    History,
    SettingsChanged,
    Stamp,
    TitleChanged,
)
from tertulia.domain.errors import ConflictError, InvalidError, NotFoundError
from tertulia.domain.members import MemberRole, Role
from tertulia.domain.permissions import Action
from tertulia.domain.texts import checked_client_id, checked_line
from tertulia.ports.accounts import Accounts, Identity
from tertulia.ports.entropy import Entropy
from tertulia.ports.rates import Rate
from tertulia.ports.store import Append, Decide, Decision, Membership, Snapshot, Store
from tertulia.services import access, limiting


class Conversations:
    def __init__(self, store: Store, accounts: Accounts, entropy: Entropy, rate: Rate) -> None:
        self._store = store
        self._accounts = accounts
        self._entropy = entropy
        self._rate = rate

    async def create(
        self,
        identity: Identity,
        kind: ConversationKind,
        members: Sequence[str],
        title: str,
        request_id: str | None,
    ) -> tuple[Membership, bool]:
        """The conversation, and whether this call began it. The direct one of two people exists once; a group is
        made once
        for each `request_id` of its creator. Raises `user_not_found`, `group_full`, `invalid_request`."""
        limiting.take(self._rate, identity.username)
        caller = identity.username
        others = list(dict.fromkeys(name for name in members if name != caller))
        if kind is ConversationKind.DIRECT:
            if len(others) != 1 or title:
                raise InvalidError("invalid_request", "A direct conversation has one other member and no title.")
            conversation = direct_id(caller, others[0])
            roles = [MemberRole(caller), MemberRole(others[0])]
        else:
            if len(others) > limits.GROUP_CREATE_MEMBERS_MAX:
                raise ConflictError(
                    "group_full",
                    f"A group begins with up to {limits.GROUP_CREATE_MEMBERS_MAX} others; add more afterwards.",
                    maximum=limits.GROUP_CREATE_MEMBERS_MAX,
                )
            conversation = group_id(caller, checked_client_id(request_id or self._entropy.token()))
            roles = [MemberRole(caller, Role.OWNER), *map(MemberRole, others)]
        name = checked_line(title, limits.TITLE_MAX, "A title")
        await self._require_users(others)

        def decide(stamp: Stamp) -> ConversationCreated:
            return ConversationCreated(
                seq=stamp.seq, timestamp=stamp.timestamp, author=caller, type=kind, members=tuple(roles), title=name
            )

        _, created = await self._store.create(conversation, decide)
        return await self.get(identity, conversation), created

    async def list(self, identity: Identity, *, after: str, limit: int) -> tuple[list[Membership], str | None]:
        """A page of the caller's conversations by id, and where the next page begins."""
        found = await self._store.memberships(
            identity.username, after=after, limit=limit + 1, members=limits.MEMBERS_IN_LIST
        )
        page = found[:limit]
        return page, page[-1].conversation.id if len(found) > limit else None

    async def get(self, identity: Identity, conversation: str) -> Membership:
        """Raises `conversation_not_found`."""
        return await access.membership_of(self._store, conversation, identity.username, members=limits.MEMBERS_IN_LIST)

    async def update(
        self,
        identity: Identity,
        conversation: str,
        *,
        title: str | UnsetType = UNSET,
        live_typing: bool | UnsetType = UNSET,
        history: History | UnsetType = UNSET,
    ) -> Membership:
        """Changes what is given. Raises `conversation_not_found`, `forbidden`, `direct_conversation`."""
        limiting.take(self._rate, identity.username)
        decisions = []
        if title is not UNSET:
            # First, for a direct conversation refuses it: then nothing has been changed.
            decisions.append(_title(identity.username, checked_line(title, limits.TITLE_MAX, "A title")))
        if live_typing is not UNSET or history is not UNSET:
            decisions.append(_settings(identity.username, live_typing, history))
        for decide in decisions:
            await self._store.append(Append(conversation=conversation, author=identity.username, decide=decide))
        return await self.get(identity, conversation)

    async def _require_users(self, usernames: Sequence[str]) -> None:
        known = {user.username for user in await self._accounts.users(usernames) if not user.disabled}
        for username in usernames:
            if username not in known:
                raise NotFoundError("user_not_found", username=username)


def _title(username: str, title: str) -> Decide:
    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        if snapshot.conversation.kind is ConversationKind.DIRECT:
            access.caller_of(snapshot, Action.READ)
            raise ConflictError("direct_conversation")
        access.caller_of(snapshot, Action.CHANGE_TITLE)
        if snapshot.conversation.title == title:
            return Decision(None)
        return Decision(TitleChanged(seq=stamp.seq, timestamp=stamp.timestamp, author=username, title=title))

    return decide


def _settings(username: str, live_typing: bool | UnsetType, history: History | UnsetType) -> Decide:
    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        access.caller_of(snapshot, Action.CHANGE_SETTINGS)
        head = snapshot.conversation
        if history is not UNSET and head.kind is ConversationKind.DIRECT:
            raise ConflictError("direct_conversation")
        entry = SettingsChanged(
            seq=stamp.seq,
            timestamp=stamp.timestamp,
            author=username,
            live_typing=UNSET if live_typing == head.live_typing else live_typing,
            history=UNSET if history == head.history else history,
        )
        return Decision(None if entry.live_typing is UNSET and entry.history is UNSET else entry)

    return decide
