"""Writes `docs/reference/` from the tables of operations, actions, events and errors.

Run: python scripts/generate_reference.py
"""

from pathlib import Path

from tertulia.api.reference import pages

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
