"""The report: complete in itself, the same in both forms, readable without colours."""

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import async_playwright
from tests.browser.conftest import CHROMIUM
from tests.evaluation.runs import plan, run

from tertulia.evaluation import document, report
from tertulia.evaluation.document import Code, Heading, Paragraph, Table
from tertulia.evaluation.plots import Line, MissingLibraryError, draw_lines
from tertulia.evaluation.results import Results
from tertulia.evaluation.sqlite_place import SqliteMaker


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Path]:
    """A short run of everything, and the folder with its report."""
    folder = tmp_path_factory.mktemp("report")
    results = asyncio.run(run(SqliteMaker(folder / "homes"), folder, plan(further=True, largest=100, rounds=4)))
    assert report.write(results, folder)
    return results, folder


@pytest.mark.slow
async def test_the_page_asks_nothing_of_any_network(written: tuple[Results, Path]) -> None:
    """Opened in Chromium it makes no request but for itself, says no error, and shows every plot and table."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"There is no Chromium at {CHROMIUM}: install it (Debian: apt-get install chromium).")
    address = (written[1] / report.PAGE).as_uri()
    asked: list[str] = []
    said: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        await page.goto(address)
        sizes: Any = await page.eval_on_selector_all(
            "figure svg", "all => all.map(each => [each.clientWidth, each.clientHeight])"
        )
        tables = await page.locator("table tbody tr").count()
        await browser.close()
    assert asked == [address]
    assert said == []
    assert len(sizes) == 6
    assert all(width > 300 and height > 150 for width, height in sizes)
    assert tables > 50


@pytest.mark.slow
def test_the_page_can_be_read_by_anybody(written: tuple[Results, Path]) -> None:
    """What was asked, what was done, what it means, what it doesn't show; machine, versions and command beside it."""
    text = (written[1] / report.TEXT).read_text()
    for words in ("**Asked:**", "**Done:**", "**What it means.**", "**What it doesn't show.**", "tertulia evaluate"):
        assert words in text
    assert "Python 3." in text
    assert "SQLite 3." in text
    assert text.count("n = 4 each") == 6
    for name in re.findall(r"\]\((images/[^)]+)\)", text):
        assert (written[1] / name).stat().st_size > 1000


@pytest.mark.slow
def test_both_forms_say_the_same(written: tuple[Results, Path]) -> None:
    """Every number of the Markdown is in the HTML."""
    text, html = ((written[1] / name).read_text() for name in (report.TEXT, report.PAGE))
    cells = {
        cell.strip(" *").replace("`", "")
        for line in text.splitlines()
        if line.startswith("| ")
        for cell in line.split("|")
    }
    assert len(cells) > 100
    assert [cell for cell in cells if cell.strip("-: ") and cell not in re.sub("<[^>]+>", "", html)] == []


@pytest.mark.slow
def test_without_matplotlib_the_report_has_no_plots(
    written: tuple[Results, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written all the same, and what is missing is said."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # type: ignore[arg-type]
    with pytest.raises(MissingLibraryError, match=r"tertulia\[evaluate\]"):
        draw_lines([Line("x", {1: 1.0})], title="", across="", up="")
    assert not report.write(written[0], tmp_path)
    assert "<svg" not in (tmp_path / report.PAGE).read_text()
    assert not (tmp_path / report.IMAGES).exists()


def test_lines_are_told_apart_without_colour() -> None:
    """Nothing but shades of gray, and each line has its name at its end."""
    lines = [Line(f"line {n}", {10: 1.0 + n, 1000: 2.0 + n}, {10: (1.0, 2.0)}) for n in range(6)]
    picture = draw_lines(lines, title="Title", across="size", up="ms")
    colours = set(re.findall(r"#[0-9a-fA-F]{6}", picture.svg.decode()))
    assert all(len({colour[1:3], colour[3:5], colour[5:7]}) == 1 for colour in colours)
    assert len(set(re.findall(r"stroke-dasharray: ([\d. ,]+)", picture.svg.decode()))) >= 3
    assert picture.png.startswith(b"\x89PNG")
    assert picture == draw_lines(lines, title="Title", across="size", up="ms")


def test_what_people_wrote_is_text_in_both_forms() -> None:
    """Nothing of a command or a name becomes markup."""
    blocks = [Heading(1, "a<b"), Paragraph("`x<y` and **so**"), Table(("a", "b"), [("1|2", "<i>")]), Code("a && b")]
    html = document.page(blocks, "<title>")
    assert "<i>" not in html
    assert "<code>x&lt;y</code> and <strong>so</strong>" in html
    assert "a &amp;&amp; b" in html
    assert "| 1\\|2 | <i> |" in document.markdown(blocks, "images")
