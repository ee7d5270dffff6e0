"""`tertulia backup`: a copy of everything, while the server runs."""

from pathlib import Path
from typing import Annotated

import typer

from tertulia.cli.options import Data, data_folder


def backup(
    target: Annotated[Path, typer.Argument(help="A new folder for the copy.", show_default=False)],
    data: Data = None,
) -> None:
    """Copy everything to a new folder, also while the server runs.

    The copy is a data folder: a server can run on it, and `tertulia check` can look at it. It holds password hashes and
    signing keys, so it is made readable for you alone; keep it so.

    \b
    Examples:
      tertulia backup backups/monday
      tertulia check --data backups/monday
      tertulia serve --data backups/monday --port 8081
    """
    from tertulia.cli.exits import NOT_FOUND, USAGE, fail
    from tertulia.cli.progress import progress_bars
    from tertulia.homes.offline import NoDataError, TargetError, back_up_home

    try:
        with progress_bars() as progress:
            back_up_home(data_folder(data), target, progress)
    except NoDataError as error:
        fail(str(error), NOT_FOUND)
    except TargetError as error:
        fail(str(error), USAGE)
    except OSError as error:
        fail(f"{error}. The copy is not whole.")
    typer.echo(f"Copied to {target}.")
