"""A chat in memory that keeps the contract: what the simulated clients talk to.

Its rules of membership, order and cursors come from the product's domain; the checker derives them on its own.
"""

from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace
from tests.history.events import Outcome

from tertulia.domain import conversations, members, messages, receipts
from tertulia.domain.entries import (
    ConversationCreated,
    ConversationKind,
    Entry,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageEdited,
    MessageSent,
    Stamp,
    VisibleEntry,
    hide,
    target_of,
)
from tertulia.domain.members import Cursor, Member, MemberRole, Role
from tertulia.domain.messages import Message

CONVERSATION = "g_simulated"
FOUNDER = "ana"
PEOPLE = ("ana", "ben", "carla", "dora", "emil")


def wire(value: object) -> dict[str, Any]:
    """The value as it goes over the wire."""
    decoded: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return decoded


class RefusedError(Exception):
    """The chat refuses the request."""


class Chat:
    """One conversation and its rules, in memory."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.clock = 1_000_000
        created = ConversationCreated(
            seq=1,
            timestamp=self.clock,
            author=FOUNDER,
            type=ConversationKind.GROUP,
            members=(MemberRole(FOUNDER, Role.OWNER), MemberRole("ben"), MemberRole("carla")),
        )
        self.entries: list[Entry] = [created]
        self.head = conversations.begin(CONVERSATION, created)
        self.people = {
            m.username: members.join(None, m.username, m.role, created.timestamp, 0) for m in created.members
        }
        self.sent: dict[tuple[str, str], MessageSent] = {}
        self.messages: dict[int, Message] = {}

    def stamp(self) -> Stamp:
        self.clock += self.random.randint(-50, 100)
        return conversations.next_stamp(self.head, self.clock)

    def active(self, username: str) -> Member:
        member = self.people.get(username)
        if member is None or not member.active:
            raise RefusedError
        return member

    def append(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.head = conversations.apply(self.head, entry)
        match entry:
            case MessageSent():
                self.sent[entry.author, entry.id] = entry
                self.messages[entry.timestamp] = messages.begin(entry)
                read = Cursor(entry.timestamp, entry.number)
                self.people[entry.author] = replace(self.people[entry.author], read=read)
            case MessageEdited() | MessageDeleted():
                self.messages[entry.target] = messages.apply(self.messages[entry.target], entry)
                if isinstance(entry, MessageDeleted):
                    self.entries = [_erased(e, entry.target) for e in self.entries]
            case MemberAdded():
                earlier = self.people.get(entry.username)
                joined = members.join(earlier, entry.username, entry.role, entry.timestamp, self.head.messages)
                self.people[entry.username] = joined
            case MemberRemoved():
                self.people[entry.username] = members.leave(self.people[entry.username], entry.timestamp)
            case _:
                pass

    def send(self, username: str, client_id: str, text: str) -> tuple[Outcome, dict[str, Any]]:
        self.active(username)
        outcome = Outcome.REPEATED
        if (username, client_id) not in self.sent:
            outcome = Outcome.DONE
            at = self.stamp()
            number = self.head.messages + 1
            self.append(
                MessageSent(seq=at.seq, timestamp=at.timestamp, author=username, id=client_id, number=number, text=text)
            )
        return outcome, wire(self.messages[self.sent[username, client_id].timestamp])

    def visible(self, reader: Member, entry: Entry) -> VisibleEntry | None:
        opened = self.head.open_history
        if not reader.sees(entry.timestamp, open_history=opened):
            return None
        target = target_of(entry)
        return entry if target is None or reader.sees(target, open_history=opened) else hide(entry)

    def log(self, username: str, after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        reader = self.active(username)
        looked = self.entries[after : after + limit]
        shown = [self.visible(reader, entry) for entry in looked]
        return [wire(entry) for entry in shown if entry], looked[-1].seq if looked else after

    def page(self, username: str, limit: int) -> tuple[dict[str, Any], ...]:
        reader = self.active(username)
        seen = [m for t, m in self.messages.items() if reader.sees(t, open_history=self.head.open_history)]
        start = self.random.randint(0, max(0, len(seen) - limit))
        return tuple(wire(message) for message in seen[start : start + limit])

    def move(self, username: str, timestamp: int) -> Member:
        member = self.active(username)
        before = [m for t, m in self.messages.items() if t <= timestamp]
        if before:
            wanted = Cursor(before[-1].timestamp, before[-1].number)
            member = replace(member, read=receipts.advance(member.read, wanted))
            self.people[username] = member
        return member


def _erased(entry: Entry, target: int) -> Entry:
    if isinstance(entry, MessageSent) and entry.timestamp == target:
        return replace(entry, text="", mentions=(), attachments=(), reply_to=0, erased=True)
    if isinstance(entry, MessageEdited) and entry.target == target:
        return replace(entry, text="", mentions=(), erased=True)
    return entry
