"""The source files, parsed once."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "tertulia"


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its path below the package's folder."""
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def source(name: str) -> str:
    return (PACKAGE / name).read_text(encoding="utf-8")


def nodes() -> Iterator[tuple[str, ast.AST]]:
    """Every node of every module, with the module's name."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            yield name, node


@cache
def tracked() -> tuple[Path, ...]:
    """The files of the repository; in a tree without git, all that stands where sources stand."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        names = [name for name in listed.stdout.decode().split("\0") if name]
        return tuple(path for name in names if (path := ROOT / name).is_file())
    return tuple(
        path for folder in ("src", "tests", "docs", "scripts") for path in (ROOT / folder).rglob("*") if path.is_file()
    )
