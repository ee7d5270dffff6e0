"""`tertulia export` and `tertulia import`: everything into one file, and out of it."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

import typer

from tertulia.cli.options import AsJson, Data, data_folder, print_json


def export_data(
    file: Annotated[Path, typer.Argument(help="The file to write; - is standard output.", show_default=False)],
    media: Annotated[bool, typer.Option(help="With the contents of attached files.")] = True,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Write everything to one file, also while the server runs.

    The file has a JSON record a line: accounts with password hashes (keep it safe), conversations, members, every entry
    of every log, and files. It moves a system to another machine or home.

    \b
    Examples:
      tertulia export chat.jsonl
      tertulia export - --no-media | gzip > chat.jsonl.gz
    """
    from tertulia.cli.exits import NOT_FOUND, fail
    from tertulia.cli.progress import progress_bars
    from tertulia.homes.moving import export_home
    from tertulia.homes.offline import NoDataError
    from tertulia.version import __version__

    try:
        with _written(file) as out, progress_bars() as progress:
            now = time.time_ns() // 1000
            moved = asyncio.run(
                export_home(data_folder(data), out, product=__version__, now=now, media=media, progress=progress)
            )
    except NoDataError as error:
        fail(str(error), NOT_FOUND)
    except OSError as error:
        fail(f"{error}. The export is not whole.")
    if as_json:
        typer.echo(_json(moved), err=str(file) == "-")
    elif str(file) != "-":
        typer.echo(
            f"Wrote {moved.users} users, {moved.conversations} conversations, {moved.entries} entries to {file}."
        )


def import_data(
    file: Annotated[Path, typer.Argument(help="An export; - is standard input.", show_default=False)],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Take in an export. The server must not run meanwhile.

    What is there already stays as it is, so that an import can be repeated, and one that was interrupted be finished.
    People keep their passwords and sign in again.

    \b
    Examples:
      tertulia import chat.jsonl --data /srv/chat
      gunzip -c chat.jsonl.gz | tertulia import -
    """
    from tertulia.cli.exits import NOT_FOUND, fail
    from tertulia.cli.progress import progress_bars
    from tertulia.homes.folder import FolderInUseError
    from tertulia.homes.moving import import_home

    try:
        with _read(file) as (source, size), progress_bars() as progress:
            moved = asyncio.run(
                import_home(data_folder(data), source, lambda what, done, _total: progress(what, done, size))
            )
    except FileNotFoundError as error:
        fail(f"There is no file {error.filename}.", NOT_FOUND)
    except FolderInUseError as error:
        fail(str(error))
    if as_json:
        print_json(moved)
    else:
        sentence = f"{moved.users} users, {moved.conversations} conversations, {moved.entries} entries"
        typer.echo(f"Read {sentence}; {moved.new} records were new.")


@contextmanager
def _written(file: Path) -> Iterator[IO[bytes]]:
    """The file, readable for its owner alone, and under its name only once it is whole."""
    if str(file) == "-":
        yield sys.stdout.buffer
        return
    partial = file.with_name(file.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _read(file: Path) -> Iterator[tuple[IO[bytes], int]]:
    """The file and its size, 0 where that is not known."""
    if str(file) == "-":
        yield sys.stdin.buffer, 0
        return
    with file.open("rb") as source:
        yield source, file.stat().st_size


def _json(value: object) -> str:
    import msgspec

    return msgspec.json.encode(value).decode()
