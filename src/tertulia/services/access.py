"""Who may reach a conversation. Whoever is no active member learns nothing, not even that it exists."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from tertulia.domain.conversations import Conversation
from tertulia.domain.errors import ForbiddenError, NotFoundError, UnavailableError
from tertulia.domain.members import Member
from tertulia.domain.messages import Message
from tertulia.domain.permissions import Action, may
from tertulia.ports.store import Membership, Snapshot, Store

T = TypeVar("T")

_READS_MAX: Final = 5


async def membership_of(store: Store, conversation: str, username: str, *, members: int = 0) -> Membership:
    """The conversation and the caller's row in it. Raises `conversation_not_found`."""
    membership = await store.membership(conversation, username, members=members)
    if membership is None or not membership.member.active:
        raise NotFoundError("conversation_not_found")
    return membership


async def member_of(store: Store, conversation: str, username: str) -> tuple[Conversation, Member]:
    """The head and the caller's row. Raises `conversation_not_found`."""
    found = await store.member(conversation, username)
    if found is None or not found[1].active:
        raise NotFoundError("conversation_not_found")
    return found


async def read_as_member(
    store: Store, conversation: str, username: str, read: Callable[[Conversation, Member], Awaitable[T]]
) -> T:
    """What `read` gives to the caller, as of a moment within one membership: looked at again afterwards, for a removal
    in between would let out what was committed after it. Raises `conversation_not_found`, and `unavailable` where
    the person is removed and added again all the time."""
    head, member = await member_of(store, conversation, username)
    for _ in range(_READS_MAX):
        found = await read(head, member)
        head_after, member_after = await member_of(store, conversation, username)
        if member_after.periods == member.periods:
            return found
        head, member = head_after, member_after
    raise UnavailableError("unavailable", retry_after=1.0)


def caller_of(snapshot: Snapshot, action: Action) -> Member:
    """The caller, who is an active member and may do `action`. Raises `conversation_not_found`, `forbidden`."""
    caller = snapshot.caller
    if caller is None or not caller.active:
        raise NotFoundError("conversation_not_found")
    if not may(snapshot.conversation.kind, caller.role, action):
        raise ForbiddenError("forbidden")
    return caller


def target_of(snapshot: Snapshot, caller: Member) -> Message:
    """The message that the request is about, which the caller may read. Raises `message_not_found`."""
    target = snapshot.target
    if target is None or not caller.sees(target.timestamp, open_history=snapshot.conversation.open_history):
        raise NotFoundError("message_not_found")
    return target
