"""`tertulia evaluate`: whether the chat stays as fast and as cheap as it grows."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tertulia.cli.aws import EndpointUrl, Region
from tertulia.cli.options import AsJson, print_json

if TYPE_CHECKING:
    from tertulia.evaluation.places import Maker
    from tertulia.evaluation.running import Plan

Home = Literal["sqlite", "dynamodb"]


def evaluate(
    home: Annotated[Home, typer.Option(help="The kind of home.")] = "sqlite",
    output: Annotated[Path, typer.Option(help="The folder for results and report.")] = Path("evaluation"),
    further: Annotated[bool, typer.Option("--further", help="Go on to a million messages.")] = False,
    large: Annotated[bool, typer.Option("--large", help="Go on to ten million messages.")] = False,
    largest: Annotated[int | None, typer.Option(min=10, help="No size above this one.", show_default=False)] = None,
    rounds: Annotated[int, typer.Option(min=2, help="How often each thing is measured.")] = 200,
    compare: Annotated[
        tuple[Path, Path] | None, typer.Option(help="Only compare two files of results.", show_default=False)
    ] = None,
    discard: Annotated[bool, typer.Option("--discard", help="Only remove what a stopped run has left.")] = False,
    region: Region = "",
    endpoint_url: EndpointUrl = "",
    as_json: AsJson = False,
) -> None:
    """Measure whether the chat becomes slower or dearer as it grows, and write a report.

    In a home of its own, that it makes and removes: an existing one is never touched. First the evaluation of the
    report from which this product started, which takes under a minute on SQLite; with --further the same questions at
    10 to 1,000,000. Stopped with Ctrl+C, the same command goes on where it was. On AWS it makes tables on demand, and
    what it writes and reads is paid for.

    \b
    Examples:
      tertulia evaluate
      tertulia evaluate --further --output long
      tertulia evaluate --home dynamodb --endpoint-url http://127.0.0.1:4566 --further
      tertulia evaluate --compare before/results.jsonl after/results.jsonl
    """
    from tertulia.cli.exits import FAILED, fail
    from tertulia.evaluation.places import UnavailableHomeError
    from tertulia.evaluation.running import Plan

    command = _command(home, endpoint_url, further=further, large=large, largest=largest, rounds=rounds)
    plan = Plan(command=command, further=further or large, large=large, largest=largest, rounds=rounds)
    try:
        if compare is not None:
            _compare(*compare, as_json=as_json)
            return
        with _maker(home, output, region, endpoint_url) as maker:
            _run(maker, output, plan, discard=discard, as_json=as_json)
    except UnavailableHomeError as error:
        fail(str(error), FAILED)


def _run(maker: "Maker", output: Path, plan: "Plan", *, discard: bool, as_json: bool) -> None:
    import asyncio

    from tertulia.cli.exits import INTERRUPTED, fail
    from tertulia.cli.progress import progress_bars
    from tertulia.evaluation import running
    from tertulia.evaluation.report import PAGE, write

    results = running.begin(maker, output, plan)
    if discard:
        asyncio.run(running.discard(maker, results))
        typer.echo(f"Removed what was left. The results are in {results.path}.", err=True)
        return
    try:
        with progress_bars() as progress:
            asyncio.run(running.run(maker, results, plan, progress))
    except KeyboardInterrupt:
        fail("Stopped. The same command goes on from here; with --discard it removes what was made.", INTERRUPTED)
    if not write(results, output):
        typer.echo('The report has no plots: matplotlib is missing. pip install "tertulia[evaluate]"', err=True)
    found = running.outcome(results)
    if as_json:
        print_json(found)
        return
    for row in found["report"]:
        print(f"{row['what']:<56} {row['over_range'][0]:>8.2f}x  {row['verdict']}")
    for row in found["further"]:
        print(f"{row['series'] + ': ' + row['operation']:<56} {row['over_range'][0]:>8.2f}x  {row['verdict']}")
    print(f"\nThe report: {output / PAGE}")


def _compare(before: Path, after: Path, *, as_json: bool) -> None:
    """Ends with 1 where something became slower or dearer."""
    from tertulia.cli.exits import FAILED, NOT_FOUND, fail
    from tertulia.evaluation import regression
    from tertulia.evaluation.results import Results

    for path in (before, after):
        if not path.is_file():
            fail(f"There is no file {path}.", NOT_FOUND)
    found = regression.compare(Results(before), Results(after))
    worse = [each for each in found if each.change is regression.Change.SLOWER]
    if as_json:
        print_json(found)
    else:
        for each in found:
            if each.change is not regression.Change.SAME:
                middle, low, high = each.times
                print(f"{each.name:<64} {middle:>7.2f}x ({low:.2f} to {high:.2f})  {each.change}")
        print(f"{len(found)} figures compared, {len(worse)} slower or dearer.")
    if worse:
        raise typer.Exit(FAILED)


@contextmanager
def _maker(home: Home, output: Path, region: str, endpoint_url: str) -> "Iterator[Maker]":
    if home == "sqlite":
        from tertulia.evaluation.sqlite_place import SqliteMaker

        yield SqliteMaker(output / "homes")
        return
    from tertulia.cli.aws import open_account

    with open_account(region, endpoint_url) as account:
        from tertulia.evaluation.dynamodb_place import DynamoMaker

        emulator = f"an emulator at {account.endpoint_url}" if account.emulated else ""
        yield DynamoMaker(account.clients, emulator=emulator)


def _command(home: Home, endpoint_url: str, *, further: bool, large: bool, largest: int | None, rounds: int) -> str:
    """What is said beside the figures."""
    parts = ["tertulia evaluate", f"--home {home}"]
    parts += [f"--endpoint-url {endpoint_url}"] if endpoint_url else []
    parts += ["--large"] if large else ["--further"] if further else []
    parts += [f"--largest {largest}"] if largest else []
    return " ".join([*parts, f"--rounds {rounds}"])
