"""The table of REST operations: the only source of routes, of the OpenAPI document, of the reference and of the
permission tests."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.domain.messages import Message
from tertulia.domain.users import User


class Access(StrEnum):
    """Who may call an operation at all; what a caller may do to which conversation, the services decide."""

    PUBLIC = "public"
    """Anybody."""
    USER = "user"
    """Who has an access token."""
    ADMIN = "admin"
    """Administrators of the server."""
    SIGNED = "signed"
    """Who has a signed address."""


class Function(StrEnum):
    """The functions of the serverless home, by the report's names."""

    MESSAGES_GET = "Chat-Messages-GET"
    MESSAGES_POST = "Chat-Messages-POST"
    CONVERSATIONS_GET = "Chat-Conversations-GET"
    CONVERSATIONS_POST = "Chat-Conversations-POST"
    USERS_GET = "Chat-Users-GET"
    USERS_POST = "Chat-Users-POST"
    LOCAL = ""
    """Only in the home on one machine."""


class Operation(Struct, frozen=True, kw_only=True):
    """One operation. `errors` are the codes that it can answer beyond those that every operation of its access can.

    `statuses` are the statuses of success, the usual one first; an operation that can find its work already done has two.
    `raw_body`: the body is the content of a file, not JSON. `cookie`: reads or sets the refresh cookie.
    """

    name: str
    method: str
    path: str
    summary: str
    tag: str
    function: Function
    access: Access = Access.USER
    path_type: type[q.Request] = q.Nothing
    query_type: type[q.Request] = q.Nothing
    body_type: type[q.Request] | None = None
    response: type[Struct] = r.Empty
    statuses: tuple[int, ...] = (200,)
    errors: tuple[str, ...] = ()
    raw_body: bool = False
    raw_response: bool = False
    cookie: bool = False


COMMON_ERRORS: Final = ("invalid_request", "too_large", "rate_limited", "unavailable", "overloaded", "internal")
"""Every operation can answer these."""
ACCESS_ERRORS: Final = {
    Access.PUBLIC: (),
    Access.USER: ("unauthenticated", "token_expired", "session_ended"),
    Access.ADMIN: ("unauthenticated", "token_expired", "session_ended", "forbidden"),
    Access.SIGNED: (),
}

_C: Final = ("conversation_not_found",)
_M: Final = (*_C, "message_not_found")
_F = Function

OPERATIONS: Final[tuple[Operation, ...]] = (
    # Accounts
    Operation(
        name="sign_up",
        method="POST",
        path="/api/auth/sign-up",
        summary="Makes an account. 202 where a confirmation code was sent first.",
        tag="accounts",
        function=_F.USERS_POST,
        access=Access.PUBLIC,
        body_type=q.SignUp,
        response=User,
        statuses=(201, 202),
        errors=("username_taken", "weak_password", "sign_up_closed", "invite_required", "invite_invalid"),
    ),
    Operation(
        name="confirm",
        method="POST",
        path="/api/auth/confirm",
        summary="Confirms a new account with the code that was sent.",
        tag="accounts",
        function=_F.USERS_POST,
        access=Access.PUBLIC,
        body_type=q.Confirm,
        errors=("invalid_code", "not_supported"),
    ),
    Operation(
        name="sign_in",
        method="POST",
        path="/api/auth/sign-in",
        summary="Begins a session: an access token, and a refresh token as an HttpOnly cookie.",
        tag="accounts",
        function=_F.USERS_POST,
        access=Access.PUBLIC,
        body_type=q.SignIn,
        response=r.Session,
        errors=("wrong_credentials", "origin_not_allowed"),
        cookie=True,
    ),
    Operation(
        name="refresh",
        method="POST",
        path="/api/auth/refresh",
        summary="A new access token. The refresh token rotates: one that is used twice ends its session.",
        tag="accounts",
        function=_F.USERS_POST,
        access=Access.PUBLIC,
        body_type=q.Refresh,
        response=r.Session,
        errors=("session_ended", "origin_not_allowed"),
        cookie=True,
    ),
    Operation(
        name="sign_out",
        method="POST",
        path="/api/auth/sign-out",
        summary="Ends this session, or with `everywhere` all of the caller's.",
        tag="accounts",
        function=_F.USERS_POST,
        access=Access.PUBLIC,
        body_type=q.SignOut,
        errors=("unauthenticated", "token_expired", "session_ended", "origin_not_allowed"),
        cookie=True,
    ),
    Operation(
        name="change_password",
        method="POST",
        path="/api/auth/change-password",
        summary="Changes the password, ends every session, begins a new one.",
        tag="accounts",
        function=_F.USERS_POST,
        body_type=q.ChangePassword,
        response=r.Session,
        errors=("wrong_credentials", "weak_password", "origin_not_allowed"),
        cookie=True,
    ),
    Operation(
        name="forgot_password",
        method="POST",
        path="/api/auth/forgot-password",
        summary="Sends a code for a new password where there is a way to. The answer is the same for an unknown user.",
        tag="accounts",
        function=_F.USERS_POST,
        access=Access.PUBLIC,
        body_type=q.ForgotPassword,
        statuses=(202,),
        errors=("not_supported",),
    ),
    Operation(
        name="reset_password",
        method="POST",
        path="/api/auth/reset-password",
        summary="Sets a new password with a code, and ends every session.",
        tag="accounts",
        function=_F.USERS_POST,
        access=Access.PUBLIC,
        body_type=q.ResetPassword,
        errors=("invalid_code", "weak_password", "not_supported"),
    ),
    Operation(
        name="get_keys",
        method="GET",
        path="/api/auth/jwks.json",
        summary="The public keys of access tokens, as a JWK set (RFC 7517).",
        tag="accounts",
        function=_F.USERS_GET,
        access=Access.PUBLIC,
        response=r.KeySet,
    ),
    Operation(
        name="list_users",
        method="GET",
        path="/api/users",
        summary="Searches the directory by the beginning of a username or of a word of a name, or looks up given users.",
        tag="accounts",
        function=_F.USERS_GET,
        query_type=q.UsersQuery,
        response=r.Users,
    ),
    Operation(
        name="get_me",
        method="GET",
        path="/api/users/me",
        summary="The caller's own account.",
        tag="accounts",
        function=_F.USERS_GET,
        response=User,
    ),
    Operation(
        name="update_me",
        method="PATCH",
        path="/api/users/me",
        summary="Changes the caller's profile.",
        tag="accounts",
        function=_F.USERS_POST,
        body_type=q.UpdateMe,
        response=User,
    ),
    Operation(
        name="update_user",
        method="PATCH",
        path="/api/users/{username}",
        summary="Disables or enables an account, makes or unmakes an administrator.",
        tag="administration",
        function=_F.USERS_POST,
        access=Access.ADMIN,
        path_type=q.UserPath,
        body_type=q.UpdateUser,
        response=User,
        errors=("user_not_found",),
    ),
    Operation(
        name="create_invite",
        method="POST",
        path="/api/invites",
        summary="An invitation with which one person can sign up.",
        tag="administration",
        function=_F.USERS_POST,
        access=Access.ADMIN,
        body_type=q.CreateInvite,
        response=r.Invite,
        statuses=(201,),
    ),
    # Conversations
    Operation(
        name="create_conversation",
        method="POST",
        path="/api/conversations",
        summary="Begins a conversation. The direct one of two people exists once: asked for again it answers 200.",
        tag="conversations",
        function=_F.CONVERSATIONS_POST,
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
        function=_F.CONVERSATIONS_GET,
        query_type=q.ConversationsQuery,
        response=r.Conversations,
    ),
    Operation(
        name="get_conversation",
        method="GET",
        path="/api/conversations/{id}",
        summary="One conversation.",
        tag="conversations",
        function=_F.CONVERSATIONS_GET,
        path_type=q.ConversationPath,
        response=r.ConversationView,
        errors=_C,
    ),
    Operation(
        name="update_conversation",
        method="PATCH",
        path="/api/conversations/{id}",
        summary="Changes the title, live typing, or what new members may read.",
        tag="conversations",
        function=_F.CONVERSATIONS_POST,
        path_type=q.ConversationPath,
        body_type=q.UpdateConversation,
        response=r.ConversationView,
        errors=(*_C, "forbidden", "direct_conversation"),
    ),
    Operation(
        name="list_members",
        method="GET",
        path="/api/conversations/{id}/members",
        summary="The members, with roles and read cursors, by username.",
        tag="conversations",
        function=_F.CONVERSATIONS_GET,
        path_type=q.ConversationPath,
        query_type=q.MembersQuery,
        response=r.Members,
        errors=_C,
    ),
    Operation(
        name="put_member",
        method="PUT",
        path="/api/conversations/{id}/members/{username}",
        summary="Adds a member, or changes a member's role. A group can have several owners; making one hands over.",
        tag="conversations",
        function=_F.CONVERSATIONS_POST,
        path_type=q.MemberPath,
        body_type=q.PutMember,
        response=r.MemberView,
        statuses=(200, 201),
        errors=(*_C, "user_not_found", "forbidden", "direct_conversation", "group_full", "last_owner"),
    ),
    Operation(
        name="remove_member",
        method="DELETE",
        path="/api/conversations/{id}/members/{username}",
        summary="Removes a member; the caller's own name leaves.",
        tag="conversations",
        function=_F.CONVERSATIONS_POST,
        path_type=q.MemberPath,
        errors=(*_C, "member_not_found", "forbidden", "direct_conversation", "last_owner"),
    ),
    # Messages
    Operation(
        name="list_messages",
        method="GET",
        path="/api/conversations/{id}/messages",
        summary="A page of messages as people see them, edits and reactions applied.",
        tag="messages",
        function=_F.MESSAGES_GET,
        path_type=q.ConversationPath,
        query_type=q.MessagesQuery,
        response=r.Messages,
        errors=_C,
    ),
    Operation(
        name="read_log",
        method="GET",
        path="/api/conversations/{id}/log",
        summary="Every entry after a cursor, in order: what catching up needs.",
        tag="messages",
        function=_F.MESSAGES_GET,
        path_type=q.ConversationPath,
        query_type=q.LogQuery,
        response=r.Log,
        errors=_C,
    ),
    Operation(
        name="send_message",
        method="POST",
        path="/api/conversations/{id}/messages",
        summary="Sends a message. A retry with the same id answers 200 with the same message.",
        tag="messages",
        function=_F.MESSAGES_POST,
        path_type=q.ConversationPath,
        body_type=q.SendMessage,
        response=Message,
        statuses=(201, 200),
        errors=(*_C, "id_reused", "reply_not_found", "attachment_not_found"),
    ),
    Operation(
        name="edit_message",
        method="PATCH",
        path="/api/conversations/{id}/messages/{timestamp}",
        summary="Changes the text of the caller's own message.",
        tag="messages",
        function=_F.MESSAGES_POST,
        path_type=q.MessagePath,
        body_type=q.EditMessage,
        response=Message,
        errors=(*_M, "forbidden", "message_deleted"),
    ),
    Operation(
        name="delete_message",
        method="DELETE",
        path="/api/conversations/{id}/messages/{timestamp}",
        summary="Deletes a message; a tombstone stays.",
        tag="messages",
        function=_F.MESSAGES_POST,
        path_type=q.MessagePath,
        response=Message,
        errors=(*_M, "forbidden"),
    ),
    Operation(
        name="add_reaction",
        method="PUT",
        path="/api/conversations/{id}/messages/{timestamp}/reactions/{emoji}",
        summary="Reacts with an emoji.",
        tag="messages",
        function=_F.MESSAGES_POST,
        path_type=q.ReactionPath,
        response=Message,
        errors=(*_M, "message_deleted", "too_many_reactions"),
    ),
    Operation(
        name="remove_reaction",
        method="DELETE",
        path="/api/conversations/{id}/messages/{timestamp}/reactions/{emoji}",
        summary="Takes the caller's own reaction back.",
        tag="messages",
        function=_F.MESSAGES_POST,
        path_type=q.ReactionPath,
        response=Message,
        errors=(*_M, "message_deleted"),
    ),
    Operation(
        name="move_cursor",
        method="PUT",
        path="/api/conversations/{id}/read",
        summary="Moves the caller's read cursor forward, for all devices.",
        tag="messages",
        function=_F.MESSAGES_POST,
        path_type=q.ConversationPath,
        body_type=q.MoveCursor,
        response=r.ReadState,
        errors=_C,
    ),
    Operation(
        name="search_messages",
        method="GET",
        path="/api/search",
        summary="Full text search over what the caller may read, newest first.",
        tag="messages",
        function=_F.MESSAGES_GET,
        query_type=q.SearchMessages,
        response=r.SearchResults,
        errors=_C,
    ),
    # Media
    Operation(
        name="create_media",
        method="POST",
        path="/api/media",
        summary="Announces an upload and answers where to send the content.",
        tag="media",
        function=_F.MESSAGES_POST,
        body_type=q.CreateMedia,
        response=r.MediaUpload,
        statuses=(201,),
    ),
    Operation(
        name="get_media",
        method="GET",
        path="/api/media/{id}",
        summary="What a file is, and a signed address for its content. For the uploader, and members who see its message.",
        tag="media",
        function=_F.MESSAGES_GET,
        path_type=q.MediaPath,
        response=r.Media,
        errors=("media_not_found",),
    ),
    Operation(
        name="upload_content",
        method="PUT",
        path="/api/media/{id}/content",
        summary="Takes the content of an announced upload.",
        tag="media",
        function=_F.LOCAL,
        access=Access.SIGNED,
        path_type=q.MediaPath,
        query_type=q.SignedQuery,
        raw_body=True,
        errors=("media_not_found", "upload_incomplete"),
    ),
    Operation(
        name="get_content",
        method="GET",
        path="/api/media/{id}/content",
        summary="The content of a file, also by ranges (RFC 9110, 14).",
        tag="media",
        function=_F.LOCAL,
        access=Access.SIGNED,
        path_type=q.MediaPath,
        query_type=q.SignedQuery,
        raw_response=True,
        statuses=(200, 206),
        errors=("media_not_found",),
    ),
    # Real time
    Operation(
        name="create_ticket",
        method="POST",
        path="/api/tickets",
        summary="A one-time ticket for a WebSocket connection at `/ws?ticket=...`.",
        tag="real time",
        function=_F.MESSAGES_POST,
        response=r.WebSocketTicket,
        statuses=(201,),
        errors=("origin_not_allowed",),
    ),
)

BY_NAME: Final = {operation.name: operation for operation in OPERATIONS}


def errors_of(operation: Operation) -> tuple[str, ...]:
    """Every code that the operation can answer."""
    return tuple(dict.fromkeys((*operation.errors, *ACCESS_ERRORS[operation.access], *COMMON_ERRORS)))
