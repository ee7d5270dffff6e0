"""A conversation as a client holds it: the fold of its log, the same that the server makes."""

from collections.abc import Iterable, Sequence

from tertulia.api.responses import ConversationView, Head, MemberView
from tertulia.domain import messages as fold
from tertulia.domain.entries import (
    AboutMessage,
    ConversationCreated,
    ConversationKind,
    History,
    MemberAdded,
    MemberRemoved,
    MessageSent,
    RoleChanged,
    SettingsChanged,
    TitleChanged,
    VisibleEntry,
)
from tertulia.domain.events import ReadEvent
from tertulia.domain.members import Cursor, Role
from tertulia.domain.messages import Message
from tertulia.domain.receipts import advance, unread


class ConversationState:
    """What is known of one conversation. After `apply` of every entry it equals a fresh read from the server.

    It begins empty, with the log from its first entry, or with `of`, from what the server shows. `keep` bounds the
    messages that are held: the latest stay.
    """

    def __init__(self, conversation: str, me: str, *, keep: int = 10_000) -> None:
        self.id = conversation
        self.me = me
        self.keep = keep
        self.kind = ConversationKind.GROUP
        self.title = ""
        self.live_typing = False
        self.history = History.JOINED
        self.created = 0
        self.head = Head(seq=0, timestamp=0, messages=0)
        self.roles: dict[str, Role] = {}
        self.reads: dict[str, Cursor] = {}
        self.messages: dict[int, Message] = {}

    @classmethod
    def of(
        cls,
        view: ConversationView,
        me: str,
        *,
        members: Iterable[MemberView] = (),
        messages: Sequence[Message] = (),
        keep: int = 10_000,
    ) -> "ConversationState":
        """From what the server shows. `members` are those that the view leaves out; `messages` is a page, ascending.

        The page may be newer than the view: entries that it contains already are not applied to it again.
        """
        state = cls(view.id, me, keep=keep)
        state.kind, state.title, state.created, state.head = view.kind, view.title, view.created, view.head
        state.live_typing, state.history = view.live_typing, view.history
        for member in (*view.members, *members):
            state.roles[member.username] = member.role
            state.reads[member.username] = member.read
        state.messages = {message.timestamp: message for message in messages}
        return state

    @property
    def unread(self) -> int:
        return unread(self.head.messages, self.reads.get(self.me, Cursor()))

    @property
    def timeline(self) -> list[Message]:
        """The messages, ascending."""
        return [self.messages[timestamp] for timestamp in sorted(self.messages)]

    def apply(self, entry: VisibleEntry) -> None:
        """One more entry. One that the state has already changes nothing."""
        if isinstance(entry, MessageSent):
            self._add(entry)
        elif isinstance(entry, AboutMessage) and entry.target in self.messages:
            self.messages[entry.target] = fold.apply(self.messages[entry.target], entry)
        if entry.seq <= self.head.seq:
            return
        sent = entry.number if isinstance(entry, MessageSent) else self.head.messages
        self.head = Head(seq=entry.seq, timestamp=entry.timestamp, messages=sent)
        self._apply_to_members(entry)
        if isinstance(entry, TitleChanged):
            self.title = entry.title
        elif isinstance(entry, SettingsChanged):
            self.live_typing = entry.live_typing if isinstance(entry.live_typing, bool) else self.live_typing
            self.history = entry.history if isinstance(entry.history, History) else self.history

    def read(self, event: ReadEvent) -> None:
        """Somebody's read cursor moved."""
        self._move(event.username, event.read)

    def _apply_to_members(self, entry: VisibleEntry) -> None:
        match entry:
            case ConversationCreated():
                self.kind, self.title, self.created = entry.type, entry.title, entry.timestamp
                for member in entry.members:
                    self._join(member.username, member.role, entry.timestamp)
            case MemberAdded():
                self._join(entry.username, entry.role, entry.timestamp)
            case MemberRemoved():
                self.roles.pop(entry.username, None)
                self.reads.pop(entry.username, None)
            case RoleChanged():
                self.roles[entry.username] = entry.role
            case MessageSent():
                self._move(entry.author, Cursor(entry.timestamp, entry.number))
            case _:
                pass

    def _join(self, username: str, role: Role, timestamp: int) -> None:
        """Who joins has nothing unread."""
        self.roles[username] = role
        self.reads[username] = Cursor(timestamp, self.head.messages)

    def _move(self, username: str, read: Cursor) -> None:
        if username in self.roles:
            self.reads[username] = advance(self.reads.get(username, Cursor()), read)

    def _add(self, entry: MessageSent) -> None:
        if entry.timestamp in self.messages:
            return
        self.messages[entry.timestamp] = fold.begin(entry)
        if len(self.messages) > self.keep:
            del self.messages[min(self.messages)]
