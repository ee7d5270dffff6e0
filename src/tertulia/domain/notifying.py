"""Which messages somebody wants to be told of, and by which browsers while none of them looks: one book a person.

Pure: who is there, what time it is where a person is, and how a browser is reached are others' affairs.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from tertulia.domain import limits
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import ConversationKind, MessageSent
from tertulia.domain.errors import InvalidError
from tertulia.domain.everyone import names
from tertulia.domain.members import Member

DAY_MINUTES: Final = 24 * 60
OFFSET_MAX: Final = 18 * 60
"""Minutes by which a time zone is east or west of Greenwich at the most (ISO 8601 allows no more than its hours)."""
_POINT_BYTES: Final = 65
"""An uncompressed point of P-256 (SEC 1, 2.3.3), which begins with 4."""
_PLACE: Final = re.compile(r"\s*geo:\S+\s*", re.IGNORECASE)
"""A message that is a place and nothing else (RFC 5870)."""
_SECRET_BYTES: Final = 16
"""RFC 8291, 3.2."""


class Level(StrEnum):
    """What somebody wants to be told of in a conversation."""

    ALL = "all"
    MENTIONS = "mentions"
    NONE = "none"


class Choice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """For one conversation. Until `muted_until` (microseconds) nothing is told, whatever the level is."""

    level: Level = Level.ALL
    muted_until: int = 0


class QuietHours(Struct, frozen=True, kw_only=True):
    """From minute `begin` of the day to minute `end`, also over midnight, nothing is told.

    `zone` is the person's time zone by its IANA name; `offset` is what it was east of Greenwich, in minutes, when this
    was set: it counts where the server doesn't know the zone.
    """

    begin: int
    end: int
    zone: str
    offset: int


class Device(Struct, frozen=True, kw_only=True):
    """A browser that can be told (a push subscription). `p256dh` and `auth` are its public key and its secret, in
    base64url; `show_text` says whether it is given what a message says; `session` is the sign-in session that added it,
    with which it ends; `origin` is the site that it is for; `since` is in microseconds."""

    id: str
    endpoint: str
    p256dh: str
    auth: str
    show_text: bool
    session: str
    origin: str
    since: int

    def __repr__(self) -> str:
        """Without the address and the keys: what is printed may end in a log."""
        return f"Device(id={self.id!r}, ...)"


class Book(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All of one person's. `choices` by conversation, the earliest first: where there is none, all is told."""

    devices: tuple[Device, ...] = ()
    quiet: QuietHours | None = None
    choices: Mapping[str, Choice] = {}

    def choice(self, conversation: str) -> Choice:
        return self.choices.get(conversation, Choice())

    def is_quiet(self, minute: int) -> bool:
        """Whether the minute of the person's day is one of the quiet ones."""
        if self.quiet is None:
            return False
        begin, end = self.quiet.begin, self.quiet.end
        return begin <= minute < end if begin <= end else minute >= begin or minute < end


class What(StrEnum):
    """What a message says, where it isn't words."""

    WORDS = "words"
    PLACE = "place"
    LIVE = "live"


class Told(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a notification is made of. `title` is a group's, `text` the beginning of what was written; `more` says how
    many further messages of the conversation it stands for. Where somebody is isn't said."""

    conversation: str
    timestamp: int
    author: str
    name: str
    title: str = ""
    text: str = ""
    what: What = What.WORDS
    more: int = 0


def device_id(endpoint: str) -> str:
    """The same browser has the same id, however often it is added: 128 bits of the address's digest."""
    return _base64(hashlib.sha256(endpoint.encode()).digest()[:16])


def topic_of(conversation: str, secret: bytes) -> str:
    """What a push service is told of the conversation, so that a newer notification replaces one that waits: up to 32
    characters (RFC 8030, 5.4) that say nothing to who hasn't the secret."""
    return _base64(hmac.digest(secret, f"topic:{conversation}".encode(), "sha256")[:16])


def check_device(device: Device) -> None:
    """Raises InvalidError `invalid_request` where it can't be a push subscription. Where its address leads is looked at
    when something is sent."""
    try:
        parts = urlsplit(device.endpoint)
        is_address = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0 and not parts.username
    except ValueError:
        is_address = False
    if not is_address or not device.endpoint.isascii() or not device.endpoint.isprintable() or " " in device.endpoint:
        raise InvalidError(
            "invalid_request", "A push subscription's endpoint is an https address. Nothing was changed."
        )
    point, secret = _decoded(device.p256dh), _decoded(device.auth)
    if len(point) != _POINT_BYTES or point[0] != 4 or len(secret) != _SECRET_BYTES:
        raise InvalidError("invalid_request", "These are no keys of a push subscription. Nothing was changed.")


def check_quiet_hours(quiet: QuietHours) -> None:
    """Raises InvalidError `invalid_request`."""
    minutes = (quiet.begin, quiet.end)
    if any(not 0 <= minute < DAY_MINUTES for minute in minutes) or abs(quiet.offset) > OFFSET_MAX:
        raise InvalidError("invalid_request", "Quiet hours are minutes of a day, from 0 to 1439. Nothing was changed.")


def with_device(book: Book, device: Device) -> Book:
    """With the device, in place of what it was before; the one that was added first goes where there are too many."""
    others = [each for each in book.devices if each.id != device.id]
    return replace(book, devices=(*others, device)[-limits.PUSH_DEVICES_MAX :])


def without_devices(book: Book, ids: Collection[str]) -> Book:
    return replace(book, devices=tuple(each for each in book.devices if each.id not in ids))


def with_choice(book: Book, conversation: str, choice: Choice) -> Book:
    """What is as everywhere isn't kept."""
    choices = {name: one for name, one in book.choices.items() if name != conversation}
    if choice != Choice():
        choices[conversation] = choice
    return replace(book, choices=dict(list(choices.items())[-limits.PUSH_CHOICES_MAX :]))


def concerned(head: Conversation, members: Sequence[Member], messages: Sequence[MessageSent]) -> dict[str, Member]:
    """The members whom any of the messages may be told: others than its author, who haven't read it; in a large group
    those whom it names."""
    small = head.kind is ConversationKind.DIRECT or head.members <= limits.PUSH_GROUP_MAX
    return {
        member.username: member
        for member in members
        if member.active and any(_is_new(member, each) and (small or names(each, member.username)) for each in messages)
    }


def choose(
    book: Book, head: Conversation, member: Member, messages: Sequence[MessageSent], now: int
) -> tuple[MessageSent, int] | None:
    """The message that the person is told of, and how many others it stands for: the last one that mentions the person,
    else the last one that is wanted. None where nothing is. `now` in microseconds."""
    choice = book.choice(head.id)
    if choice.level is Level.NONE or choice.muted_until > now:
        return None
    small = head.kind is ConversationKind.DIRECT or head.members <= limits.PUSH_GROUP_MAX
    fresh = [each for each in messages if _is_new(member, each)]
    naming = [each for each in fresh if names(each, member.username)]
    wanted = naming or (fresh if choice.level is Level.ALL and small else [])
    return (wanted[-1], len(fresh) - 1) if wanted else None


def told(head: Conversation, message: MessageSent, name: str, more: int) -> Told:
    """What is said of it: spoilers stay hidden, and a text goes on with three dots."""
    # The parser is loaded by who tells, and not by everybody who knows what a level is.
    from tertulia.domain.markdown import plain

    what = What.PLACE if _PLACE.fullmatch(message.text) else What.LIVE if message.live_until else What.WORDS
    text = "" if what is What.PLACE else " ".join(plain(message.text, hide_spoilers=True).split())
    shown = text if len(text) <= limits.PUSH_TEXT_MAX else text[: limits.PUSH_TEXT_MAX] + "…"
    return Told(
        conversation=head.id,
        timestamp=message.timestamp,
        author=message.author,
        name=name or message.author,
        title=head.title if head.kind is ConversationKind.GROUP else "",
        text=shown,
        what=what,
        more=more,
    )


def _is_new(member: Member, message: MessageSent) -> bool:
    return (
        message.author != member.username
        and not message.erased
        and message.timestamp > member.read.timestamp
        and member.sees(message.timestamp)
    )


def _decoded(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
