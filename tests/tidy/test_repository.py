"""What the repository holds, beside code: the product, and nothing of where it was made."""

import re

from tests.tidy.sources import ROOT, tracked

TEXT = {".py", ".md", ".toml", ".txt", ".sh", ".ts", ".tsx", ".css", ".html", ".json", ".yaml", ".yml", ".cfg", ""}
# In two parts each, so that this file doesn't hold what it forbids.
PLACES = re.compile("/wor" + "k/|/ro" + "ot/|/ho" + "me/[a-z]")
REGISTRIES = re.compile(
    "https?://[^/ ]*(py" + "pi\\.org|pythonho" + "sted|registry\\.np" + "mjs|npm" + "mirror|art" + "ifactory)"
)
BUILT = re.compile("(?i)\\b(clau" + "de|chat" + "gpt|co" + "pilot|open" + "ai|anth" + "ropic|language mo" + "del)\\b")


def offenders(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in tracked():
        if path.suffix not in TEXT or path.name == "LICENSE":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    return found


def test_no_file_names_a_place_on_a_machine() -> None:
    """Paths are relative, or the reader's own."""
    assert offenders(PLACES) == []


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is each machine's own setting."""
    assert offenders(REGISTRIES) == []


def test_the_repository_speaks_of_the_product() -> None:
    """Of nothing else."""
    assert offenders(BUILT) == []


def test_lock_files_pin_by_hash_and_name_no_address() -> None:
    """Every requirement has a version and hashes; no file says where to fetch from."""
    locks = [ROOT / "requirements" / "run.txt", ROOT / "requirements" / "dev.txt"]
    for path in locks:
        text = path.read_text()
        assert "://" not in text
        assert not re.search(r"^\s*(-i|--index-url|--extra-index-url|--find-links)\b", text, re.MULTILINE)
        requirements = re.findall(r"^([a-zA-Z0-9_.\-\[\]]+)(.*)", text, re.MULTILINE)
        assert requirements
        assert all(rest.startswith("==") for _, rest in requirements)
        assert text.count("--hash=sha256:") >= len(requirements)


def test_the_web_clients_lock_file_names_no_address() -> None:
    """Versions and hashes are enough."""
    path = ROOT / "web" / "package-lock.json"
    if path.is_file():
        assert '"resolved"' not in path.read_text()


def test_nothing_that_is_made_is_tracked() -> None:
    """Databases, builds and caches stay outside."""
    made = re.compile(r"\.(db|db-wal|db-shm|pyc|log|sqlite3?)$|(^|/)(node_modules|__pycache__|dist|data)/")
    names = [path.relative_to(ROOT).as_posix() for path in tracked()]
    assert [name for name in names if made.search(name)] == []


def test_no_file_is_large() -> None:
    """Half a mebibyte is enough for any text; pictures of the documentation may have one."""
    sizes = {path.relative_to(ROOT).as_posix(): path.stat().st_size for path in tracked()}
    assert {name: size for name, size in sizes.items() if size > (1 << (20 if name.endswith(".png") else 19))} == {}


def test_the_code_in_the_readme_is_that_of_an_example() -> None:
    """What a stranger copies is what the tests run."""
    block = (ROOT / "README.md").read_text().partition("```python\n")[2].partition("```")[0]
    example = (ROOT / "examples" / "echo_bot.py").read_text()
    lines = [line for line in block.splitlines() if line.strip()]
    assert len(lines) > 5
    assert [line for line in lines if line not in example] == []
