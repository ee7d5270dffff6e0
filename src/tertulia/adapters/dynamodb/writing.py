"""What an entry changes: the writes of its transaction. Pure.

Nothing puts a whole item where somebody else may have changed a part of it: read cursors move without an entry.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tertulia.adapters.dynamodb import items, keys
from tertulia.adapters.dynamodb.database import Delete, Put, Update, Write
from tertulia.adapters.dynamodb.items import Head
from tertulia.domain import conversations, members, messages
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import (
    AboutMessage,
    ConversationCreated,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageSent,
    RoleChanged,
)
from tertulia.domain.members import Cursor
from tertulia.ports.store import Decision, Snapshot


class Beginning(Struct, frozen=True):
    """How a conversation begins. `entered` are the members' own lists of conversations."""

    conversation: Conversation
    log: list[Write]
    entered: list[Put]


def beginning(name: str, entry: ConversationCreated) -> Beginning:
    conversation = conversations.begin(name, entry)
    rows = [members.join(None, each.username, each.role, entry.timestamp, 0) for each in entry.members]
    log: list[Write] = [
        Put(keys.head(name), items.head_item(Head(conversation)), once=True),
        Put(keys.entry(name, entry), items.entry_item(entry)),
        *(Put(keys.member(name, row.username), items.member_item(row)) for row in rows),
    ]
    return Beginning(conversation, log, [Put(keys.membership(row.username, name)) for row in rows])


class Seen(Struct, frozen=True):
    """A snapshot, and what it was made of: the head, and the target as it was sent."""

    head: Head
    snapshot: Snapshot
    target: MessageSent | None = None


def writes(seen: Seen, decision: Decision, edits: Sequence[int]) -> list[Write]:
    """All that follows from the decision's entry. `edits` are the timestamps of the edits that a deletion erases."""
    head, snapshot = seen.head, seen.snapshot
    entry = decision.entry
    assert entry is not None, "who appends nothing writes nothing"  # noqa: S101
    name = snapshot.conversation.id
    subject = snapshot.subject
    conversation = conversations.apply(snapshot.conversation, entry, role_before=subject.role if subject else None)
    changed: list[Write] = [Put(keys.entry(name, entry), items.entry_item(entry))]
    if entry.seq % keys.MILESTONE == 0:
        changed.append(Put(keys.milestone(name, entry.seq), {"timestamp": entry.timestamp}))
    after = replace(head, conversation=conversation)
    match entry:
        case MessageSent():
            recent, settled = items.newest_first(head.recent, entry)
            after = replace(after, last=entry.timestamp, recent=recent)
            sent = keys.sent(name, entry.author, entry.id)
            changed.append(Put(sent, items.sent_item(entry, decision.digest), once=True))
            if entry.thread:
                changed.append(Put(keys.reply(name, entry.thread, entry.timestamp)))
            if settled is not None:
                cursor = items.cursor_item(Cursor(settled.timestamp, settled.number), "sent")
                changed.append(Update(keys.member(name, settled.username), cursor))
        case MemberAdded() | MemberRemoved() | RoleChanged():
            changed += _membership(snapshot, entry)
        case _ if isinstance(entry, AboutMessage):
            changed += _about(seen, entry, edits)
    return [_moved(head, after), *changed]


def erasure(name: str, edits: Iterable[int]) -> list[Update]:
    """Takes what was said out of edits."""
    return [
        Update(keys.change(name, edit), {"erased": True}, remove=("text", "mentions", "unlinked", "previews"))
        for edit in edits
    ]


def _moved(before: Head, after: Head) -> Update:
    """The head after the entry, unless it has moved since it was read."""
    was, now = items.head_item(before), items.head_item(after)
    return Update(
        keys.head(after.conversation.id),
        {name: value for name, value in now.items() if was[name] != value},
        condition="#seq = :before",
        values={"before": before.conversation.seq},
    )


def _membership(snapshot: Snapshot, entry: MemberAdded | MemberRemoved | RoleChanged) -> list[Write]:
    name, subject = snapshot.conversation.id, snapshot.subject
    row = keys.member(name, entry.username)
    listed = keys.membership(entry.username, name)
    match entry:
        case MemberAdded():
            # The cursor too: it stands still while somebody is no member, and is the newest there can be afterwards.
            sent = snapshot.conversation.messages
            joined = members.join(subject, entry.username, entry.role, entry.timestamp, sent)
            return [Update(row, items.member_item(joined)), Put(listed)]
        case MemberRemoved() if subject is not None:
            return [Update(row, items.membership_item(members.leave(subject, entry.timestamp))), Delete(listed)]
        case RoleChanged() if subject is not None:
            return [Update(row, {"role": str(entry.role)})]
        case _:
            return []


def _about(seen: Seen, entry: AboutMessage, edits: Sequence[int]) -> list[Write]:
    name = seen.snapshot.conversation.id
    kind = items.entry_item(entry)["kind"]
    about: list[Write] = [Put(keys.about(name, entry.target, entry.timestamp), {"kind": kind})]
    if seen.snapshot.target is None or seen.target is None:
        return about
    message = keys.message(name, entry.target)
    after = messages.apply(seen.snapshot.target, entry)
    if not isinstance(entry, MessageDeleted):
        return [*about, Update(message, {"state": items.state_item(seen.target, after)})]
    state = items.state_item(items.erased(seen.target), after)
    said = ("text", "attachments", "mentions", "reply_to", "live_until")
    return [*about, Update(message, {"state": state, "erased": True}, remove=said), *erasure(name, edits)]
