"""Arguments and options that several commands have, so that they are called the same everywhere."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

Data = Annotated[
    Path | None,
    typer.Option("--data", help="The data folder.  [default: TERTULIA_DATA, or data]", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Say it as JSON.")]
ConversationName = Annotated[
    str,
    typer.Argument(help="Its id, its title, or @username for the direct one with that person.", show_default=False),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(help="Read the password from this file; - is standard input.", show_default=False),
]


def data_folder(given: Path | None) -> Path:
    return given or Path(os.environ.get("TERTULIA_DATA") or "data")


def read_password(file: Path | None, *, confirm: bool) -> str:
    """The password from the file, from standard input where that is no terminal, or asked for."""
    if file is not None and str(file) != "-":
        try:
            return file.read_text(encoding="utf-8").strip("\r\n")
        except OSError as error:
            raise typer.BadParameter(f"{file}: {error.strerror}", param_hint="--password-file") from None
    if file is not None or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=confirm)
    return answer


def print_json(value: Any, *, indent: bool = False) -> None:
    """One line of JSON, or several where a person is to read it."""
    import msgspec

    built = msgspec.to_builtins(value)
    print(json.dumps(built, ensure_ascii=False, indent=2 if indent else None), flush=True)
