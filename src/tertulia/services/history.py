"""Reading: pages of messages, and the log after a cursor."""

from msgspec import Struct

from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import VisibleEntry
from tertulia.domain.errors import ConflictError, InvalidError, NotFoundError
from tertulia.domain.members import Member
from tertulia.domain.messages import Message
from tertulia.domain.versions import Version, version_of
from tertulia.ports.accounts import Identity
from tertulia.ports.store import Store
from tertulia.services import access


class Page(Struct, frozen=True):
    """Messages, ascending; whether there are more before and after them; the head."""

    messages: list[Message]
    more_before: bool
    more_after: bool
    conversation: Conversation


class LogPage(Struct, frozen=True):
    """Every readable entry after the cursor up to `through`; the head."""

    entries: list[VisibleEntry]
    through: int
    conversation: Conversation


class Versions(Struct, frozen=True):
    """What a message says and said, newest first; before which timestamp there may be more, or None."""

    versions: list[Version]
    cursor: int | None


class HistoryReader:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def log(self, identity: Identity, conversation: str, *, after: int, limit: int) -> LogPage:
        """Raises `conversation_not_found`."""

        async def read(head: Conversation, member: Member) -> LogPage:
            entries, through = await self._store.log(conversation, member, after=after, limit=limit)
            return LogPage(entries, through, head)

        return await access.read_as_member(self._store, conversation, identity.username, read)

    async def messages(
        self,
        identity: Identity,
        conversation: str,
        *,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        thread: int | None = None,
        limit: int,
    ) -> Page:
        """A page before, after or around a timestamp; the last page without. With `thread` only the message at that
        timestamp and those of its thread. Raises `conversation_not_found`."""
        if sum(point is not None for point in (before, after, around)) > 1:
            raise InvalidError("invalid_request", "Give one of `before`, `after` and `around`.")

        async def read(head: Conversation, member: Member) -> Page:
            asked = _Asked(self._store, head, member, thread)
            if around is not None:
                return await asked.around(around, limit)
            if after is not None:
                return await asked.after(after, limit)
            return await asked.before(before, limit)

        return await access.read_as_member(self._store, conversation, identity.username, read)

    async def versions(
        self, identity: Identity, conversation: str, timestamp: int, *, before: int | None, limit: int
    ) -> Versions:
        """Those that the caller may read: of edits made while the caller was away nothing is told, not even that there
        were any. Raises `conversation_not_found`, `message_not_found`, `message_deleted`."""

        async def read(_: Conversation, member: Member) -> Versions:
            found, cursor = await self._store.versions(conversation, member, timestamp, before=before, limit=limit)
            # Afterwards: of what is deleted in between nothing is let out.
            message = await self._store.message(conversation, member, timestamp)
            if message is None:
                raise NotFoundError("message_not_found")
            if message.deleted:
                raise ConflictError("message_deleted")
            return Versions([version_of(each) for each in found], cursor)

        return await access.read_as_member(self._store, conversation, identity.username, read)


class _Asked(Struct, frozen=True):
    """Messages of a conversation, as one member reads them; of one thread where that is asked for."""

    store: Store
    head: Conversation
    member: Member
    thread: int | None

    async def before(self, before: int | None, limit: int) -> Page:
        found = await self._read(before=before, limit=limit + 1)
        later = before is not None and await self._read(after=before - 1, limit=1)
        return Page(found[-limit:], len(found) > limit, bool(later), self.head)

    async def after(self, after: int, limit: int) -> Page:
        found = await self._read(after=after, limit=limit + 1)
        earlier = await self._read(before=after + 1, limit=1)
        return Page(found[:limit], bool(earlier), len(found) > limit, self.head)

    async def around(self, around: int, limit: int) -> Page:
        """Half before and at the point, half after; where one side is short the other fills the page."""
        earlier = await self._read(before=around + 1, limit=limit + 1)
        later = await self._read(after=around, limit=limit + 1)
        upper = min(len(later), max(limit // 2, limit - len(earlier)))
        lower = min(len(earlier), limit - upper)
        page = earlier[len(earlier) - lower :] + later[:upper]
        return Page(page, len(earlier) > lower, len(later) > upper, self.head)

    async def _read(self, *, before: int | None = None, after: int | None = None, limit: int) -> list[Message]:
        return await self.store.messages(
            self.head.id, self.member, before=before, after=after, thread=self.thread, limit=limit
        )
