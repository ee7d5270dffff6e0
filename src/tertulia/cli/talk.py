"""A chat in the terminal: what the lines that a person types do, and what is shown of what happens."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import typer

from tertulia.api.responses import ConversationView
from tertulia.cli.connecting import find_conversation, my_name
from tertulia.cli.exits import sentence_of
from tertulia.cli.showing import bold, line_of, name_of, named, plain, time_of
from tertulia.client import Client, Live
from tertulia.domain.entries import ConversationKind, MessageSent
from tertulia.domain.errors import ChatError, InvalidError
from tertulia.domain.events import ConversationChanged, EntryEvent, Membership, TypingEvent
from tertulia.domain.messages import Message

_HELP: Final = """\
/list                    your conversations
/open NAME               open one: its number in the list, id, title or @username
/new TITLE @ana @ben     begin a group
/more                    earlier messages
/who                     the members
/reply TEXT              answer the last message of somebody else
/edit TEXT               change your last message
/delete                  delete your last message
/react EMOJI             react to the last message of somebody else
/leave                   leave the conversation
/quit                    end (or Ctrl+D)
//...                    a message that begins with /"""
_PAGE: Final = 20


class Talk:
    """One person at one terminal, with one conversation open."""

    def __init__(self, client: Client) -> None:
        self._client: Final = client
        self._me: Final = my_name(client)
        self._live: Live | None = None
        self._open: ConversationView | None = None
        self._names: dict[str, str] = {}
        self._listed: list[ConversationView] = []
        self._mine: Message | None = None
        self._theirs: int = 0
        self._oldest: int | None = None
        self._commands: Final[dict[str, Callable[[str], Awaitable[None]]]] = {
            "help": self._help,
            "list": self._list,
            "open": self._open_named,
            "new": self._new,
            "more": self._more,
            "who": self._who,
            "reply": self._reply,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "leave": self._leave,
        }

    async def begin(self, live: Live, conversation: str) -> None:
        self._live = live
        if conversation:
            await self._open_named(conversation)
        else:
            await self._list("")
            print("Open one with /open NAME; /help lists the commands.", flush=True)

    def connection_changed(self, connected: bool) -> None:
        if not connected:
            typer.echo("* the connection is gone; connecting again ...", err=True)

    async def obey_lines(self, lines: "asyncio.Queue[str | None]") -> None:
        """Does what each line says, until there are no more or one says that it is enough."""
        while (line := await lines.get()) is not None:
            if line.strip() in {"/quit", "/exit", "/q"}:
                return
            try:
                await self._obey(line)
            except ChatError as error:
                typer.echo(f"* {sentence_of(error)}", err=True)

    async def show_events(self) -> None:
        """Shows what happens. What is shown of the open conversation is read."""
        live = self._stream()
        async for event in live:
            if isinstance(event, EntryEvent):
                await self._show(event)
            elif isinstance(event, ConversationChanged):
                self._show_change(event)
            elif isinstance(event, TypingEvent) and self._is_open(event.conversation):
                typer.echo(f"* {event.username} is typing ...", err=True)

    async def _obey(self, line: str) -> None:
        if not line.strip():
            return
        if not line.startswith("/") or line.startswith("//"):
            view = self._opened()
            self._mine = await self._stream().send(view.id, line.removeprefix("/") if line.startswith("//") else line)
            return
        name, _, rest = line[1:].partition(" ")
        command = self._commands.get(name)
        if command is None:
            raise InvalidError("invalid_request", f"There is no command /{plain(name)}. /help lists them.")
        await command(rest.strip())

    async def _show(self, event: EntryEvent) -> None:
        entry = event.entry
        if not self._is_open(event.conversation):
            if isinstance(entry, MessageSent) and entry.author != self._me:
                print(f"* {entry.author} in {await self._name(event.conversation)}: {plain(entry.text)}", flush=True)
            return
        if line := line_of(entry):
            print(line, flush=True)
        if isinstance(entry, MessageSent) and entry.author != self._me:
            self._theirs = entry.timestamp
            await self._stream().read(event.conversation, entry.timestamp)

    def _show_change(self, event: ConversationChanged) -> None:
        if event.change is Membership.LEFT:
            print(f"* you are no longer in {self._names.get(event.conversation, event.conversation)}", flush=True)
            if self._is_open(event.conversation):
                self._open = None
        elif event.conversation not in self._names:
            print(f"* you are in a new conversation: /open {event.conversation}", flush=True)

    async def _help(self, _rest: str) -> None:
        print(_HELP, flush=True)

    async def _list(self, _rest: str) -> None:
        views = await self._client.conversations()
        self._listed = sorted(views, key=lambda view: view.head.timestamp, reverse=True)
        for number, view in enumerate(self._listed, start=1):
            unread = bold(f"  {view.unread} unread") if view.unread else ""
            print(f"{number:>3}  {name_of(view, self._me)}{unread}", flush=True)
        if not views:
            print("You have no conversations yet. Begin one: /open @username", flush=True)

    async def _open_named(self, name: str) -> None:
        if name.isdecimal() and 0 < int(name) <= len(self._listed):
            view = self._listed[int(name) - 1]
        else:
            view = await find_conversation(self._client, name, begin=True)
        self._open, self._oldest, self._mine, self._theirs = view, None, None, 0
        self._names[view.id] = name_of(view, self._me)
        print(bold(f"--- {self._names[view.id]} ---"), flush=True)
        await self._more("")

    async def _more(self, _rest: str) -> None:
        view = self._opened()
        page = await self._client.api.list_messages(view.id, before=self._oldest, limit=_PAGE)
        for message in page.messages:
            print(_line(message), flush=True)
        if page.messages:
            if self._oldest is None:
                await self._stream().read(view.id, page.messages[-1].timestamp)
                self._theirs = max((m.timestamp for m in page.messages if m.author != self._me), default=0)
                self._mine = next((m for m in reversed(page.messages) if m.author == self._me), None)
            self._oldest = page.messages[0].timestamp

    async def _new(self, rest: str) -> None:
        words = rest.split()
        members = [word[1:] for word in words if word.startswith("@")]
        title = " ".join(word for word in words if not word.startswith("@"))
        view = await self._client.api.create_conversation(ConversationKind.GROUP, members, title=title)
        await self._open_named(view.id)

    async def _who(self, _rest: str) -> None:
        page = await self._client.api.list_members(self._opened().id)
        print(", ".join(f"{member.username} ({member.role.value})" for member in page.members), flush=True)

    async def _reply(self, text: str) -> None:
        self._mine = await self._stream().send(self._opened().id, text, reply_to=self._last_of_theirs())

    async def _edit(self, text: str) -> None:
        self._mine = await self._client.api.edit_message(self._opened().id, self._last_of_mine(), text)

    async def _delete(self, _rest: str) -> None:
        await self._client.api.delete_message(self._opened().id, self._last_of_mine())
        self._mine = None

    async def _react(self, emoji: str) -> None:
        await self._client.api.add_reaction(self._opened().id, self._last_of_theirs(), emoji)

    async def _leave(self, _rest: str) -> None:
        await self._client.api.remove_member(self._opened().id, self._me)

    def _stream(self) -> Live:
        if self._live is None:
            message = "the chat has not begun"
            raise RuntimeError(message)
        return self._live

    def _is_open(self, conversation: str) -> bool:
        return self._open is not None and self._open.id == conversation

    def _opened(self) -> ConversationView:
        if self._open is None:
            raise InvalidError("invalid_request", "No conversation is open. Use: /open NAME")
        return self._open

    def _last_of_mine(self) -> int:
        if self._mine is None:
            raise InvalidError("invalid_request", "You have said nothing here that could be changed.")
        return self._mine.timestamp

    def _last_of_theirs(self) -> int:
        if not self._theirs:
            raise InvalidError("invalid_request", "Nobody else has said anything here.")
        return self._theirs

    async def _name(self, conversation: str) -> str:
        if conversation not in self._names:
            self._names[conversation] = name_of(await self._client.api.get_conversation(conversation), self._me)
        return self._names[conversation]


def _line(message: Message) -> str:
    """A message of the history, with what became of it."""
    text = "(deleted)" if message.deleted else plain(message.text).replace("\n", "\n    ")
    files = "".join(f" [{named(file)}]" for file in message.attachments)
    reactions = "".join(f" {plain(reaction.emoji)}{len(reaction.users)}" for reaction in message.reactions)
    edited = " (edited)" if message.edited and not message.deleted else ""
    return f"{time_of(message.timestamp)} {bold(message.author)}: {text}{files}{edited}{reactions}"
