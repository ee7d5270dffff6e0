"""The page `docs/costs.md`, written from what was measured and from the price list."""

from collections.abc import Iterable
from typing import Final

from tertulia.deployment.cost import (
    ACTIONS,
    DAYS,
    Load,
    bill,
    dollars_of,
    operations,
    prices,
    prices_date,
)
from tertulia.deployment.resources import read_table

SIZES: Final = (2, 10)
"""Members of the conversations for which dollars are stated."""
LOADS: Final = (
    Load(users=10, messages_per_day=20, group_size=5),
    Load(users=100, messages_per_day=20, group_size=10),
    Load(users=1000, messages_per_day=20, group_size=10),
    Load(users=1000, messages_per_day=50, group_size=50),
    Load(users=20000, messages_per_day=20, group_size=10),
)
_INTRODUCTION: Final = """\
# What it costs on AWS

Written by `python scripts/generate_costs.py` from `src/tertulia/deployment/units.json`, which the tests measure
(`tests/deployment/test_units.py` fails when an operation uses more or less), and `prices.json`, the list prices of
us-east-1 of {date}. `tertulia cost` computes a month for your numbers.

Nothing is paid while nobody chats: no server, no minimum, no capacity that is kept ready. What stays is the storage, a
quarter of a dollar for a gigabyte and month in tables, a fifth for its point-in-time recovery, 2.3 cents in media.

## A month

{days} days. Each person is online eight hours a day and sends so many messages a day to groups of that size. What AWS's
free tier takes off is shown apart, since a part of it ends after a year.

"""
_OPERATIONS: Final = """
## Each operation

Capacity units of DynamoDB, pushes to connections and calls of Cognito, as measured in a group whose *n* members all are
connected, with 50 messages of 200 characters. They don't depend on how long the history is, nor on how many
conversations there are. Nothing scans. Dollars are for a million calls at list prices without anything free:
units, API Gateway (a call, or a message and its answer, and each push), CloudFront's request, and a function of 1 GB
for the class of its time. These classes are an assumption, for no emulator can measure them: 50 ms for reads, 100 ms
for writes, 300 ms where Cognito is asked, 2,000 ms (a second in 2 GB) where a file is looked into, and for each page or
picture that `previews` asks the web for.

A picture costs a `create_media`, a `complete_media`, the send, and for each who looks at it a `get_media` and what S3
asks for the bytes: in all some 0.01 cents, and 2.3 cents a month for a gigabyte that is kept. A part of a large file
is one call of S3. A film costs as much, and its poster as much again.

Where link previews are on, `previews` is called for each message with a link: here of one link, with a picture. What it
finds is pushed to each member from the stream, which adds n pushes and n reads, and 2 read units.

"""


def page() -> str:
    """The page as Markdown."""
    text = _INTRODUCTION.format(date=prices_date(), days=DAYS)
    text += _table(("People", "Messages a day", "Group", "A month", "Free of it", "Dearest"), _months())
    text += _OPERATIONS
    head = ("Operation", "Write units", "Read units", "Pushes", "Cognito", "S3", "Time", "$ a million, n=2", "n=10")
    text += _table(head, _operations())
    text += _notes() + _habits() + _prices()
    return text


def _months() -> Iterable[tuple[str, ...]]:
    for load in LOADS:
        found = bill(load)
        dearest = next(iter(found.by_service()))
        cells = (f"{load.users:,}", f"{load.messages_per_day:g}", str(load.group_size))
        yield (*cells, f"${found.total:,.2f}", f"${found.free:,.2f}", dearest)


def _operations() -> Iterable[tuple[str, ...]]:
    for name, units in operations().items():
        shown = f"`{name}`" if " " not in name else f"`{name.split(' ')[0]}` {name.partition(' ')[2]}"
        if name in ACTIONS:
            shown += " (WebSocket)"
        formulas = [
            _formula(getattr(units, what), getattr(units, f"{what}_each"))
            for what in ("write_units", "read_units", "posts")
        ]
        dollars = [f"{dollars_of(name, size):,.2f}" for size in SIZES]
        yield (
            shown,
            *formulas,
            _number(units.cognito_calls),
            _number(units.s3_calls),
            f"{units.milliseconds} ms",
            *dollars,
        )


def _formula(fixed: float, each: float) -> str:
    """`7 + 2n`, for n members."""
    if not each:
        return _number(fixed)
    many = "n" if each == 1 else f"{_number(each)}n"
    if not fixed:
        return many
    return f"{many} - {_number(-fixed)}" if fixed < 0 else f"{_number(fixed)} + {many}"


def _number(value: float) -> str:
    return f"{value:g}" if value else ""


def _notes() -> str:
    return """
`send_message` is six write units for a text up to 500 bytes (the head 2, the message 2, what makes a retry harmless
for ever 2) and one that says how far was pushed. Further: 2 for each KB of text, 2 with every 64th entry of a
conversation, 2 where more than eight people take turns, 2 for a reply, which its thread lists, 1 for each file. The
search index adds 0.1 a message, in `stream`, when 256 messages are packed: see
[decision 0011](decisions/0011-search-on-dynamodb.md).

`list_messages` of a thread reads its places in the index, and then each message by itself: one unit for each of them up
to 4 KB, where a page of the conversation reads many with one.

What a message costs to deliver is what grows with a group: ten members are ten messages of API Gateway, ten dollars a
million. So nothing is pushed twice: [decision 0010](decisions/0010-aws.md).

`notify` is the function that tells people while none of their devices looks, as measured where all but the author have
one browser and are away: one read unit for the members, three for each person who is told, and none written. Messages
of three seconds share a call. Push services take nothing for what they carry.

"""


def _habits() -> str:
    rows = [(f"{each['value']:g}", each["words"]) for each in read_table("units.json")["habits"].values()]
    text = "## What people are taken to do\n\nThe months above, and `tertulia cost`, reckon with:\n\n"
    return text + _table(("", "What"), rows) + "\n"


def _prices() -> str:
    rows = [
        (each.service, each.unit, f"{each.dollars:g} for {each.per:,}", _free(each.free, each.free_for), each.source)
        for each in prices().values()
    ]
    text = f"## Prices\n\nDollars, us-east-1, {prices_date()}. Tax, domains and support plans aren't in them.\n\n"
    return text + _table(("Service", "Unit", "Price", "Free a month", "Where it was read"), rows)


def _free(amount: float, how_long: str) -> str:
    return f"{amount:,.0f} ({how_long})" if amount else ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
