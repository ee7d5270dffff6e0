"""`DynamoStore`: the port `Store` on DynamoDB."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from tertulia.adapters.dynamodb import appending, cursors, deleting, history, people, threads
from tertulia.adapters.dynamodb import log as reading
from tertulia.adapters.dynamodb.database import Database
from tertulia.adapters.dynamodb.sight import Sight
from tertulia.adapters.dynamodb.turns import Turns
from tertulia.aws.clients import Clients
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import Entry, Stamp, VisibleEntry
from tertulia.domain.members import Member
from tertulia.domain.messages import Message
from tertulia.domain.versions import Saying
from tertulia.ports.clock import Clock
from tertulia.ports.store import Append, Committed, CursorMove, Listener, Membership, Outcome

T = TypeVar("T")


class DynamoStore:
    """The tables whose names begin with `prefix`. Any number of processes may use them; listeners hear of what this one
    commits. Must be used within one event loop."""

    def __init__(self, clients: Clients, clock: Clock, *, prefix: str = "") -> None:
        self.database = Database(clients, clock, prefix)
        self.clock = clock
        self._turns = Turns()
        self._listeners: list[Listener] = []
        self._writing: set[asyncio.Task[Any]] = set()

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def create(self, conversation: str, decide: Callable[[Stamp], Entry]) -> tuple[Conversation, bool]:
        return await self._in_turn(
            conversation, lambda: appending.create(self.database, self.clock, conversation, decide, self._tell)
        )

    async def append(self, request: Append) -> Outcome:
        return await self._in_turn(
            request.conversation, lambda: appending.append(self.database, self.clock, request, self._tell)
        )

    async def finish_deletion(self, conversation: str, target: int) -> int:
        """Erases what a deletion left where its process died: the edits of the message at `target` that its transaction
        had no place for. How many there were; may be called again at any time."""
        return await deleting.finish_deletion(self.database, conversation, target)

    async def move_cursor(self, conversation: str, username: str, timestamp: int) -> CursorMove:
        return await cursors.move_cursor(self.database, conversation, username, timestamp)

    async def membership(self, conversation: str, username: str, *, members: int = 0) -> Membership | None:
        return await people.membership(self.database, conversation, username, members)

    async def memberships(self, username: str, *, after: str = "", limit: int, members: int = 0) -> list[Membership]:
        return await people.memberships(self.database, username, after, limit, members)

    async def members(self, conversation: str, *, after: str = "", limit: int) -> list[Member]:
        return await people.members(self.database, conversation, after, limit)

    async def member(self, conversation: str, username: str) -> tuple[Conversation, Member] | None:
        found = await people.pair(self.database, conversation, username)
        return None if found is None else (found[0].conversation, found[1])

    async def audience(self, conversation: str) -> tuple[Conversation, list[Member]] | None:
        return await people.audience(self.database, conversation)

    async def log(self, conversation: str, reader: Member, *, after: int, limit: int) -> tuple[list[VisibleEntry], int]:
        return await reading.log(self.database, conversation, reader, after=after, limit=limit)

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
        sight = Sight(self.database, conversation, reader)
        if thread is not None:
            return await threads.page(
                self.database, conversation, sight, thread, before=before, after=after, limit=limit
            )
        return await history.page(self.database, conversation, sight, before=before, after=after, limit=limit)

    async def message(self, conversation: str, reader: Member, timestamp: int) -> Message | None:
        sight = Sight(self.database, conversation, reader)
        return await history.message(self.database, conversation, sight, timestamp)

    async def message_of(self, conversation: str, reader: Member, author: str, client_id: str) -> Message | None:
        sight = Sight(self.database, conversation, reader)
        return await history.message_of(self.database, conversation, sight, author, client_id)

    async def versions(
        self, conversation: str, reader: Member, timestamp: int, *, before: int | None = None, limit: int
    ) -> tuple[list[Saying], int | None]:
        sight = Sight(self.database, conversation, reader)
        return await history.versions(self.database, conversation, sight, timestamp, before=before, limit=limit)

    async def sharing(self, username: str, others: Sequence[str]) -> set[str]:
        return await people.sharing(self.database, username, others)

    async def close(self) -> None:
        """Waits for what is being written. The clients are their owner's."""
        await asyncio.gather(*self._writing, return_exceptions=True)

    async def _in_turn(self, conversation: str, write: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `write` gives, in this process's order. It ends also when the caller doesn't wait any more, so that the
        listeners hear of what was committed."""

        async def run() -> T:
            async with self._turns.of(conversation):
                return await write()

        task = asyncio.ensure_future(run())
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return await asyncio.shield(task)

    def _tell(self, committed: Sequence[Committed]) -> None:
        for listener in self._listeners:
            listener(committed)
