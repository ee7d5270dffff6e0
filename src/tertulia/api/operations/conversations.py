"""Conversations and their members."""

from typing import Final

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api.operations.operation import Function, Operation

CONVERSATION: Final = ("conversation_not_found",)

OPERATIONS: Final = (
    Operation(
        name="create_conversation",
        method="POST",
        path="/api/conversations",
        summary="Begins a conversation. The direct one of two people exists once: asked for again it answers 200.",
        tag="conversations",
        function=Function.CONVERSATIONS_POST,
        body_type=q.CreateConversation,
        response=r.ConversationView,
        statuses=(201, 200),
        errors=("user_not_found", "group_full"),
    ),
    Operation(
        name="list_conversations",
        method="GET",
        path="/api/conversations",
        summary="The caller's conversations, each with its head, last message and unread count.",
        tag="conversations",
        function=Function.CONVERSATIONS_GET,
        query_type=q.ConversationsQuery,
        response=r.Conversations,
    ),
    Operation(
        name="get_conversation",
        method="GET",
        path="/api/conversations/{id}",
        summary="One conversation.",
        tag="conversations",
        function=Function.CONVERSATIONS_GET,
        path_type=q.ConversationPath,
        response=r.ConversationView,
        errors=CONVERSATION,
    ),
    Operation(
        name="update_conversation",
        method="PATCH",
        path="/api/conversations/{id}",
        summary="Changes the title, live typing, or what new members may read.",
        tag="conversations",
        function=Function.CONVERSATIONS_POST,
        path_type=q.ConversationPath,
        body_type=q.UpdateConversation,
        response=r.ConversationView,
        errors=(*CONVERSATION, "forbidden", "direct_conversation"),
    ),
    Operation(
        name="list_members",
        method="GET",
        path="/api/conversations/{id}/members",
        summary="The members, with roles and read cursors, by username.",
        tag="conversations",
        function=Function.CONVERSATIONS_GET,
        path_type=q.ConversationPath,
        query_type=q.MembersQuery,
        response=r.Members,
        errors=CONVERSATION,
    ),
    Operation(
        name="put_member",
        method="PUT",
        path="/api/conversations/{id}/members/{username}",
        summary="Adds a member, or changes a member's role. A group can have several owners; making one hands over.",
        tag="conversations",
        function=Function.CONVERSATIONS_POST,
        path_type=q.MemberPath,
        body_type=q.PutMember,
        response=r.MemberView,
        statuses=(200, 201),
        errors=(*CONVERSATION, "user_not_found", "forbidden", "direct_conversation", "group_full", "last_owner"),
    ),
    Operation(
        name="remove_member",
        method="DELETE",
        path="/api/conversations/{id}/members/{username}",
        summary="Removes a member; the caller's own name leaves.",
        tag="conversations",
        function=Function.CONVERSATIONS_POST,
        path_type=q.MemberPath,
        errors=(*CONVERSATION, "member_not_found", "forbidden", "direct_conversation", "last_owner"),
    ),
)
