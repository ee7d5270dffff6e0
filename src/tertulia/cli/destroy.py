"""`tertulia destroy`: the chat out of an AWS account."""

from typing import TYPE_CHECKING, Annotated

import typer

from tertulia.cli.aws import EndpointUrl, Region, StackName, Yes, open_account, tell_event

if TYPE_CHECKING:
    from tertulia.deployment.account import Account
    from tertulia.deployment.destroying import Data, Destruction


def destroy(
    stack: StackName = "tertulia",
    region: Region = "",
    endpoint_url: EndpointUrl = "",
    prefix: Annotated[
        str | None, typer.Option(help="Of data that an earlier stack has left, where it isn't the usual one.")
    ] = None,
    keep_data: Annotated[
        bool, typer.Option("--keep-data", help="Leave tables, accounts and media where they are.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Remove the chat from an AWS account.

    Asks before it deletes conversations, accounts and media, for which there is no way back. With --keep-data they
    stay; run it again without, to delete what was left.

    \b
    Examples:
      tertulia destroy
      tertulia destroy --keep-data
      tertulia destroy --stack trial --yes
    """
    from tertulia.deployment.deploying import prefix_of
    from tertulia.deployment.destroying import Destruction

    with open_account(region, endpoint_url) as account:
        destruction = Destruction(account, stack, prefix_of(stack) if prefix is None else prefix)
        data = destruction.data()
        stands = destruction.stack.describe() is not None
        if not stands and (keep_data or not data.names):
            _nothing(account, stack)
        if not yes:
            _ask(stack, data, stands, keep_data)
        _remove(destruction, data, stands, keep_data)
        print(f"{stack} is gone{', its data is where it was' if keep_data else ''}.")


def _nothing(account: "Account", stack: str) -> None:
    from tertulia.cli.exits import NOT_FOUND, fail

    fail(f"There is no stack {stack} in {account.region}, and no data of one.", NOT_FOUND)


def _ask(stack: str, data: "Data", stands: bool, keep_data: bool) -> None:
    """Goes on only where that is wanted: for data, who writes the stack's name."""
    if keep_data:
        typer.confirm(f"Delete the stack {stack}, and keep its data?", abort=True, err=True)
        return
    typer.echo(f"This deletes {f'the stack {stack} and ' if stands else ''}all that people wrote, for good:", err=True)
    for name in data.names:
        typer.echo(f"  {name}", err=True)
    written = typer.prompt(f"Write {stack} to go on", default="", show_default=False, err=True)
    if written != stack:
        raise typer.Abort


def _remove(destruction: "Destruction", data: "Data", stands: bool, keep_data: bool) -> None:
    from tertulia.cli.progress import progress_bars

    if stands:
        destruction.remove_stack(tell_event)
    if not keep_data:
        with progress_bars() as progress:
            destruction.remove_data(data, progress)
