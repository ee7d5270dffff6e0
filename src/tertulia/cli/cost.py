"""`tertulia cost`: what the chat costs a month on AWS."""

from typing import Annotated

import typer

from tertulia.cli.options import AsJson, print_json


def cost(
    users: Annotated[int, typer.Option(min=0, help="People who chat.")] = 100,
    messages_per_day: Annotated[float, typer.Option(min=0, help="Messages that each of them sends a day.")] = 20,
    group_size: Annotated[int, typer.Option(min=1, max=1000, help="People in a conversation.")] = 10,
    hours_online: Annotated[float, typer.Option(min=0, max=24, help="Hours a day that each has the page open.")] = 8,
    as_json: AsJson = False,
) -> None:
    """Print what a month on AWS costs, by service, at list prices of us-east-1.

    What AWS's free tier takes off is shown apart, for a part of it ends after a year. docs/costs.md says what each
    operation uses.

    \b
    Examples:
      tertulia cost --users 100 --messages-per-day 20 --group-size 10
      tertulia cost --users 5000 --json | jq .total
    """
    from tertulia.deployment.cost import Load, bill, prices_date

    load = Load(users=users, messages_per_day=messages_per_day, group_size=group_size, hours_online=hours_online)
    found = bill(load)
    if as_json:
        lines = [{**_plain(line)} for line in found.lines]
        print_json({"prices_of": prices_date(), "total": found.total, "free": found.free, "lines": lines})
        return
    print(f"{'':<18}{'a month':>12}{'free of it':>12}")
    for service, (dollars, free) in found.by_service().items():
        print(f"{service:<18}{f'${dollars:,.2f}':>12}{f'${free:,.2f}':>12}")
        for line in found.lines:
            if line.service == service:
                print(f"  {line.amount:>16,.2f} {line.unit}")
    print(f"{'Together':<18}{f'${found.total:,.2f}':>12}{f'${found.free:,.2f}':>12}")
    print(f"\nList prices of us-east-1, {prices_date()}, without tax and domain.")


def _plain(line: object) -> dict[str, object]:
    import msgspec

    built: dict[str, object] = msgspec.to_builtins(line)
    return built
