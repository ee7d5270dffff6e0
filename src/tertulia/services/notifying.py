"""What people say about their notifications: which conversations, when not, and by which browsers."""

from collections.abc import Callable

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from tertulia.domain import notifying
from tertulia.domain.events import ReceiptsEvent
from tertulia.domain.notifying import Book, Choice, Device, QuietHours
from tertulia.ports.accounts import Identity
from tertulia.ports.broadcast import Broadcast
from tertulia.ports.clock import Clock
from tertulia.ports.notifying import Books, VapidKey
from tertulia.ports.rates import Rate
from tertulia.services import limiting


class Notifying:
    """Of the caller's own book alone. `make` gives the server's key when it has none yet."""

    def __init__(
        self, books: Books, make: Callable[[], VapidKey], clock: Clock, rate: Rate, broadcast: Broadcast
    ) -> None:
        self._books = books
        self._broadcast = broadcast
        self._make = make
        self._clock = clock
        self._rate = rate

    async def overview(self, identity: Identity) -> tuple[Book, str]:
        """The caller's book, and the public key with which a browser subscribes."""
        key = await self._books.key(self._make)
        return await self._books.book(identity.username), key.public

    async def put_device(
        self, identity: Identity, *, endpoint: str, p256dh: str, auth: str, show_text: bool, origin: str
    ) -> tuple[Device, bool]:
        """Adds a browser, or changes it; whether it is new. Raises `invalid_request`."""
        limiting.take(self._rate, identity.username)
        device = Device(
            id=notifying.device_id(endpoint),
            endpoint=endpoint,
            p256dh=p256dh,
            auth=auth,
            show_text=show_text,
            session=identity.session,
            origin=origin,
            since=self._clock.now(),
        )
        notifying.check_device(device)
        known: list[bool] = []

        def put(book: Book) -> Book:
            known.append(any(each.id == device.id for each in book.devices))
            return notifying.with_device(book, device)

        await self._books.change(identity.username, put)
        return device, not known[-1]

    async def remove_device(self, identity: Identity, device: str) -> None:
        """One that isn't there is no error."""
        limiting.take(self._rate, identity.username)
        await self._books.change(identity.username, lambda book: notifying.without_devices(book, (device,)))

    async def set_quiet(self, identity: Identity, quiet: QuietHours | None) -> Book:
        """None: no hours are quiet. Raises `invalid_request`."""
        limiting.take(self._rate, identity.username)
        if quiet is not None:
            notifying.check_quiet_hours(quiet)
        return await self._books.change(identity.username, lambda book: replace(book, quiet=quiet))

    async def set_receipts(self, identity: Identity, *, shown: bool) -> None:
        """Whether others are to be shown what the caller reads from now on. The caller's devices are told."""
        limiting.take(self._rate, identity.username)
        await self._books.change(identity.username, lambda book: replace(book, receipts=shown))
        self._broadcast.to_user(identity.username, ReceiptsEvent(shown))

    async def choose(
        self,
        identity: Identity,
        conversation: str,
        *,
        level: notifying.Level | UnsetType,
        muted_until: int | UnsetType,
    ) -> Choice:
        """What is told of one conversation from now on; what is absent stays."""
        limiting.take(self._rate, identity.username)

        def change(book: Book) -> Book:
            before = book.choice(conversation)
            choice = Choice(
                level=before.level if level is UNSET else level,
                muted_until=before.muted_until if muted_until is UNSET else muted_until,
            )
            return notifying.with_choice(book, conversation, choice)

        return (await self._books.change(identity.username, change)).choice(conversation)
