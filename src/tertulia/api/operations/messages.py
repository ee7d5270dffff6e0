"""Messages, history, receipts and search."""

from typing import Final

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api.operations.operation import Function, Operation
from tertulia.domain.messages import Message

CONVERSATION: Final = ("conversation_not_found",)
NOT_SENDABLE: Final = ("media_not_ready", "media_mismatch", "media_unsupported")
"""What an attachment can be refused for that nobody completed."""
MESSAGE: Final = (*CONVERSATION, "message_not_found")

OPERATIONS: Final = (
    Operation(
        name="list_messages",
        method="GET",
        path="/api/conversations/{id}/messages",
        summary="A page of messages as people see them, edits and reactions applied.",
        tag="messages",
        function=Function.MESSAGES_GET,
        path_type=q.ConversationPath,
        query_type=q.MessagesQuery,
        response=r.Messages,
        errors=CONVERSATION,
    ),
    Operation(
        name="read_log",
        method="GET",
        path="/api/conversations/{id}/log",
        summary="Every entry after a cursor, in order: what catching up needs.",
        tag="messages",
        function=Function.MESSAGES_GET,
        path_type=q.ConversationPath,
        query_type=q.LogQuery,
        response=r.Log,
        errors=CONVERSATION,
    ),
    Operation(
        name="send_message",
        method="POST",
        path="/api/conversations/{id}/messages",
        summary="Sends a message. A retry with the same id answers 200 with the same message.",
        tag="messages",
        function=Function.MESSAGES_POST,
        path_type=q.ConversationPath,
        body_type=q.SendMessage,
        response=Message,
        statuses=(201, 200),
        errors=(*CONVERSATION, "id_reused", "reply_not_found", "attachment_not_found", *NOT_SENDABLE),
    ),
    Operation(
        name="edit_message",
        method="PATCH",
        path="/api/conversations/{id}/messages/{timestamp}",
        summary="Changes the text of the caller's own message.",
        tag="messages",
        function=Function.MESSAGES_POST,
        path_type=q.MessagePath,
        body_type=q.EditMessage,
        response=Message,
        errors=(*MESSAGE, "forbidden", "message_deleted"),
    ),
    Operation(
        name="delete_message",
        method="DELETE",
        path="/api/conversations/{id}/messages/{timestamp}",
        summary="Deletes a message; a tombstone stays.",
        tag="messages",
        function=Function.MESSAGES_POST,
        path_type=q.MessagePath,
        response=Message,
        errors=(*MESSAGE, "forbidden"),
    ),
    Operation(
        name="remove_previews",
        method="DELETE",
        path="/api/conversations/{id}/messages/{timestamp}/previews",
        summary="Takes the previews of a message's links away; they don't come again.",
        tag="messages",
        function=Function.MESSAGES_POST,
        path_type=q.MessagePath,
        response=Message,
        errors=(*MESSAGE, "forbidden", "message_deleted"),
    ),
    Operation(
        name="add_reaction",
        method="PUT",
        path="/api/conversations/{id}/messages/{timestamp}/reactions/{emoji}",
        summary="Reacts with an emoji.",
        tag="messages",
        function=Function.MESSAGES_POST,
        path_type=q.ReactionPath,
        response=Message,
        errors=(*MESSAGE, "message_deleted", "too_many_reactions", "emoji_not_found"),
    ),
    Operation(
        name="remove_reaction",
        method="DELETE",
        path="/api/conversations/{id}/messages/{timestamp}/reactions/{emoji}",
        summary="Takes the caller's own reaction back.",
        tag="messages",
        function=Function.MESSAGES_POST,
        path_type=q.ReactionPath,
        response=Message,
        errors=(*MESSAGE, "message_deleted"),
    ),
    Operation(
        name="move_cursor",
        method="PUT",
        path="/api/conversations/{id}/read",
        summary="Moves the caller's read cursor forward, for all devices.",
        tag="messages",
        function=Function.MESSAGES_POST,
        path_type=q.ConversationPath,
        body_type=q.MoveCursor,
        response=r.ReadState,
        errors=CONVERSATION,
    ),
    Operation(
        name="search_messages",
        method="GET",
        path="/api/search",
        summary="Full text search, newest first. A page may be short or empty: go on by its cursor while there is one.",
        tag="messages",
        function=Function.MESSAGES_GET,
        query_type=q.SearchMessages,
        response=r.SearchResults,
        errors=CONVERSATION,
    ),
)
