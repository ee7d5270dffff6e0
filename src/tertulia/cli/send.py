"""`tertulia send`: one message."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tertulia.cli.options import AsJson, ConversationName, print_json

if TYPE_CHECKING:
    from tertulia.client import Client
    from tertulia.domain.messages import Message


def send(
    conversation: ConversationName,
    text: Annotated[str, typer.Argument(help="What to say; - reads it from standard input.", show_default=False)] = "",
    attach: Annotated[list[Path] | None, typer.Option(help="A file to send with it; may be repeated.")] = None,
    client_id: Annotated[
        str | None, typer.Option("--id", help="The message's own id: sent twice with the same one, it is sent once.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send a message.

    A direct conversation begins with its first message. The message is sent once, however often it must be tried.

    \b
    Examples:
      tertulia send @ben "The train is late."
      tertulia send Cine "Who has the tickets?" --attach plan.pdf
      df -h | tertulia send g_3kq7x2 - --id "disk-$(date +%F)"
    """
    from tertulia.cli.connecting import find_conversation, signed_in

    said = sys.stdin.read().strip() if text == "-" else text
    files = [(path.name, _type_of(path), _content(path)) for path in attach or []]

    async def run(client: "Client") -> "Message":
        view = await find_conversation(client, conversation, begin=True)
        attachments = [await client.upload(*file) for file in files]
        return await client.send(view.id, said, client_id=client_id, attachments=attachments)

    message = signed_in(run)
    if as_json:
        print_json(message)


def _type_of(path: Path) -> str:
    import mimetypes

    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{path}: {error.strerror}", param_hint="--attach") from None
