"""What people install."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.tidy.sources import ROOT


@pytest.mark.slow
def test_the_wheel_holds_the_web_client_and_the_command(tmp_path: Path) -> None:
    """`pip install .` gives page without Node, command, types and what deploying needs, and none of the tests."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "tertulia/static/index.html" in names
    assert any(name.startswith("tertulia/static/assets/") and name.endswith(".js") for name in names)
    assert "tertulia/py.typed" in names
    assert {
        "tertulia/deployment/template.yaml",
        "tertulia/deployment/functions.txt",
        "tertulia/deployment/pictures.txt",
        "tertulia/deployment/push.txt",
    } <= set(names)
    assert {"tertulia/deployment/prices.json", "tertulia/deployment/units.json"} <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "bench/", "web/"))]
    entry_points = next(name for name in names if name.endswith("entry_points.txt"))
    assert "tertulia = tertulia.cli:main" in zipfile.ZipFile(wheel).read(entry_points).decode()
