"""`tertulia export` and `tertulia import`: everything into one file, and out of it."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from tertulia.cli.aws import EndpointUrl, Region, open_account
from tertulia.cli.options import AsJson, Data, data_folder, print_json

if TYPE_CHECKING:
    from tertulia.homes.moving import Moved, Progress

StackInstead = Annotated[
    str, typer.Option("--stack", help="A stack in an AWS account, instead of a data folder.", show_default=False)
]


def export_data(
    file: Annotated[Path, typer.Argument(help="The file to write; - is standard output.", show_default=False)],
    media: Annotated[bool, typer.Option(help="With the contents of attached files.")] = True,
    data: Data = None,
    stack: StackInstead = "",
    region: Region = "",
    endpoint_url: EndpointUrl = "",
    as_json: AsJson = False,
) -> None:
    """Write everything to one file, also while people chat.

    The file has a JSON record a line: accounts with password hashes (keep it safe), conversations, members, every entry
    of every log, and files. It moves a system to another machine or home: import takes it there. Of a stack it reads
    every table once; Cognito gives no password hashes.

    \b
    Examples:
      tertulia export chat.jsonl
      tertulia export - --no-media | gzip > chat.jsonl.gz
      tertulia export chat.jsonl --stack tertulia --region eu-central-1
    """
    from tertulia.cli.progress import progress_bars

    _one_place(data, stack)
    with _writing_failed_says_why(), _written(file) as out, progress_bars() as progress:
        if stack:
            moved = _export_stack(stack, region, endpoint_url, out, media, progress)
        else:
            moved = _export_folder(data, out, media, progress)
    _tell_written(moved, file, as_json)


def import_data(
    file: Annotated[Path, typer.Argument(help="An export; - is standard input.", show_default=False)],
    data: Data = None,
    stack: StackInstead = "",
    region: Region = "",
    endpoint_url: EndpointUrl = "",
    as_json: AsJson = False,
) -> None:
    """Take in an export. A server must not run on the folder, and nobody use the stack meanwhile.

    What is there already stays as it is, so that an import can be repeated, and one that was interrupted be finished. A
    conversation that went on differently is refused (exit code 1), a file that is wrong or not whole too (2); where AWS
    can't do it now (5), run it again. On one machine people keep their passwords and sign in again. Cognito takes no
    password hashes: who comes into a stack has none until one is set, and the command says how.

    \b
    Examples:
      tertulia import chat.jsonl --data /srv/chat
      gunzip -c chat.jsonl.gz | tertulia import -
      tertulia import chat.jsonl --stack tertulia --region eu-central-1
    """
    from tertulia.cli.progress import progress_bars

    _one_place(data, stack)
    advice = "Set one for each: tertulia user password NAME"
    with _reading_failed_says_why(), _read(file) as (source, size), progress_bars() as bars:

        def progress(what: str, done: int, _total: int) -> None:
            bars(what, done, size)

        if stack:
            moved, advice = _import_stack(stack, region, endpoint_url, source, progress)
        else:
            moved = _import_folder(data, source, progress)
    _tell_read(moved, advice, as_json)


def _export_folder(data: Path | None, out: IO[bytes], media: bool, progress: "Progress") -> "Moved":
    from tertulia.homes.local_moving import export_home
    from tertulia.version import __version__

    folder, now = data_folder(data), time.time_ns() // 1000
    return asyncio.run(export_home(folder, out, product=__version__, now=now, media=media, progress=progress))


def _import_folder(data: Path | None, source: IO[bytes], progress: "Progress") -> "Moved":
    from tertulia.homes.local_moving import import_home

    return asyncio.run(import_home(data_folder(data), source, progress))


def _export_stack(
    stack: str, region: str, endpoint_url: str, out: IO[bytes], media: bool, progress: "Progress"
) -> "Moved":
    from tertulia.version import __version__

    with open_account(region, endpoint_url) as account:
        from tertulia.deployment.stack_data import find_data
        from tertulia.homes.aws_moving import StackMover

        async def run() -> "Moved":
            mover = StackMover(account.clients, find_data(account, stack).data)
            now = time.time_ns() // 1000
            return await mover.export(out, product=__version__, now=now, media=media, progress=progress)

        return asyncio.run(run())


def _import_stack(
    stack: str, region: str, endpoint_url: str, source: IO[bytes], progress: "Progress"
) -> "tuple[Moved, str]":
    """What was read, and what to do for people without a password."""
    with open_account(region, endpoint_url) as account:
        from tertulia.deployment.stack_data import find_data
        from tertulia.homes.aws_moving import StackMover

        found = find_data(account, stack)

        async def run() -> "Moved":
            return await StackMover(account.clients, found.data).take(source, progress)

        moved = asyncio.run(run())
    by_code = "Who has a confirmed e-mail address sets one with a code: Forgot password, on the page. "
    advice = (
        f"{by_code if found.sends_codes else ''}Set one for each{' other' if found.sends_codes else ''}:\n"
        f"  aws cognito-idp admin-set-user-password --permanent --region {account.region} "
        f"--user-pool-id {found.data.pool} --username NAME --password ..."
    )
    return moved, advice


def _tell_written(moved: "Moved", file: Path, as_json: bool) -> None:
    """On standard error where the export itself goes to standard output."""
    import msgspec

    to_stdout = str(file) == "-"
    if as_json:
        typer.echo(msgspec.json.encode(moved).decode(), err=to_stdout)
        return
    if not to_stdout:
        counted = f"{moved.users} users, {moved.conversations} conversations, {moved.entries} entries"
        typer.echo(f"Wrote {counted}, {moved.files} files to {file}.")
    if moved.without_password:
        sentence = "whoever imports the file sets new ones. Sessions and invitations don't move either."
        typer.echo(f"{_people(moved)} without a password hash: {sentence}", err=to_stdout)


def _tell_read(moved: "Moved", advice: str, as_json: bool) -> None:
    if as_json:
        print_json(moved)
        return
    sentence = f"{moved.users} users, {moved.conversations} conversations, {moved.entries} entries, {moved.files} files"
    typer.echo(f"Read {sentence}; {moved.new} records were new.")
    if moved.without_password:
        typer.echo(f"{_people(moved)} without a password, and can't sign in yet. {advice}")


def _people(moved: "Moved") -> str:
    return "1 account is" if moved.without_password == 1 else f"{moved.without_password} accounts are"


def _one_place(data: Path | None, stack: str) -> None:
    if data is not None and stack:
        raise typer.BadParameter("Give a data folder or a stack, not both.", param_hint="--stack")


@contextmanager
def _writing_failed_says_why() -> Iterator[None]:
    from tertulia.cli.exits import NOT_FOUND, fail
    from tertulia.homes.offline import NoDataError

    try:
        yield
    except NoDataError as error:
        fail(str(error), NOT_FOUND)
    except OSError as error:
        fail(f"{error}. The export is not whole.")


@contextmanager
def _reading_failed_says_why() -> Iterator[None]:
    from tertulia.cli.exits import NOT_FOUND, fail
    from tertulia.homes.folder import FolderInUseError

    try:
        yield
    except FileNotFoundError as error:
        fail(f"There is no file {error.filename}.", NOT_FOUND)
    except FolderInUseError as error:
        fail(str(error))


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
