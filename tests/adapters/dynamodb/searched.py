"""Conversations that are longer than appending one by one could make in a test, and the units that calls are billed."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.contracts.search_adapters import Searched, on_dynamodb
from tests.contracts.store_adapters import GROUP
from tests.emulators.emulators import Emulator
from tests.emulators.tables import EmulatorClients, drop_tables, empty_tables
from tests.emulators.transactions import Transactions

from tertulia.adapters.dynamodb import items, keys
from tertulia.adapters.dynamodb.database import Put, Update
from tertulia.adapters.dynamodb.segments import Packing
from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.adapters.memory.clock import SetClock
from tertulia.domain.entries import MessageSent


class Metered(Searched):
    """`billed` is what dynalite says each operation consumed, by table."""

    billed: Counter[tuple[str, str]]
    prefix: str

    def units(self, *operations: str) -> float:
        """Of these operations since the last time that was asked."""
        spent = sum(units for (operation, _), units in self.billed.items() if operation in operations)
        self.billed.clear()
        return spent

    def reads(self) -> float:
        return self.units("Query", "GetItem", "BatchGetItem")


@contextmanager
def metered(dynalite: Emulator, clock: SetClock, packing: Packing | None = None) -> Iterator[Metered]:
    """A store and its search on new tables."""
    raw = dynalite.client("dynamodb")
    billed: Counter[tuple[str, str]] = Counter()

    def ask(params: dict[str, Any], model: Any, **_: Any) -> None:
        if "ReturnConsumedCapacity" in model.input_shape.members:
            params["ReturnConsumedCapacity"] = "TOTAL"

    def note(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        said = parsed.get("ConsumedCapacity", ())
        for each in said if isinstance(said, list) else [said] if said else []:
            billed[model.name, each["TableName"].rpartition("Chat-")[2]] += each["CapacityUnits"]

    raw.meta.events.register("provide-client-params.dynamodb", ask)
    raw.meta.events.register("after-call.dynamodb", note)
    prefix = empty_tables(dynalite)
    clients = EmulatorClients(dynalite, Transactions(raw))
    try:
        made = on_dynamodb(clients, prefix, clock, packing or Packing(), Metered)
        made.billed, made.prefix = billed, prefix
        yield made
    finally:
        clients.close()
        drop_tables(dynalite, prefix)


def texts(count: int) -> list[str]:
    """Some 200 characters each, of invented words in Zipf's proportions."""
    drawn = random.Random(count)
    words = [
        "".join(drawn.choices("etaoinshrdlucmfwypvbgkjqxz", range(26, 0, -1), k=length))
        for length in (drawn.choice((2, 3, 4, 5, 6, 7, 8, 9)) for _ in range(5000))
    ]
    weights = [1 / (place + 3) for place in range(len(words))]
    return [" ".join(drawn.choices(words, weights, k=34)) for _ in range(count)]


async def fill(searched: Searched, said: Sequence[str], *, name: str = GROUP, changes: int = 0) -> list[int]:
    """The conversation, as if these messages had been appended one after the other by `ana`, and after them some
    entries that change nothing; the messages' timestamps. Only the items that searching reads are written."""
    store = searched.store
    assert isinstance(store, DynamoStore)
    row = await store.database.get(keys.head(name))
    assert row is not None
    seq, stamp, number = row["seq"], row["timestamp"], row["messages"]
    puts, stamps = [], []
    for text in said:
        seq, stamp, number = seq + 1, stamp + 1_000_000, number + 1
        sent = MessageSent(seq=seq, timestamp=stamp, author="ana", id=f"m{seq}", number=number, text=text)
        puts.append(Put(keys.entry(name, sent), items.entry_item(sent)))
        stamps.append(stamp)
    last = stamp
    for _ in range(changes):
        seq, stamp = seq + 1, stamp + 1
        reaction = {
            "seq": seq,
            "timestamp": stamp,
            "author": "ana",
            "kind": "reaction_added",
            "target": last,
            "emoji": "x",
        }
        puts.append(Put(keys.change(name, stamp), reaction))
    await store.database.write_many(puts)
    await store.database.write(
        Update(keys.head(name), {"seq": seq, "timestamp": stamp, "messages": number, "last": last})
    )
    return stamps
