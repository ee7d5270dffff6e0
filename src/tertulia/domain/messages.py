"""Messages as people see them: the fold of the entries about one message.

`begin` and `apply` are all there is to it. The services, the Python client and the web client fold the same way, and
tests hold that a client's state equals a fresh read.
"""

import hashlib
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tertulia.domain.entries import (
    AboutMessage,
    Attachment,
    MessageDeleted,
    MessageEdited,
    MessagePreviewed,
    MessageSent,
    Preview,
    ReactionAdded,
    ReactionRemoved,
)


class Reaction(Struct, frozen=True):
    """Who reacted with one emoji, in the order in which they did."""

    emoji: str
    users: tuple[str, ...]


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message with edits and reactions applied. `edited` and `deleted` are the timestamps of the last such entry,
    or 0. `mentions` are usernames, and `@all` or `@here` where it names everybody."""

    seq: int
    timestamp: int
    number: int
    author: str
    id: str
    text: str = ""
    reply_to: int = 0
    attachments: tuple[Attachment, ...] = ()
    mentions: tuple[str, ...] = ()
    live_until: int = 0
    """Until this timestamp the author shows where they are; 0: not at all."""
    thread: int = 0
    """The timestamp of the message that the replies began with, of which this is one; 0: it is none. It stays when the
    message is deleted."""
    reactions: tuple[Reaction, ...] = ()
    previews: tuple[Preview, ...] = ()
    edited: int = 0
    deleted: int = 0
    changed: int = 0
    """The timestamp of the last entry about this message, or 0."""


def begin(entry: MessageSent) -> Message:
    """The message as it was sent."""
    return Message(
        seq=entry.seq,
        timestamp=entry.timestamp,
        number=entry.number,
        author=entry.author,
        id=entry.id,
        text=entry.text,
        reply_to=entry.reply_to,
        attachments=entry.attachments,
        mentions=entry.mentions,
        live_until=entry.live_until,
        thread=entry.thread,
    )


def thread_of(message: Message) -> int:
    """The thread in which a reply to the message is."""
    return message.thread or message.timestamp


def apply(message: Message, entry: AboutMessage) -> Message:
    """The message after one more entry about it. An entry at or before `changed` is not applied again, and a
    deletion is
    the last that is."""
    if entry.timestamp <= message.changed or message.deleted:
        return message
    stamp = entry.timestamp
    match entry:
        case MessageDeleted():
            return Message(
                seq=message.seq,
                timestamp=message.timestamp,
                number=message.number,
                author=message.author,
                id=message.id,
                thread=message.thread,
                deleted=stamp,
                changed=stamp,
            )
        case MessageEdited():
            left = tuple(preview for preview in message.previews if preview.url not in entry.unlinked)
            said = {"text": entry.text, "mentions": entry.mentions, "previews": left}
            return replace(message, edited=stamp, changed=stamp, **said)
        case MessagePreviewed():
            return replace(message, previews=entry.previews, changed=stamp)
        case ReactionAdded():
            return replace(message, reactions=_add(message.reactions, entry.emoji, entry.author), changed=stamp)
        case ReactionRemoved():  # pragma: no branch - the last of the union
            return replace(message, reactions=_remove(message.reactions, entry.emoji, entry.author), changed=stamp)


def fold(sent: MessageSent, changes: Iterable[AboutMessage]) -> Message:
    """The message after all `changes`, which come in the log's order."""
    message = begin(sent)
    for change in changes:
        message = apply(message, change)
    return message


def files_of(message: Message) -> tuple[str, ...]:
    """The ids of the files that are the message's own: what it carries, but for the library's, and the pictures of its
    previews."""
    carried = (attachment.media for attachment in message.attachments if not attachment.library)
    return (*carried, *pictures_of(message.previews))


def pictures_of(previews: Iterable[Preview]) -> tuple[str, ...]:
    """The ids of the previews' pictures."""
    return tuple(preview.picture.media for preview in previews if preview.picture is not None)


def has_reaction(message: Message, emoji: str, username: str) -> bool:
    return any(r.emoji == emoji and username in r.users for r in message.reactions)


def reaction_count(message: Message) -> int:
    return sum(len(r.users) for r in message.reactions)


def digest(text: str, reply_to: int, attachments: Sequence[Attachment], live_seconds: int = 0) -> bytes:
    """16 bytes that tell a retry of a message from another message under the same id, also after an edit or a
    deletion."""
    parts = [text, str(reply_to), *(f"{a.media}\0{a.alt}" for a in attachments)]
    if live_seconds:
        parts.append(f"live {live_seconds}")
    return hashlib.blake2b("\0\0".join(parts).encode(), digest_size=16).digest()


def _add(reactions: tuple[Reaction, ...], emoji: str, username: str) -> tuple[Reaction, ...]:
    if not any(r.emoji == emoji for r in reactions):
        return (*reactions, Reaction(emoji, (username,)))
    return tuple(
        Reaction(emoji, (*r.users, username)) if r.emoji == emoji and username not in r.users else r for r in reactions
    )


def _remove(reactions: tuple[Reaction, ...], emoji: str, username: str) -> tuple[Reaction, ...]:
    fewer = (Reaction(emoji, tuple(u for u in r.users if u != username)) if r.emoji == emoji else r for r in reactions)
    return tuple(r for r in fewer if r.users)
