"""The files that deploying needs: in the wheel beside this module, in the sources where people look for them."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

_HERE: Final = Path(__file__).resolve().parent
_PLACES: Final = {
    "template.yaml": Path("infra", "template.yaml"),
    "functions.txt": Path("requirements", "functions.txt"),
    "pictures.txt": Path("requirements", "pictures.txt"),
    "push.txt": Path("requirements", "push.txt"),
}
_PARAMETER: Final = re.compile(r"^  (\w+):$", re.MULTILINE)
_RESOURCE: Final = re.compile(r"^  (\w+):\n    Type: (AWS::[\w:]+)$", re.MULTILINE)
_TABLE: Final = re.compile(r"^  \w+:\n    Type: AWS::DynamoDB::Table\n(?:    .*\n)+", re.MULTILINE)
_TABLE_NAME: Final = re.compile(r'TableName: !Sub "\$\{Prefix\}([\w-]+)"')
_ATTRIBUTE: Final = re.compile(r'- \{ AttributeName: (\w+), AttributeType: "?(\w)"? \}')
_KEY: Final = re.compile(r"- \{ AttributeName: (\w+), KeyType: (\w+) \}")


class Table(NamedTuple):
    """A table of the template: its name without the prefix, and its keys in the form of CreateTable."""

    name: str
    definition: dict[str, list[dict[str, str]]]


def path_of(name: str) -> Path:
    """Where the file of that name is."""
    beside = _HERE / name
    return beside if beside.exists() or name not in _PLACES else _HERE.parents[2] / _PLACES[name]


def template_text() -> str:
    """The CloudFormation template."""
    return path_of("template.yaml").read_text(encoding="utf-8")


def template_resources() -> list[tuple[str, str]]:
    """Name and type of each resource of the template. A line a fact: the file is our own, and its form is tested."""
    return _RESOURCE.findall(template_text())


def template_tables() -> list[Table]:
    """The template's tables, by the same rule."""
    tables = []
    for text in _TABLE.findall(template_text()):
        attributes = [{"AttributeName": name, "AttributeType": kind} for name, kind in _ATTRIBUTE.findall(text)]
        schema = [{"AttributeName": name, "KeyType": kind} for name, kind in _KEY.findall(text)]
        tables.append(Table(_TABLE_NAME.findall(text)[0], {"AttributeDefinitions": attributes, "KeySchema": schema}))
    return tables


def template_parameters() -> list[str]:
    """The names of the template's parameters."""
    section = template_text().partition("\nParameters:\n")[2].partition("\nConditions:\n")[0]
    return _PARAMETER.findall(section)


@cache
def read_table(name: str) -> Any:
    """A table beside this module, such as prices.json."""
    return json.loads(path_of(name).read_text(encoding="utf-8"))
