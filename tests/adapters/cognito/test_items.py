"""Sessions and invitations are written as two independent DynamoDBs take them."""

import asyncio
import uuid

import pytest
from tests.adapters.cognito.pools import Refused
from tests.emulators.emulators import create_tables
from tests.emulators.pools import clients_of

from tertulia.adapters.cognito import book as books
from tertulia.adapters.cognito.book import Book
from tertulia.adapters.cognito.invites import Invites
from tertulia.adapters.cognito.sessions import Sessions
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.domain import limits

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["ministack", "dynalite"])
async def test_what_is_written_is_read_and_changes_at_once_are_all_kept(
    name: str, request: pytest.FixtureRequest, clock: SetClock
) -> None:
    emulator, prefix = request.getfixturevalue(name), f"Items-{uuid.uuid4().hex[:12]}-"
    create_tables(emulator, prefix)
    with clients_of(emulator) as clients:
        sessions, invites = Sessions(clients, clock, prefix), Invites(clients, clock, SystemEntropy(), prefix)
        assert await sessions.read("ana") == Book()

        def beginning(session: str) -> object:
            return sessions.change("ana", lambda book, now: books.begin(book, session, b"secret", now))

        await asyncio.gather(*(beginning(f"s{n}") for n in range(5)))  # type: ignore[call-overload]
        book = await sessions.read("ana")
        assert set(book.sessions) == {f"s{n}" for n in range(5)}
        noted = await sessions.change(
            "ana", lambda b, _: (Book(sessions=b.sessions, admin=True, admin_until=7), "noted")
        )
        assert noted == "noted"
        assert await sessions.read("ana") == Book(sessions=book.sessions, admin=True, admin_until=7)
        clock.advance(limits.REFRESH_TOKEN_SECONDS - 1)
        assert len((await sessions.read("ana")).sessions) == 5
        clock.advance(1)
        assert (await sessions.read("ana")).sessions == {}

        code = await invites.make("root", admin=True, seconds=60)
        invite = await invites.find(code)
        tries = await asyncio.gather(*(invites.spend(invite) for _ in range(5)), return_exceptions=True)
        assert tries.count(None) == 1
        with Refused("invite_invalid"):
            await invites.find(code)
        await invites.give_back(invite)
        assert await invites.find(code) == invite
