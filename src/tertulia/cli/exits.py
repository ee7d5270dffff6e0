"""Exit codes, and how an error becomes one plain sentence and one of them."""

from typing import Final, NoReturn

import typer

from tertulia.domain.errors import (
    ChatError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)

OK: Final = 0
FAILED: Final = 1
USAGE: Final = 2
NOT_ALLOWED: Final = 3
NOT_FOUND: Final = 4
UNREACHABLE: Final = 5
DAMAGED: Final = 6
INTERRUPTED: Final = 130

MEANINGS: Final = {
    OK: "Done.",
    FAILED: "It failed; standard error says why in a sentence.",
    USAGE: "The arguments are wrong, or what they ask for can't be.",
    NOT_ALLOWED: "Not signed in, or not allowed.",
    NOT_FOUND: "There is no such conversation, person, file, data folder or stack.",
    UNREACHABLE: "The server can't be reached, or can't answer now.",
    DAMAGED: "`check` or `doctor` found something wrong.",
    INTERRUPTED: "Stopped with Ctrl+C.",
}


def code_of(error: ChatError) -> int:
    """The exit code for an error of the product's."""
    if isinstance(error, UnauthenticatedError | ForbiddenError):
        return NOT_ALLOWED
    if isinstance(error, NotFoundError):
        return NOT_FOUND
    if isinstance(error, InvalidError):
        return USAGE
    return UNREACHABLE if error.temporary and error.code != "not_supported" else FAILED


def sentence_of(error: ChatError) -> str:
    """What to tell a person at a terminal."""
    if isinstance(error, UnauthenticatedError) and error.code != "wrong_credentials":
        return f"{error.sentence} Use: tertulia login URL USERNAME"
    return error.sentence


def fail(sentence: str, code: int = FAILED) -> NoReturn:
    """Says why on standard error, and ends the command."""
    typer.echo(f"tertulia: {sentence}", err=True)
    raise typer.Exit(code)
