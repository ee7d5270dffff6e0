"""`tertulia user`: the accounts in a data folder, also while its server runs."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from tertulia.cli.options import AsJson, Data, PasswordFile, data_folder, print_json, read_password

if TYPE_CHECKING:
    from tertulia.adapters.local_accounts.accounts import LocalAccounts
    from tertulia.domain.users import User

T = TypeVar("T")
Username = Annotated[str, typer.Argument(help="Lower-case letters, digits, and _ . -", show_default=False)]

_PAGE = 500


def commands() -> typer.Typer:
    """The commands below `user`."""
    app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    for command in (create, password, admin, disable, enable, invite):
        app.command()(command)
    app.command("list")(list_users)
    return app


def create(
    username: Username,
    name: Annotated[str, typer.Option(help="The name that others see.")] = "",
    is_admin: Annotated[bool, typer.Option("--admin", help="As an administrator of the server.")] = False,
    password_file: PasswordFile = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make an account.

    The password is asked for, or read from a file or from standard input.

    \b
    Examples:
      tertulia user create ana --admin
      tertulia user create ben --name "Ben" --password-file ben.txt
      pwgen 20 1 | tertulia user create carla --data /srv/chat
    """
    secret = read_password(password_file, confirm=True)
    user = _with_accounts(
        data, lambda accounts: accounts.create_user(username, secret, name, admin=is_admin), create=True
    )
    _tell(user, f"{username} can sign in now{', as an administrator' if is_admin else ''}.", as_json)


def list_users(data: Data = None, as_json: AsJson = False) -> None:
    """List the accounts, by username. With --json each is a line.

    \b
    Examples:
      tertulia user list
      tertulia user list --json | jq -r 'select(.admin) | .username'
    """

    async def run(accounts: "LocalAccounts") -> list["User"]:
        users: list[User] = []
        while page := await accounts.everybody(after=users[-1].username if users else "", limit=_PAGE):
            users += page
        return users

    for user in _with_accounts(data, run):
        if as_json:
            print_json(user)
        else:
            marks = [word for word, holds in (("administrator", user.admin), ("disabled", user.disabled)) if holds]
            print(f"{user.username:<32} {user.name:<32} {', '.join(marks)}".rstrip())


def password(username: Username, password_file: PasswordFile = None, data: Data = None) -> None:
    """Set a new password, and end the person's sessions.

    \b
    Example:
      tertulia user password ana
    """
    secret = read_password(password_file, confirm=True)
    _with_accounts(data, lambda accounts: accounts.set_password(username, secret))
    typer.echo(f"{username} has a new password, and is signed out everywhere.")


def admin(
    username: Username,
    revoke: Annotated[bool, typer.Option("--revoke", help="No longer an administrator.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make somebody an administrator of the server, or with --revoke no longer.

    \b
    Examples:
      tertulia user admin ben
      tertulia user admin ben --revoke
    """
    user = _with_accounts(data, lambda accounts: accounts.set_admin(username, not revoke))
    _tell(user, f"{username} is {'no longer' if revoke else 'now'} an administrator.", as_json)


def disable(username: Username, data: Data = None, as_json: AsJson = False) -> None:
    """Disable an account: its sessions end within a second, and nobody can sign in to it.

    \b
    Example:
      tertulia user disable ben
    """
    user = _with_accounts(data, lambda accounts: accounts.set_disabled(username, True))
    _tell(user, f"{username} is disabled.", as_json)


def enable(username: Username, data: Data = None, as_json: AsJson = False) -> None:
    """Enable an account that was disabled.

    \b
    Example:
      tertulia user enable ben
    """
    user = _with_accounts(data, lambda accounts: accounts.set_disabled(username, False))
    _tell(user, f"{username} can sign in again.", as_json)


def invite(
    is_admin: Annotated[bool, typer.Option("--admin", help="For an administrator.")] = False,
    hours: Annotated[int, typer.Option(min=1, max=24 * 365, help="How long it is good.")] = 72,
    url: Annotated[str, typer.Option(help="The server's address, to print the whole link.")] = "",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Print an invitation with which one person can sign up.

    \b
    Examples:
      tertulia user invite
      tertulia user invite --admin --hours 1 --url https://chat.example.org
    """
    code = _with_accounts(data, lambda accounts: accounts.invite("", admin=is_admin, seconds=hours * 3600), create=True)
    link = f"{url.rstrip('/')}/sign-up?invite={code}" if url else ""
    if as_json:
        print_json({"code": code, "link": link or None, "hours": hours})
    else:
        print(link or code)


def _with_accounts(data: Path | None, work: Callable[["LocalAccounts"], Awaitable[T]], *, create: bool = False) -> T:
    from tertulia.cli.exits import NOT_FOUND, fail
    from tertulia.homes.offline import NoDataError, open_accounts

    async def run() -> T:
        async with open_accounts(data_folder(data), create=create) as accounts:
            return await work(accounts)

    try:
        return asyncio.run(run())
    except NoDataError as error:
        fail(str(error), NOT_FOUND)


def _tell(user: "User", sentence: str, as_json: bool) -> None:
    if as_json:
        print_json(user)
    else:
        typer.echo(sentence)
