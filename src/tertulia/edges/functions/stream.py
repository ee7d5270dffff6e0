"""The function on the streams of the log: sees to it that what was committed has its consequences, whoever died
meanwhile.

Records come at least once, of one conversation in order, of different ones beside each other. Everything here can be
done twice. Source: AWS Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB", and "Reporting batch item
failures".
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from msgspec import Struct

from tertulia.domain.entries import MessageDeleted
from tertulia.edges.functions.logs import CallLog
from tertulia.ports.store import Committed
from tertulia.services.previews import Linking, linking

FUNCTION: Final = "Chat-Stream"
PUSH_SECONDS: Final = 40.0
"""Nobody waits for this function's answer, and it has a minute: the audiences of large groups, for which the function
that commits has no time, are told here."""
_logger: Final = logging.getLogger("tertulia.stream")


class Change(Struct, frozen=True):
    """What a record says: an entry that was committed, or None, and the files that nothing names any more."""

    committed: Committed | None = None
    files: tuple[str, ...] = ()


class Pushing(Protocol):
    """What tells connected people."""

    def committed(self, batch: Sequence[Committed]) -> None: ...

    async def flush(self, *, seconds: float) -> None:
        """Tells what was given within that time, and doesn't raise."""
        ...


class Index(Protocol):
    """The search's own; may lag, and may be given the same more than once."""

    async def index(self, records: Sequence[Committed]) -> None: ...


class Consequences(Struct, frozen=True, kw_only=True):
    """What follows from an entry. `read` makes a Change of a record; `through` says up to where conversations were
    pushed; `finish_deletion` erases what a deletion has left; `delete_file` deletes a file, also one that is gone
    already; `ask_for_previews`, where there are any, has a message's links looked at."""

    read: Callable[[Mapping[str, Any]], Change]
    through: Callable[[Iterable[str]], Awaitable[Mapping[str, int]]]
    push: Pushing
    finish_deletion: Callable[[str, int], Awaitable[object]]
    delete_file: Callable[[str], Awaitable[None]]
    index: Index
    ask_for_previews: Callable[[Linking], Awaitable[None]] | None = None


class StreamFunction:
    def __init__(self, consequences: Consequences) -> None:
        self._do: Final = consequences

    async def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Which records failed, and are to come again: Lambda goes on from the first of them."""
        records: Sequence[Mapping[str, Any]] = event.get("Records", ())
        log = CallLog(FUNCTION, _number(records[0]) if records else "")
        log.operation = "records"
        failed: set[str] = set()
        changes: list[tuple[str, Change]] = []
        for record in records:
            try:
                changes.append((_number(record), self._do.read(record)))
            except Exception:
                _logger.exception("a record could not be read")
                failed.add(_number(record))
        failed |= await self._work(changes)
        first = next((_number(record) for record in records if _number(record) in failed), None)
        log.status = 200
        log.code = "internal" if failed else ""
        log.write()
        return {"batchItemFailures": [] if first is None else [{"itemIdentifier": first}]}

    async def _work(self, changes: Sequence[tuple[str, Change]]) -> set[str]:
        """The numbers of the records that failed. What people are waiting for goes first."""
        committed = [(number, change.committed) for number, change in changes if change.committed is not None]
        failed = await self._push(committed)
        if committed:
            # All of them, reactions too: the index counts how many changes it is behind.
            failed |= await self._try([n for n, _ in committed], self._do.index.index([c for _, c in committed]))
        await self._ask_for_previews([each for _, each in committed])
        deletions = [(n, c.conversation, c.entry.target) for n, c in committed if isinstance(c.entry, MessageDeleted)]
        erasing = [self._try([n], self._do.finish_deletion(where, target)) for n, where, target in deletions]
        files = [self._try([n], self._do.delete_file(file)) for n, change in changes for file in change.files]
        return failed.union(*await asyncio.gather(*erasing, *files))

    async def _push(self, committed: Sequence[tuple[str, Committed]]) -> set[str]:
        """Pushes what nobody has pushed. It is tried once: who can't be reached sees the hole and asks."""
        if not committed:
            return set()

        async def push() -> None:
            through = await self._do.through({each.conversation for _, each in committed})
            fresh = {
                (each.conversation, each.entry.seq): each
                for _, each in committed
                if each.entry.seq > through.get(each.conversation, 0)
            }
            self._do.push.committed([fresh[place] for place in sorted(fresh)])
            await self._do.push.flush(seconds=PUSH_SECONDS)

        return await self._try([number for number, _ in committed], push())

    async def _ask_for_previews(self, committed: Sequence[Committed]) -> None:
        """Where that fails there are none: what people wait for isn't held up by it."""
        ask = self._do.ask_for_previews
        if ask is not None:
            found = [linked for each in committed if (linked := linking(each)) is not None]
            await asyncio.gather(*(self._try((), ask(each)) for each in found))

    async def _try(self, numbers: Iterable[str], work: Awaitable[object]) -> set[str]:
        """Does it; the numbers of its records where it fails."""
        try:
            await work
        except Exception:
            _logger.exception("what follows from records could not be done; they come again")
            return set(numbers)
        return set()


def _number(record: Mapping[str, Any]) -> str:
    return str(record["dynamodb"]["SequenceNumber"])
