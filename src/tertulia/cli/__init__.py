"""The command line: one module a command. What is heavy is imported where it is used, so that they start quickly."""

from collections.abc import Callable
from typing import Annotated

import typer

from tertulia.cli import (
    backup,
    chat,
    check,
    cost,
    deploy,
    destroy,
    doctor,
    documents,
    evaluate,
    login,
    moving,
    send,
    serve,
    status,
    tail,
    user,
)

EPILOG = "Each command explains itself: tertulia COMMAND --help. Exit codes are in docs/cli.md."


def main() -> None:
    """Runs the command that the arguments name. An error of the product's is a sentence on standard error."""
    from tertulia.cli.exits import code_of, fail, sentence_of
    from tertulia.domain.errors import ChatError

    try:
        # By its own name however it was started: shells complete for that name.
        application()(prog_name="tertulia")
    except ChatError as error:
        try:
            fail(sentence_of(error), code_of(error))
        except typer.Exit as ended:
            raise SystemExit(ended.exit_code) from None


def application() -> typer.Typer:
    """All commands."""
    app = typer.Typer(
        name="tertulia",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"max_content_width": 100},
        epilog=EPILOG,
    )
    app.callback()(_root)
    app.command()(serve.serve)
    app.add_typer(user.commands(), name="user", help="Manage accounts in a data folder, also while its server runs.")
    commands: dict[str, Callable[..., None]] = {
        "login": login.login,
        "logout": login.logout,
        "chat": chat.chat,
        "send": send.send,
        "tail": tail.tail,
        "backup": backup.backup,
        "check": check.check,
        "export": moving.export_data,
        "import": moving.import_data,
        "doctor": doctor.doctor,
        "deploy": deploy.deploy,
        "status": status.status,
        "cost": cost.cost,
        "destroy": destroy.destroy,
        "evaluate": evaluate.evaluate,
        "openapi": documents.openapi,
        "asyncapi": documents.asyncapi,
    }
    for name, command in commands.items():
        app.command(name)(command)
    return app


def _version(asked: bool) -> None:
    if asked:
        from tertulia.version import __version__

        print(f"tertulia {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Real-time chat with two homes and one behaviour.

    \b
    Begin with:
      tertulia serve --demo                         a chat with example people, in your browser
      tertulia login http://127.0.0.1:8080 ana      then chat, send and tail in the terminal
    """
