"""The page `docs/cli.md`, written from what the commands say of themselves."""

from collections.abc import Iterator
from typing import Any

import typer
from typer.main import get_command

from tertulia.cli import application
from tertulia.cli.exits import MEANINGS

_WIDTH = 100
_INTRODUCTION = """\
# The command line

Written from the commands' own help by `python scripts/generate_cli.py`; a test compares.

Where output is data, `--json` gives JSON, one value a line; sentences for people go to standard output, errors and
progress to standard error. An error is one sentence and an exit code. `NO_COLOR` switches colours off. Completion for
your shell: `tertulia --install-completion`.

| Variable | What |
|---|---|
| `TERTULIA_DATA` | the data folder, where `--data` is not given |
| `TERTULIA_SESSION` | the file of `login`'s session; without it `tertulia/session.json` below `XDG_CONFIG_HOME` |
| `TERTULIA_ADMIN_USERNAME`, `TERTULIA_ADMIN_PASSWORD_FILE` | the first administrator, made by `serve` |

The settings of `serve` are in [operations](operations.md).

## Exit codes

| Code | Meaning |
|---|---|
"""


def page() -> str:
    """The page as Markdown."""
    codes = "".join(f"| {code} | {meaning} |\n" for code, meaning in MEANINGS.items())
    parts = [f"## {name}\n\n```text\n{text}\n```\n" for name, text in _helps(get_command(application()), "tertulia")]
    return _INTRODUCTION + codes + "\n" + "\n".join(parts)


def _helps(command: Any, name: str) -> Iterator[tuple[str, str]]:
    """Every command's name and help, from the outside in."""
    context = typer.Context(command, info_name=name, terminal_width=_WIDTH, max_content_width=_WIDTH)
    lines = command.get_help(context).rstrip().splitlines()
    yield name, "\n".join(line.rstrip() for line in lines)
    for below, inner in getattr(command, "commands", {}).items():
        yield from _helps(inner, f"{name} {below}")
