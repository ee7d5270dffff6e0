"""The command line: one module a command."""

import typer

from tertulia.cli import serve


def main() -> None:
    """Runs the command that the arguments name."""
    app = typer.Typer(no_args_is_help=True, help="Real-time chat with two homes and one behaviour.")
    app.callback()(_root)
    app.command()(serve.serve)
    app()


def _root() -> None:
    """Real-time chat with two homes and one behaviour."""
