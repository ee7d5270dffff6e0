"""`ports.notifying.Books` in memory: what the port means, in its simplest form. For tests."""

from collections.abc import Callable, Sequence

from tertulia.domain.notifying import Book
from tertulia.ports.notifying import VapidKey


class MemoryBooks:
    def __init__(self) -> None:
        self._books: dict[str, Book] = {}
        self._key: VapidKey | None = None

    async def key(self, make: Callable[[], VapidKey]) -> VapidKey:
        self._key = self._key or make()
        return self._key

    async def book(self, username: str) -> Book:
        return self._books.get(username, Book())

    async def with_devices(self, usernames: Sequence[str]) -> dict[str, Book]:
        return {name: self._books[name] for name in usernames if name in self._books and self._books[name].devices}

    async def change(self, username: str, decide: Callable[[Book], Book]) -> Book:
        self._books[username] = decide(await self.book(username))
        return self._books[username]

    def nobody(self) -> bool:
        return not any(book.devices for book in self._books.values())
