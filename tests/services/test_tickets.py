"""Tickets: once, for a short time, for one person and origin."""

from tests.services.refused import refused
from tests.services.world import World, who

from tertulia.domain import limits

ORIGIN = "https://chat.example.org"


async def test_a_ticket_opens_one_connection(world: World) -> None:
    """It names the person, the session and the origin; a second use is refused."""
    name, seconds = await world.chat.tickets.issue(who("ana", admin=True), ORIGIN)
    assert seconds == limits.TICKET_SECONDS
    ticket = await world.chat.tickets.redeem(name, ORIGIN)
    assert (ticket.username, ticket.session, ticket.admin) == ("ana", "session-of-ana", True)
    with refused("ticket_invalid"):
        await world.chat.tickets.redeem(name, ORIGIN)


async def test_a_ticket_is_bound_to_its_origin(world: World) -> None:
    """Another page, or no page, can't use it, and the try spends it."""
    for issued, used in ((ORIGIN, "https://evil.example"), (ORIGIN, ""), ("", ORIGIN)):
        name, _ = await world.chat.tickets.issue(who("ana"), issued)
        with refused("ticket_invalid"):
            await world.chat.tickets.redeem(name, used)
        with refused("ticket_invalid"):
            await world.chat.tickets.redeem(name, issued)


async def test_a_ticket_expires(world: World) -> None:
    """Good until just before its time is over."""
    first, _ = await world.chat.tickets.issue(who("ana"), ORIGIN)
    second, _ = await world.chat.tickets.issue(who("ana"), ORIGIN)
    world.clock.time += limits.TICKET_SECONDS * 1_000_000 - 1
    assert (await world.chat.tickets.redeem(first, ORIGIN)).username == "ana"
    world.clock.time += 1
    with refused("ticket_invalid"):
        await world.chat.tickets.redeem(second, ORIGIN)


async def test_an_unknown_ticket_is_invalid(world: World) -> None:
    """Nothing is told about why."""
    with refused("ticket_invalid"):
        await world.chat.tickets.redeem("unknown", ORIGIN)


async def test_tickets_of_one_person_are_bounded(world: World) -> None:
    """So many live ones; when they have expired there is room again, and others are not affected."""
    for _ in range(2 * limits.CONNECTIONS_PER_USER_MAX):
        await world.chat.tickets.issue(who("ana"), ORIGIN)
    with refused("rate_limited"):
        await world.chat.tickets.issue(who("ana"), ORIGIN)
    await world.chat.tickets.issue(who("ben"), ORIGIN)
    world.clock.advance(limits.TICKET_SECONDS)
    await world.chat.tickets.issue(who("ana"), ORIGIN)
