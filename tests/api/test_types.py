"""The web client's types are what the API documents say."""

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_committed_types_are_what_the_code_writes() -> None:
    """The types of the web client are up to date: else run scripts/generate_types.py."""
    script = runpy.run_path(str(ROOT / "scripts" / "generate_types.py"))
    assert script["TARGET"] == ROOT / "web" / "src" / "api" / "types.ts"
    assert script["TARGET"].read_text(encoding="utf-8") == script["types"]()
