"""A client of our OpenAPI document, made by openapi-python-client: an independent generator, in its own environment,
because it wants other versions of what we need too."""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

from tests.emulators.emulators import ROOT

PACKAGE: Final = "chat_client"
SECONDS: Final = 600
"""Setting up the environment, the first time."""
_ENVIRONMENT: Final = ROOT / ".venv-generator"
_PROGRAM: Final = Path(__file__).with_name("program.py")


def generate(document: dict[str, Any], folder: Path) -> Path:
    """Makes the client in `folder`, from the document as it was served; sets up the generator where it isn't yet."""
    made = subprocess.run(["make", "--silent", ".venv-generator/.done"], cwd=ROOT, timeout=SECONDS, check=False)
    assert made.returncode == 0, "the generator's environment couldn't be set up"
    folder.mkdir()
    source = folder / "openapi.json"
    source.write_text(json.dumps(document), encoding="utf-8")
    command = [_ENVIRONMENT / "bin" / "openapi-python-client", "generate", "--meta", "none", "--path", source]
    ran = subprocess.run(
        [*command, "--output-path", folder / PACKAGE],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    return folder


def run_program(client: Path, url: str, username: str, other: str, password: str) -> Any:
    """What the program over the client in that folder saw."""
    command = [_ENVIRONMENT / "bin" / "python", _PROGRAM, client, url, username, other, password]
    ran = subprocess.run(command, cwd=client, capture_output=True, text=True, timeout=110, check=False)
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr[-4000:]}"
    return json.loads(ran.stdout)
