"""One small hierarchy of errors. Each has a stable code, a sentence that says what to do, and whether trying again
can help.

What a code means over HTTP or a WebSocket is decided in `tertulia.api.errors`, not here.
"""

from typing import Any, ClassVar, Final


class ChatError(Exception):
    """The root. `code` is stable and documented; `details` are safe to show to the caller."""

    codes: ClassVar[dict[str, str]] = {"internal": "Something failed here. Try again; if it stays, tell the operator."}
    temporary: ClassVar[bool] = False

    def __init__(
        self, code: str, sentence: str | None = None, *, retry_after: float | None = None, **details: Any
    ) -> None:
        if code not in self.codes:
            message = f"{type(self).__name__} has no code {code!r}"
            raise ValueError(message)
        self.code: Final = code
        self.sentence: Final = sentence or self.codes[code]
        self.retry_after: Final = retry_after
        self.details: Final = details
        super().__init__(self.sentence)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.code, self.sentence, self.retry_after, self.details)


def _rebuild(
    kind: type[ChatError], code: str, sentence: str, retry_after: float | None, details: dict[str, Any]
) -> ChatError:
    return kind(code, sentence, retry_after=retry_after, **details)


class InvalidError(ChatError):
    """The input is wrong and nothing was done."""

    codes: ClassVar = {
        "invalid_request": "The request is not of the documented form. Correct it; nothing was changed.",
        "too_large": "The request is larger than the server takes. Send less.",
        "weak_password": "Choose a longer password that is not a common one.",
        "invalid_code": "That code is wrong or has expired. Ask for a new one.",
        "reply_not_found": "The message that this one replies to can't be found. Send it without the reply.",
        "attachment_not_found": "An attachment is not an upload of yours that is complete. Upload it again.",
        "media_mismatch": "The content is not what its name or type says. Give it its right name and upload it again.",
        "media_broken": "The content is damaged or cut off, and can't be read. Upload a whole one.",
        "media_too_complex": "The picture has more pixels or frames than the server takes. Send a smaller one.",
        "media_unsupported": "Pictures of this format can't be freed of what else they say, such as the place where"
        " they were taken. Send it as JPEG, PNG, WebP or GIF.",
        "emoji_not_found": "This server has no emoji of that name. Choose one from the list.",
        "picture_unsuitable": "The picture is too large for that, or is not one. Upload a smaller one and complete it.",
        "pack_broken": "The pack is not a zip that holds pictures within the limits. Correct it and upload it again.",
    }


class UnauthenticatedError(ChatError):
    """Who calls is not known."""

    codes: ClassVar = {
        "unauthenticated": "Sign in first.",
        "wrong_credentials": "The username or the password is wrong.",
        "token_expired": "The access token has expired. Refresh it and try again.",
        "session_ended": "This session has ended. Sign in again.",
        "ticket_invalid": "The ticket is unknown, used or expired. Get a new one and connect again.",
    }


class ForbiddenError(ChatError):
    """The caller is known and may not do this. Never used for what the caller may not even know of."""

    codes: ClassVar = {
        "forbidden": "Your role doesn't allow this.",
        "origin_not_allowed": "This web origin is not on the server's list. The operator can add it.",
        "sign_up_closed": "Accounts are made by the operator here. Ask for one.",
        "invite_required": "An invitation is needed to sign up here. Ask a member for one.",
        "invite_invalid": "The invitation is unknown, used or expired. Ask for a new one.",
        "live_typing_off": "Live typing is off in this conversation.",
    }


class NotFoundError(ChatError):
    """There is no such thing, or the caller may not know that there is."""

    codes: ClassVar = {
        "not_found": "There is nothing at this address.",
        "conversation_not_found": "There is no such conversation among yours.",
        "message_not_found": "There is no such message in this conversation.",
        "member_not_found": "That person is not a member of this conversation.",
        "user_not_found": "There is no such user.",
        "media_not_found": "There is no such file, or you may not see it.",
        "picture_not_found": "There is no such picture in the library.",
        "pack_not_found": "There is no such pack in the library.",
        "method_not_allowed": "This address does not take this method.",
    }


class ConflictError(ChatError):
    """The request is well-formed and collides with what is already there."""

    codes: ClassVar = {
        "username_taken": "That username is taken. Choose another.",
        "id_reused": "This id names another message of yours already. Give each message an id of its own.",
        "last_owner": "A group keeps an owner. Make somebody else owner first.",
        "direct_conversation": "A direct conversation keeps its two members and has no title or roles.",
        "group_full": "The group has as many members as it can have.",
        "too_many_reactions": "This message has as many reactions as it can have.",
        "message_deleted": "The message was deleted.",
        "too_late_to_edit": "The time in which this message could be changed is over. Write another.",
        "live_location_over": "This live location has ended. Send a message that begins another.",
        "upload_incomplete": "The file has not been uploaded yet, or not all of it.",
        "media_not_ready": "An attachment has not been completed yet. Complete the upload, then send the message.",
        "name_taken": "There is an emoji of that name already. Choose another name.",
        "library_full": "The library has as many of these as it can have. Remove some first.",
    }


class LimitedError(ChatError):
    """Too much at once. `retry_after` says when to try again, in seconds."""

    temporary: ClassVar[bool] = True
    codes: ClassVar = {
        "rate_limited": "That was too much at once. Wait as long as Retry-After says.",
        "too_many_connections": "You have as many open connections as you can have. Close one.",
    }


class UnavailableError(ChatError):
    """The server can't do it now. The same request can be sent again: a retry has no second effect."""

    temporary: ClassVar[bool] = True
    codes: ClassVar = {
        "unavailable": "The server can't do this now. Try again in a moment.",
        "overloaded": "The server has more to do than it can. Try again in a moment.",
        "shutting_down": "The server is stopping. Connect again in a moment.",
        "not_supported": "This server doesn't offer that.",
    }


def registry() -> dict[str, type[ChatError]]:
    """Every code and the class that carries it."""
    kinds: tuple[type[ChatError], ...] = (
        ChatError,
        InvalidError,
        UnauthenticatedError,
        ForbiddenError,
        NotFoundError,
        ConflictError,
        LimitedError,
        UnavailableError,
    )
    return {code: kind for kind in kinds for code in kind.codes}
