"""The log: conversations, their members, their entries.

The store gives atomicity, the domain gives the rules: `append` hands a snapshot to a pure function and commits what
that
decides, all of it or nothing.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import Entry, MessageSent, Stamp, VisibleEntry
from tertulia.domain.members import Cursor, Member
from tertulia.domain.messages import Message
from tertulia.domain.versions import Saying


class Snapshot(Struct, frozen=True, kw_only=True):
    """What a decision sees, as of the moment at which its entry is committed.

    `caller` is the author's row and `subject` the row of the person that the request is about: None where there never
    was one, inactive where the person left. `target` is the message that the request is about. `earlier` is the entry
    that the author sent under the same client id, and `earlier_digest` what `messages.digest` gave for it.
    """

    conversation: Conversation
    caller: Member | None
    subject: Member | None = None
    target: Message | None = None
    earlier: MessageSent | None = None
    earlier_digest: bytes = b""


class Decision(Struct, frozen=True):
    """The entry to append; None where the request changes nothing (a retry, or a state that already holds)."""

    entry: Entry | None
    digest: bytes = b""


Decide = Callable[[Snapshot, Stamp], Decision]
"""Pure; may be called more than once. A ChatError that it raises leaves the store as it was and reaches the caller
of `append`."""


class Append(Struct, frozen=True, kw_only=True):
    """One request to append. `subject` (a username), `target` (a timestamp) and `client_id` say what the snapshot
    must hold."""

    conversation: str
    author: str
    decide: Decide
    subject: str | None = None
    target: int | None = None
    client_id: str | None = None


class Outcome(Struct, frozen=True, kw_only=True):
    """What `append` did. `entry` is None where nothing was appended; the rest is the state after it."""

    entry: Entry | None
    snapshot: Snapshot


class Membership(Struct, frozen=True, kw_only=True):
    """A conversation together with one person's row in it, its last message as that person may see it, and its first
    members by username."""

    conversation: Conversation
    member: Member
    last_message: Message | None = None
    members: tuple[Member, ...] = ()


class Committed(Struct, frozen=True):
    """An entry that is durable. Handed to the listeners of `Store.listen`, in the order of the log."""

    conversation: str
    entry: Entry


class CursorMove(Struct, frozen=True):
    """A read cursor after a request to move it, whether it moved, and the conversation's number of messages."""

    read: Cursor
    moved: bool
    messages: int


Listener = Callable[[Sequence[Committed]], None]


class Store(Protocol):
    """Durable once it returns. Raises UnavailableError where it can't, and then nothing was done or the same call
    may be repeated."""

    def listen(self, listener: Listener) -> None:
        """Calls `listener` on the event loop after each commit, before the committing call returns, in the log's order
        per conversation, whether or not the caller still waits. A listener may not raise, nor block."""
        ...

    async def create(self, conversation: str, decide: Callable[[Stamp], Entry]) -> tuple[Conversation, bool]:
        """Appends the first entry, a ConversationCreated, unless the conversation exists. Says whether it did."""
        ...

    async def append(self, request: Append) -> Outcome:
        """Decides and commits atomically: entry, head, members, the state of the message that it is about, search
        index.

        Seq is gap-free and timestamps strictly increase. (conversation, author, client id) is unique for ever. A
        message
        moves its author's read cursor to itself; a deletion erases what was said from every entry about the message.
        Raises NotFoundError `conversation_not_found` where there is none.
        """
        ...

    async def membership(self, conversation: str, username: str, *, members: int = 0) -> Membership | None:
        """None where there is no such conversation, or the person never was a member. Inactive rows are returned.
        `members`: how many members to show."""
        ...

    async def memberships(self, username: str, *, after: str = "", limit: int, members: int = 0) -> list[Membership]:
        """The active ones, by conversation id, from the first id greater than `after`. Costs the same on every page."""
        ...

    async def members(self, conversation: str, *, after: str = "", limit: int) -> list[Member]:
        """Active members by username, from the first greater than `after`."""
        ...

    async def member(self, conversation: str, username: str) -> tuple[Conversation, Member] | None:
        """The head and the person's row, also an inactive one."""
        ...

    async def audience(self, conversation: str) -> tuple[Conversation, list[Member]] | None:
        """The head and all rows of members, inactive ones too, in one snapshot: what fan-out needs."""
        ...

    async def log(self, conversation: str, reader: Member, *, after: int, limit: int) -> tuple[list[VisibleEntry], int]:
        """Entries with seq > `after` that `reader` may read, in order, and the seq up to which the answer is complete.

        Looks at up to `limit` entries; those that the reader may not read are left out, and entries about a message
        that
        the reader may not read are Hidden. The second value is `after` where nothing comes after it.
        """
        ...

    async def messages(
        self,
        conversation: str,
        reader: Member,
        *,
        before: int | None = None,
        after: int | None = None,
        thread: int | None = None,
        limit: int,
    ) -> list[Message]:
        """Up to `limit` messages that `reader` may read, ascending: the last ones with timestamp < `before`, or the
        first
        ones with timestamp > `after`; with neither, the last ones. Exactly one index range is read.

        With `thread` only the message at that timestamp and those of its thread.
        """
        ...

    async def message(self, conversation: str, reader: Member, timestamp: int) -> Message | None:
        """The message at `timestamp` as `reader` may see it; None where there is none that the reader may see."""
        ...

    async def message_of(self, conversation: str, reader: Member, author: str, client_id: str) -> Message | None:
        """The same, for the message that `author` sent under `client_id`."""
        ...

    async def versions(
        self, conversation: str, reader: Member, timestamp: int, *, before: int | None = None, limit: int
    ) -> tuple[list[Saying], int | None]:
        """Up to `limit` of the entries that gave the message at `timestamp` its texts, newest first, the one that sent
        it the last: those that `reader` may read, before a timestamp where one is given.

        Looks at up to limits.EDITS_LOOKED_AT_MAX entries about the message. The second value is from where to go on,
        None at the end. Whether there is such a message, and whether the reader may see it, the caller asks `message`.
        """
        ...

    async def move_cursor(self, conversation: str, username: str, timestamp: int) -> CursorMove:
        """Moves the read cursor to the last message at or before `timestamp`, forward only. What it is after that, and
        how many messages there are at that moment. Raises `conversation_not_found` where the person is not an active
        member."""
        ...

    async def sharing(self, username: str, others: Sequence[str]) -> set[str]:
        """Those of `others` who are active in a conversation in which `username` is active too."""
        ...

    async def close(self) -> None: ...
