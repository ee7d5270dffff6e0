"""`tertulia check`: whether the data is what it must be."""

import typer

from tertulia.cli.options import AsJson, Data, data_folder, print_json


def check(data: Data = None, as_json: AsJson = False) -> None:
    """Check the data, also while the server runs.

    Reads everything: SQLite's own integrity check; every log without gaps, in order, and counted right; every head,
    member and message what the entries make of it; every attached file there. It changes nothing. Ends with 6 where
    something is wrong.

    \b
    Examples:
      tertulia check
      tertulia check --data backups/monday --json
    """
    import sqlite3

    from tertulia.cli.exits import DAMAGED, NOT_FOUND, fail
    from tertulia.cli.progress import progress_bars
    from tertulia.homes.offline import NoDataError, check_home

    try:
        with progress_bars() as progress:
            checked = check_home(data_folder(data), progress)
    except NoDataError as error:
        fail(str(error), NOT_FOUND)
    except sqlite3.DatabaseError as error:
        fail(f"A file can't be read as a database: {error}.", DAMAGED)
    if as_json:
        print_json(checked)
    else:
        for problem in checked.problems:
            typer.echo(problem)
        found = f"{len(checked.problems)} problems" if checked.problems else "all is well"
        typer.echo(f"{checked.conversations} conversations with {checked.entries} entries: {found}.")
    if not checked.ok:
        raise typer.Exit(DAMAGED)
