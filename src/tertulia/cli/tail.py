"""`tertulia tail`: what is said in a conversation, as it is said."""

from typing import TYPE_CHECKING, Annotated

import typer

from tertulia.cli.options import AsJson, ConversationName, print_json

if TYPE_CHECKING:
    from tertulia.api.responses import ConversationView
    from tertulia.client import Client


def tail(
    conversation: ConversationName,
    as_json: AsJson = False,
    since: Annotated[
        int | None, typer.Option(help="Begin after the entry of this seq; 0 begins with the first.", show_default=False)
    ] = None,
    last: Annotated[int, typer.Option("--last", "-n", min=0, max=100, help="Begin with the last messages.")] = 10,
    follow: Annotated[bool, typer.Option(help="Go on with what is said from now on.")] = True,
    count: Annotated[int, typer.Option(min=0, help="Stop after so many messages; 0 never does.")] = 0,
) -> None:
    """Show a conversation, and go on as it does.

    Every entry comes once and in order, also over lost connections. With --json each is a line; the seq of the last one
    is what --since takes to go on later. Stop it with Ctrl+C.

    \b
    Examples:
      tertulia tail Cine
      tertulia tail @ben --json --since 120 | jq .entry.text
      tertulia tail g_3kq7x2 --since 0 --no-follow > log.txt
    """
    from tertulia.cli.connecting import find_conversation, signed_in

    async def run(client: "Client") -> None:
        view = await find_conversation(client, conversation)
        after = since if since is not None else await _before_last(client, view, last)
        await _show(client, view, after, follow=follow, count=count, as_json=as_json)

    signed_in(run)


async def _before_last(client: "Client", view: "ConversationView", last: int) -> int:
    """The seq after which there are `last` messages."""
    page = await client.api.list_messages(view.id, limit=last) if last else None
    return page.messages[0].seq - 1 if page and page.messages else view.head.seq


async def _show(
    client: "Client", view: "ConversationView", after: int, *, follow: bool, count: int, as_json: bool
) -> None:
    from tertulia.cli.showing import line_of
    from tertulia.domain.entries import MessageSent
    from tertulia.domain.errors import NotFoundError
    from tertulia.domain.events import ConversationChanged, EntryEvent, Membership

    messages = 0

    def show(event: EntryEvent) -> bool:
        nonlocal messages
        if as_json:
            print_json(event)
        elif line := line_of(event.entry):
            print(line, flush=True)
        messages += isinstance(event.entry, MessageSent)
        return bool(count) and messages >= count

    if not follow:
        async for entry in client.log(view.id, after=after):
            if show(EntryEvent(view.id, entry)):
                return
        return
    async with client.connect(cursors={view.id: after}, on_connection=_tell) as live:
        async for event in live:
            if isinstance(event, EntryEvent) and event.conversation == view.id and show(event):
                return
            if event == ConversationChanged(view.id, Membership.LEFT):
                raise NotFoundError("conversation_not_found", "You are no longer a member of this conversation.")


def _tell(connected: bool) -> None:
    if not connected:
        typer.echo("tertulia: the connection is gone; connecting again ...", err=True)
