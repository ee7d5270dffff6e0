"""`tertulia deploy`: the chat in an AWS account, serverless."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tertulia.cli.aws import EndpointUrl, Region, StackName, Yes, counted, open_account, tell_event
from tertulia.cli.options import AsJson, print_json
from tertulia.domain import limits

if TYPE_CHECKING:
    from tertulia.deployment.account import Account
    from tertulia.deployment.deploying import Deployment, Prepared, Wishes
    from tertulia.deployment.stack import Change

Architecture = Literal["arm64", "x86_64"]
SignUp = Literal["open", "invite", "closed"]


def deploy(
    stack: StackName = "tertulia",
    region: Region = "",
    endpoint_url: EndpointUrl = "",
    prefix: Annotated[
        str | None,
        typer.Option(help="Goes before the names of tables and functions.  [default: none, or the stack's name and -]"),
    ] = None,
    sign_up: Annotated[SignUp | None, typer.Option(help="Who may make an account.  [default: invite]")] = None,
    confirm_by_email: Annotated[
        bool | None,
        typer.Option("--confirm-by-email/--no-confirm-by-email", help="Send codes by e-mail.  [default: no]"),
    ] = None,
    domain: Annotated[str | None, typer.Option(help="A name of your own, such as chat.example.org.")] = None,
    certificate: Annotated[
        str | None, typer.Option(help="The ARN of the domain's certificate, which is in us-east-1.")
    ] = None,
    origin: Annotated[
        list[str] | None, typer.Option(help="A further web origin whose pages may use the API; may be repeated.")
    ] = None,
    arch: Annotated[Architecture, typer.Option(help="The functions' processor; arm64 costs a fifth less.")] = "arm64",
    protect: Annotated[
        bool | None, typer.Option("--protect/--no-protect", help="Whether data refuses to be deleted. [default: yes]")
    ] = None,
    rate_factor: Annotated[
        float | None, typer.Option(min=0, help="Multiplies every rate limit; 0 switches them off.  [default: 1]")
    ] = None,
    previews: Annotated[
        bool | None,
        typer.Option("--previews/--no-previews", help="Look at pages that messages link to.  [default: no]"),
    ] = None,
    edit_seconds: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=limits.EDIT_SECONDS_CEILING,
            help="For how long whoever wrote a message can change it; 0 is for ever.  [default: 0]",
        ),
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would be done, and do nothing.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Put the chat into an AWS account, or bring the one there up to date.

    It packs the functions, shows what will be made and what that costs, asks, makes or changes the CloudFormation
    stack, uploads the web page and prints its address. Run again it changes nothing. What isn't given stays as it is.
    It needs AWS credentials and pip; see docs/aws.md.

    \b
    Examples:
      tertulia deploy --plan
      tertulia deploy --region eu-central-1 --sign-up invite
      tertulia deploy --domain chat.example.org --certificate arn:aws:acm:us-east-1:123456789012:certificate/...
    """
    from tertulia.deployment.deploying import Wishes

    wishes = Wishes(
        stack=stack,
        prefix=prefix,
        architecture=arch,
        sign_up=sign_up,
        confirm_by_email=confirm_by_email,
        domain=domain,
        certificate=certificate,
        origins=tuple(origin) if origin else None,
        protect=protect,
        previews=previews,
        edit_seconds=edit_seconds,
        rate_factor=None if rate_factor is None else f"{rate_factor:g}",
    )
    with open_account(region, endpoint_url) as account:
        if plan:
            _show_plan(account, wishes, as_json)
        else:
            _deploy(account, wishes, yes, as_json)


def _show_plan(account: "Account", wishes: "Wishes", as_json: bool) -> None:
    from tertulia.deployment.deploying import Deployment

    changes = Deployment(account, wishes).foresee()
    if as_json:
        print_json({"stack": wishes.stack, "region": account.region, "changes": changes})
        return
    _tell_changes(wishes.stack, account.region, changes)
    if changes:
        _tell_estimate()


def _deploy(account: "Account", wishes: "Wishes", yes: bool, as_json: bool) -> None:
    from tertulia.cli.progress import progress_bars
    from tertulia.deployment.administrators import administrator_link
    from tertulia.deployment.deploying import Deployment

    deployment = Deployment(account, wishes)
    typer.echo("Packing the functions ...", err=True)
    prepared = deployment.prepare()
    try:
        _ask(account, deployment, prepared, yes)
    except BaseException:
        deployment.give_up(prepared)
        raise
    with progress_bars() as progress:
        uploaded = deployment.carry_out(prepared, tell_event, progress)
    changed = bool(prepared.plan.changes or uploaded.put or uploaded.deleted)
    outputs = deployment.stack.outputs()
    link = administrator_link(account, outputs, deployment.stack.parameters().get("Prefix", ""))
    if as_json:
        print_json({"url": outputs["Url"], "changed": changed, "administrator_link": link, "outputs": outputs})
        return
    if not changed:
        print("Nothing has changed.")
    print(f"\n  Tertulia is at {outputs['Url']}\n")
    if link:
        print(f"  There is no administrator yet. Become one here, once:\n  {link}\n")


def _ask(account: "Account", deployment: "Deployment", prepared: "Prepared", yes: bool) -> None:
    """Shows what will be done, and goes on only where that is wanted."""
    changes = prepared.plan.changes
    if not changes:
        return
    _tell_changes(deployment.stack.name, account.region, changes)
    if prepared.plan.creates:
        _tell_estimate()
    if not yes:
        typer.confirm("Go on?", abort=True, err=True)


def _tell_changes(stack: str, region: str, changes: "tuple[Change, ...]") -> None:
    if not changes:
        typer.echo(f"Nothing would change in {stack} ({region}).", err=True)
        return
    typer.echo(f"In the stack {stack} ({region}):", err=True)
    for action, verb in (("Add", "made"), ("Modify", "changed"), ("Remove", "deleted")):
        those = [change for change in changes if change.action == action]
        if those:
            typer.echo(f"\n  To be {verb}: {len(those)}", err=True)
            for line in counted(change.kind for change in those):
                typer.echo(f"  {line}", err=True)
    replaced = [change.name for change in changes if change.replaced]
    if replaced:
        typer.echo(f"\n  A new one takes the place of: {', '.join(replaced)}", err=True)


def _tell_estimate() -> None:
    from tertulia.deployment.cost import Load, bill

    load = Load(users=100, messages_per_day=20, group_size=10)
    typer.echo(
        f"\nIt costs nothing while nobody chats, and about ${bill(load).total:,.2f} a month where {load.users} people "
        f"each send {load.messages_per_day} messages a day to groups of {load.group_size}, before AWS's free tier. "
        "For other numbers: tertulia cost\n",
        err=True,
    )
