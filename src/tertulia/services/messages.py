"""Sending, editing, deleting messages, and reacting to them.

Each is a pure decision that the store takes and commits in one transaction. Each is idempotent: a message by its client
id, the rest because a state that already holds makes no entry.
"""

from collections.abc import Sequence

from msgspec import Struct

from tertulia.domain import house, limits, messages
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
    Stamp,
)
from tertulia.domain.errors import (
    ChatError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)
from tertulia.domain.everyone import Named, mentions_in
from tertulia.domain.library import OWNER, Picture, PictureKind, attachment_of, emoji_named, place_of
from tertulia.domain.locations import checked_live_seconds, live_until
from tertulia.domain.media import Details, MediaKind
from tertulia.domain.messages import Message
from tertulia.domain.permissions import Action, may
from tertulia.domain.texts import checked_client_id, checked_emoji, checked_text
from tertulia.ports.accounts import Identity
from tertulia.ports.library import Library
from tertulia.ports.media import MediaStore, Upload
from tertulia.ports.rates import Rate
from tertulia.ports.store import Append, Decide, Decision, Snapshot, Store
from tertulia.services import access, completing, limiting


class NewAttachment(Struct, frozen=True):
    """An upload of the sender's, and what it shows in words; of a voice note how loud it is over its length."""

    media: str
    alt: str = ""
    voice: bool = False
    peaks: Sequence[int] = ()


class NewMessage(Struct, frozen=True, kw_only=True):
    """What somebody wants to say. `id` is the client's own, `reply_to` the timestamp of a message, or 0; for
    `live_seconds` it shows where its author is."""

    id: str
    text: str = ""
    reply_to: int = 0
    attachments: Sequence[NewAttachment] = ()
    live_seconds: int = 0


class Messages:
    """`edit_seconds`: for how long whoever wrote a message can change it; 0 is for ever."""

    def __init__(self, store: Store, media: MediaStore, library: Library, rate: Rate, *, edit_seconds: int = 0) -> None:
        self._store = store
        self._media = media
        self._library = library
        self._rate = rate
        self._edit_seconds = edit_seconds

    async def send(self, identity: Identity, conversation: str, new: NewMessage) -> tuple[Message, bool]:
        """The message, durable, and whether this call sent it: a retry gets the first result and False.

        Raises `conversation_not_found`, `id_reused`, `reply_not_found`, `attachment_not_found`, `media_not_ready`,
        `rate_limited`, and what a file can be refused for.
        """
        limiting.take(self._rate, identity.username)
        checked_client_id(new.id)
        checked_text(new.text, may_be_empty=bool(new.attachments or checked_live_seconds(new.live_seconds)))
        attachments: tuple[Attachment, ...] = ()
        refused: ChatError | None = None
        try:
            attachments = await self._claimed(identity, conversation, new) if new.attachments else ()
        except (InvalidError, NotFoundError, ConflictError) as error:
            # A retry is answered all the same: its files may have gone with the message, or the sender may have left.
            refused = error
        outcome = await self._store.append(
            Append(
                conversation=conversation,
                author=identity.username,
                decide=_send(identity.username, new, attachments, refused),
                target=new.reply_to or None,
                client_id=new.id,
            )
        )
        if isinstance(outcome.entry, MessageSent):
            return messages.begin(outcome.entry), True
        return await self._first_result(outcome.snapshot), False

    async def edit(self, identity: Identity, conversation: str, timestamp: int, text: str) -> Message:
        """Raises `message_not_found`, `forbidden`, `message_deleted`, `too_late_to_edit`."""
        checked_text(text, may_be_empty=True)
        decide = _edit(identity.username, text, self._edit_seconds)
        return await self._change(identity, conversation, timestamp, decide)

    async def delete(self, identity: Identity, conversation: str, timestamp: int) -> Message:
        """What the message said is erased from the log; its files are deleted. Raises `message_not_found`,
        `forbidden`."""
        return await self._change(identity, conversation, timestamp, _delete(identity.username))

    async def remove_previews(self, identity: Identity, conversation: str, timestamp: int) -> Message:
        """Its links have no previews any more, and get no others. For its author, and for who may delete it. Raises
        `message_not_found`, `forbidden`, `message_deleted`."""
        return await self._change(identity, conversation, timestamp, _remove_previews(identity.username))

    async def react(self, identity: Identity, conversation: str, timestamp: int, emoji: str) -> Message:
        """Raises `message_not_found`, `message_deleted`, `too_many_reactions`, `emoji_not_found`."""
        checked_emoji(emoji)
        name = emoji_named(emoji)
        if name is not None and await self._library.get(PictureKind.EMOJI, name) is None:
            raise InvalidError("emoji_not_found")
        return await self._change(identity, conversation, timestamp, _react(identity.username, emoji))

    async def unreact(self, identity: Identity, conversation: str, timestamp: int, emoji: str) -> Message:
        """Raises `message_not_found`, `message_deleted`."""
        checked_emoji(emoji)
        return await self._change(identity, conversation, timestamp, _unreact(identity.username, emoji))

    async def _change(self, identity: Identity, conversation: str, timestamp: int, decide: Decide) -> Message:
        limiting.take(self._rate, identity.username)
        outcome = await self._store.append(
            Append(conversation=conversation, author=identity.username, decide=decide, target=timestamp)
        )
        before, caller = outcome.snapshot.target, outcome.snapshot.caller
        assert before is not None, "decisions about a message need one"  # noqa: S101
        assert caller is not None, "decisions about a message need a member"  # noqa: S101
        after = messages.apply(before, outcome.entry) if isinstance(outcome.entry, AboutMessage) else before
        left = messages.files_of(after)
        for media in messages.files_of(before):
            if media not in left:
                await self._media.delete(media)
        if not caller.sees_span(timestamp, before.changed, open_history=outcome.snapshot.conversation.open_history):
            # The caller was away when some of it changed, and may not read that.
            return await self._store.message(conversation, caller, timestamp) or before
        return after

    async def _claimed(self, identity: Identity, conversation: str, new: NewMessage) -> tuple[Attachment, ...]:
        if len(new.attachments) > limits.ATTACHMENTS_MAX:
            raise InvalidError(
                "invalid_request",
                f"A message carries up to {limits.ATTACHMENTS_MAX} files.",
                maximum=limits.ATTACHMENTS_MAX,
            )
        await access.member_of(self._store, conversation, identity.username)
        found = []
        for attachment in new.attachments:
            drawing = house.find(attachment.media)
            if drawing is not None:
                found.append(attachment_of(drawing))
                continue
            upload = await self._media.get(attachment.media)
            if upload is not None and upload.conversation == OWNER:
                found.append(attachment_of(await self._picture(upload)))
                continue
            if upload is None or upload.owner != identity.username:
                raise InvalidError("attachment_not_found", media=attachment.media)
            ready = await completing.settled(self._media, upload)
            if not await self._media.claim(upload.id, conversation, new.id):
                raise InvalidError("attachment_not_found", media=attachment.media)
            found.append(_attachment(ready, attachment))
        return tuple(found)

    async def _picture(self, upload: Upload) -> Picture:
        """Of the library, by its file. An emoji is written, not attached."""
        picture = await self._library.get(*place_of(upload.client_id))
        if picture is None or picture.kind is PictureKind.EMOJI:
            raise InvalidError("attachment_not_found", media=upload.id)
        return picture

    async def _first_result(self, snapshot: Snapshot) -> Message:
        earlier = snapshot.earlier
        assert earlier is not None, "nothing was appended because it was there"  # noqa: S101
        if earlier.erased and snapshot.caller is not None:
            now = await self._store.message(snapshot.conversation.id, snapshot.caller, earlier.timestamp)
            return now or messages.begin(earlier)
        return messages.begin(earlier)


def _send(username: str, new: NewMessage, attachments: tuple[Attachment, ...], refused: ChatError | None) -> Decide:
    """`refused` is why this can't be sent, unless it has been sent before."""
    named = _named(new.text)
    asked = [Attachment(media=a.media, name="", type="", size=0, alt=_alt(a)) for a in new.attachments]
    digest = messages.digest(new.text, new.reply_to, asked, new.live_seconds)

    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        if snapshot.earlier is not None:
            # Before any look at membership: a retry is answered for ever, also to who has left since.
            if snapshot.earlier_digest != digest:
                raise ConflictError("id_reused")
            return Decision(None)
        if refused is not None:
            raise refused
        caller = access.caller_of(snapshot, Action.SEND)
        open_history = snapshot.conversation.open_history
        if new.reply_to and (
            snapshot.target is None or not caller.sees(snapshot.target.timestamp, open_history=open_history)
        ):
            raise InvalidError("reply_not_found")
        entry = MessageSent(
            seq=stamp.seq,
            timestamp=stamp.timestamp,
            author=username,
            id=new.id,
            number=snapshot.conversation.messages + 1,
            text=new.text,
            reply_to=new.reply_to,
            attachments=attachments,
            mentions=mentions_in(snapshot.conversation, named),
            live_until=live_until(stamp.timestamp, new.live_seconds),
            thread=messages.thread_of(snapshot.target) if new.reply_to and snapshot.target else 0,
        )
        return Decision(entry, digest)

    return decide


def _named(text: str) -> Named:
    """Who is named in it. The parser takes time to load, and most functions never need it."""
    if "@" not in text:
        return Named()
    from tertulia.domain.markdown import named

    return named(text)


def _attachment(upload: Upload, new: NewAttachment) -> Attachment:
    details = upload.details or Details(kind=MediaKind.FILE)
    sounds = details.kind is MediaKind.AUDIO
    return Attachment(
        media=upload.id,
        name=upload.name,
        type=upload.type,
        size=upload.size,
        width=details.width,
        height=details.height,
        thumbhash=details.thumbhash,
        animated=details.animated,
        duration=details.duration or 0,
        alt=checked_text(_alt(new), may_be_empty=True),
        voice=new.voice and sounds,
        peaks=tuple(new.peaks) if sounds else (),
    )


def _alt(attachment: NewAttachment) -> str:
    return attachment.alt[: limits.TEXT_MAX]


def _edit(username: str, text: str, seconds: int) -> Decide:
    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        caller = access.caller_of(snapshot, Action.EDIT_OWN)
        target = access.target_of(snapshot, caller)
        if target.author != username:
            raise ForbiddenError("forbidden", "Only who wrote a message can change it.")
        if target.deleted:
            raise ConflictError("message_deleted")
        checked_text(text, may_be_empty=bool(target.attachments or target.live_until))
        if target.text == text:
            return Decision(None)
        if seconds and stamp.timestamp - target.timestamp > seconds * 1_000_000:
            raise ConflictError("too_late_to_edit")
        return Decision(
            MessageEdited(
                seq=stamp.seq,
                timestamp=stamp.timestamp,
                author=username,
                target=target.timestamp,
                text=text,
                mentions=mentions_in(snapshot.conversation, _named(text)),
                unlinked=_unlinked(target.previews, text),
            )
        )

    return decide


def _unlinked(previews: Sequence[Preview], text: str) -> tuple[str, ...]:
    """Links that have a preview and don't stand in the text."""
    if not previews:
        return ()
    from tertulia.domain.markdown import previewable

    links = previewable(text)
    return tuple(preview.url for preview in previews if preview.url not in links)


def _remove_previews(username: str) -> Decide:
    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        target = _own_or_moderated(snapshot, username)
        if target.deleted:
            raise ConflictError("message_deleted")
        bare = tuple(Preview(url=preview.url) for preview in target.previews)
        if bare == target.previews:
            return Decision(None)
        return Decision(
            MessagePreviewed(
                seq=stamp.seq,
                timestamp=stamp.timestamp,
                author=username,
                target=target.timestamp,
                previews=bare,
            )
        )

    return decide


def _own_or_moderated(snapshot: Snapshot, username: str) -> Message:
    """The message, which is the caller's own or one that the caller may delete. Raises `message_not_found`,
    `forbidden`."""
    caller = access.caller_of(snapshot, Action.DELETE_OWN)
    target = access.target_of(snapshot, caller)
    if target.author != username and not may(snapshot.conversation.kind, caller.role, Action.DELETE_OTHERS):
        raise ForbiddenError("forbidden")
    return target


def _delete(username: str) -> Decide:
    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        target = _own_or_moderated(snapshot, username)
        if target.deleted:
            return Decision(None)
        return Decision(
            MessageDeleted(seq=stamp.seq, timestamp=stamp.timestamp, author=username, target=target.timestamp)
        )

    return decide


def _react(username: str, emoji: str) -> Decide:
    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        target = access.target_of(snapshot, access.caller_of(snapshot, Action.REACT))
        if target.deleted:
            raise ConflictError("message_deleted")
        if messages.has_reaction(target, emoji, username):
            return Decision(None)
        new_kind = all(reaction.emoji != emoji for reaction in target.reactions)
        if messages.reaction_count(target) >= limits.REACTIONS_MAX or (
            new_kind and len(target.reactions) >= limits.REACTION_KINDS_MAX
        ):
            raise ConflictError("too_many_reactions")
        return Decision(
            ReactionAdded(
                seq=stamp.seq, timestamp=stamp.timestamp, author=username, target=target.timestamp, emoji=emoji
            )
        )

    return decide


def _unreact(username: str, emoji: str) -> Decide:
    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        target = access.target_of(snapshot, access.caller_of(snapshot, Action.REACT))
        if target.deleted:
            raise ConflictError("message_deleted")
        if not messages.has_reaction(target, emoji, username):
            return Decision(None)
        return Decision(
            ReactionRemoved(
                seq=stamp.seq, timestamp=stamp.timestamp, author=username, target=target.timestamp, emoji=emoji
            )
        )

    return decide
