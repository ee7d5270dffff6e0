"""Writes docs/costs.md from what operations use and what AWS asks for it."""

from pathlib import Path

from tertulia.deployment.cost_page import page

if __name__ == "__main__":
    Path(__file__).resolve().parents[1].joinpath("docs", "costs.md").write_text(page(), encoding="utf-8")
