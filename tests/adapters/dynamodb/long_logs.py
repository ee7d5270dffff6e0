"""Conversations with a long history, written at once."""

from tests.contracts import store_adapters as do

from tertulia.adapters.dynamodb import items, keys
from tertulia.adapters.dynamodb.database import Put, Update
from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.domain.entries import MessageSent

SHORT = "x" * 200


async def write_messages(store: DynamoStore, count: int, *, name: str = do.GROUP, author: str = "ana") -> None:
    """`count` messages of 200 bytes, as sending them would have left them, but for the cursors."""
    found = await store.member(name, author)
    assert found is not None
    head = found[0]
    puts: list[Put] = []
    for n in range(1, count + 1):
        entry = MessageSent(
            seq=head.seq + n,
            timestamp=head.timestamp + n,
            author=author,
            id=f"{n:036}",
            number=head.messages + n,
            text=SHORT,
        )
        puts.append(Put(keys.entry(name, entry), items.entry_item(entry)))
        puts.append(Put(keys.sent(name, author, entry.id), items.sent_item(entry, bytes(16))))
        if entry.seq % keys.MILESTONE == 0:
            puts.append(Put(keys.milestone(name, entry.seq), {"timestamp": entry.timestamp}))
    await store.database.write_many(puts)
    last = head.timestamp + count
    place = {"seq": head.seq + count, "timestamp": last, "messages": head.messages + count, "last": last}
    assert await store.database.write(Update(keys.head(name), place))
