"""Rate limits: per person, or per address where nobody has signed in; waiting helps."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec import UNSET
from tests.services.refused import refused
from tests.services.world import PASSWORD, World, stream, who

from tertulia.domain.drafts import KeptDraft
from tertulia.domain.entries import ConversationKind
from tertulia.domain.errors import ChatError
from tertulia.domain.limits import RateLimit
from tertulia.domain.status import Status
from tertulia.ports.search import SearchQuery
from tertulia.services.messages import NewMessage

Limited = Callable[[World, str], Awaitable[Any]]
HERE = "192.0.2.1"

BY_PERSON: dict[str, Limited] = {
    "send": lambda w, u: w.chat.messages.send(who(u), "g", NewMessage(id="x", text="x")),
    "edit": lambda w, u: w.chat.messages.edit(who(u), "g", 1, "x"),
    "delete": lambda w, u: w.chat.messages.delete(who(u), "g", 1),
    "react": lambda w, u: w.chat.messages.react(who(u), "g", 1, "👍"),
    "unreact": lambda w, u: w.chat.messages.unreact(who(u), "g", 1, "👍"),
    "create": lambda w, u: w.chat.conversations.create(who(u), ConversationKind.GROUP, ["nobody"], "", None),
    "update": lambda w, u: w.chat.conversations.update(who(u), "g", title="x"),
    "put": lambda w, u: w.chat.members.put(who(u), "g", "ben", UNSET),
    "remove": lambda w, u: w.chat.members.remove(who(u), "g", "ben"),
    "read": lambda w, u: w.chat.receipts.move(who(u), "g", 1),
    "search": lambda w, u: w.chat.search.search(who(u), SearchQuery(), cursor="", limit=1),
    "announce": lambda w, u: w.chat.media.announce(who(u), "a", "b", 1),
    "parts": lambda w, u: w.chat.media.missing(who(u), "unknown"),
    "complete": lambda w, u: w.chat.media.complete(who(u), "unknown"),
    "status": lambda w, u: w.chat.statuses.set(who(u), Status()),
    "receipts": lambda w, u: w.chat.notifying.set_receipts(who(u), shown=False),
    "draft": lambda w, u: w.chat.drafts.keep(who(u), KeptDraft(conversation="g", timestamp=0, text="x")),
    "ticket": lambda w, u: w.chat.tickets.issue(who(u), ""),
}
BY_ADDRESS: dict[str, Limited] = {
    "sign up": lambda w, a: w.chat.accounts.sign_up("X", PASSWORD, "", None, a),
    "sign in": lambda w, a: w.chat.accounts.sign_in("ana", "wrong", a),
    "confirm": lambda w, a: w.chat.accounts.confirm("ana", "x", a),
    "resend": lambda w, a: w.chat.accounts.resend_code("ana", a),
    "forgot": lambda w, a: w.chat.accounts.forgot_password("ana", a),
    "reset": lambda w, a: w.chat.accounts.reset_password("ana", "x", PASSWORD, a),
}


async def attempt(call: Awaitable[Any]) -> str:
    """The code of the error, "" where it went well."""
    try:
        await call
    except ChatError as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    ("call", "one", "other"),
    [
        *(pytest.param(call, "ana", "ben", id=name) for name, call in BY_PERSON.items()),
        *(pytest.param(call, HERE, "192.0.2.2", id=name) for name, call in BY_ADDRESS.items()),
    ],
)
async def test_each_has_a_bucket_that_fills_again(call: Limited, one: str, other: str) -> None:
    """The burst is taken, one more is refused with when to come back, others go on, and after the wait it is taken."""
    world = World(RateLimit(burst=2, per_second=0.5))
    for _ in range(2):
        assert await attempt(call(world, one)) != "rate_limited"
    with refused("rate_limited") as error:
        await call(world, one)
    assert error.value.temporary
    assert error.value.retry_after == pytest.approx(2.0)
    assert await attempt(call(world, other)) != "rate_limited"
    world.clock.advance(2.0)
    assert await attempt(call(world, one)) != "rate_limited"
    assert await attempt(call(world, one)) == "rate_limited"


async def test_reading_has_no_limit_of_its_own() -> None:
    """History, the log, lists and files are read as often as one likes; the edge bounds requests of an address."""
    world = World(RateLimit(burst=1, per_second=0.001))
    for username in ("ana", "ben"):
        await world.accounts.sign_up(username, PASSWORD, "", None)
    direct = await world.direct("ana", "ben")
    for _ in range(5):
        await world.chat.history.messages(who("ana"), direct, limit=1)
        await world.chat.history.log(who("ana"), direct, after=0, limit=1)
        await world.chat.conversations.list(who("ana"), after="", limit=1)
        await world.chat.members.list(who("ana"), direct, after="", limit=1)
    upload = (await world.chat.media.announce(who("ben"), "a", "a/b", 1)).upload
    await world.media.write(upload.id, stream(b"x"))
    for _ in range(5):
        await world.chat.media.describe(who("ben"), upload.id)
