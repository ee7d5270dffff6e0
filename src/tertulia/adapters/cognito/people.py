"""People as the pool has them: one, several, and the directory.

Cognito filters by the beginning of one attribute at a time, of few attributes, without regard to case but not to
accents, and gives pages of 60 in no order. So every person carries the folded words of username and name (see
`tertulia.domain.directory`) in three attributes of that kind, and what Cognito answers is compared again with the
directory's own rule.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from tertulia.adapters.cognito.pool import Page, Pool
from tertulia.domain.directory import directory_words, fold
from tertulia.domain.errors import InvalidError, NotFoundError
from tertulia.domain.texts import checked_username
from tertulia.domain.users import User
from tertulia.ports.clock import Clock

SLOTS: Final = ("given_name", "family_name", "preferred_username")
"""Attributes that ListUsers can filter by and that nothing else is in. In the order of the words of the name; the
words of the username but its first, by which Cognito finds it anyway, come after them."""
PAGES_MAX: Final = 4
"""Pages of 60 that are read for one filter."""
ADMIN_PAGES_MAX: Final = 20
LOOKUPS_AT_ONCE: Final = 10
LARGE_SECONDS: Final = 600.0
"""So long a pool that didn't fit into PAGES_MAX is searched by filters alone."""
FEW: Final = 5
"""Up to so many users are looked up one by one; for more, a first page may hold them all."""


def words_of(username: str, name: str) -> dict[str, str]:
    """The attributes of a person with that name: what is shown, and what is searched."""
    words, own = fold(name).split(), fold(username).split()
    found = [" ".join(words[start:]) for start in range(len(words))]
    found += [" ".join(own[start:]) for start in range(1, len(own))]
    filled = dict(zip(SLOTS, found + [""] * len(SLOTS), strict=False))
    return {"name": name} | filled


class People:
    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._large_until = float("-inf")

    async def find(self, username: str) -> User | None:
        """Two calls, side by side."""
        if not _is_username(username):
            return None
        user, admin = await asyncio.gather(self._pool.find(username), self._pool.is_admin(username))
        return replace(user, admin=admin) if user else None

    async def get(self, username: str) -> User:
        """Raises `user_not_found`."""
        user = await self.find(username)
        if user is None:
            raise NotFoundError("user_not_found")
        return user

    async def find_all(self, usernames: Sequence[str]) -> list[User]:
        """In the order asked for, each once. A call for each, ten at a time, and one for the administrators; one alone
        where there are more than five and a page holds them all."""
        wanted = [name for name in dict.fromkeys(usernames) if _is_username(name)]
        if not wanted:
            return []
        known: dict[str, User] = {}
        if len(wanted) > FEW:
            known = {user.username: user for user in (await self._pool.page()).users}
        missing = [name for name in wanted if name not in known]
        slots = asyncio.Semaphore(LOOKUPS_AT_ONCE)

        async def look_up(username: str) -> User | None:
            async with slots:
                return await self._pool.find(username)

        admins, found = await asyncio.gather(self._admins(), asyncio.gather(*(look_up(name) for name in missing)))
        known |= {user.username: user for user in found if user is not None}
        return _marked([known[name] for name in wanted if name in known], admins)

    async def directory(self, query: str, after: str, limit: int) -> list[User]:
        """By username. Exact where the pool has up to 240 users. In a larger one a filter gives at most 240, and of a
        person are found the beginning of the username and three words: see docs/decisions/0006-accounts.md."""
        beginning = fold(query)
        users: dict[str, User] = {}
        if not beginning or self._clock.monotonic() >= self._large_until:
            users, is_all = await self._read("")
            if not is_all:
                self._large_until = self._clock.monotonic() + LARGE_SECONDS
        if beginning and self._clock.monotonic() < self._large_until:
            users |= await self._filtered(beginning)
        found = sorted(
            (user for user in users.values() if user.username > after and _matches(user, beginning)),
            key=lambda user: user.username,
        )[:limit]
        return _marked(found, await self._admins()) if found else []

    async def _filtered(self, beginning: str) -> dict[str, User]:
        # What needs quoting is left to the comparison, from there on.
        sayable = beginning.replace("\\", '"').partition('"')[0].strip()
        if not sayable:
            return {}
        first = sayable.partition(" ")[0]
        conditions = [f'username ^= "{first}"', *(f'{slot} ^= "{sayable}"' for slot in SLOTS)]
        found: dict[str, User] = {}
        for users, _ in await asyncio.gather(*(self._read(condition) for condition in conditions)):
            found |= users
        return found

    async def _read(self, condition: str) -> tuple[dict[str, User], bool]:
        """Up to PAGES_MAX pages, and whether that is all."""
        found: dict[str, User] = {}
        page = Page([], "")
        for _ in range(PAGES_MAX):
            page = await self._pool.page(condition, page.following)
            found |= {user.username: user for user in page.users}
            if not page.following:
                break
        return found, not page.following

    async def _admins(self) -> frozenset[str]:
        """Who is in the group, up to 1,200."""
        found: list[str] = []
        following = ""
        for _ in range(ADMIN_PAGES_MAX):
            page, following = await self._pool.administrators(following)
            found += page
            if not following:
                break
        return frozenset(found)


def _matches(user: User, beginning: str) -> bool:
    words = directory_words(user.username, user.name) | {""}
    return not user.disabled and any(word.startswith(beginning) for word in words)


def _marked(users: Sequence[User], admins: frozenset[str]) -> list[User]:
    return [replace(user, admin=user.username in admins) for user in users]


def _is_username(text: str) -> bool:
    try:
        checked_username(text)
    except InvalidError:
        return False
    return True
