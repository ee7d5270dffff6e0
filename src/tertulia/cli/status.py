"""`tertulia status`: how the chat in an AWS account is."""

from typing import TYPE_CHECKING

import typer

from tertulia.cli.aws import EndpointUrl, Region, StackName, open_account
from tertulia.cli.options import AsJson, print_json

if TYPE_CHECKING:
    from tertulia.deployment.status import Status


def status(
    stack: StackName = "tertulia", region: Region = "", endpoint_url: EndpointUrl = "", as_json: AsJson = False
) -> None:
    """Show what the chat in an AWS account consists of, whether all is well, and what has been used.

    Ends with 6 where something isn't well. Asking CloudWatch costs about a cent in a hundred calls.

    \b
    Examples:
      tertulia status
      tertulia status --json | jq .outputs.Url
    """
    from datetime import UTC, datetime

    from tertulia.cli.exits import DAMAGED
    from tertulia.deployment.status import status_of

    with open_account(region, endpoint_url) as account:
        found = status_of(account, stack, datetime.now(UTC))
    if as_json:
        print_json(found, indent=True)
    else:
        _show(found)
    if not found.well:
        raise typer.Exit(DAMAGED)


def _show(found: "Status") -> None:
    from tertulia.deployment.status import DAYS

    print(f"{found.stack} in {found.region}: {found.state}, changed {found.changed}\n")
    for name, value in sorted(found.outputs.items()):
        print(f"  {name:<20} {value}")
    print()
    for check in found.checks:
        print(f"  {'ok ' if check.well else 'BAD'}  {check.name:<40} {check.said}".rstrip())
    print(f"\nUsed in the last {DAYS} days:")
    for name, amount in found.used.items():
        print(f"  {name:<24} {amount:>16,.0f}")
    print("\nStored:")
    for name, size in found.stored.items():
        print(f"  {name:<40} {size:>16,} bytes")
