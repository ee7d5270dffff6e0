"""The WebSocket API as data: what a client sends, what it is answered, why the server closes."""

from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from tertulia.api import fields
from tertulia.api.requests import AttachmentRef
from tertulia.domain import limits
from tertulia.domain.presence import Presence

RequestNumber = Annotated[
    int, Meta(ge=0, le=limits.TIMESTAMP_MAX, description="The client's own number; the answer repeats it.")
]


class Action(Struct, frozen=True, kw_only=True, tag_field="action", forbid_unknown_fields=True):
    """What every action has."""

    request: RequestNumber = 0


class Send(Action, frozen=True, kw_only=True, tag="send"):
    """Sends a message: the same as `POST /api/conversations/{id}/messages`. Answered with `message` and `created`."""

    conversation: fields.ConversationId
    id: fields.ClientId
    text: fields.Text = ""
    reply_to: fields.Timestamp = 0
    attachments: list[AttachmentRef] = []
    live_seconds: fields.LiveSeconds = 0


class Read(Action, frozen=True, kw_only=True, tag="read"):
    """Moves the read cursor forward. `private`: others are shown nothing of it. Answered with `read` and `unread`."""

    conversation: fields.ConversationId
    timestamp: fields.Timestamp
    private: bool = False


class Typing(Action, frozen=True, kw_only=True, tag="typing"):
    """The caller is typing; to be repeated every three seconds while that is so. `thread`: in the thread that began
    with the message of this timestamp."""

    conversation: fields.ConversationId
    thread: fields.Timestamp = 0


class Draft(Action, frozen=True, kw_only=True, tag="draft"):
    """Live typing: all that the caller has typed so far. `version` grows with each. Only where the conversation has
    it on."""

    conversation: fields.ConversationId
    text: Annotated[str, Meta(max_length=limits.DRAFT_MAX)]
    version: RequestNumber


class Locate(Action, frozen=True, kw_only=True, tag="location"):
    """Where the caller is, whose message at `timestamp` began a live location: degrees (WGS 84), and by how many metres
    that may be wrong. It is passed on and not kept; after the message's `live_until` it is refused."""

    conversation: fields.ConversationId
    timestamp: fields.Timestamp
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    accuracy: Annotated[float, Meta(ge=0)] = 0


class SetPresence(Action, frozen=True, kw_only=True, tag="presence"):
    """Says how this device is, and whose presence it wants to follow. Answered with `presence`, a status by
    username."""

    status: Presence = Presence.ONLINE
    watch: Annotated[list[fields.Username], Meta(max_length=limits.WATCH_MAX)] | UnsetType = UNSET


class Ping(Action, frozen=True, kw_only=True, tag="ping"):
    """Answered at once: keeps the connection and the presence lease."""


AnyAction = Send | Read | Typing | Draft | Locate | SetPresence | Ping


class Result(Struct, frozen=True, kw_only=True, tag_field="type", tag="result"):
    """The answer to an action. What `result` holds stands with the action."""

    request: int
    result: dict[str, Any] = {}


class ActionError(Struct, frozen=True, kw_only=True, tag_field="type", tag="error", omit_defaults=True):
    """An action failed; nothing was done. `detail` says what to do; `retry_after` is in seconds."""

    request: int
    code: str
    detail: str
    temporary: bool = False
    retry_after: float | UnsetType = UNSET


class CloseReason(Struct, frozen=True):
    """Why the server closes: the code of the close frame (RFC 6455, 7.4), the reason, and whether to connect again."""

    code: int
    reason: str
    resume: bool
    sentence: str


CLOSE_REASONS: Final = {
    reason.reason: reason
    for reason in (
        CloseReason(1001, "shutting_down", True, "The server stops or restarts. Connect again, with jitter."),
        CloseReason(1002, "protocol_error", False, "The client broke the WebSocket protocol (RFC 6455)."),
        CloseReason(1003, "unsupported_data", False, "A binary message; send JSON text."),
        CloseReason(1007, "invalid_text", False, "A text message that is not UTF-8."),
        CloseReason(1009, "too_large", False, "A message over 64 KiB."),
        CloseReason(
            4000,
            "resume",
            True,
            "This connection read too slowly. Connect again and read the log: nothing is lost.",
        ),
        CloseReason(4001, "session_ended", False, "The sign-in session ended here or elsewhere. Sign in again."),
        CloseReason(
            4002,
            "too_many_connections",
            False,
            "This person has opened too many connections; the oldest closes.",
        ),
        CloseReason(4003, "ticket_invalid", True, "The ticket is unknown, used or expired. Get a new one."),
        CloseReason(4008, "rate_limited", True, "Far too many messages in a short time. Wait, then connect again."),
        CloseReason(4009, "idle", True, "Nothing was heard for too long. Connect again."),
        CloseReason(4010, "internal", True, "Something failed here. Connect again, with jitter."),
    )
}
