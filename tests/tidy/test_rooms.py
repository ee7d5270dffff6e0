"""Every file is in its room: floors, names, docstrings, and what is allowed only in one place."""

import ast
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
from tests.tidy.sources import PACKAGE, ROOT, modules, nodes, source

NO_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "base"}


@pytest.mark.slow
def test_each_floor_imports_from_below() -> None:
    """The contracts of import-linter hold."""
    command = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_modules_are_named_for_what_is_in_them() -> None:
    """No module or folder is called utils, helpers, common or manager."""
    named = {part for name in modules() for part in PurePosixPath(name).with_suffix("").parts}
    assert named & NO_NAMES == set()


def test_every_module_says_what_it_is_for() -> None:
    """Each has a docstring of at least one sentence."""
    silent = [name for name, tree in modules().items() if "." not in (ast.get_docstring(tree) or "")]
    assert silent == []


def test_every_folder_is_a_package() -> None:
    """A folder with modules has an `__init__.py` that says what the folder is."""
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_what_is_to_do_stands_in_issues() -> None:
    """No source file says TODO, FIXME or XXX."""
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert [name for name in modules() if marks.search(source(name))] == []


def attributes(of: str) -> set[str]:
    """Modules that use an attribute of that name of `os`, or import it from there."""
    return {
        name
        for name, node in nodes()
        if (isinstance(node, ast.Attribute) and node.attr == of and ast.unparse(node.value) == "os")
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and of in {a.name for a in node.names})
    }


def test_the_environment_is_read_in_one_place() -> None:
    """`os.environ` and `os.getenv` are for homes and the command line."""
    readers = attributes("environ") | attributes("getenv")
    assert [name for name in readers if not name.startswith(("homes/", "cli/"))] == []


def test_only_the_command_line_prints() -> None:
    """Everything else logs, or returns what is to be shown."""
    printers = {
        name
        for name, node in nodes()
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.stdout.write", "sys.stderr.write")
    }
    assert [name for name in printers if not name.startswith("cli/")] == []


def test_nothing_happens_at_import() -> None:
    """A module's own statements define and assign; calls that stand alone are for `__main__`."""
    doing = [
        f"{name}:{statement.lineno}"
        for name, tree in modules().items()
        for statement in tree.body
        if isinstance(statement, ast.For | ast.While | ast.With)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call))
    ]
    assert [place for place in doing if not place.startswith("__main__.py:")] == []


def test_imports_name_the_whole_path() -> None:
    """No relative imports."""
    relative = [name for name, node in nodes() if isinstance(node, ast.ImportFrom) and node.level]
    assert relative == []
