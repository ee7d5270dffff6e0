"""Handlers of conversations and their members."""

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api.calls import Answer, Call
from tertulia.api.views import conversation_of, member_of
from tertulia.services.chat import Chat


async def create_conversation(chat: Chat, call: Call[q.Nothing, q.Nothing, q.CreateConversation]) -> Answer:
    b = call.body
    membership, created = await chat.conversations.create(call.identity, b.kind, b.members, b.title, b.id)
    return Answer(status=201 if created else 200, body=conversation_of(membership))


async def list_conversations(chat: Chat, call: Call[q.Nothing, q.ConversationsQuery, None]) -> Answer:
    page, cursor = await chat.conversations.list(call.identity, after=call.query.cursor, limit=call.query.limit)
    return Answer(status=200, body=r.Conversations(conversations=[conversation_of(m) for m in page], cursor=cursor))


async def get_conversation(chat: Chat, call: Call[q.ConversationPath, q.Nothing, None]) -> Answer:
    return Answer(status=200, body=conversation_of(await chat.conversations.get(call.identity, call.path.id)))


async def update_conversation(chat: Chat, call: Call[q.ConversationPath, q.Nothing, q.UpdateConversation]) -> Answer:
    b = call.body
    membership = await chat.conversations.update(
        call.identity, call.path.id, title=b.title, live_typing=b.live_typing, history=b.history
    )
    return Answer(status=200, body=conversation_of(membership))


async def list_members(chat: Chat, call: Call[q.ConversationPath, q.MembersQuery, None]) -> Answer:
    page, cursor = await chat.members.list(call.identity, call.path.id, after=call.query.cursor, limit=call.query.limit)
    return Answer(
        status=200, body=r.Members(members=[member_of(m, call.identity.username) for m in page], cursor=cursor)
    )


async def put_member(chat: Chat, call: Call[q.MemberPath, q.Nothing, q.PutMember]) -> Answer:
    member, added = await chat.members.put(call.identity, call.path.id, call.path.username, call.body.role)
    return Answer(status=201 if added else 200, body=member_of(member, call.identity.username))


async def remove_member(chat: Chat, call: Call[q.MemberPath, q.Nothing, None]) -> Answer:
    await chat.members.remove(call.identity, call.path.id, call.path.username)
    return Answer(status=200, body=r.Empty())
