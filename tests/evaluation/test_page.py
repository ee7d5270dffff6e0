"""docs/evaluation.md, and what it is written from."""

import runpy
from pathlib import Path

import pytest

from tertulia.evaluation.document import Plot

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_page_is_written_from_the_results() -> None:
    """Nobody retypes a figure: `make docs` writes page and pictures from docs/evaluation/."""
    made = runpy.run_path(str(ROOT / "scripts" / "generate_evaluation.py"))
    blocks = made["blocks"]()
    assert (ROOT / "docs" / "evaluation.md").read_text() == made["page"](blocks)
    images = ROOT / "docs" / "images" / "evaluation"
    expected = {f"{block.file}.{kind}" for block in blocks if isinstance(block, Plot) for kind in ("svg", "png")}
    assert {path.name for path in images.iterdir()} == expected
    assert len(expected) > 10
