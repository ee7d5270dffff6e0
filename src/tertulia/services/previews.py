"""Previews of the pages that messages link to: looked at after the message was sent, so that nobody waits for them.

What comes of it is one more entry about the message, for whose author it is made. It may not come: a page that can't be
had, a queue that is full, a server that stops. Nobody is told.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from tertulia.domain import limits
from tertulia.domain.entries import Attachment, MessageEdited, MessagePreviewed, MessageSent, Preview, Stamp
from tertulia.domain.errors import ChatError, InvalidError
from tertulia.domain.media import THUMBNAIL_TYPE, Details, MediaKind, Variant, fitted
from tertulia.domain.messages import Message, pictures_of
from tertulia.domain.permissions import Action
from tertulia.domain.signatures import recognise
from tertulia.domain.texts import shown_line
from tertulia.ports.clock import Clock
from tertulia.ports.entropy import Entropy
from tertulia.ports.media import MediaStore, Upload
from tertulia.ports.pages import Page, Pages
from tertulia.ports.processing import MediaProcessor
from tertulia.ports.rates import Rate
from tertulia.ports.store import Append, Committed, Decide, Decision, Snapshot, Store
from tertulia.services import access

PICTURE_NAME: Final = "preview.webp"
_PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_logger: Final = logging.getLogger("tertulia.previews")


class Linking(Struct, frozen=True):
    """A message of `author` that may link to pages."""

    conversation: str
    author: str
    timestamp: int


def linking(committed: Committed) -> Linking | None:
    """The message that was sent or edited, where there may be a link in it: a look that costs nothing."""
    match committed.entry:
        case MessageSent(text=text, author=author, timestamp=timestamp) if "://" in text:
            return Linking(committed.conversation, author, timestamp)
        case MessageEdited(text=text, author=author, target=target) if "://" in text:
            return Linking(committed.conversation, author, target)
        case _:
            return None


class Previews:
    def __init__(
        self,
        store: Store,
        media: MediaStore,
        pages: Pages,
        processor: MediaProcessor,
        clock: Clock,
        entropy: Entropy,
        rate: Rate,
    ) -> None:
        self._store = store
        self._media = media
        self._pages = pages
        self._processor = processor
        self._clock = clock
        self._entropy = entropy
        self._rate = rate

    async def look(self, linking: Linking) -> None:
        """Adds the previews of links that have none yet. May be done again. Raises what the stores raise."""
        message = await self._message(linking)
        links = _unseen(message) if message is not None else ()
        if message is None or not links or self._rate.take(linking.author):
            return
        looks = (self._preview(linking, message, url) for url in links)
        found = [preview for preview in await asyncio.gather(*looks) if preview is not None]
        if not found:
            return
        request = Append(
            conversation=linking.conversation,
            author=linking.author,
            decide=_show(linking.author, found),
            target=linking.timestamp,
        )
        shown: set[str] = set()
        try:
            entry = (await self._store.append(request)).entry
            if isinstance(entry, MessagePreviewed):
                shown = set(pictures_of(entry.previews))
        finally:
            for media in pictures_of(found):
                if media not in shown:
                    await self._media.delete(media)

    async def _message(self, linking: Linking) -> Message | None:
        """The message as it is now; None where its author may not change it any more."""
        found = await self._store.member(linking.conversation, linking.author)
        if found is None or not found[1].active:
            return None
        message = await self._store.message(linking.conversation, found[1], linking.timestamp)
        return message if message is not None and not message.deleted and message.author == linking.author else None

    async def _preview(self, linking: Linking, message: Message, url: str) -> Preview | None:
        page = await self._pages.page(url)
        title = shown_line(page.title, limits.PREVIEW_TITLE_MAX) if page is not None else ""
        if page is None or not title:
            return None
        description = shown_line(page.description, limits.PREVIEW_DESCRIPTION_MAX)
        preview = Preview(url=url, title=title, description="" if description == title else description, site=page.site)
        return replace(preview, picture=await self._picture(linking, message, page))

    async def _picture(self, linking: Linking, message: Message, page: Page) -> Attachment | None:
        """The page's picture as a file of ours, which belongs to the message. None where it has none, or none that can
        be shown."""
        picture = await self._pages.picture(page.picture) if page.picture else None
        if picture is None:
            return None
        try:
            upload = await self._stored(linking, message, picture)
        except ChatError as refusal:
            _logger.info("a picture from %s can't be shown: %s", page.site, refusal.code)
            return None
        details = upload.details
        assert details is not None, "it was looked at"  # noqa: S101
        return Attachment(
            media=upload.id,
            name=upload.name,
            type=upload.type,
            size=upload.size,
            width=details.width,
            height=details.height,
            thumbhash=details.thumbhash,
            alt=shown_line(page.alt, limits.PREVIEW_TITLE_MAX),
        )

    async def _stored(self, linking: Linking, message: Message, picture: bytes) -> Upload:
        """Of the picture only a thumbnail is kept, which was written anew. Raises what the processor and the store
        do."""
        kind = recognise(picture[: limits.MEDIA_HEAD_BYTES])
        if kind not in _PICTURES:
            raise InvalidError("media_unsupported")
        async with self._processor.process(_once(picture), kind) as made:
            path = made.files[Variant.SMALL]
            width, height = fitted((made.details.width, made.details.height), limits.THUMBNAIL_SMALL)
            upload = await self._media.begin(
                Upload(
                    id=self._entropy.token(),
                    owner=linking.author,
                    name=PICTURE_NAME,
                    type=THUMBNAIL_TYPE,
                    size=(await asyncio.to_thread(path.stat)).st_size,
                    created=self._clock.now(),
                )
            )
            details = Details(kind=MediaKind.IMAGE, width=width, height=height, thumbhash=made.details.thumbhash)
            kept = await self._media.keep(replace(upload, details=details), {Variant.ORIGINAL: path})
        await self._media.claim(kept.id, linking.conversation, message.id)
        return kept


class PreviewQueue:
    """Messages that wait to be looked at, as `committed` hears of them; a full queue takes no more. `work` works on
    them one after the other, and may run several times at once."""

    def __init__(self, look: Callable[[Linking], Awaitable[None]], most: int = limits.PREVIEW_QUEUE_MAX) -> None:
        self._look = look
        self._waiting: asyncio.Queue[Linking] = asyncio.Queue(most)

    def committed(self, batch: Sequence[Committed]) -> None:
        """A listener of the store's: never waits and never raises."""
        for committed in batch:
            found = linking(committed)
            if found is not None and not self._waiting.full():
                self._waiting.put_nowait(found)

    async def work(self) -> None:
        """For ever."""
        while True:
            found = await self._waiting.get()
            try:
                await self._look(found)
            except Exception as error:  # noqa: BLE001 - the next ones are to be looked at all the same
                code = error.code if isinstance(error, ChatError) else type(error).__name__
                _logger.warning("links could not be looked at: %s", code)


def _unseen(message: Message) -> tuple[str, ...]:
    """Links that are to have a preview and have none, nor one that was taken away."""
    from tertulia.domain.markdown import previewable

    known = {preview.url for preview in message.previews}
    return tuple(url for url in previewable(message.text) if url not in known)


def _show(username: str, found: Sequence[Preview]) -> Decide:
    """Those of `found` to which the message still links, besides those that it has."""

    def decide(snapshot: Snapshot, stamp: Stamp) -> Decision:
        from tertulia.domain.markdown import previewable

        target = access.target_of(snapshot, access.caller_of(snapshot, Action.EDIT_OWN))
        if target.deleted or target.author != username:
            return Decision(None)
        known = {preview.url: preview for preview in (*found, *target.previews)}
        previews = tuple(known[url] for url in previewable(target.text) if url in known)
        if set(previews) <= set(target.previews):
            return Decision(None)
        return Decision(
            MessagePreviewed(
                seq=stamp.seq,
                timestamp=stamp.timestamp,
                author=username,
                target=target.timestamp,
                previews=previews,
            )
        )

    return decide


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
