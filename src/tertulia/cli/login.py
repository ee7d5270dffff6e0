"""`tertulia login` and `tertulia logout`: the session that chat, send and tail use."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from tertulia.cli.options import PasswordFile, read_password


def login(
    url: Annotated[str, typer.Argument(help="The server's address, such as http://127.0.0.1:8080", show_default=False)],
    username: Annotated[str, typer.Argument(help="Who you are there.", show_default=False)],
    password_file: PasswordFile = None,
    sign_up: Annotated[bool, typer.Option("--sign-up", help="Make the account first.")] = False,
    invite: Annotated[str | None, typer.Option(help="The invitation's code, where one is needed.")] = None,
) -> None:
    """Sign in to a server, for chat, send and tail.

    The session is kept in a file that only you can read, below XDG_CONFIG_HOME or where TERTULIA_SESSION says. The
    password is asked for, or read from a file or from standard input.

    \b
    Examples:
      tertulia login http://127.0.0.1:8080 ana
      tertulia login https://chat.example.org ana --password-file ~/.secrets/chat
      tertulia login http://127.0.0.1:8080 ana --sign-up
    """
    from tertulia.cli.session_file import FileSessions, session_path
    from tertulia.client import Client

    password = read_password(password_file, confirm=sign_up)

    async def run(path: Path) -> None:
        async with Client(url, sessions=_Fresh(path)) as client:
            if sign_up:
                await client.api.sign_up(username, password, invite=invite)
            await client.api.sign_in(username, password)

    class _Fresh(FileSessions):
        """Signing in needs no earlier session, which may be another server's."""

        def load(self) -> None:
            return None

    asyncio.run(run(session_path()))
    typer.echo(f"Signed in to {url} as {username}.")


def logout(
    everywhere: Annotated[bool, typer.Option("--everywhere", help="End your sessions on all devices.")] = False,
) -> None:
    """Sign out, and forget the session.

    \b
    Examples:
      tertulia logout
      tertulia logout --everywhere
    """
    from tertulia.cli.connecting import signed_in

    signed_in(lambda client: client.api.sign_out(everywhere=everywhere))
    typer.echo("Signed out.")
