"""Notifications of the home on one machine: the books in the accounts file, and a task that tells people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.local_accounts.books import LocalBooks
from tertulia.adapters.web.push_services import WebPush
from tertulia.adapters.web.vapid import new_key
from tertulia.homes.working import working
from tertulia.ports.clock import Clock
from tertulia.ports.notifying import PushServices
from tertulia.ports.presence import PresenceBoard
from tertulia.ports.rates import Rate
from tertulia.ports.store import Store
from tertulia.services.notifying import Notifying
from tertulia.services.pushing import Pushing, Surroundings


class Notifications(Struct, frozen=True):
    """What people say about theirs, and what tells them."""

    notifying: Notifying
    pushing: Pushing


@asynccontextmanager
async def opened(
    accounts: LocalAccounts,
    store: Store,
    board: PresenceBoard,
    clock: Clock,
    rate: Rate,
    services: PushServices | None = None,
) -> AsyncIterator[Notifications]:
    """Tells of what the store commits until it is closed. The accounts are open. `services` are the world's where none
    are given."""
    books = LocalBooks(accounts.database)
    await books.start()
    web = WebPush(clock)
    pushing = Pushing(
        Surroundings(
            books=books,
            store=store,
            accounts=accounts,
            board=board,
            services=services or web,
            clock=clock,
            make_key=new_key,
        )
    )
    store.listen(pushing.committed)
    try:
        async with working(pushing.run):
            yield Notifications(Notifying(books, new_key, clock, rate), pushing)
    finally:
        web.close()
