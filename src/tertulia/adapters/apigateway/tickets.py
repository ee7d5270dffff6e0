"""`ports.connections.Tickets` in `Chat-Connections`: a person's tickets are attributes of one item.

Issuing and consuming cost one write unit each; a ticket's name holds the username, so that its item can be found.
"""

import re
from collections.abc import Collection
from typing import Any, Final

from tertulia.adapters.apigateway.rows import Item, Rows, exists, number, text, under
from tertulia.aws.clients import Clients
from tertulia.domain import limits
from tertulia.domain.errors import LimitedError
from tertulia.ports.clock import Clock
from tertulia.ports.connections import Ticket
from tertulia.ports.entropy import Entropy

PER_USER_MAX: Final = 2 * limits.CONNECTIONS_PER_USER_MAX
"""Live tickets of one person: all connections that one can have, and once more."""
_SWEEP: Final = 8
"""Expired tickets of one person that are let lie before a write is spent on them."""
_NAME: Final = re.compile(r"([A-Za-z0-9_-]{1,64})~([a-z0-9][a-z0-9_.-]{0,63})")
_ALL: Final = "*"
_MICROSECONDS: Final = 1_000_000


class DynamoTickets:
    """Live tickets are bounded for each person; there is no bound over all, for the table has none."""

    def __init__(self, clients: Clients, clock: Clock, entropy: Entropy, *, prefix: str = "") -> None:
        self._rows = Rows(clients, prefix)
        self._clock = clock
        self._entropy = entropy

    async def issue(self, ticket: Ticket) -> str:
        token = self._entropy.token(24)
        key, name = _key(ticket.username), f"t#{token}"
        changes = {name: _encode(ticket, self._clock.now()), "expires": number(self._expires())}
        item = await self._rows.update(key, set_to=changes) or {}
        now = self._clock.now()
        tickets = under("t#", item)
        lapsed = [f"t#{each}" for each, value in tickets.items() if int(value["M"]["x"]["N"]) <= now]
        if len(tickets) - len(lapsed) > PER_USER_MAX:
            await self._rows.update(key, remove=[*lapsed, name])
            raise LimitedError("rate_limited", retry_after=float(limits.TICKET_SECONDS))
        if len(lapsed) >= _SWEEP:
            await self._rows.update(key, remove=lapsed)
        return f"{token}~{ticket.username}"

    async def consume(self, name: str, now: int) -> Ticket | None:
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        token, username = match.groups()
        attribute = f"t#{token}"
        item = await self._rows.update(_key(username), remove=[attribute], only=exists(attribute), old=True)
        if item is None:
            return None
        fields = item[attribute]["M"]
        ticket = _decode(username, fields)
        if now >= ticket.expires or int(fields["t"]["N"]) <= _ended(item, ticket.session):
            return None
        return ticket

    async def revoke(self, username: str, sessions: Collection[str] | None) -> None:
        """Tickets of these sign-in sessions, or all, that were issued before now are worthless, also those that are
        being redeemed: see `revoked`. One write unit."""
        now = number(self._clock.now())
        named = [_ALL] if sessions is None else sessions
        changes: Item = {f"e#{session}": now for session in named}
        await self._rows.update(_key(username), set_to={**changes, "expires": number(self._expires())})

    async def revoked(self, ticket: Ticket) -> bool:
        """Whether the ticket's session was ended since it was issued. To be asked after the connection was entered into
        the directory: who ends sessions writes it here first and then looks for connections, so that one of the two
        sees the other. One read unit."""
        issued = ticket.expires - limits.TICKET_SECONDS * _MICROSECONDS
        return issued <= _ended(await self._rows.get(_key(ticket.username)), ticket.session)

    def _expires(self) -> int:
        return self._clock.now() // _MICROSECONDS + 2 * limits.TICKET_SECONDS


def _key(username: str) -> str:
    return f"tickets#{username}"


def _ended(item: Item, session: str) -> int:
    """Since when tickets of the session are worthless; -1 where they are not."""
    marks = under("e#", item)
    return max((int(marks[name]["N"]) for name in (session, _ALL) if name in marks), default=-1)


def _encode(ticket: Ticket, issued: int) -> dict[str, Any]:
    return {
        "M": {
            "s": text(ticket.session),
            "a": {"BOOL": ticket.admin},
            "o": text(ticket.origin),
            "x": number(ticket.expires),
            "t": number(issued),
        }
    }


def _decode(username: str, fields: dict[str, Any]) -> Ticket:
    return Ticket(
        username=username,
        session=fields["s"]["S"],
        admin=fields["a"]["BOOL"],
        origin=fields["o"]["S"],
        expires=int(fields["x"]["N"]),
    )
