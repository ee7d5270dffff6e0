"""Notifications of the serverless home: the key, and the function that tells people."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tertulia.ports.accounts import Accounts
from tertulia.ports.clock import Clock
from tertulia.ports.notifying import Books, PushServices, VapidKey
from tertulia.ports.presence import PresenceBoard
from tertulia.ports.store import Store

if TYPE_CHECKING:
    from tertulia.edges.functions.notify import NotifyFunction
    from tertulia.edges.functions.stream import Change


def new_push_key() -> VapidKey:
    """Made once for ever, by the function that has the libraries for it in a layer."""
    from tertulia.adapters.web.vapid import new_key

    return new_key()


def notify_function(
    books: Books,
    store: Store,
    accounts: Accounts,
    board: PresenceBoard,
    clock: Clock,
    read: "Callable[[Mapping[str, Any]], Change]",
    services: PushServices | None,
) -> "NotifyFunction":
    """`read` makes a Change of a record; `services` are the world's where none are given."""
    from tertulia.adapters.web.push_services import WebPush
    from tertulia.edges.functions.notify import NotifyFunction
    from tertulia.services.pushing import Pushing, Surroundings

    around = Surroundings(
        books=books,
        store=store,
        accounts=accounts,
        board=board,
        services=services or WebPush(clock),
        clock=clock,
        make_key=new_push_key,
    )
    return NotifyFunction(lambda record: read(record).committed, Pushing(around))
