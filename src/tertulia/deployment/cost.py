"""What the serverless home costs: of each operation, and of a month. List prices, in dollars.

Prices are in prices.json, with their date and where they were read. What an operation uses is in units.json, which the
tests measure. Money is computed in floats and shown to the cent; nothing is billed by it.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

import msgspec
from msgspec import Struct

from tertulia.api.operations import BY_NAME
from tertulia.deployment.resources import read_table

ACTIONS: Final = ("send", "read", "typing", "draft", "location", "presence", "ping")
"""What is said on a connection, and answered there."""
DAYS: Final = 30
"""Of a month."""
MEMORY_GB: Final = 1.0
"""Of each function, as the template has it."""
_S3_CALLS_OF_A_SEND: Final = 4
"""Who calls S3 oftener fetches a file and stores what is made of it."""
_WEB_MILLISECONDS: Final = 2000
MILLION: Final = 1_000_000
_MILLISECONDS: Final = 1000
_BYTES: Final = 1e9


class Price(Struct, frozen=True):
    """`dollars` for `per` units. `free` units a month cost nothing, `free_for` how long."""

    service: str
    dollars: float
    per: int
    unit: str
    free: float
    free_for: str
    source: str

    def of(self, amount: float) -> float:
        return amount * self.dollars / self.per


class Units(Struct, frozen=True, kw_only=True):
    """What one call of an operation was measured to use. What ends in `_each` comes again for each member of the
    conversation, all of whom are connected; a negative number says who is left out."""

    write_units: float = 0
    write_units_each: float = 0
    read_units: float = 0
    read_units_each: float = 0
    posts: float = 0
    posts_each: float = 0
    cognito_calls: float = 0
    s3_calls: float = 0
    web_calls: float = 0
    """Requests to pages of others."""

    def of(self, what: str, members: int) -> float:
        """`write_units`, `read_units` or `posts`, in a conversation of so many."""
        fixed: float = getattr(self, what)
        each: float = getattr(self, f"{what}_each")
        return fixed + each * members

    @property
    def milliseconds(self) -> int:
        """The class of its time in a function, by which it is priced: an assumption, since no emulator can measure it.
        50 for reads, 100 for writes, 300 where Cognito is asked; 2,000 where a file is looked into, which is a second
        in a function of twice the memory, and as much for each page or picture of the web that is waited for."""
        if self.web_calls:
            return round(_WEB_MILLISECONDS * self.web_calls)
        # First: what asks Cognito looks into no file, though it may delete some.
        if self.cognito_calls:
            return 300
        if self.s3_calls > _S3_CALLS_OF_A_SEND:
            return 2000
        return 100 if self.write_units or self.write_units_each else 50


class Load(Struct, frozen=True, kw_only=True):
    """How much is chatted. `messages_per_day` is of each of the `users`; `group_size` members get each of them."""

    users: int
    messages_per_day: float
    group_size: int
    hours_online: float = 8


class Line(Struct, frozen=True):
    """One price's part of a bill. `free` is what AWS's free tier takes off it."""

    service: str
    unit: str
    amount: float
    dollars: float
    free: float
    free_for: str


class Bill(Struct, frozen=True):
    """A month's, at list prices."""

    lines: tuple[Line, ...]

    @property
    def total(self) -> float:
        """Without the free tier."""
        return sum(line.dollars for line in self.lines)

    @property
    def free(self) -> float:
        """What a new account doesn't pay of it."""
        return sum(line.free for line in self.lines)

    def by_service(self) -> dict[str, tuple[float, float]]:
        """Dollars and what is free of them, the dearest service first."""
        sums: dict[str, tuple[float, float]] = {}
        for line in self.lines:
            dollars, free = sums.get(line.service, (0.0, 0.0))
            sums[line.service] = dollars + line.dollars, free + line.free
        return dict(sorted(sums.items(), key=lambda each: -each[1][0]))


@cache
def prices() -> dict[str, Price]:
    """The price list by its names."""
    found: dict[str, Price] = msgspec.convert(read_table("prices.json")["prices"], dict[str, Price])
    return found


def prices_date() -> str:
    return str(read_table("prices.json")["date"])


@cache
def operations() -> dict[str, Units]:
    """What each operation, action and event of the system uses, by name."""
    found: dict[str, Units] = msgspec.convert(read_table("units.json")["operations"], dict[str, Units])
    return found


@cache
def habits() -> dict[str, float]:
    """What people are taken to do beside sending, a day or a message: units.json says each in words."""
    return {name: float(habit["value"]) for name, habit in read_table("units.json")["habits"].items()}


def amounts_of(name: str, members: int, times: float = 1) -> dict[str, float]:
    """What so many calls of an operation use, by the names of the prices."""
    units = operations()[name]
    posts = units.of("posts", members)
    amounts = {
        "write_units": units.of("write_units", members),
        "read_units": units.of("read_units", members),
        "s3_puts": units.s3_calls,
        # What a client says and what it is answered are two messages.
        "websocket_messages": posts + (2 if name in ACTIONS else 0),
        "http_calls": float(name in BY_NAME),
        "front_requests": float(name in BY_NAME),
        "lambda_calls": 1.0,
        "lambda_gb_seconds": units.milliseconds / _MILLISECONDS * MEMORY_GB,
    }
    return {price: amount * times for price, amount in amounts.items()}


def dollars_of(name: str, members: int, times: float = MILLION) -> float:
    """What so many calls of an operation cost, without anything free."""
    return sum(prices()[price].of(amount) for price, amount in amounts_of(name, members, times).items())


def bill(load: Load) -> Bill:
    """The month's bill of a load."""
    amounts: dict[str, float] = {}
    operated = [amounts_of(name, load.group_size, times) for name, times in times_of(load).items()]
    for used in (*operated, _lasting_of(load)):
        for name, amount in used.items():
            amounts[name] = amounts.get(name, 0.0) + amount
    return Bill(tuple(_lines(amounts)))


def times_of(load: Load) -> dict[str, float]:
    """How often each operation happens in a month."""
    habit = habits()
    days = load.users * DAYS
    sent = days * load.messages_per_day
    # Who sends alone isn't read by anybody.
    received = sent * max(load.group_size - 1, 0)
    sessions = days * habit["sessions_a_day"] * bool(load.messages_per_day)
    online = days * load.hours_online * 60 * bool(load.messages_per_day)
    return {
        "send": sent,
        "stream": sent,
        # As if each found somebody to tell.
        "notify": sent,
        "typing": sent * habit["typing_a_message"],
        "keep_draft": sent * habit["drafts_a_message"],
        "read": received * habit["reads_a_received_message"],
        "ping": online / habit["minutes_between_pings"],
        "presence": sessions,
        "connect": sessions,
        "disconnect": sessions,
        "create_ticket": sessions,
        "refresh": sessions + online / habit["minutes_between_refreshes"],
        # For the first screen, and again when the connection stands.
        "list_conversations": 2 * sessions,
        "get_notifications": sessions,
        "list_drafts": sessions,
        "list_statuses": sessions,
        "list_users": sessions + online / habit["minutes_between_names"],
        "read_log": sessions,
        "list_messages": sessions * habit["pages_a_session"],
        "search_messages": sessions * habit["searches_a_session"],
    }


def _lasting_of(load: Load) -> dict[str, float]:
    """What isn't paid by the call: connections, what is stored after a year of this load, logs, the page, accounts."""
    habit, times = habits(), times_of(load)
    active = bool(load.messages_per_day)
    stored = times["send"] * 12 * habit["bytes_stored_a_message"] / _BYTES
    posts = sum(operations()[name].of("posts", load.group_size) * count for name, count in times.items())
    return {
        "connection_minutes": load.users * DAYS * load.hours_online * 60 * active,
        "table_gb_months": stored,
        "backup_gb_months": stored,
        "log_gb": sum(times.values()) * habit["bytes_logged_a_call"] / _BYTES,
        "front_gb": (posts * habit["bytes_a_push"] + times["connect"] * habit["bytes_a_session"]) / _BYTES,
        "front_requests": times["connect"],
        "active_users": load.users * active,
    }


def _lines(amounts: Mapping[str, float]) -> Iterable[Line]:
    for name, price in prices().items():
        amount = amounts.get(name, 0.0)
        if amount:
            free = price.of(min(amount, price.free))
            yield Line(price.service, price.unit, amount, price.of(amount), free, price.free_for)
