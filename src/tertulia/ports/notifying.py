"""What is kept of people's notifications, and the services that carry them to browsers."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from tertulia.domain.notifying import Book, Device


class VapidKey(Struct, frozen=True):
    """The key by which push services know this server (RFC 8292): 32 bytes, and the public part as browsers want it,
    an uncompressed point in base64url."""

    private: bytes
    public: str

    def __repr__(self) -> str:
        return f"VapidKey(public={self.public!r}, ...)"


class Books(Protocol):
    """One book a person. What has been returned is durable. Raises UnavailableError."""

    async def key(self, make: Callable[[], VapidKey]) -> VapidKey:
        """The server's key: what `make` gave when it was asked for the first time, whoever else asked at once."""
        ...

    async def book(self, username: str) -> Book:
        """An empty one where nothing was kept."""
        ...

    async def with_devices(self, usernames: Sequence[str]) -> dict[str, Book]:
        """The books of those who have a device."""
        ...

    async def change(self, username: str, decide: Callable[[Book], Book]) -> Book:
        """Keeps what `decide` makes of the book, and returns it. `decide` is pure and may be called more than once;
        what it raises reaches the caller, and nothing is changed then."""
        ...

    def nobody(self) -> bool:
        """Whether it is known here that no one has a device, so that there is nobody to tell."""
        ...


class Delivery(StrEnum):
    """What became of a notification."""

    SENT = "sent"
    GONE = "gone"
    """The browser doesn't want any more: its device is to be forgotten."""
    FAILED = "failed"


class PushServices(Protocol):
    async def send(self, device: Device, content: bytes, key: VapidKey, *, topic: str, urgent: bool) -> Delivery:
        """Encrypts `content` (up to limits.PUSH_BYTES_MAX) for the browser and hands it to its push service. One that
        waits there with the same `topic` is replaced. Doesn't raise; takes a bounded time, and tries a bounded number
        of times."""
        ...
