"""The records of an export into the tables.

A conversation doesn't fit into one transaction, so the order of the writes keeps every moment safe. The head comes
first and takes the conversation's name, marked `importing`; then the entries; then members, and last the mark goes.
Nobody is a member before everything is there, so nobody reads half of it or writes into it. Each write can be done
again, so an import that was broken off is finished by the next one of the same file, or of a later one of the same
system.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from msgspec.structs import replace

from tertulia.adapters.dynamodb import items, keys
from tertulia.adapters.dynamodb.database import Database, Delete, Put, Update
from tertulia.adapters.dynamodb.items import Head, Item
from tertulia.adapters.dynamodb.placing import Line, Placing, undo
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import Entry, MessageSent, is_same, with_thread
from tertulia.domain.errors import ConflictError, InvalidError
from tertulia.domain.limits import TIMESTAMP_MAX
from tertulia.domain.members import Member
from tertulia.domain.receipts import advance, with_cursors
from tertulia.ports.portable import LogRecord, PortableConversation, PortableEntry, PortableMember

BATCH: Final = 250
"""Entries that are taken together."""

Told = Callable[[Conversation], Awaitable[None]]


class LogWriter:
    """Takes the records of an export in their order; holds one conversation's members and BATCH entries in memory.

    What is there already stays: a conversation that has the same entries, or those and more, is left alone; one that
    has fewer gets the rest. One that has others raises ConflictError, and is left as it was.

    `begins` is awaited before anything of a conversation is written, `ends` when all of it is there.
    """

    def __init__(self, database: Database, *, begins: Told, ends: Told) -> None:
        self._database = database
        self._begins = begins
        self._ends = ends
        self._now: _Importing | None = None

    async def write(self, record: LogRecord) -> bool:
        """Whether the record brought something new."""
        match record:
            case PortableConversation(conversation=head):
                await self.finish()
                self._now = _Importing(self._database, head)
                await self._now.begin(self._begins)
                return not self._now.left_alone
            case PortableMember(conversation=name, member=member):
                return self._expect(name).take_member(member)
            case PortableEntry(conversation=name, entry=entry, digest=digest):
                return await self._expect(name).take_entry(Line(entry, bytes.fromhex(digest)))

    async def finish(self) -> None:
        """Makes the conversation that was begun last whole."""
        if self._now is None:
            return
        if await self._now.finish():
            await self._ends(self._now.head)
        self._now = None

    async def abandon(self) -> None:
        """Takes back the conversation that was begun last, where it is new here. One that was here before keeps its
        mark, and the next import finishes it."""
        now, self._now = self._now, None
        if now is not None and now.is_new:
            await undo(self._database, now.head.id)

    def _expect(self, name: str) -> "_Importing":
        if self._now is None or self._now.head.id != name:
            raise InvalidError("invalid_request", f"A record of {name} is not where its conversation is.")
        return self._now


class _Importing:
    """One conversation on its way. `known` is the seq up to which the log was here before."""

    def __init__(self, database: Database, head: Conversation) -> None:
        self._database = database
        self._placing = Placing(database, head.id)
        self._before: Item = {}
        self._moved = False
        self._members: list[Member] = []
        self._lines: list[Line] = []
        self._again: list[Line] = []
        self._seq = self._timestamp = self._last = 0
        self.head = head
        self.known = 0
        self.is_new = self.left_alone = self._resumed = False

    async def begin(self, begins: Told) -> None:
        """Takes the name where it is free, and finds out what is here where it isn't. Raises ConflictError."""
        self._before = await self._database.get(keys.head(self.head.id)) or {}
        if not self._before:
            await begins(self.head)
            self.is_new = self._moved = await self._database.write(
                Update(keys.head(self.head.id), self._marked(), condition="attribute_not_exists(#seq)")
            )
            if not self.is_new:
                raise self._conflict("was begun here a moment ago")
            return
        self._resumed = "importing" in self._before
        if self._resumed:
            self._check_resumed()
            await begins(self.head)
        else:
            self.known = self._before["seq"]
            self.left_alone = self.known >= self.head.seq
            if not self.left_alone:
                await begins(self.head)

    def take_member(self, member: Member) -> bool:
        if not self.left_alone:
            self._members.append(member)
        return not self.left_alone

    async def take_entry(self, line: Line) -> bool:
        name, entry = self.head.id, line.entry
        if entry.seq != self._seq + 1:
            raise InvalidError("invalid_request", f"In the log of {name}, {entry.seq} comes after {self._seq}.")
        if not self._timestamp < entry.timestamp <= TIMESTAMP_MAX:
            sentence = f"In the log of {name}, the timestamp of {entry.seq} is not after the one before."
            raise InvalidError("invalid_request", sentence)
        self._seq, self._timestamp = entry.seq, entry.timestamp
        if isinstance(entry, MessageSent):
            self._last = entry.timestamp
        self._lines.append(line)
        if len(self._lines) == BATCH:
            await self._flush()
        return entry.seq > self.known

    async def finish(self) -> bool:
        """Whether something was written."""
        await self._flush()
        if self._seq != self.head.seq:
            raise InvalidError(
                "invalid_request", f"The log of {self.head.id} ends at {self._seq}, not at {self.head.seq}."
            )
        if self.left_alone:
            return False
        await self._put_members()
        await self._take_mark_away()
        return True

    async def _flush(self) -> None:
        lines, self._lines = self._lines, []
        if not lines:
            return
        lines = await self._with_threads(lines)
        if self.known or self._resumed:
            self._again += await self._compared([e for e in lines if self._resumed or e.entry.seq <= self.known])
        new = [line for line in lines if line.entry.seq > self.known]
        if new:
            # By now all that was here before has been compared.
            await self._move()
            again, self._again = self._again, []
            await self._placing.place(new, again)

    async def _compared(self, lines: list[Line]) -> list[Line]:
        """The lines that are to be written again, because what they said was erased since. Raises ConflictError where
        something else is here."""
        places = [keys.entry(self.head.id, line.entry) for line in lines]
        there = await self._database.get_many(places)
        again = []
        for line, place in zip(lines, places, strict=True):
            found = items.entry_from(there[place]) if place in there else None
            if (found is None and not self._resumed) or (found is not None and not is_same(found, line.entry)):
                raise self._conflict(f"has another entry {line.entry.seq} here: it is not the same log")
            if not self._resumed and getattr(line.entry, "erased", False) and not getattr(found, "erased", False):
                again.append(Line(_in_thread_of(line.entry, found), line.digest))
        return again

    async def _with_threads(self, lines: list[Line]) -> list[Line]:
        """The lines of an export that an earlier version wrote, with their threads."""
        entries = [line.entry for line in lines]
        bare = [e.reply_to for e in entries if isinstance(e, MessageSent) and e.reply_to and not e.thread]
        there = await self._database.get_many([keys.message(self.head.id, target) for target in bare])
        threads = {int(key.sort): int(item.get("thread", 0)) for key, item in there.items()}
        found = []
        for line in lines:
            entry = with_thread(line.entry, lambda timestamp: threads.get(timestamp, 0))
            if isinstance(entry, MessageSent):
                threads[entry.timestamp] = entry.thread
            found.append(Line(entry, line.digest))
        return found

    async def _move(self) -> None:
        """Before the first entry that is new: the head goes to where it will be, so that who writes meanwhile writes
        after all that comes."""
        if self._moved:
            return
        before = self._before.get("importing", self.known)
        if before != self.head.seq:
            mark = "#importing = :before" if self._resumed else "attribute_not_exists(#importing)"
            condition = f"#seq = :before AND {mark}"
            moved = Update(keys.head(self.head.id), self._marked(), condition=condition, values={"before": before})
            if not await self._database.write(moved):
                raise self._conflict("is written to by somebody. Import while nobody uses the chat")
        self._moved = True

    async def _put_members(self) -> None:
        name = self.head.id
        rows: dict[str, Item] = {}
        if not self.is_new:
            found = await self._database.get_many([keys.member(name, each.username) for each in self._members])
            rows = {str(key.sort): row for key, row in found.items()}
        was = items.head_from(self._before) if self._before else Head(self.head)
        writes: list[Put | Delete] = []
        for member in self._members:
            if member.username in rows:
                here = items.member_from(rows[member.username], was)
                read, shown = advance(member.read, here.read), advance(member.shown_read, here.shown_read)
                member = with_cursors(member, read, shown)  # noqa: PLW2901
            writes.append(Put(keys.member(name, member.username), items.member_item(member)))
            listed = keys.membership(member.username, name)
            writes.append(Put(listed) if member.active else Delete(listed))
        await self._placing.write_all(writes)

    async def _take_mark_away(self) -> None:
        """The last write. Who wrote in between has moved the head on."""
        place, attempts = keys.head(self.head.id), self._database.attempts()
        while True:
            row = await self._database.get(place) or {}
            last = max(row["last"], self._last)
            done = Update(
                place,
                {"last": last},
                remove=("importing",),
                condition="#seq = :seq",
                values={"seq": row["seq"]},
                names=("seq",),
            )
            if await self._database.write(done):
                return
            await attempts.again()

    def _marked(self) -> Item:
        """The head as it will be, but for its last message, which isn't known yet."""
        return {**items.head_item(Head(self.head)), "last": self._before.get("last", 0), "importing": self.head.seq}

    def _check_resumed(self) -> None:
        """An earlier import of this conversation was broken off; this is a file with which it can be finished."""
        before = items.head_from(self._before).conversation
        if before.created != self.head.created:
            raise self._conflict("is another one here: it is not the same log")
        if self._before["importing"] > self.head.seq:
            raise self._conflict("was being imported from a later export. Run that import again")
        if before.seq == self.head.seq and before.timestamp != self.head.timestamp:
            raise self._conflict(f"has another entry {before.seq} here: it is not the same log")

    def _conflict(self, what: str) -> ConflictError:
        return ConflictError("id_reused", f"The conversation {self.head.id} {what}.")


def _in_thread_of(entry: Entry, there: Entry | None) -> Entry:
    """What is here already keeps its thread: of one that was deleted since, an earlier version didn't keep it."""
    if isinstance(entry, MessageSent) and isinstance(there, MessageSent):
        return replace(entry, thread=there.thread)
    return entry
