"""`tertulia chat`: a chat in the terminal, line by line."""

import asyncio
import sys
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from tertulia.cli.options import AsJson, print_json

if TYPE_CHECKING:
    from tertulia.client import Client


def chat(
    conversation: Annotated[
        str, typer.Argument(help="Open this one at once: id, title or @username.", show_default=False)
    ] = "",
    list_all: Annotated[bool, typer.Option("--list", help="List your conversations, and end.")] = False,
    as_json: AsJson = False,
) -> None:
    """Chat in the terminal.

    What you type is sent to the open conversation. Lines that begin with / are commands: /help lists them. Standard
    input may also be a file or a pipe; the chat ends with it.

    \b
    Examples:
      tertulia chat
      tertulia chat @ben
      tertulia chat --list --json | jq -r 'select(.unread > 0) | .title'
    """
    from tertulia.cli.connecting import signed_in

    if list_all or as_json:
        signed_in(lambda client: _list(client, as_json))
    else:
        signed_in(lambda client: _talk(client, conversation))


async def _list(client: "Client", as_json: bool) -> None:
    from tertulia.cli.connecting import my_name
    from tertulia.cli.showing import bold, name_of

    views = sorted(await client.conversations(), key=lambda view: view.head.timestamp, reverse=True)
    for view in views:
        if as_json:
            print_json(view)
        else:
            unread = bold(f" {view.unread} unread") if view.unread else ""
            print(f"{view.id}  {name_of(view, my_name(client))}{unread}")


async def _talk(client: "Client", conversation: str) -> None:
    from tertulia.cli.talk import Talk

    talk = Talk(client)
    async with client.connect(on_connection=talk.connection_changed) as live:
        await talk.begin(live, conversation)
        lines: asyncio.Queue[str | None] = asyncio.Queue()
        _read_lines(asyncio.get_running_loop(), lines)
        reading = asyncio.create_task(talk.show_events())
        typing = asyncio.create_task(talk.obey_lines(lines))
        done, others = await asyncio.wait([reading, typing], return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for task in done:
            task.result()


def _read_lines(loop: asyncio.AbstractEventLoop, lines: "asyncio.Queue[str | None]") -> None:
    """Reads standard input in a thread of its own, which does not keep the program from ending."""

    def read() -> None:
        try:
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\n"))
            loop.call_soon_threadsafe(lines.put_nowait, None)
        except (RuntimeError, ValueError):
            return  # the chat has ended meanwhile

    threading.Thread(target=read, name="standard input", daemon=True).start()
