"""What the commands say of themselves, and that saying it is quick."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.cli.conftest import Run
from typer.main import get_command

from tertulia.cli import application
from tertulia.cli.exits import MEANINGS, code_of
from tertulia.cli.reference import page
from tertulia.domain.errors import registry

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"
HEAVY = {"httpx", "websockets", "uvicorn", "starlette", "argon2", "joserfc", "rich", "sqlite3", "msgspec"}


def leaves(command: Any, name: str = "tertulia") -> list[tuple[str, Any]]:
    below = getattr(command, "commands", None)
    if below is None:
        return [(name, command)]
    return [leaf for inner, it in below.items() for leaf in leaves(it, f"{name} {inner}")]


def test_the_page_is_what_the_commands_say() -> None:
    """`docs/cli.md` never drifts: python scripts/generate_cli.py writes it again."""
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize(("name", "command"), leaves(get_command(application())))
def test_every_command_teaches_by_example(name: str, command: Any) -> None:
    """Its help has examples that begin with the command, and every option and argument says what it is."""
    text = command.get_help(typer.Context(command, info_name=name))
    assert re.search(rf"Examples?:\n(.*\n)*?.*{name}( |\n|$)", text)
    assert [part.name for part in command.params if part.name != "help" and not part.help] == []


def test_every_exit_code_is_documented() -> None:
    """Whatever error ends a command, its code is in the table."""
    assert {code_of(kind(code)) for code, kind in registry().items()} <= set(MEANINGS)


def test_the_version_is_said(run: Run) -> None:
    """`--version` prints name and version."""
    assert re.fullmatch(r"tertulia \d+\.\d+.*\n", run("--version").out)


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    """Help, completion and usage errors need neither network nor database."""
    code = f"import sys, tertulia.cli; tertulia.cli.application(); print(sorted({HEAVY!r} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_shells_can_complete(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The completion script is there, and completes the names of commands."""
    monkeypatch.setenv("_TERTULIA_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "tertulia ex")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert run().out.split() == ["export"]


@pytest.mark.parametrize("command", ["openapi", "asyncapi"])
def test_the_documents_are_printed_and_written(run: Run, tmp_path: Path, command: str) -> None:
    """To standard output, or to a file, the same."""
    printed = run(command)
    assert printed.out.startswith("{")
    assert run(command, "-o", tmp_path / "document.json").code == 0
    assert (tmp_path / "document.json").read_text() == printed.out
