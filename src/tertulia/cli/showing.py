"""How entries and times look in a terminal.

What other people wrote is shown without control characters: a message must not be able to steer the terminal.
"""

import os
import re
import sys
from datetime import UTC, datetime

import typer

from tertulia.api.responses import ConversationView
from tertulia.domain.entries import (
    Attachment,
    ConversationCreated,
    ConversationKind,
    Hidden,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageEdited,
    MessagePreviewed,
    MessageSent,
    ReactionAdded,
    ReactionRemoved,
    RoleChanged,
    SettingsChanged,
    TitleChanged,
    VisibleEntry,
)

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but for tab and line feed, and those that turn the direction of text around."""


def plain(text: str) -> str:
    """The text with nothing in it that steers a terminal."""
    return _STEERING.sub("\ufffd", text)


def named(file: Attachment) -> str:
    """A file by its name; one of the server's own pictures by what it shows."""
    return plain(file.alt if file.library else file.name)


def bold(text: str) -> str:
    """Bold where somebody looks, and NO_COLOR (no-color.org) is not set."""
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        return text
    return typer.style(text, bold=True)


def name_of(view: ConversationView, me: str) -> str:
    """What a person calls the conversation."""
    if view.kind is ConversationKind.DIRECT:
        return "@" + next((member.username for member in view.members if member.username != me), me)
    return plain(view.title) or view.id


def time_of(timestamp: int) -> str:
    """The local time of a timestamp in microseconds."""
    return f"{datetime.fromtimestamp(timestamp / 1_000_000, UTC).astimezone():%Y-%m-%d %H:%M}"


def line_of(entry: VisibleEntry) -> str:
    """An entry as a line; a message of several lines goes on under its beginning. "" where there is nothing to show."""
    if isinstance(entry, Hidden | MessagePreviewed):
        return ""
    said = _said(entry)
    if isinstance(entry, MessageSent):
        text = said.replace("\n", "\n    ")
        return f"{time_of(entry.timestamp)} {bold(entry.author)}: {text}"
    return f"{time_of(entry.timestamp)} * {entry.author} {said}"


def _said(entry: VisibleEntry) -> str:
    match entry:
        case MessageSent():
            files = [f"[{named(file)}{'' if file.library else f', {file.size} bytes'}]" for file in entry.attachments]
            return "(deleted)" if entry.erased else " ".join([*filter(None, [plain(entry.text)]), *files])
        case MessageEdited():
            return f"edited a message: {plain(entry.text)}"
        case MessageDeleted():
            return "deleted a message"
        case ReactionAdded():
            return f"reacted with {plain(entry.emoji)}"
        case ReactionRemoved():
            return f"took {plain(entry.emoji)} back"
        case _:
            return _changed(entry)


def _changed(entry: VisibleEntry) -> str:
    match entry:
        case ConversationCreated():
            return "began the conversation"
        case MemberAdded():
            return f"added {entry.username}"
        case MemberRemoved():
            return "left" if entry.username == entry.author else f"removed {entry.username}"
        case RoleChanged():
            return f"made {entry.username} {entry.role.value}"
        case TitleChanged():
            return f"changed the title to {plain(entry.title)}"
        case SettingsChanged():
            return "changed the settings"
        case _:
            return ""
