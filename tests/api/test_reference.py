"""The reference documentation is what the code says."""

import re
from pathlib import Path

import pytest

from tertulia.api.events import CLOSE_REASONS
from tertulia.api.operations import OPERATIONS
from tertulia.api.reference import pages
from tertulia.domain.errors import registry

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"
PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_committed_page_is_what_the_code_writes(name: str) -> None:
    """A page that is committed is up to date: else run scripts/generate_reference.py."""
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name]


def test_no_page_is_left_over() -> None:
    """The folder holds the generated pages and nothing else."""
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)


def test_links_lead_to_an_anchor() -> None:
    """Every link between the pages has a target."""
    anchors = {name: set(re.findall(r'<a id="([^"]+)">', text)) for name, text in PAGES.items()}
    for name, text in PAGES.items():
        anchors[name] |= {title.lower().replace(" ", "-") for title in re.findall(r"^#+ ([\w ]+)$", text, re.MULTILINE)}
    links = [link for text in PAGES.values() for link in re.findall(r"\]\(([a-z]+\.md)(?:#([^)]+))?\)", text)]
    assert len(links) > 100
    assert [link for link in links if link[1] and link[1] not in anchors[link[0]]] == []


def test_everything_is_in_the_reference() -> None:
    """Every operation, error code and close reason is documented."""
    for operation in OPERATIONS:
        assert f"### {operation.name}\n\n`{operation.method} {operation.path}`" in PAGES["api.md"]
    for code in registry():
        assert f'<a id="{code}"></a>`{code}`' in PAGES["errors.md"]
    for reason in CLOSE_REASONS.values():
        assert f"| {reason.code} | `{reason.reason}` |" in PAGES["events.md"]
