"""How the domain's conversations and members look to a caller."""

from tertulia.api import responses as r
from tertulia.domain.conversations import Conversation
from tertulia.domain.members import Member
from tertulia.domain.receipts import unread
from tertulia.ports.store import Membership


def head_of(conversation: Conversation) -> r.Head:
    return r.Head(seq=conversation.seq, timestamp=conversation.timestamp, messages=conversation.messages)


def member_of(member: Member, viewer: str) -> r.MemberView:
    """As `viewer` sees the member: how far others have read only as far as they show it."""
    read = member.read if member.username == viewer else member.shown_read
    return r.MemberView(username=member.username, role=member.role, read=read)


def conversation_of(membership: Membership) -> r.ConversationView:
    conversation, member = membership.conversation, membership.member
    return r.ConversationView(
        id=conversation.id,
        kind=conversation.kind,
        title=conversation.title,
        live_typing=conversation.live_typing,
        history=conversation.history,
        created=conversation.created,
        head=head_of(conversation),
        last_message=membership.last_message,
        members=[member_of(each, member.username) for each in membership.members],
        member_count=conversation.members,
        role=member.role,
        read=member.read,
        unread=unread(conversation.messages, member.read),
        since=0 if conversation.open_history else member.periods[0].first,
    )
