"""Reading heads and members: one person's conversations, one conversation's members.

A head and a row that are read one after the other, or in one BatchGetItem, may be of two moments. What they say
together holds all the same: a cursor is in the row before it leaves the head, and whoever reads entries as a member
looks at the row again afterwards (`services.access`).
"""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

from tertulia.adapters.dynamodb import history, items, keys
from tertulia.adapters.dynamodb.database import Database
from tertulia.adapters.dynamodb.items import Head, Item
from tertulia.adapters.dynamodb.keys import HEAD
from tertulia.adapters.dynamodb.sight import Sight
from tertulia.domain.conversations import Conversation, direct_id
from tertulia.domain.members import Member
from tertulia.domain.messages import Message
from tertulia.ports.store import Membership

_LAST: Final = "\U0010ffff"
"""Sorts after every username and every conversation's id."""
_KEY_MAX: Final = 250
"""Characters."""
_PARALLEL: Final = 16
"""People or conversations that are looked up at a time."""


class Opened(NamedTuple):
    """A conversation as one person finds it: head, the person's row, the first active members."""

    head: Head
    member: Member
    shown: list[Member]


async def pair(database: Database, name: str, username: str) -> tuple[Head, Member] | None:
    """The head and the person's row."""
    if username == HEAD:
        return None
    found = await database.get_many([keys.head(name), keys.member(name, username)])
    row, of = found.get(keys.head(name)), found.get(keys.member(name, username))
    if row is None or of is None:
        return None
    head = items.head_from(row)
    return head, items.member_from(of, head)


async def membership(database: Database, name: str, username: str, shown: int) -> Membership | None:
    if username == HEAD:
        return None
    opened = await _open(database, [name], username, shown)
    return (await _with_last_messages(database, opened))[0] if opened else None


async def memberships(database: Database, username: str, after: str, limit: int, shown: int) -> list[Membership]:
    """One query, then batches."""
    found: list[Opened] = []
    while len(found) < limit:
        listed = database.query(
            keys.INDEX, keys.owner_of(username), (_next(after), _LAST), limit=limit - len(found), only=("key",)
        )
        names = [item["key"] async for item in listed]
        if not names:
            break
        after = names[-1]
        found += [each for each in await _open(database, names, username, shown) if each.member.active]
    return await _with_last_messages(database, found)


async def members(database: Database, name: str, after: str, limit: int) -> list[Member]:
    """Active members by username."""
    if limit <= 0:
        return []
    found, rows = await _first_rows(database, name, after, limit)
    if found is None:
        return []
    head = items.head_from(found)
    return [items.member_from(row, head) for row in rows]


async def audience(database: Database, name: str) -> tuple[Conversation, list[Member]] | None:
    """The head comes first, so each row is as of the head's moment or later; a row says itself from when it holds."""
    rows = [row async for row in database.query(keys.CONVERSATIONS, name, (HEAD, _LAST))]
    if not rows or rows[0]["username"] != HEAD:
        return None
    head = items.head_from(rows[0])
    return head.conversation, [items.member_from(row, head) for row in rows[1:]]


async def sharing(database: Database, username: str, others: Sequence[str]) -> set[str]:
    """The direct conversations with them are looked at first, a hundred a call; for whoever has none, the lists of
    both are compared."""
    wanted = [other for other in dict.fromkeys(others) if other != HEAD]
    direct = {keys.member(direct_id(username, other), other): other for other in wanted if other != username}
    rows = await database.get_many(list(direct))
    shared = {direct[key] for key, row in rows.items() if row["active"]}
    left = [other for other in wanted if other not in shared]
    if not left:
        return shared
    own = await all_listed(database, username)
    if not own:
        return shared
    gate = asyncio.Semaphore(_PARALLEL)

    async def share(other: str) -> bool:
        async with gate:
            common = own if other == username else own & await all_listed(database, other)
            return await _any_active(database, sorted(common), username, other)

    found = await asyncio.gather(*map(share, left))
    return shared | {other for other, does in zip(left, found, strict=True) if does}


async def _any_active(database: Database, names: Sequence[str], one: str, other: str) -> bool:
    """Whether both are active in any of the conversations. Nearly always it is the first."""
    for name in names:
        wanted = {keys.member(name, one), keys.member(name, other)}
        rows = await database.get_many(list(wanted))
        if len(rows) == len(wanted) and all(row["active"] for row in rows.values()):
            return True
    return False


async def all_listed(database: Database, username: str) -> set[str]:
    """The conversations in which somebody is."""
    found = database.query(keys.INDEX, keys.owner_of(username), (_next(""), _LAST), only=("key",))
    return {item["key"] async for item in found}


async def _open(database: Database, names: Sequence[str], username: str, shown: int) -> list[Opened]:
    """Those of the conversations in which the person has a row."""
    pages: list[tuple[Item | None, list[Item]]]
    if shown:
        pages = await asyncio.gather(*(_first_rows(database, name, "", shown) for name in names))
    else:
        heads = await database.get_many([keys.head(name) for name in names])
        pages = [(heads.get(keys.head(name)), []) for name in names]
    firsts = {keys.member(row["conversation"], row["username"]): row for _, page in pages for row in page}
    own = [keys.member(name, username) for name in names]
    rows = {**firsts, **await database.get_many([key for key in own if key not in firsts])}
    opened = []
    for key, (head, page) in zip(own, pages, strict=True):
        if head is not None and key in rows:
            of = items.head_from(head)
            opened.append(Opened(of, items.member_from(rows[key], of), [items.member_from(row, of) for row in page]))
    return opened


async def _with_last_messages(database: Database, opened: Sequence[Opened]) -> list[Membership]:
    wanted = [keys.message(each.head.conversation.id, each.head.last) for each in opened if each.head.last]
    rows = await database.get_many(wanted)
    gate = asyncio.Semaphore(_PARALLEL)

    async def complete(each: Opened) -> Membership:
        conversation = each.head.conversation
        async with gate:
            last = await _last_message(database, each, rows.get(keys.message(conversation.id, each.head.last)))
        return Membership(conversation=conversation, member=each.member, last_message=last, members=tuple(each.shown))

    return list(await asyncio.gather(*map(complete, opened)))


async def _last_message(database: Database, opened: Opened, row: Item | None) -> Message | None:
    """The last message that the person may see, of those that the head knows of: what came later may have come after
    the person left."""
    conversation, last = opened.head.conversation, opened.head.last
    if not last:
        return None
    sight = Sight(database, conversation.id, opened.member, open_history=conversation.open_history)
    if row is not None and await sight.sees_span(last, last):
        return await history.as_seen(database, conversation.id, sight, row)
    found = await history.page(database, conversation.id, sight, before=last, limit=1)
    return found[0] if found else None


async def _first_rows(database: Database, name: str, after: str, limit: int) -> tuple[Item | None, list[Item]]:
    """The head, and up to `limit` rows of active members. Who left is passed over, so there may be more than one
    query."""
    head = await database.get(keys.head(name)) if after else None
    rows: list[Item] = []
    start = _next(after) if after else HEAD
    while True:
        found = [row async for row in database.query(keys.CONVERSATIONS, name, (start, _LAST), limit=limit + 1)]
        if found and found[0]["username"] == HEAD:
            head = found[0]
        rows += [row for row in found if row["username"] != HEAD and row["active"]]
        if len(found) <= limit or len(rows) >= limit:
            return head, rows[:limit]
        start = _next(found[-1]["username"])


def _next(text: str) -> str:
    """The first sort key after `text`. No id is as long as what is kept of it, and DynamoDB takes 1,024 bytes."""
    return f"{text[:_KEY_MAX]}\0"
