"""The services over the memory adapters, with a clock that stands still and a broadcast that remembers."""

from collections.abc import AsyncIterator, Collection

from tertulia.adapters.memory.accounts import MemoryAccounts
from tertulia.adapters.memory.books import MemoryBooks
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.drafts import MemoryDrafts
from tertulia.adapters.memory.entropy import SeededEntropy
from tertulia.adapters.memory.figures import MemoryFigures
from tertulia.adapters.memory.library import MemoryLibrary
from tertulia.adapters.memory.media import MemoryMedia
from tertulia.adapters.memory.presence_board import MemoryPresenceBoard
from tertulia.adapters.memory.rates import MemoryRate, Unlimited
from tertulia.adapters.memory.search import MemorySearch
from tertulia.adapters.memory.statuses import MemoryStatuses
from tertulia.adapters.memory.store import MemoryStore
from tertulia.adapters.memory.tickets import MemoryTickets
from tertulia.domain import limits
from tertulia.domain.entries import ConversationKind, Entry
from tertulia.domain.events import ConversationEvent, UserEvent
from tertulia.domain.members import Role
from tertulia.domain.messages import Message
from tertulia.ports.accounts import Identity
from tertulia.ports.notifying import VapidKey
from tertulia.ports.processing import MediaProcessor
from tertulia.ports.rates import Rate
from tertulia.ports.store import Committed
from tertulia.services.accounts import Accounts
from tertulia.services.chat import Chat
from tertulia.services.conversations import Conversations
from tertulia.services.drafts import KeptDrafts
from tertulia.services.figures import ServerFigures
from tertulia.services.history import HistoryReader
from tertulia.services.library import PictureLibrary
from tertulia.services.locations import Locations
from tertulia.services.media import MediaFiles
from tertulia.services.members import Members
from tertulia.services.messages import Messages, NewAttachment, NewMessage
from tertulia.services.notifying import Notifying
from tertulia.services.presence import Presences
from tertulia.services.receipts import Receipts
from tertulia.services.search import MessageSearch
from tertulia.services.statuses import Statuses
from tertulia.services.tickets import Tickets
from tertulia.services.typing import Typing

PASSWORD = "a fine long sentence"


class Recorder:
    """The port `Broadcast` that keeps what it is given: (whom, event, who is skipped)."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ConversationEvent | UserEvent, str | None]] = []
        self.ended: list[tuple[str, Collection[str] | None, str]] = []

    def to_conversation(self, conversation: str, event: ConversationEvent, *, skip: str | None = None) -> None:
        self.told.append((conversation, event, skip))

    def to_user(self, username: str, event: UserEvent) -> None:
        self.told.append((username, event, None))

    def to_watchers(self, username: str, event: UserEvent) -> None:
        self.told.append((username, event, None))

    def end_sessions(self, username: str, *, sessions: Collection[str] | None, reason: str) -> None:
        self.ended.append((username, sessions, reason))


def who(username: str, *, admin: bool = False) -> Identity:
    """A caller of that name."""
    return Identity(username=username, session=f"session-of-{username}", admin=admin, expires=2_000_000_000)


async def stream(content: bytes, piece: int = 7) -> AsyncIterator[bytes]:
    """The content in pieces, as a body arrives."""
    for start in range(0, len(content), piece):
        yield content[start : start + piece]


def made_key() -> VapidKey:
    """A key of the right form, for tests that encrypt nothing."""
    return VapidKey(b"k" * 32, "public")


class World:
    """All services and what they stand on, without rate limits unless one is given, and without anything that looks
    into files."""

    def __init__(self, rate: limits.RateLimit | None = None, processor: MediaProcessor | None = None) -> None:
        self.clock = SetClock()
        self.entropy = SeededEntropy()
        self.store = MemoryStore(self.clock)
        self.accounts = MemoryAccounts(self.clock, self.entropy)
        self.media = MemoryMedia()
        self.library = MemoryLibrary()
        self.books = MemoryBooks()
        self.board = MemoryPresenceBoard()
        self.statuses = MemoryStatuses()
        self.broadcast = Recorder()
        self.committed: list[Committed] = []
        self.store.listen(self.committed.extend)
        made: Rate = MemoryRate(self.clock, per_second=rate.per_second, burst=rate.burst) if rate else Unlimited()
        self.chat = Chat(
            accounts=Accounts(self.accounts, made, self.media, self.clock),
            conversations=Conversations(self.store, self.accounts, self.entropy, made),
            members=Members(self.store, self.accounts, made),
            messages=Messages(self.store, self.media, self.library, made),
            history=HistoryReader(self.store),
            receipts=Receipts(self.store, self.broadcast, made),
            typing=Typing(self.store, self.broadcast),
            locations=Locations(self.store, self.broadcast, self.clock),
            presence=Presences(self.store, self.board, self.broadcast, self.clock),
            statuses=Statuses(self.statuses, self.broadcast, self.clock, made),
            search=MessageSearch(self.store, MemorySearch(self.store), made),
            media=MediaFiles(
                self.store,
                self.media,
                self.clock,
                self.entropy,
                made,
                contents=self.media,
                processor=processor,
            ),
            library=PictureLibrary(self.library, self.media, self.clock, self.entropy, made, processor=processor),
            drafts=KeptDrafts(self.store, MemoryDrafts(), self.broadcast, self.clock, made),
            notifying=Notifying(self.books, made_key, self.clock, made, self.broadcast),
            figures=ServerFigures(MemoryFigures(self.store)),
            tickets=Tickets(MemoryTickets(self.clock, self.entropy), self.clock, made),
        )
        self._sent = 0

    async def people(self, *usernames: str) -> None:
        """Makes accounts of these names."""
        for username in usernames:
            await self.accounts.sign_up(username, PASSWORD, username.capitalize(), None)

    async def group(self, owner: str, *others: str, admins: tuple[str, ...] = ()) -> str:
        """A group of people who exist, with admins among them; its id."""
        made, _ = await self.chat.conversations.create(
            who(owner), ConversationKind.GROUP, [*others, *admins], "A group", None
        )
        for username in admins:
            await self.chat.members.put(who(owner), made.conversation.id, username, Role.ADMIN)
        return made.conversation.id

    async def direct(self, one: str, other: str) -> str:
        made, _ = await self.chat.conversations.create(who(one), ConversationKind.DIRECT, [other], "", None)
        return made.conversation.id

    async def say(
        self,
        username: str,
        conversation: str,
        text: str = "hello",
        *,
        id: str = "",  # noqa: A002 - as a message has it
        reply_to: int = 0,
    ) -> Message:
        """A message of that person, with a new id unless one is given."""
        self._sent += 1
        new = NewMessage(id=id or f"id-{self._sent}", text=text, reply_to=reply_to)
        message, _ = await self.chat.messages.send(who(username), conversation, new)
        return message

    async def upload(
        self, username: str, content: bytes = b"some bytes", name: str = "a.bin", kind: str = "application/x-bytes"
    ) -> str:
        """An upload of that person whose content is there; its id."""
        announced = await self.chat.media.announce(who(username), name, kind, len(content))
        await self.media.write(announced.upload.id, stream(content))
        return announced.upload.id

    async def say_with(self, username: str, conversation: str, *media: str, id: str, text: str = "") -> Message:  # noqa: A002 - as above
        """A message that carries these uploads."""
        attachments = [NewAttachment(each, alt="a picture") for each in media]
        new = NewMessage(id=id, text=text, attachments=attachments)
        message, _ = await self.chat.messages.send(who(username), conversation, new)
        return message

    def entries(self, conversation: str) -> list[Entry]:
        """The log as it is stored."""
        return self.store.logs[conversation].entries

    def told(self, kind: type) -> list[tuple[str, ConversationEvent | UserEvent, str | None]]:
        """What was broadcast of one kind of event."""
        return [each for each in self.broadcast.told if isinstance(each[1], kind)]
