"""The append: read a snapshot, decide, and commit on the condition that the conversation hasn't moved since."""

from collections.abc import Callable, Sequence
from uuid import uuid4

from tertulia.adapters.dynamodb import items, keys, writing
from tertulia.adapters.dynamodb.attempts import Attempts
from tertulia.adapters.dynamodb.database import TRANSACTION_MAX, ConflictedError, Database, Write
from tertulia.adapters.dynamodb.deleting import IN_TRANSACTION, edits_of, finish_deletion
from tertulia.adapters.dynamodb.items import Head, Item
from tertulia.adapters.dynamodb.keys import HEAD, Key
from tertulia.adapters.dynamodb.writing import Seen
from tertulia.domain import conversations
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import ConversationCreated, Entry, MessageDeleted, Stamp
from tertulia.domain.errors import NotFoundError
from tertulia.domain.members import Member
from tertulia.ports.clock import Clock
from tertulia.ports.store import Append, Committed, Outcome, Snapshot

Tell = Callable[[Sequence[Committed]], None]


async def create(
    database: Database, clock: Clock, name: str, decide: Callable[[Stamp], Entry], tell: Tell
) -> tuple[Conversation, bool]:
    """The conversation, begun here unless it was there."""
    attempts = database.attempts()
    while True:
        there = await database.get(keys.head(name))
        if there is not None:
            return items.head_from(there).conversation, False
        entry = decide(Stamp(1, clock.now()))
        if not isinstance(entry, ConversationCreated):
            message = "a conversation begins with a ConversationCreated"
            raise TypeError(message)
        begun = writing.beginning(name, entry)
        transaction: list[Write] = [*begun.log, *begun.entered]
        if len(transaction) > TRANSACTION_MAX:
            # Before the conversation, so that it is in everybody's list from its first moment; until then it is left
            # out of them, for the member's row decides.
            await database.write_many(begun.entered)
            transaction = begun.log
        if await _commit(database, transaction, attempts):
            tell([Committed(name, entry)])
            return begun.conversation, True


async def append(database: Database, clock: Clock, request: Append, tell: Tell) -> Outcome:
    """Decides and commits, again and again while others come first."""
    attempts = database.attempts()
    while True:
        try:
            seen = await _see(database, request)
        except ConflictedError:
            await attempts.again()
            continue
        snapshot = seen.snapshot
        decision = request.decide(snapshot, conversations.next_stamp(snapshot.conversation, clock.now()))
        if decision.entry is None:
            if snapshot.target is not None and snapshot.target.deleted and request.client_id is None:
                # A deletion again: the first one may have ended before all edits were erased.
                await finish_deletion(database, request.conversation, snapshot.target.timestamp)
            return Outcome(entry=None, snapshot=snapshot)
        edits: list[int] = []
        if isinstance(decision.entry, MessageDeleted):
            edits = await edits_of(database, request.conversation, decision.entry.target)
        transaction = writing.writes(seen, decision, edits[:IN_TRANSACTION])
        if await _commit(database, transaction, attempts):
            tell([Committed(request.conversation, decision.entry)])
            if len(edits) > IN_TRANSACTION and isinstance(decision.entry, MessageDeleted):
                await finish_deletion(database, request.conversation, decision.entry.target)
            return Outcome(entry=decision.entry, snapshot=snapshot)


async def _commit(database: Database, transaction: list[Write], attempts: Attempts) -> bool:
    """False, after a wait, where somebody else came first."""
    try:
        await database.write_together(transaction, uuid4().hex)
    except ConflictedError:
        await attempts.again()
        return False
    return True


async def _see(database: Database, request: Append) -> Seen:
    """What the decision sees, as of the moment at which the head had its seq. Raises `conversation_not_found`."""
    name = request.conversation
    place = {"head": keys.head(name), "caller": keys.member(name, request.author)}
    if request.subject is not None:
        place["subject"] = keys.member(name, request.subject)
    if request.target is not None:
        place["target"] = keys.message(name, request.target)
    if request.client_id is not None:
        place["sent"] = keys.sent(name, request.author, request.client_id)
    found = await database.get_together(list(place.values()))
    if place["head"] not in found:
        raise NotFoundError("conversation_not_found")
    head = items.head_from(found[place["head"]])
    target = found.get(place["target"]) if "target" in place else None
    sent = found.get(place["sent"]) if "sent" in place else None
    # The message itself is fetched for a retry only. It is there as long as its client id is.
    earlier = None if sent is None else await database.get(keys.message(name, sent["timestamp"]))
    return Seen(
        head,
        Snapshot(
            conversation=head.conversation,
            caller=_member(found, place["caller"], head),
            subject=_member(found, place["subject"], head) if "subject" in place else None,
            target=None if target is None else items.message_from(target),
            earlier=None if earlier is None else items.sent_from(earlier),
            earlier_digest=b"" if sent is None else sent["digest"],
        ),
        None if target is None else items.sent_from(target),
    )


def _member(found: dict[Key, Item], key: Key, head: Head) -> Member | None:
    row = found.get(key)
    return None if row is None or key.sort == HEAD else items.member_from(row, head)
