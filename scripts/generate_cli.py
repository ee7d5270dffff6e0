"""Writes docs/cli.md from the commands' own help."""

from pathlib import Path

from tertulia.cli.reference import page

if __name__ == "__main__":
    Path(__file__).resolve().parents[1].joinpath("docs", "cli.md").write_text(page(), encoding="utf-8")
