"""Conversations of any size, as the records of an export: made up, always the same, and taken in by every home."""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from tertulia.domain import messages
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import ConversationCreated, ConversationKind, Entry, MemberAdded, MessageSent
from tertulia.domain.members import Cursor, Member, MemberRole, Period, Role
from tertulia.ports.portable import LogRecord, PortableConversation, PortableEntry, PortableMember

STEP: Final = 1_000
"""Microseconds from one entry to the next."""
NEEDLES: Final = 20
"""Messages of a conversation that have the word that is searched for, spread evenly over it."""
NEEDLE: Final = "cinnabar"
_WORDS: Final = (
    "we meet again on thursday at nine and someone brings the coffee",
    "the train was late so i read the whole chapter in the station",
    "does anybody know where the second key for the cellar has gone",
    "that is what the letter says but nobody believes a word of it",
)
_LENGTH: Final = 80
"""Characters of every text, so that a page has the same size wherever it lies."""


class Drawn(Struct, frozen=True, kw_only=True):
    """A conversation to be made. The first two of `members` speak in turns; it begins at `began` (microseconds)."""

    name: str
    members: Sequence[str]
    messages: int
    began: int

    @property
    def entries(self) -> int:
        """How many its log has: the creation, a joining for each member after the second, the messages."""
        return 1 + max(0, len(self.members) - 2) + self.messages


def name_of(username: str) -> str:
    """The name of a user that was made up: two words, which few others share, and one that everybody has."""
    number = int(username.removeprefix("p"))
    syllables = ("ba", "de", "fi", "go", "lu", "ma", "ne", "ri", "so", "tu")
    word = "".join(syllables[int(digit)] for digit in f"{number:05}")
    return f"{word.capitalize()} Person"


def records(drawn: Drawn) -> Iterator[LogRecord]:
    """Head, members, entries, in the order of an export."""
    joined = 1 + max(0, len(drawn.members) - 2)
    yield PortableConversation(_head(drawn))
    for place, username in enumerate(drawn.members):
        since = drawn.began + max(0, place - 1) * STEP
        yield PortableMember(drawn.name, _member(drawn, username, place, since, joined))
    for seq in range(1, joined + 1):
        yield PortableEntry(drawn.name, _membership(drawn, seq))
    for number in range(1, drawn.messages + 1):
        yield _said(drawn, joined + number, number)


def text_of(number: int, messages_in_all: int) -> str:
    """The text of the message of that number."""
    text = f"{number % 1000:03} {_WORDS[number % len(_WORDS)]}"
    if number % max(1, messages_in_all // NEEDLES) == 0:
        text = f"{NEEDLE} {text}"
    return text[:_LENGTH].ljust(_LENGTH, ".")


def _head(drawn: Drawn) -> Conversation:
    return Conversation(
        id=drawn.name,
        kind=ConversationKind.GROUP,
        created=drawn.began,
        seq=drawn.entries,
        timestamp=drawn.began + (drawn.entries - 1) * STEP,
        messages=drawn.messages,
        members=len(drawn.members),
        owners=1,
    )


def _member(drawn: Drawn, username: str, place: int, since: int, joined: int) -> Member:
    """Whoever speaks has read up to the own last message, everybody else nothing."""
    number = drawn.messages - (drawn.messages - 1 - place) % 2 if place < min(2, drawn.messages) else 0
    read = Cursor(drawn.began + (joined + number - 1) * STEP, number) if number else Cursor(since, 0)
    role = Role.MEMBER if place else Role.OWNER
    return Member(username=username, role=role, read=read, periods=(Period(since),))


def _membership(drawn: Drawn, seq: int) -> Entry:
    author, timestamp = drawn.members[0], drawn.began + (seq - 1) * STEP
    if seq > 1:
        return MemberAdded(seq=seq, timestamp=timestamp, author=author, username=drawn.members[seq])
    first = tuple(MemberRole(each, Role.MEMBER if n else Role.OWNER) for n, each in enumerate(drawn.members[:2]))
    return ConversationCreated(
        seq=1, timestamp=timestamp, author=author, type=ConversationKind.GROUP, members=first, title=""
    )


def _said(drawn: Drawn, seq: int, number: int) -> PortableEntry:
    text = text_of(number, drawn.messages)
    entry = MessageSent(
        seq=seq,
        timestamp=drawn.began + (seq - 1) * STEP,
        author=drawn.members[(number - 1) % min(2, len(drawn.members))],
        id=f"f{number}",
        number=number,
        text=text,
    )
    return PortableEntry(drawn.name, entry, messages.digest(text, 0, ()).hex())
