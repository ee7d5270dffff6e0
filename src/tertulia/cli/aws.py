"""Options of the commands that work in an AWS account, and what they say while they do."""

from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tertulia.deployment.account import Account
    from tertulia.deployment.stack import Event

StackName = Annotated[str, typer.Option("--stack", help="The stack's name.")]
Region = Annotated[
    str, typer.Option("--region", help="The AWS region.  [default: AWS_REGION, or as `aws configure` has it]")
]
EndpointUrl = Annotated[
    str, typer.Option("--endpoint-url", help="The address of an emulator of AWS.  [default: AWS_ENDPOINT_URL]")
]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]


def open_account(region: str, endpoint_url: str) -> "AbstractContextManager[Account]":
    """The account; what goes wrong inside ends the command with a sentence."""
    import os
    from contextlib import contextmanager

    from tertulia.cli.exits import FAILED, NOT_FOUND, fail
    from tertulia.deployment.account import Account
    from tertulia.deployment.problems import DeploymentError, NotThereError, explained

    @contextmanager
    def opened():  # type: ignore[no-untyped-def]
        try:
            with explained():
                account = Account(
                    region or os.environ.get("AWS_REGION", ""),
                    (endpoint_url or os.environ.get("AWS_ENDPOINT_URL", "")).rstrip("/"),
                )
                try:
                    yield account
                finally:
                    account.close()
        except DeploymentError as error:
            for reason in error.reasons:
                typer.echo(f"  {reason}", err=True)
            fail(str(error), NOT_FOUND if isinstance(error, NotThereError) else FAILED)

    return opened()


def tell_event(event: "Event") -> None:
    """One line for a resource that has arrived, or has failed."""
    if event.status.endswith("_IN_PROGRESS"):
        return
    place = f"{event.done}/{event.total}" if event.total else ""
    typer.echo(f"  {place:>8}  {event.status.lower():<20} {event.name} ({event.kind})", err=True)
    if event.status.endswith("_FAILED"):
        typer.echo(f"            {event.reason}", err=True)


def counted(kinds: Iterable[str]) -> list[str]:
    """How many there are of each kind, the most first."""
    return [f"{count:>4}  {kind}" for kind, count in Counter(kinds).most_common()]
