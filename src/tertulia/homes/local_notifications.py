"""Notifications of the home on one machine: the books in the accounts file, and a task that tells people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.local_accounts.books import LocalBooks
from tertulia.adapters.web.push_services import WebPush
from tertulia.adapters.web.vapid import new_key
from tertulia.homes.working import working
from tertulia.ports.broadcast import Broadcast
from tertulia.ports.clock import Clock
from tertulia.ports.notifying import PushServices
from tertulia.ports.presence import PresenceBoard
from tertulia.ports.rates import Rate
from tertulia.ports.statuses import Statuses
from tertulia.ports.store import Store
from tertulia.services.notifying import Notifying
from tertulia.services.pushing import Pushing, Surroundings


class Notifications(Struct, frozen=True):
    """What people say about theirs, and what tells them."""

    notifying: Notifying
    pushing: Pushing


class Around(Struct, frozen=True):
    """What tells people's devices, and says who is there and may be disturbed, at what time."""

    broadcast: Broadcast
    board: PresenceBoard
    statuses: Statuses
    clock: Clock


@asynccontextmanager
async def opened(
    accounts: LocalAccounts,
    store: Store,
    around: Around,
    rate: Rate,
    services: PushServices | None = None,
) -> AsyncIterator[Notifications]:
    """Tells of what the store commits until it is closed. The accounts are open. `services` are the world's where none
    are given."""
    books = LocalBooks(accounts.database)
    await books.start()
    web = WebPush(around.clock)
    pushing = Pushing(
        Surroundings(
            books=books,
            store=store,
            accounts=accounts,
            board=around.board,
            statuses=around.statuses,
            services=services or web,
            clock=around.clock,
            make_key=new_key,
        )
    )
    store.listen(pushing.committed)
    try:
        async with working(pushing.run):
            yield Notifications(Notifying(books, new_key, around.clock, rate, around.broadcast), pushing)
    finally:
        web.close()
