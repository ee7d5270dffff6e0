"""The port `Store` in memory: the reference, small and obviously right. Nothing survives the process."""

from bisect import insort
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tertulia.domain import conversations, limits, members, messages
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import (
    AboutMessage,
    ConversationCreated,
    Entry,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageEdited,
    MessageSent,
    RoleChanged,
    Stamp,
    VisibleEntry,
    hide,
    target_of,
    without_words,
)
from tertulia.domain.errors import NotFoundError
from tertulia.domain.members import Cursor, Member
from tertulia.domain.messages import Message
from tertulia.domain.receipts import advance
from tertulia.domain.versions import LookedAt, Saying, page_of
from tertulia.ports.clock import Clock
from tertulia.ports.store import Append, Committed, CursorMove, Listener, Membership, Outcome, Snapshot


class Log(Struct):
    """One conversation: its head, its members by name, its entries, and the digest of each message by author and id."""

    head: Conversation
    members: dict[str, Member] = {}
    entries: list[Entry] = []
    sent: dict[tuple[str, str], tuple[int, bytes]] = {}

    def message(self, timestamp: int, seen: Callable[[int], bool] = lambda _: True) -> Message | None:
        """The message at `timestamp` with those changes of which `seen` holds; a deletion holds for everybody."""
        sent = next((e for e in self.entries if e.timestamp == timestamp and isinstance(e, MessageSent)), None)
        if sent is None:
            return None
        changes = (
            e
            for e in self.entries
            if isinstance(e, AboutMessage)
            and e.target == timestamp
            and (seen(e.timestamp) or isinstance(e, MessageDeleted))
        )
        return messages.fold(sent, changes)

    def timestamps(self, thread: int | None = None) -> list[int]:
        sent = [e for e in self.entries if isinstance(e, MessageSent)]
        return [e.timestamp for e in sent if thread is None or thread in (e.timestamp, e.thread)]


class MemoryStore:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._listeners: list[Listener] = []
        self.logs: dict[str, Log] = {}

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def create(self, conversation: str, decide: Callable[[Stamp], Entry]) -> tuple[Conversation, bool]:
        if conversation in self.logs:
            return self.logs[conversation].head, False
        entry = decide(Stamp(1, self._clock.now()))
        assert isinstance(entry, ConversationCreated)  # noqa: S101
        log = self.logs[conversation] = Log(conversations.begin(conversation, entry))
        for each in entry.members:
            log.members[each.username] = members.join(None, each.username, each.role, entry.timestamp, 0)
        self._commit(log, entry)
        return log.head, True

    async def append(self, request: Append) -> Outcome:
        log = self.logs.get(request.conversation)
        if log is None:
            raise NotFoundError("conversation_not_found")
        snapshot = self._snapshot(log, request)
        decision = request.decide(snapshot, conversations.next_stamp(log.head, self._clock.now()))
        entry = decision.entry
        if entry is None:
            return Outcome(entry=None, snapshot=snapshot)
        subject = snapshot.subject
        log.head = conversations.apply(log.head, entry, role_before=subject.role if subject else None)
        match entry:
            case MessageSent():
                log.sent[entry.author, entry.id] = (entry.timestamp, decision.digest)
                author = log.members[entry.author]
                log.members[entry.author] = replace(author, read=Cursor(entry.timestamp, entry.number))
            case MemberAdded():
                log.members[entry.username] = members.join(
                    subject, entry.username, entry.role, entry.timestamp, log.head.messages
                )
            case MemberRemoved() if subject is not None:
                log.members[entry.username] = members.leave(subject, entry.timestamp)
            case RoleChanged() if subject is not None:
                log.members[entry.username] = replace(subject, role=entry.role)
            case MessageDeleted():
                log.entries = [_erase(e, entry.target) for e in log.entries]
        self._commit(log, entry)
        return Outcome(entry=entry, snapshot=snapshot)

    async def membership(self, conversation: str, username: str, *, members: int = 0) -> Membership | None:
        found = await self.member(conversation, username)
        if found is None:
            return None
        head, reader = found
        last = await self.messages(conversation, reader, limit=1)
        shown = await self.members(conversation, limit=members)
        return Membership(
            conversation=head, member=reader, last_message=last[0] if last else None, members=tuple(shown)
        )

    async def memberships(self, username: str, *, after: str = "", limit: int, members: int = 0) -> list[Membership]:
        names = sorted(
            name
            for name, log in self.logs.items()
            if name > after and username in log.members and log.members[username].active
        )
        found = [await self.membership(name, username, members=members) for name in names[:limit]]
        return [membership for membership in found if membership is not None]

    async def members(self, conversation: str, *, after: str = "", limit: int) -> list[Member]:
        log = self.logs[conversation]
        return [log.members[name] for name in sorted(log.members) if name > after and log.members[name].active][:limit]

    async def member(self, conversation: str, username: str) -> tuple[Conversation, Member] | None:
        log = self.logs.get(conversation)
        return None if log is None or username not in log.members else (log.head, log.members[username])

    async def audience(self, conversation: str) -> tuple[Conversation, list[Member]] | None:
        log = self.logs.get(conversation)
        return None if log is None else (log.head, list(log.members.values()))

    async def log(self, conversation: str, reader: Member, *, after: int, limit: int) -> tuple[list[VisibleEntry], int]:
        log = self.logs[conversation]
        seen = _sight(log, reader)
        readable = [e for e in log.entries if e.seq > after and seen(e.timestamp)]
        page: list[VisibleEntry] = []
        for entry in readable[:limit]:
            target = target_of(entry)
            page.append(entry if target is None or seen(target) else hide(entry))
        if len(readable) > limit:
            return page, page[-1].seq
        return page, max(after, log.head.seq)

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
        log = self.logs[conversation]
        seen = _sight(log, reader)
        timestamps = [t for t in log.timestamps(thread) if seen(t)]
        if after is not None:
            chosen = [t for t in timestamps if t > after][:limit]
        else:
            chosen = [t for t in timestamps if before is None or t < before][-limit:]
        return [message for t in chosen if (message := log.message(t, seen)) is not None]

    async def message(self, conversation: str, reader: Member, timestamp: int) -> Message | None:
        log = self.logs[conversation]
        seen = _sight(log, reader)
        return log.message(timestamp, seen) if seen(timestamp) else None

    async def message_of(self, conversation: str, reader: Member, author: str, client_id: str) -> Message | None:
        log = self.logs.get(conversation)
        if log is None or (author, client_id) not in log.sent:
            return None
        return await self.message(conversation, reader, log.sent[author, client_id][0])

    async def versions(
        self, conversation: str, reader: Member, timestamp: int, *, before: int | None = None, limit: int
    ) -> tuple[list[Saying], int | None]:
        log = self.logs[conversation]
        seen = _sight(log, reader)
        there = {
            e.timestamp: e
            for e in reversed(log.entries)
            if timestamp in (e.timestamp, target_of(e))
            and seen(e.timestamp)
            and (before is None or e.timestamp < before)
        }
        looked_at = [LookedAt(e.timestamp, isinstance(e, MessageSent | MessageEdited)) for e in there.values()]
        whole = len(looked_at) <= limits.EDITS_LOOKED_AT_MAX
        found, cursor = page_of(looked_at[: limits.EDITS_LOOKED_AT_MAX], limit, whole=whole)
        return [e for t in found if isinstance(e := there[t], MessageSent | MessageEdited)], cursor

    async def move_cursor(self, conversation: str, username: str, timestamp: int) -> CursorMove:
        log = self.logs.get(conversation)
        member = log.members.get(username) if log else None
        if log is None or member is None or not member.active:
            raise NotFoundError("conversation_not_found")
        number = sum(t <= timestamp for t in log.timestamps())
        wanted = Cursor(log.timestamps()[number - 1], number) if number else Cursor()
        cursor = advance(member.read, wanted)
        log.members[username] = replace(member, read=cursor)
        return CursorMove(cursor, cursor != member.read, log.head.messages)

    async def sharing(self, username: str, others: Sequence[str]) -> set[str]:
        return {
            other
            for other in others
            for log in self.logs.values()
            if all(name in log.members and log.members[name].active for name in (username, other))
        }

    async def close(self) -> None:
        """Nothing is held."""

    def _snapshot(self, log: Log, request: Append) -> Snapshot:
        sent = log.sent.get((request.author, request.client_id or ""))
        earlier = next((e for e in log.entries if sent and e.timestamp == sent[0]), None)
        return Snapshot(
            conversation=log.head,
            caller=log.members.get(request.author),
            subject=log.members.get(request.subject or ""),
            target=log.message(request.target) if request.target is not None else None,
            earlier=earlier if isinstance(earlier, MessageSent) else None,
            earlier_digest=sent[1] if sent else b"",
        )

    def _commit(self, log: Log, entry: Entry) -> None:
        insort(log.entries, entry, key=lambda each: each.seq)
        for listener in self._listeners:
            listener([Committed(log.head.id, entry)])


def _sight(log: Log, reader: Member) -> Callable[[int], bool]:
    return lambda timestamp: reader.sees(timestamp, open_history=log.head.open_history)


def _erase(entry: Entry, target: int) -> Entry:
    return without_words(entry) if target in (entry.timestamp, target_of(entry)) else entry
