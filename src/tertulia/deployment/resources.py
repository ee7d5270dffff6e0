"""The files that deploying needs: in the wheel they lie beside this module, in the source tree where people look for
them."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

_HERE: Final = Path(__file__).resolve().parent
_PLACES: Final = {
    "template.yaml": Path("infra", "template.yaml"),
    "functions.txt": Path("requirements", "functions.txt"),
}


def path_of(name: str) -> Path:
    """Where the file of that name is."""
    beside = _HERE / name
    return beside if beside.exists() or name not in _PLACES else _HERE.parents[2] / _PLACES[name]


def template_text() -> str:
    """The CloudFormation template."""
    return path_of("template.yaml").read_text(encoding="utf-8")


@cache
def read_table(name: str) -> Any:
    """A table beside this module, such as prices.json."""
    return json.loads(path_of(name).read_text(encoding="utf-8"))
