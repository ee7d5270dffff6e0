"""What a client builds from the log equals a fresh read, after every operation, for everybody."""

import asyncio
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from tests.services.world import World, who

from tertulia.domain import conversations, messages
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import (
    AboutMessage,
    ConversationCreated,
    History,
    MemberAdded,
    MemberRemoved,
    MessageSent,
    Preview,
    RoleChanged,
    VisibleEntry,
)
from tertulia.domain.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tertulia.domain.members import Role
from tertulia.domain.messages import Message
from tertulia.domain.receipts import unread
from tertulia.ports.store import Append
from tertulia.services.previews import _show

LINKS = ["https://a.example/", "https://b.example/", "https://c.example/"]
PEOPLE = ["ana", "ben", "cleo", "dan"]


class Reader:
    """A client of one person: folds what the log gives, forgets all of it when told that it may not read on."""

    def __init__(self, username: str) -> None:
        self.username = username
        self.forget()

    def forget(self) -> None:
        self.through = self.fresh = 0
        self.messages: dict[int, Message] = {}
        self.erased: set[int] = set()
        self.head: Conversation | None = None
        self.roles: dict[str, Role] = {}

    async def catch_up(self, world: World, group: str, limit: int) -> bool:
        """Whether there is a conversation for this person; reads all that is new, `limit` entries at a time."""
        while True:
            try:
                page = await world.chat.history.log(who(self.username), group, after=self.through, limit=limit)
            except NotFoundError:
                self.forget()
                return False
            seqs = [entry.seq for entry in page.entries]
            assert seqs == sorted(set(seqs))
            assert all(self.through < seq <= page.through for seq in seqs)
            if page.through == self.through:
                return True
            for entry in page.entries:
                if isinstance(entry, MemberAdded) and entry.username == self.username and entry.seq > self.fresh:
                    # Back after an absence between two reads: what was held may be out of date.
                    self.forget()
                    self.fresh = page.conversation.seq
                    return await self.catch_up(world, group, limit)
                self.take(group, entry)
            self.through = page.through

    def take(self, group: str, entry: VisibleEntry) -> None:
        match entry:
            case ConversationCreated():
                self.head = conversations.begin(group, entry)
                self.roles = {member.username: member.role for member in entry.members}
                return
            case MessageSent():
                self.messages[entry.timestamp] = messages.begin(entry)
                self.erased |= {entry.timestamp} if entry.erased else set()
            case _ if isinstance(entry, AboutMessage) and entry.target in self.messages:
                self.messages[entry.target] = messages.apply(self.messages[entry.target], entry)
        if self.head is not None and not isinstance(entry, ConversationCreated) and hasattr(entry, "author"):
            before = self.roles.get(getattr(entry, "username", ""))
            self.head = conversations.apply(self.head, entry, role_before=before)
        match entry:
            case MemberAdded() | RoleChanged():
                self.roles[entry.username] = entry.role
            case MemberRemoved():
                self.roles.pop(entry.username, None)

    def shown(self) -> list[object]:
        return [shown(message, erased=at in self.erased) for at, message in sorted(self.messages.items())]


def shown(message: Message, *, erased: bool = False) -> object:
    """A message as a person sees it: of a tombstone only that there was one."""
    return (message.timestamp, message.number, "deleted") if message.deleted or erased else message


class Scene:
    """Random people do random things in one group."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.world = World()
        self.group = ""

    async def open(self) -> None:
        await self.world.people(*PEOPLE)
        self.group = await self.world.group("ana", "ben", "cleo")

    async def step(self) -> None:
        """One operation, which may be refused."""
        random, chat, group = self.random, self.world.chat, self.group
        self.world.clock.time += random.randrange(-5, 10)
        caller, other = who(random.choice(PEOPLE)), random.choice(PEOPLE)
        sent = self.world.store.logs[group].timestamps() or [1]
        at, emoji = random.choice(sent), random.choice(["👍", "🎉"])
        calls: list[Any] = [
            lambda: self.world.say(caller.username, group, f"text {random.random()}"),
            lambda: self.world.say(caller.username, group, "a reply", reply_to=at),
            lambda: chat.messages.edit(
                caller, group, at, f"edited {' '.join(random.sample(LINKS, 2))} {random.random()}"
            ),
            lambda: self.preview(at, random.sample(LINKS, 2)),
            lambda: chat.messages.remove_previews(caller, group, at),
            lambda: chat.messages.delete(caller, group, at),
            lambda: chat.messages.react(caller, group, at, emoji),
            lambda: chat.messages.unreact(caller, group, at, emoji),
            lambda: chat.members.put(who("ana"), group, other, random.choice([Role.MEMBER, Role.ADMIN])),
            lambda: chat.members.remove(who("ana"), group, other),
            lambda: chat.members.remove(caller, group, caller.username),
            lambda: chat.conversations.update(caller, group, title=f"title {random.random()}"),
            lambda: chat.conversations.update(caller, group, live_typing=random.random() < 0.5),
            lambda: chat.receipts.move(caller, group, at),
        ]
        weights = [8, 2, 4, 6, 1, 2, 4, 2, 4, 2, 1, 1, 1, 2]
        with suppress(InvalidError, ForbiddenError, NotFoundError, ConflictError):
            await random.choices(calls, weights)[0]()

    async def preview(self, at: int, urls: list[str]) -> None:
        """As the server adds them for the author, a title of its own each time."""
        found = [Preview(url=url, title=f"title {self.random.random()}") for url in urls]
        message = self.world.store.logs[self.group].message(at)
        author = message.author if message else "ana"
        decide = _show(author, found)
        await self.world.store.append(Append(conversation=self.group, author=author, decide=decide, target=at))


async def compare(scene: Scene, reader: Reader) -> None:
    """The reader's state beside a fresh read."""
    world, group, caller = scene.world, scene.group, who(reader.username)
    if not await reader.catch_up(world, group, scene.random.choice([1, 3, 500])):
        assert reader.messages == {}
        return
    page = await world.chat.history.messages(caller, group, limit=10_000)
    assert reader.shown() == [shown(message) for message in page.messages]
    fresh = await world.chat.conversations.get(caller, group)
    last = fresh.last_message
    assert (reader.shown() or [None])[-1] == (shown(last) if last else None)
    if reader.head is not None and caller.username == "ana":
        assert reader.head == fresh.conversation
        assert reader.roles == {member.username: member.role for member in fresh.members}
        counted = sum(number > fresh.member.read.number for number in range(1, reader.head.messages + 1))
        assert counted == unread(fresh.conversation.messages, fresh.member.read)


@pytest.mark.parametrize("seed", range(12))
def test_a_folded_log_equals_a_fresh_read(seed: int) -> None:
    """Readers that look after every operation, and one that looks now and then, all see what a fresh read shows."""

    async def run() -> None:
        scene = Scene(seed)
        await scene.open()
        readers = [Reader(username) for username in PEOPLE]
        lazy = [Reader(username) for username in PEOPLE]
        for _ in range(60):
            await scene.step()
            for reader in readers:
                await compare(scene, reader)
            if scene.random.random() < 0.1:
                for reader in lazy:
                    await compare(scene, reader)

    asyncio.run(run())


async def test_opened_history_is_all_of_it() -> None:
    """Who joined late and reads the log anew after the history was opened has everything."""
    scene = Scene(0)
    await scene.open()
    for _ in range(40):
        await scene.step()
    await scene.world.chat.members.put(who("ana"), scene.group, "dan", Role.MEMBER)
    await scene.world.chat.conversations.update(who("ana"), scene.group, history=History.ALL)
    reader, owner = Reader("dan"), Reader("ana")
    await compare(scene, reader)
    await compare(scene, owner)
    assert reader.shown() == owner.shown()
    assert (reader.head, reader.roles) == (owner.head, owner.roles)
